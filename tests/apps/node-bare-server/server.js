require("node:http")
  .createServer((request, response) => response.end("one file is an app"))
  .listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
