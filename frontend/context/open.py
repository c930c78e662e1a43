"""The build context: the app's files as a language reads them, and as the build's steps get them.

Both are filtered by the same ignore patterns. What is read to decide costs the same however large the context is:
BuildKit's client is asked for the paths that are looked at, never for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from frontend.context import config_file, readers
from frontend.context.ignored import DEFAULTS, FilteredTree, line_of
from frontend.context.load import Load, LocalLoad, SolvedLoad
from frontend.context.patterns import FILE as IGNORE_FILE
from frontend.context.patterns import parse
from frontend.context.tree import SourceTree
from frontend.errors import DetectionError, Location
from frontend.paths import within
from frontend.secrets.masking import masked, shown
from frontend.secrets.settings_files import WITHOUT_CREDENTIALS
from frontend.settings.values import app_path
from frontend.texts import TextFile, snippet, until

if TYPE_CHECKING:
    import llb
    from frontend.gateway.client import Gateway
    from frontend.settings.options import BuildOptions

LOCAL = "context"  # what the client calls the app's directory; a named context of this name stands in for it
INPUTS = "frontend.inputs"
SHOWN = 12  # names of the root that an error lists


class ContextTree(FilteredTree):
    """The app's files as the build gets them. `ignore_file` is what leaves files out, None where the app has none."""

    def __init__(self, whole: SourceTree, ignore_file: TextFile | None) -> None:
        own = DEFAULTS if ignore_file is None else parse(ignore_file.text, ignore_file.path)
        super().__init__(whole, own, WITHOUT_CREDENTIALS)
        self.ignore_file = ignore_file

    def nothing_left(self, path: str = "") -> DetectionError:
        """The error for a directory of which the build gets nothing: it is empty, or all in it is left out."""
        where = f"the directory {shown(path)}" if path else "the build context"
        names = tuple(self.whole.entries(path))
        if not names:
            return DetectionError(f"{where} is empty", hint="pass the app's directory: --local context=DIR")
        file = self.ignore_file
        line = line_of(file.text, within(path, names[0])) if file is not None else 0
        if file is not None and line:
            return DetectionError(
                f"{file.path} excludes all of {where}",
                at=Location(file.path, line),
                hint="add exceptions for the app's files below it, such as !src and !package.json",
                snippet=snippet(file.text, line),
            )
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        return DetectionError(
            f"{where} contains no app files, only {', '.join(shown(name) for name in names[:SHOWN])}{more}",
            hint="check that this is the app's directory; if the app is in a subdirectory, set PROJECT_PATH",
        )

    def left_out(self, path: str, patterns: Iterable[str]) -> DetectionError | None:
        """The error for a file in a directory, its name of some patterns, that the ignore file leaves out of the build;
        None for none."""
        from fnmatch import fnmatchcase

        file, there = self.ignore_file, self.entries(path)
        names = (name for one in patterns for name in self.whole.entries(path) if fnmatchcase(name, one))
        name = next((name for name in names if name not in there), None)
        line = line_of(file.text, within(path, name)) if file is not None and name is not None else 0
        if file is None or name is None or not line:
            return None
        return DetectionError(
            f"{file.path} excludes {shown(within(path, name))}, by which the language of the app is found",
            at=Location(file.path, line),
            hint="remove the pattern, and those of other files that the build reads",
            snippet=snippet(file.text, line),
        )

    def listing(self, path: str = "") -> tuple[str, ...]:
        """The names in a directory, sorted, directories with a "/" at the end."""
        return tuple(f"{e.name}/" if e.kind == "dir" else e.name for e in self.entries(path).values())


