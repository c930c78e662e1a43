require("node:http")
  .createServer((request, response) => response.end("one file is an app"))
  .listen(process.env.PORT);
