import { Hono } from "hono";
import { greet } from "@shop/greet";

const app = new Hono();
app.get("/", (c) => c.text(greet("shop")));

export default app;

if (import.meta.main) Deno.serve(app.fetch);
