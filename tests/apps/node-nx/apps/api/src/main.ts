import express from "express";
import { greeting } from "../../../libs/greeting/src/index";

express().get("/", (_request, response) => { response.send(greeting("Nx")); }).listen(Number(process.env.PORT));

process.on("SIGTERM", () => process.exit(0));
