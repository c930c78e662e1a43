require("node:http").createServer((_request, response) => response.end("nothing was built\n")).listen(process.env.PORT);
