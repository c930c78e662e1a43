const http = require("node:http");
const isOdd = require("is-odd");

http.createServer((request, response) => response.end(`patched: ${isOdd(2)}`)).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
