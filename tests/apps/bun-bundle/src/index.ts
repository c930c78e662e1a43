import { Elysia } from "elysia";

new Elysia().get("/", () => ({ made: "by bun build" })).listen(Number(Bun.env.PORT ?? 3000));
