import { mkdirSync, writeFileSync } from "node:fs";
import isOdd from "is-odd";

mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.html", `<p>guests, odd: ${isOdd(3)}</p>\n`);
