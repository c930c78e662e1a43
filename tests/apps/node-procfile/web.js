const Koa = require("koa");

new Koa().use((context) => { context.body = `hello from ${process.env.GREETING}`; }).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
