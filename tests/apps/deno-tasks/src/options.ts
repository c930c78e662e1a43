import ms from "ms";

export const options = {
  port: Number(Deno.env.get("PORT") ?? 8080),
  verbose: Deno.args.includes("--verbose"),
  mode: Deno.env.get("MODE") ?? "none",
  day: ms("1d"),
};
