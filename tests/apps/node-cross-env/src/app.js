const express = require("express");

express().get("/", (request, response) => response.send(`hello ${process.argv[2]} as ${process.pid}`)).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
