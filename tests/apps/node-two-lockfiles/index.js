const polka = require("polka");

polka().get("/", (request, response) => response.end("one lockfile counts")).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
