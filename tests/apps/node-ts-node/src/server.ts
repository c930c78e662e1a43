import express from "express";

const text: string = "hello from ts-node";
express().get("/", (_request, response) => { response.send(text); }).listen(Number(process.env.PORT));

process.on("SIGTERM", () => process.exit(0));
