const express = require("express");

const app = express();
app.use(express.static("public")); // what the build of ../frontend makes
const server = app.listen(process.env.PORT);
process.on("SIGTERM", () => server.close(() => process.exit()));