class Context:
    """The app in its build context. Files are read when they are asked for.

    `tree` is what a language sees, `state` what the build's steps get: the same, whole. `config` is the config file.
    `settings_files` are the paths of files that hold settings and may hold credentials.
    """

    def __init__(
        self, tree: ContextTree, config: TextFile | None, load: Load, settings_files: tuple[str, ...] = ()
    ) -> None:
        self.tree = tree
        self.config = config
        self._load = load
        self._settings_files = settings_files
        self._state: llb.State | None = None

    @property
    def state(self) -> llb.State:
        """The whole context, filtered. One op where BuildKit filters, the same one each time."""
        if self._state is None:
            for path in self._settings_files:
                self.tree.hides(path)  # takes the credentials out where it has not been asked for yet
            self._state = self._load.state(self.tree)
        return self._state

    def begin(self, platform: str) -> None:
        """Has BuildKit load the whole context, which steps on this platform will ask for, if it does not have it."""
        if self._load.late:
            self._load.begin(self.state, platform)

    def quote(self, path: str, line: int) -> bytes | None:
        """A file's text for a message about `line` (1-based): up to a few lines after it, and what looks like a secret
        made unreadable. None when the file is absent, or no text (`bun.lockb`)."""
        if self.config is not None and path == self.config.path:
            data: bytes | None = self.config.text.encode()
        elif (data := self.tree.read_bytes(path)) is not None:
            data = readers.quotable(data).encode()
        return None if data is None or b"\0" in data else masked(until(data, line).decode()).encode()


def open(
    gateway: Gateway,
    options: BuildOptions,
    markers: Iterable[str] = (),
    likely: Iterable[str] = (),
    meanwhile: Callable[[], None] = lambda: None,
) -> Context:
    """The context of a build. `markers` are the paths and patterns that detection looks at, `likely` those that a plan
    may look at.

    The client is asked for these, the config file and the ignore file, in one request where it can be. `meanwhile` is
    called once it is under way: time until the first answer is free.
    Raises GatewayError when there is no context, ConfigError for a file named that is not there.
    """
    value = options.contexts.get(LOCAL) or options.context
    in_context = bool(value.strip()) and not options.dockerfile_given
    syntax_file = config_file.start_syntax_file(gateway, options, in_context=in_context)
    name: str | None = LOCAL
    state: llb.State | None = None
    if value:
        from frontend.context import remote

        name = remote.local_name(value)
        state = remote.load(gateway, options, value) if name is None else None
    elif (state := _input(gateway)) is not None:
        name = None
    if state is not None:
        from frontend.context.solved import RefTree

        whole = RefTree(gateway, gateway.start_solve(state.marshal().to_bytes()), remote=value)
        meanwhile()
        return in_tree(options, whole, SolvedLoad(state), syntax_file)
    return _open_local(gateway, options, name or LOCAL, markers, likely, syntax_file, meanwhile)


def seen(whole: SourceTree, options: BuildOptions) -> Context:
    """A directory's files as a build would get them, for tools and tests that look at one without a BuildKit."""
    return in_tree(options, whole, Load())


def in_tree(
    options: BuildOptions, whole: SourceTree, load: Load, syntax_file: config_file.SyntaxFile | None = None
) -> Context:
    """The context in a tree of files: its config file is found, and what its ignore file leaves out is hidden."""
    config = config_file.find(options, syntax_file, whole)
    tree = ContextTree(whole, config_file.ignore_file(syntax_file, whole))
    whole.skip(tree.leaves_out)
    return Context(tree, config or config_file.in_manifest(tree), load, _settings_files(options))


def _open_local(
    gateway: Gateway,
    options: BuildOptions,
    name: str,
    markers: Iterable[str],
    likely: Iterable[str],
    syntax_file: config_file.SyntaxFile | None,
    meanwhile: Callable[[], None],
) -> Context:
    """A context that is a directory of the client."""
    from frontend.context.local import LocalTree

    load = LocalLoad(gateway, options, name)
    tree = LocalTree(gateway, load)
    tree.look(IGNORE_FILE, *config_file.names(options), *_settings_files(options), *markers, names=likely)
    meanwhile()
    return in_tree(options, tree, load, syntax_file)


def _settings_files(options: BuildOptions) -> tuple[str, ...]:
    """Where files of settings that may hold credentials are looked for: the root, and the app's directory."""
    app = app_path(options.settings.get("PROJECT_PATH", ""), None)
    return tuple(within(place, name) for place in dict.fromkeys(("", app)) for name in WITHOUT_CREDENTIALS)


def _input(gateway: Gateway) -> llb.State | None:
    """The context that came as a build input, as bake's linked targets do."""
    if "moby.buildkit.frontend.inputs" not in gateway.opts.get("frontend.caps", ""):
        return None  # a client that has inputs says so: one question less for all others
    if not gateway.caps.gateway_supports(INPUTS):
        return None
    definition = gateway.inputs().get(LOCAL)
    if definition is None:
        return None
    import llb

    return llb.from_definition(definition)
