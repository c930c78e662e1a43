import express from "express";

express().get("/", (_request, response) => { response.send("hello from Plug'n'Play"); }).listen(Number(process.env.PORT));

process.on("SIGTERM", () => process.exit(0));
