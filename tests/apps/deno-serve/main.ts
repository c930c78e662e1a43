import { page } from "./page.ts";

export default {
  fetch(request: Request): Response {
    return new Response(page(new URL(request.url).pathname), { headers: { "content-type": "text/html" } });
  },
} satisfies Deno.ServeDefaultExport;
