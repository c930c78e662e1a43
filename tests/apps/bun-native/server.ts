import bcrypt from "bcrypt";
import sharp from "sharp";

Bun.serve({
  async fetch() {
    const picture = await sharp({ create: { width: 4, height: 3, channels: 3, background: "red" } }).png().toBuffer();
    const { width, height } = await sharp(picture).metadata();
    const same = await bcrypt.compare("word", await bcrypt.hash("word", 4));
    return new Response(`a picture of ${width} by ${height}, the password fits: ${same}`);
  },
});
