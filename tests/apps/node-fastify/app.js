module.exports = async function app(fastify, options) {
  fastify.get("/", async () => ({ hello: "fastify" }));
};
