console.log(`working on ${Deno.env.get("QUEUE")}`);
