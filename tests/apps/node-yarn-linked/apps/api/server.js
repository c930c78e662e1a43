const { createServer } = require("node:http");
const clock = require("clock");
const { version } = require("ms/package.json");
const ms = require("ms");

const text = `${ms(process.env.TIDE) / 60000} minutes by ${version}, ${clock}`;
createServer((_, response) => response.end(text)).listen(process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
