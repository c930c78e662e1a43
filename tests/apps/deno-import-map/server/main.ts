import { escaped } from "$lib/escaped.ts";

Deno.serve({ port: 4000 }, async () => new Response(escaped(await Deno.readTextFile("static/text.txt"))));
