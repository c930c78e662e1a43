import { Hono } from "hono";
import { greeting } from "./lib/greeting.ts";

const app = new Hono();
app.get("/", (c) => c.json({ greeting: greeting() }));

Deno.serve({ port: 8787, hostname: "localhost" }, app.fetch);
