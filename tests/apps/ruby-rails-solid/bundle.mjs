import { mkdirSync, readFileSync, writeFileSync } from "node:fs"

const title = readFileSync("app/javascript/title.js", "utf8").replace("export ", "")
const main = readFileSync("app/javascript/application.js", "utf8").replace(/^import .*$/m, "")
mkdirSync("app/assets/builds", { recursive: true })
writeFileSync("app/assets/builds/application.js", title + main)
