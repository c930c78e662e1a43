import { Hono } from "hono";
import { greeting } from "@/greeting";

const app = new Hono();
app.get("/", (context) => context.text(greeting("Hono")));

export default app;
