// writes how long an hour is, in words
const { mkdirSync, writeFileSync } = require("node:fs");
const ms = require("ms");

mkdirSync("dist", { recursive: true });
writeFileSync("dist/hour.txt", `built: ${ms(3600000, { long: true })}\n`);
