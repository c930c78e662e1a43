const express = require("express");

const app = express();
app.get("/", (request, response) => response.send(`anchor ${process.argv[2]} on Node.js ${process.versions.node}`));
const server = app.listen(process.env.PORT);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
