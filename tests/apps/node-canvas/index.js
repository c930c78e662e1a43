import { createServer } from "node:http";
import { createCanvas } from "canvas";

createServer((request, response) => {
  const canvas = createCanvas(80, 20);
  const context = canvas.getContext("2d");
  context.font = "16px sans-serif";
  context.fillText("hello", 2, 16);
  const drawn = context.getImageData(0, 0, 80, 20).data.some((value) => value > 0);
  response.end(`${canvas.toBuffer("image/png").subarray(1, 4)} ${drawn ? "with text" : "without a font"}`);
}).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
