import express, { type Request, type Response } from "express";

const app = express();
app.get("/", (_request: Request, response: Response) => {
  response.send(`hello from Express on Bun ${process.versions.bun}`);
});

app.listen(Number(process.env.PORT ?? 3000), "0.0.0.0");
