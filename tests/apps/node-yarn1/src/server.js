const Koa = require("koa");

new Koa().use((context) => { context.body = "hello from koa by yarn 1"; }).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
