// writes how long a minute is, in words
const { mkdirSync, writeFileSync } = require("node:fs");
const ms = require("ms");

mkdirSync("../static", { recursive: true });
writeFileSync("../static/minute.txt", `built: ${ms(60000, { long: true })}\n`);
