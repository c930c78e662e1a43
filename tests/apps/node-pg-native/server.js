const http = require("node:http");
const { native } = require("pg");

http.createServer(async (request, response) => {
  const client = new native.Client({ host: "127.0.0.1", port: 1 });
  const error = await client.connect().catch((reason) => reason);
  response.end(/refused/.test(error.message) ? "libpq is here" : `unexpected: ${error.message}`);
}).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
