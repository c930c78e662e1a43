const { createServer } = require("node:http");

createServer((_request, response) => response.end(`${process.env.GREETING} on ${process.versions.node.split(".")[0]}\n`)).listen(
  process.env.PORT,
);
