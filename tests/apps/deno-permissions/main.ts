const port = Number(Deno.env.get("PORT") ?? 8000);

Deno.serve({ port }, async () => {
  const refused = await Deno.readTextFile("/etc/hostname").then(() => false, () => true);
  return new Response(`${await Deno.readTextFile("data/note.txt")}refused: ${refused}`);
});
