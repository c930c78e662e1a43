import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const page = readFileSync("src/index.html", "utf8").replace("{{node}}", process.version);
mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.html", page);
