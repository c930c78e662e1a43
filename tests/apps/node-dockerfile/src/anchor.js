const express = require("express");

const app = express();
const { HARBOUR } = process.env;
app.get("/", (_, response) => response.send(`anchor ${process.argv[2]} in ${HARBOUR} on Node.js ${process.versions.node}`));
const server = app.listen(process.env.PORT);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
