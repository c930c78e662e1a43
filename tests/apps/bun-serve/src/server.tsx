import { Database } from "bun:sqlite";

const database = new Database(":memory:");
database.run("create table visits (path text)");

const server = Bun.serve({
  routes: {
    "/health": new Response("ok"),
    "/": (request) => {
      database.run("insert into visits values (?)", [new URL(request.url).pathname]);
      const { count } = database.query("select count(*) as count from visits").get() as { count: number };
      return new Response(`visit ${count} by Bun ${Bun.version}`);
    },
  },
});

process.on("SIGTERM", () => server.stop().then(() => process.exit(0)));
