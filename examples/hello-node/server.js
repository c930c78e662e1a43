import express from "express";

const app = express();
app.get("/", (request, response) => {
  response.json({ hello: "world", node: process.version, uid: process.getuid() });
});

const server = app.listen(process.env.PORT ?? 5000, () => console.log(`listening on ${server.address().port}`));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
