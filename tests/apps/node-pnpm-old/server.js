const { createServer } = require("node:http");
const ms = require("ms");

createServer((_, response) => response.end(`a lockfile of ${ms(ms("4y"), { long: true })} ago`)).listen(process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
