const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { join } = require("node:path");

const { info } = JSON.parse(readFileSync(join(__dirname, "spec/tides.json"), "utf8"));
createServer((_, response) => response.end(info.title)).listen(process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
