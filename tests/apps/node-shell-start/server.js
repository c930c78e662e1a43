const express = require("express");

express().get("/", (request, response) => response.send(`${process.argv[2]} from a shell, process ${process.pid}`)).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
