const polka = require("polka");

polka()
  .get("/", (request, response) => response.end("no lockfile, still served"))
  .listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
