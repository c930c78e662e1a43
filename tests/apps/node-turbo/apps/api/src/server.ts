import { greeting } from "@repo/greeting";
import express from "express";

const app = express();
app.get("/", (_request, response) => { response.send(greeting("workspaces")); });
app.listen(Number(process.env.PORT));

process.on("SIGTERM", () => process.exit(0));
