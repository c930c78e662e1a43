import { options } from "@/options.ts";

Deno.serve({ port: options.port }, async () => {
  const made = await Deno.readTextFile("static/made.txt");
  return new Response(`${made}, ${options.mode}, ${options.verbose ? "verbose" : "quiet"}, ${options.day}`);
});
