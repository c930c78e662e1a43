import { existsSync } from "node:fs";
import express from "express";
import { access } from "./log";

const app = express();
app.use(access());
app.get("/", (_request, response) => {
  const shipped = ["morgan", "chokidar"].filter((name) => existsSync(`node_modules/${name}`));
  response.send(`with ${shipped.join(", ")}\n`);
});

if (app.get("env") === "development") {
  const { watch } = await import("chokidar");
  watch("server").on("change", () => process.exit());
}

const server = app.listen(Number(process.env.PORT ?? 3000));
process.on("SIGTERM", () => server.close());
