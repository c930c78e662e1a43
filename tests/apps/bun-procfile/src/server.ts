import Fastify from "fastify";

const app = Fastify({ logger: true });
app.get("/", async () => ({ hello: "Fastify on Bun" }));

await app.listen({ port: Number(process.argv.at(-1)), host: "0.0.0.0" });
