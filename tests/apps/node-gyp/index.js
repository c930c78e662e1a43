const fs = require("node:fs");
const http = require("node:http");
const { flockSync } = require("fs-ext");

http.createServer((request, response) => {
  const file = fs.openSync("/tmp/lock", "w");
  flockSync(file, "ex");
  fs.closeSync(file);
  response.end("locked by a native addon");
}).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
