require("node:http").createServer((_request, response) => response.end("the site\n")).listen(process.env.PORT);
