"""The module that runs before a web app's own: where its server listens, and that it ends when it is told to.

Servers of Deno, and those of `node:http`, take their address from DENO_SERVE_ADDRESS, whatever the code has: the first
one that listens gets it. So PORT decides when the container starts, and no shell has to put it into a command.

Linux gives process 1 no default action for SIGTERM: a Deno app would end only when it is killed. The listener gives
way to one of the app.
"""

PATH = "/usr/local/share/migetpacks/first.js"
PORT = """\
const port = Deno.env.get("PORT");
if (port && !Deno.env.get("DENO_SERVE_ADDRESS")) Deno.env.set("DENO_SERVE_ADDRESS", `tcp:0.0.0.0:${port}`);
"""
ENDING = """\
const end = () => Deno.exit(143);
const add = Deno.addSignalListener;
const giveWay = (signal) => signal === "SIGTERM" && Deno.removeSignalListener(signal, end);
add("SIGTERM", end);
Deno.addSignalListener = (signal, listener) => {
  giveWay(signal);
  add(signal, listener);
};
globalThis.process?.on("newListener", giveWay);
"""


def text(*, port: bool) -> str:
    """The module; with `port` it has the app's server listen on PORT, for which it has to read and set a variable."""
    return f"// what runs before the app\n{PORT if port else ''}{ENDING}"
