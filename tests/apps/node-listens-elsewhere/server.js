import { createServer } from "node:http";

const server = createServer((_request, response) => response.end("lamps\n"));

if (process.env.NODE_ENV !== "production") {
  server.listen(process.env.PORT);
}

export default server;
