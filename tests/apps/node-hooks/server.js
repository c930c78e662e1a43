const polka = require("polka");
const text = require(".generated");

polka().get("/", (request, response) => response.end(text)).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
