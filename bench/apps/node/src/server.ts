import express from "express";
import pino from "pino";
import { z } from "zod";

const log = pino();
const query = z.object({ name: z.string().default("world") });
const app = express();
app.get("/", (request, response) => {
  response.json({ hello: query.parse(request.query).name });
});
const server = app.listen(Number(process.env.PORT ?? 5000), () => log.info("listening"));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
