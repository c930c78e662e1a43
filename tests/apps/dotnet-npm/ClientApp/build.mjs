import { mkdirSync, writeFileSync } from "node:fs";
import isOdd from "is-odd";

mkdirSync("../wwwroot", { recursive: true });
writeFileSync("../wwwroot/index.html", `<p>built by npm, ${isOdd(3)}</p>\n`);
