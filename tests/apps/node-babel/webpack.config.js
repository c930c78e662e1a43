module.exports = {
  mode: "production",
  target: "node",
  entry: "./src/server.js",
  module: {
    rules: [
      {
        test: /\.js$/,
        exclude: /node_modules/,
        use: { loader: "babel-loader", options: { cacheDirectory: true, presets: ["@babel/preset-env"] } },
      },
    ],
  },
};
