const path = require('path')
const HtmlWebpackPlugin = require('html-webpack-plugin')

module.exports = {
  output: { path: path.resolve(__dirname, 'public'), filename: 'main.[contenthash].js', clean: true },
  plugins: [new HtmlWebpackPlugin({ title: 'Packed' })],
}
