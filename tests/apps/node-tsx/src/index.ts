import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { Level } from "./level.js";

const app = new Hono();
app.get("/", (context) => context.text(`hello from tsx ${Level.High}`));
serve({ fetch: app.fetch, port: Number(process.env.PORT) });

process.on("SIGTERM", () => process.exit(0));
