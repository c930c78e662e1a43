import Fastify from "fastify";

const app = Fastify();
app.get("/", async () => "hello from fastify by yarn 4");
await app.listen({ port: Number(process.env.PORT), host: process.env.HOST });
process.on("SIGTERM", () => app.close());
