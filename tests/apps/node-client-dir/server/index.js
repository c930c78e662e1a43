const path = require("node:path");
const express = require("express");

express().use(express.static(path.join(__dirname, "../client/dist"))).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
