const server = Bun.serve({
  port: process.env.PORT ?? 5000,
  fetch: () => Response.json({ hello: "world", bun: Bun.version }),
});

console.log(`listening on ${server.port}`);
process.on("SIGTERM", () => server.stop().then(() => process.exit(0)));
