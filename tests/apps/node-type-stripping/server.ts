import { createServer } from "node:http";

const text: string = "types are stripped";
createServer((_request, response) => response.end(text)).listen(Number(process.env.PORT));

process.on("SIGTERM", () => process.exit(0));
