export default {
  fetch(): Response {
    return Response.json({ hello: "world", deno: Deno.version.deno });
  },
} satisfies Deno.ServeDefaultExport;
