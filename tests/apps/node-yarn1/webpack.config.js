module.exports = {
  target: "node",
  entry: "./src/server.js",
  externals: { koa: "commonjs koa" },
};
