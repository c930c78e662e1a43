import { createServer } from "node:http";
import sharp from "sharp";

createServer(async (request, response) => {
  const image = sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } }).png();
  const { format, width } = await sharp(await image.toBuffer()).metadata();
  response.end(`${format} ${width}`);
}).listen(process.env.PORT);

process.on("SIGTERM", () => process.exit(0));
