import { greeting } from "./lib/greeting.ts";

Deno.test("greeting", () => {
  if (!greeting().includes("Hono")) throw new Error("no greeting");
});
