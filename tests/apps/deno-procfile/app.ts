import Fastify from "fastify";

const app = Fastify();
app.get("/", () => ({ served: "by fastify on Deno" }));
await app.listen({ port: Number(Deno.env.get("PORT") ?? 3000), host: "localhost" });
