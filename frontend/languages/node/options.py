"""The options of programs that take a value in the word behind them: a table per program."""

PRELOADS = frozenset(("-r", "--require", "--import", "--loader", "--experimental-loader"))  # of node: load a module
NODE = PRELOADS | frozenset(  # https://nodejs.org/api/cli.html; those of V8 take theirs behind "=" only
    (
        "-C", "--conditions", "-e", "--eval", "-p", "--print", "--env-file", "--env-file-if-exists", "--watch-path",
        "--run", "--input-type", "--title", "--disable-warning", "--dns-result-order", "--unhandled-rejections",
        "--redirect-warnings", "--diagnostic-dir", "--openssl-config", "--icu-data-dir", "--trace-event-categories",
        "--max-http-header-size", "--heapsnapshot-signal", "--inspect-port", "--experimental-config-file",
    )
)  # fmt: skip
TSX = NODE | frozenset(("--tsconfig", "--include", "--exclude", "--ignore"))  # https://tsx.is/dev-api/node-cli
TS_NODE = PRELOADS | frozenset(  # https://typestrong.org/ts-node/docs/options
    ("-P", "--project", "-O", "--compiler-options", "-C", "--compiler", "-I", "--ignore", "-D", "--ignore-diagnostics",
     "-e", "--eval", "-p", "--print", "--cwd", "--dir", "--swc-options", "--script-mode-cwd")
)  # fmt: skip
NPX = frozenset(("-p", "--package", "-c", "--call", "-w", "--workspace"))
BUN_PRELOADS = ("-r", "--preload", "--require", "--import")
BUN = frozenset(  # https://bun.sh/docs/cli/run; an option of the debugger takes its value behind "=" only
    (
        "-r", "--preload", "--require", "--import", "--env-file", "--cwd", "-c", "--config", "--filter", "-F", "--port",
        "--conditions", "--main-fields", "--extension-order", "--tsconfig-override", "-d", "--define", "--drop", "-l",
        "--loader", "-e", "--eval", "-p", "--print", "--title", "--install", "--shell", "--fetch-preconnect",
        "--max-http-header-size", "--dns-result-order", "--unhandled-rejections", "--console-depth", "--user-agent",
        "--elide-lines", "--feature", "--jsx-factory", "--jsx-fragment", "--jsx-import-source", "--jsx-runtime",
        "--cpu-prof-name", "--cpu-prof-dir", "--heap-prof-name", "--heap-prof-dir", "--redirect-warnings",
        "--disable-warning", "--watch-kill-signal",
    )
)  # fmt: skip
