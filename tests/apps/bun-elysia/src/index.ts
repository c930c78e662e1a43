import { Elysia } from "elysia";

const app = new Elysia().get("/", () => "Hello from Elysia").listen(process.env.PORT ?? 3000);

console.log(`listening on ${app.server?.url}`);
