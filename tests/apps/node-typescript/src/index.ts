import express from "express";
import { greeting } from "./greeting";

const app = express();
app.get("/", (_request, response) => { response.send(greeting("TypeScript")); });
const server = app.listen(Number(process.env.PORT));
process.on("SIGTERM", () => server.close());
