const { createServer } = require("node:http");
const { HARBOUR, PORT, npm_package_config_quay: quay, npm_package_version: version } = process.env;

createServer((_, response) => response.end(`${HARBOUR}, ${quay} quay, ${version}, ${loadedFirst}`)).listen(PORT);
process.on("SIGTERM", () => process.exit(0));
