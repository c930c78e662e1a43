import { createServer } from "node:http";
import { greeting } from "./greeting.js";

createServer((request, response) => response.end(greeting)).listen(process.env.PORT, "0.0.0.0");
process.on("SIGTERM", () => process.exit(0));
