import bcrypt from "bcrypt";
import Fastify from "fastify";

const app = Fastify();
app.get("/", async () => ({ pnpm: true, hash: await bcrypt.compare("x", await bcrypt.hash("x", 4)) }));
await app.listen({ port: Number(process.env.PORT), host: "0.0.0.0" });

process.on("SIGTERM", () => process.exit(0));
