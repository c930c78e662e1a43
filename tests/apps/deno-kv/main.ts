import { serveDir } from "jsr:@std/http@1/file-server";

const kv = await Deno.openKv();
const theme = Deno.env.get("THEME_URL");
const { css } = theme ? await import(`https://esm.sh/${theme}`) : { css: "" };

Deno.serve(async (request) => {
  if (new URL(request.url).pathname.startsWith("/static")) return serveDir(request);
  const { value } = await kv.get<number>(["visits"]);
  await kv.set(["visits"], (value ?? 0) + 1);
  return new Response(`${value ?? 0} visits ${css}`);
});
