import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text("hello from one program"));

export default app;
