// keeps a file in each of the directories that env-paths names
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import envPaths from "env-paths";

const { config, data, log, cache } = envPaths("user-state", { suffix: "" });

createServer((request, response) => {
  for (const place of [config, data, log, cache]) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "seen.txt"), "seen");
  }
  response.end(`kept in ${[config, data, log, cache].join(", ")}\n`);
}).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit());
