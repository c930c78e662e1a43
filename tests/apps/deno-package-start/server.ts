import mime from "mime";

Deno.serve({ hostname: "127.0.0.1" }, () => new Response(`a page is ${mime.getType("page.html")}`));
