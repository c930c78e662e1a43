"""The frontend's process: start, run, report, exit code; nothing else.

BuildKit starts it with a gRPC connection on stdin and stdout and takes what it returns once it has exited. Run by file
(`python -I -S frontend/__main__.py`) as well as by name (`python -m frontend`): the first needs no import machinery
beyond the interpreter's own, and starts sooner.
"""

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from frontend.gateway.client import Gateway

if not __package__:  # run by file: neither the program's directory nor site-packages are on the path of `python -I -S`
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from frontend.gateway import ahead, trace  # noqa: E402 - the path comes first; this import starts the clock

USAGE = """\
migetpacks is a BuildKit frontend: it builds a container image from an app's source code. BuildKit starts it; try

  docker build -f migetpacks.yaml .      with "# syntax=miget/migetpacks" as the first line of that file
  buildctl build --frontend gateway.v0 --opt source=miget/migetpacks --local context=. \\
      --output type=image,name=NAME

There is no BuildKit session here, so there is nothing to do.
"""
EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2
BUG_CHARACTERS = 4000  # an answer that was too long must not be so again


def main() -> int:
    """Answers one build; the exit code. BuildKit reads it only where nothing was returned."""
    if "BUILDKIT_SESSION_ID" not in os.environ:
        sys.stderr.write(USAGE)
        return EXIT_USAGE
    write_fd = os.dup(1)  # the connection; descriptor 1 becomes stderr, for no stray print to break it
    os.dup2(2, 1)
    sent, question = ahead.send(os.environ, write_fd)
    gc.disable()  # the process lives for milliseconds
    with trace.span("import gateway"):
        from frontend.gateway import lean

        lean.start()
        from frontend.errors import GatewayError
        from frontend.gateway.client import ConnectionLost, connect
    try:
        gateway = connect(os.environ, 0, write_fd, sent, question)
        return run(gateway)
    except (ConnectionLost, GatewayError) as error:  # the client has gone, or BuildKit takes no answer: nobody to tell
        sys.stderr.write(f"error: {error}\n")
        return EXIT_FAILED


def run(gateway: "Gateway") -> int:
    """Builds, and tells BuildKit of any error."""
    from frontend.errors import BuildError
    from frontend.gateway.client import ConnectionLost

    told: BuildError | None = None
    try:
        with trace.span("import build"):
            from frontend import build
        try:
            build.run(gateway)
        except BuildError as error:
            told = error
            gateway.return_error(error)
    except ConnectionLost:
        raise
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes a message
        if not isinstance(error, BuildError):  # one is here where BuildKit refused our answer
            import traceback

            traceback.print_exc()
        text = f"bug in migetpacks: {type(error).__name__}: {error}" + (f"; before it: {told}" if told else "")
        gateway.return_bug(" ".join(text[:BUG_CHARACTERS].split()))
    if not gateway.returned:
        gateway.return_bug("bug in migetpacks: the build ended without a result")
    return EXIT_OK


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # BuildKit waits for the exit: nothing is worth tearing down
