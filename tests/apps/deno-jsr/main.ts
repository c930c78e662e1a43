import { greet } from "@lab/greet";
import { capitalize } from "jsr:@lab/words@^1.1.0";

Deno.serve(() => new Response(`${greet(Deno.env.get("NAME") ?? "jsr")}, ${capitalize("bye")}\n`));
