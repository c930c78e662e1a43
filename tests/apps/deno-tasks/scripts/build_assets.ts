await Deno.mkdir("static", { recursive: true });
await Deno.writeTextFile("static/made.txt", "made by a task");
