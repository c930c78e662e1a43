import { Hono } from "hono";
import { greeting } from "greeting";

const app = new Hono();
app.get("/", (context) => context.text(greeting(2026)));

export default { fetch: app.fetch, port: process.env.PORT };
