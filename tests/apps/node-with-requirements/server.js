const express = require("express");

const app = express();
app.get("/", (request, response) => response.send("hello from express"));
const server = app.listen(process.env.PORT || 3000);

process.on("SIGTERM", () => server.close(() => process.exit(0)));
