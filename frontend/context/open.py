"""The build context: the app's files as a language reads them, and as the build's steps get them.

Both are filtered by the same ignore patterns. What is read to decide costs the same however large the context is:
BuildKit's client is asked for the paths that are looked at, never for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from posixpath import normpath
from typing import TYPE_CHECKING, NamedTuple

from frontend.context import ignore
from frontend.context.ignore import FilteredTree
from frontend.context.tree import Entry, SourceTree, dangling, snippet, utf16
from frontend.errors import BuildError, ConfigError, DetectionError, GatewayError, Location, SourceError
from frontend.paths import escaped
from frontend.secrets.masking import masked, shown
from frontend.secrets.settings_files import WITHOUT_CREDENTIALS
from frontend.settings import config
from frontend.settings.config import ConfigFile

if TYPE_CHECKING:
    import llb
    from frontend.gateway.client import Gateway, Pending, Ref, Stat
    from frontend.settings.options import BuildOptions

LOCAL = "context"  # what the client calls the app's directory; a named context of this name stands in for it
DOCKERFILE = "Dockerfile"
DETECT_HINT = "migetpacks-detect"  # keeps what is read to decide apart from the whole context, in BuildKit's store
METADATA_ONLY = "source.local.metadatatransfer"
INPUTS = "frontend.inputs"
METADATA_FILE = ".fsutil-metadata"  # where BuildKit puts the names that came without contents
NOT_A_FILE = ("is a directory", "not a regular file")
LINK_LOOP = "too many links"
NO_LOCAL = ("no local sources enabled", "no access allowed to dir", "no active session")
SHOWN = 12  # names of the root that an error lists


class Context:
    """The app in its build context. Files are read when they are asked for.

    `tree` is what a language sees, `state` what the build's steps get: the same, whole. `config` is the config file,
    `ignore` the patterns that leave files out, `ignore_file` where they come from ("" where the app has none).
    """

    def __init__(
        self,
        whole: SourceTree,
        load: Load,
        ignore_file: ConfigFile | None,
        config_file: ConfigFile | None,
        settings_files: tuple[str, ...] = (),
    ) -> None:
        own = ignore.parse(ignore_file.text, ignore_file.path) if ignore_file else ignore.DEFAULTS
        self.tree = ContextTree(whole, own, WITHOUT_CREDENTIALS)
        self.tree.ignore_file = ignore_file
        if isinstance(whole, LocalTree):
            whole.skips = self.tree.leaves_out
        self.config = config_file
        self.ignore = self.tree.patterns
        self.ignore_file = ignore_file.path if ignore_file else ""
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

    def listing(self) -> tuple[str, ...]:
        """The names in the root, as the build gets it, directories with a "/" at the end; () when it is empty."""
        return self.tree.listing()

    def nothing_found(self) -> DetectionError:
        """The error for a context in which nothing says what the app is."""
        names = self.listing()
        if not names:
            return self.tree.nothing_left()
        return DetectionError(
            f"nothing in the build context says what the app is written in; it holds: {_listed(names)}",
            hint="is this the app's directory? A directory below it is named by the build-arg PROJECT_PATH",
        )

    def quote(self, path: str) -> bytes | None:
        """A file's text for an error message, what looks like a secret in it made unreadable; None when absent."""
        if self.config is not None and path == self.config.path:
            return masked(self.config.text).encode()
        data = self.tree.read_bytes(path)
        if data is None:
            return None
        text = utf16(data) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else None
        return masked(data.decode("utf-8", "replace") if text is None else text).encode()


class ContextTree(FilteredTree):
    """The app's files as the build gets them. `ignore_file` is what leaves files out, None where the app has none."""

    ignore_file: ConfigFile | None = None

    def nothing_left(self, path: str = "") -> DetectionError:
        """The error for a directory of which the build gets nothing: it is empty, or all in it is left out."""
        where = f"the directory {shown(path)}" if path else "the build context"
        names = tuple(self.whole.entries(path))
        if not names:
            return DetectionError(f"{where} is empty", hint="name the app's directory: --local context=DIR")
        file, first = self.ignore_file, _join(path, names[0])
        line = ignore.line_of(file.text, first) if file is not None else 0
        if file is not None and line:
            return DetectionError(
                f"{file.path} leaves out all of {where}",
                at=Location(file.path, line),
                hint="write exceptions for the app's files below it, such as !src and !package.json",
                snippet=snippet(file.text, line),
            )
        return DetectionError(
            f"{where} holds nothing of an app, only {_listed(names)}",
            hint="is this the app's directory? A directory below it is named by the build-arg PROJECT_PATH",
        )

    def listing(self, path: str = "") -> tuple[str, ...]:
        """The names in a directory, sorted, directories with a "/" at the end."""
        return tuple(f"{e.name}/" if e.kind == "dir" else e.name for e in self.entries(path).values())


def _listed(names: tuple[str, ...]) -> str:
    """Names for a message, not too many."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(shown(name) for name in names[:SHOWN])}{more}"


def seen(whole: SourceTree) -> ContextTree:
    """A directory's files as a build would get them, for tools and tests that look at one without a BuildKit."""
    text = whole.read_text(ignore.FILE)
    tree = ContextTree(whole, ignore.DEFAULTS if text is None else ignore.parse(text), WITHOUT_CREDENTIALS)
    tree.ignore_file = None if text is None else ConfigFile(ignore.FILE, text)
    return tree


def open(gateway: Gateway, options: BuildOptions, markers: Iterable[str] = ()) -> Context:
    """The context of a build. `markers` are the paths and patterns that detection looks at.

    The client is asked for these, the config file and the ignore file, in requests that overlap.
    Raises GatewayError when there is no context, ConfigError for a file named that is not there.
    """
    file = _start_syntax_file(gateway, options)
    value = options.contexts.get(LOCAL) or options.context
    name = LOCAL
    if value:
        from frontend.context import remote

        named = remote.local_name(value)
        if named is None:
            return _open_solved(gateway, options, remote.load(gateway, options, value), file, value)
        name = named
    elif (given := _input(gateway)) is not None:
        return _open_solved(gateway, options, given, file)
    load = LocalLoad(gateway, options, name)
    tree = LocalTree(gateway, load)
    tree.need(ignore.FILE, *config.NAMES, *_named_file(options), *_settings_files(options), *markers)
    tree.ask_announced()  # what detection looks at comes all at once
    return _context(options, tree, load, file)


def _settings_files(options: BuildOptions) -> tuple[str, ...]:
    """Where files of settings that may hold credentials are looked for: the root, and the app's directory."""
    app = config.app_path(options.settings.get("PROJECT_PATH", ""), None)
    return tuple(_join(place, name) for place in dict.fromkeys(("", app)) for name in WITHOUT_CREDENTIALS)


def _open_solved(
    gateway: Gateway, options: BuildOptions, state: llb.State, file: _SyntaxFile | None, value: str = ""
) -> Context:
    """A context that is a filesystem of BuildKit's already. `value` is how the client named it."""
    tree = RefTree(gateway, gateway.start_solve(state.marshal().to_bytes()), remote=value)
    return _context(options, tree, SolvedLoad(state), file)


def _context(options: BuildOptions, tree: SourceTree, load: Load, file: _SyntaxFile | None) -> Context:
    config_file, ignore_file = file.result(tree) if file else (_config_file(options, tree), None)
    if ignore_file is None and (text := tree.read_text(ignore.FILE)) is not None:
        ignore_file = ConfigFile(ignore.FILE, text)
    return Context(tree, load, ignore_file, config_file, _settings_files(options))


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


# --- the config file --------------------------------------------------------------------------------------------------


def _named_file(options: BuildOptions) -> tuple[str, ...]:
    """The file the client named, where it did not start us by a syntax line in it."""
    return (options.filename,) if options.filename and not options.cmdline else ()


def _config_file(options: BuildOptions, tree: SourceTree) -> ConfigFile | None:
    for name in _named_file(options):
        if (text := tree.read_text(name)) is None:
            raise ConfigError(
                f"there is no file {name} in the build context", hint="its path is relative to the context's root"
            )
        return ConfigFile(name, text)
    return config.find(tree)


def _start_syntax_file(gateway: Gateway, options: BuildOptions) -> _SyntaxFile | None:
    """The file whose syntax line started us, being loaded; None when none did."""
    if not options.cmdline:
        return None
    import llb

    name = options.filename or DOCKERFILE
    remote_context = (options.contexts.get(LOCAL) or options.context).strip()
    if remote_context and not options.dockerfile_given:
        return _SyntaxFile(options, name, None)  # it is in the context itself
    local = options.dockerfile_local
    state = llb.local(
        local,
        follow=(name, f"{name}{ignore.FILE}"),
        session_id=options.local_sessions.get(local, gateway.session_id),
        shared_key_hint=local,
        name=f"[internal] load build definition from {name}",
    )
    return _SyntaxFile(options, name, RefTree(gateway, gateway.start_solve(state.marshal().to_bytes()), local))


class _SyntaxFile(NamedTuple):
    """The file whose syntax line started us. `tree` holds it, None where the context does."""

    options: BuildOptions
    name: str
    tree: SourceTree | None

    def result(self, context: SourceTree) -> tuple[ConfigFile | None, ConfigFile | None]:
        """The config file, and the ignore file that goes with it: FILE.dockerignore."""
        tree = context if self.tree is None else self.tree
        text = tree.read_text(self.name)
        ignored = tree.read_text(f"{self.name}{ignore.FILE}")
        ignore_file = None if ignored is None else ConfigFile(f"{self.name}{ignore.FILE}", ignored)
        if self.options.syntax_arg and (text is None or not _is_config_name(self.name)):
            # the client was told by a build-arg what to build with: the file it names by default need not be ours
            return config.find(context), ignore_file
        if text is None:
            raise ConfigError(f"there is no file {self.name}", at=Location(self.name), hint="name it by -f FILE")
        found = ConfigFile(self.name, text)
        return (found if config.says_something(found) else config.find(context)), ignore_file


def _is_config_name(name: str) -> bool:
    return name.endswith((".yaml", ".yml", ".json"))


# --- how the build gets it --------------------------------------------------------------------------------------------


class Load:
    """Makes the State of a context."""

    def state(self, tree: FilteredTree) -> llb.State:
        """The whole context without what the tree hides."""
        raise NotImplementedError

    @staticmethod
    def _with_revised(state: llb.State, tree: FilteredTree) -> llb.State:
        """The files that are shown without their credentials, put back."""
        if not tree.revised:
            return state
        import llb

        actions = []
        for path, data in sorted(tree.revised.items()):
            if parent := path.rpartition("/")[0]:
                actions.append(llb.mkdir(f"/{parent}", parents=True))
            actions.append(llb.mkfile(f"/{path}", data))
        return state.file(*actions, name="[internal] settings of package managers, without credentials")


class LocalLoad(Load):
    """A directory of the client: BuildKit filters it while it loads."""

    def __init__(self, gateway: Gateway, options: BuildOptions, name: str) -> None:
        self.gateway = gateway
        self.name = name
        self.session = options.local_sessions.get(name, gateway.session_id)
        self.shared_key = options.shared_keys.get(name, "")

    def state(self, tree: FilteredTree) -> llb.State:
        import llb

        hint = self.name if not self.shared_key else f"{self.name}-{self.shared_key}"
        state = llb.local(
            self.name,
            exclude=tree.excluded,
            session_id=self.session,
            shared_key_hint=hint,
            name="[internal] load build context",
        )
        return self._with_revised(state, tree)

    def start(self, *, follow: tuple[str, ...], exclude: tuple[str, ...], number: int, contents: bool) -> Pending[Ref]:
        """Asks for some paths of it, those they link to included. `number` counts the requests of a build."""
        import llb

        state = llb.local(
            self.name,
            follow=follow,
            exclude=exclude,
            session_id=self.session,
            # each request has a store of its own, so that the next build's has only changes to load
            shared_key_hint=DETECT_HINT if number == 1 else f"{DETECT_HINT}-{number}",
            metadata_only=not contents,
            name="[internal] look at the app" if contents else "[internal] list a directory of the app",
        )
        return self.gateway.start_solve(state.marshal().to_bytes())


class SolvedLoad(Load):
    """A filesystem of BuildKit's: filtered by a copy."""

    def __init__(self, whole: llb.State) -> None:
        self.whole = whole

    def state(self, tree: FilteredTree) -> llb.State:
        from frontend.context import remote

        return self._with_revised(remote.filtered(self.whole, tree.excluded), tree)


# --- reading it -------------------------------------------------------------------------------------------------------


class RefTree(SourceTree):
    """The files of a solved filesystem. `links` are the targets of the symbolic links met so far, by their path.

    It comes from the directory the client calls `local`, or from what a context's option `remote` names.
    """

    def __init__(self, gateway: Gateway, pending: Pending[Ref], local: str = "", remote: str = "") -> None:
        super().__init__()
        self._gateway = gateway
        self._pending = pending
        self._local = local
        self._remote = remote
        self._ref: Ref | None = None
        self._root: Pending[tuple[Stat, ...] | None] | None = None
        self.links: dict[str, str] = {}

    @property
    def ref(self) -> Ref:
        """The filesystem; waits for it."""
        if self._ref is None:
            self._ref = self._pending.result()
        return self._ref

    def start(self) -> None:
        """Has BuildKit load it: until its first question a solve has only been noted."""
        if self._root is None:
            self._root = self._gateway.start_read_dir(self.ref, "")

    def _list(self, path: str) -> Iterable[Entry]:
        if path and ((own := self.entry(path)) is None or own.kind not in ("dir", "link")):
            return ()
        try:
            if path:
                found = self._gateway.read_dir(self.ref, path) or ()
            else:
                self.start()
                found = (self._root.result() if self._root is not None else None) or ()
        except GatewayError as error:
            if error.message.endswith(LINK_LOOP):
                return ()
            raise self._explained(error) from error
        self.links.update((_join(path, stat.path), stat.linkname) for stat in found if stat.kind == "link")
        return tuple(Entry(stat.path, stat.kind, stat.size) for stat in found)

    def _read(self, path: str) -> bytes:
        try:
            data = self._gateway.read_file(self.ref, path)
        except GatewayError as error:
            if error.message.endswith(LINK_LOOP):
                raise dangling(path) from error
            if error.message.endswith(NOT_A_FILE):
                raise SourceError(
                    f"{path} is a directory, not a file",
                    at=Location(path),
                    hint=f"put a file named {path} in its place",
                ) from error
            raise self._explained(error) from error
        if data is None:
            raise dangling(path)
        return data

    def _explained(self, error: GatewayError) -> BuildError:
        """The error, with what it means where the filesystem could not be loaded."""
        if self._remote:
            from frontend.context.remote import not_loaded

            return not_loaded(self._remote, error)
        if not self._local or not any(text in error.message for text in NO_LOCAL):
            return error
        return DetectionError(
            f'there is no build context: the client gives no directory named "{self._local}"',
            hint=f"give it by --local {self._local}=DIR (docker build: the last argument)",
        )


class NamesTree(RefTree):
    """The names and sizes of a directory of the client, without contents: one file that BuildKit makes of them."""

    def __init__(self, gateway: Gateway, pending: Pending[Ref], local: str = "", remote: str = "") -> None:
        super().__init__(gateway, pending, local, remote)
        self._names: Pending[bytes | None] | None = None

    def start(self) -> None:
        if self._names is None:
            self._names = self._gateway.start_read_file(self.ref, METADATA_FILE)

    def _list(self, path: str) -> Iterable[Entry]:
        if not self._listings:  # all come at once
            for directory, entries in self._load().items():
                self._listings[directory] = {e.name: e for e in sorted(entries)}
        return self._listings.get(path, {}).values()

    def _load(self) -> dict[str, list[Entry]]:
        from frontend.gateway.names import read_names

        self.start()
        try:
            data = self._names.result() if self._names is not None else None
        except GatewayError as error:
            raise self._explained(error) from error
        found: dict[str, list[Entry]] = {}
        for stat in read_names(data or b""):
            parent, _, name = stat.path.rpartition("/")
            found.setdefault(parent, []).append(Entry(name, stat.kind, stat.size))
            if stat.kind == "link":
                self.links[stat.path] = stat.linkname
        return found

    def _read(self, path: str) -> bytes:
        raise dangling(path)


class _Part(NamedTuple):
    """What one request asked for, and its answer. A part without `contents` has names only."""

    asked: tuple[str, ...]
    tree: RefTree
    contents: bool


class LocalTree(SourceTree):
    """A directory of the client, loaded piece by piece: what `need` announces comes in one request.

    Every question is answered right; one about a path that was not announced is a request of its own. The client finds
    a plain path at once, and all names in a directory; for any other pattern it would walk through the whole app, so
    patterns are answered from names, level by level. Those announced are asked for when the first of them is used.
    `skips` tells which directories no pattern needs to go into.
    """

    def __init__(self, gateway: Gateway, load: LocalLoad) -> None:
        super().__init__()
        self._gateway = gateway
        self._load = load
        self._parts: list[_Part] = []
        self._started = 0  # so many of them are being loaded
        self._paths: set[str] = set()  # asked for, with contents
        self._root_globs: list[str] = []  # patterns in the root asked for, with contents
        self._listed: set[str] = set()  # directories all names of which were asked for
        self._found: dict[str, tuple[str, ...]] = {}  # a path that a glob found by name: all it found
        self._merged: dict[str, tuple[int, dict[str, Entry]]] = {}  # directory: (answers that are in it, entries)
        self._following: set[str] = set()  # links on the way to what is being asked for
        self._announced: list[str] = []  # patterns not asked for yet
        self.skips: Callable[[str], bool] = lambda _path: False

    def need(self, *patterns: str) -> None:
        wanted = dict.fromkeys(normal for pattern in patterns if (normal := _normal(pattern)))
        self._ask([path for path in wanted if not _is_glob(path) and not self._known(path)])
        self._announced += [path for path in wanted if _is_glob(path)]

    def entries(self, path: str = "") -> dict[str, Entry]:
        path = _normal(path)
        own = self.entry(path) if path else None
        if path and (own is None or own.kind not in ("dir", "link")):
            return {}
        if own is not None and own.kind == "link":
            target = self._target(path)
            return self.entries(target) if target is not None else {}
        self._list_names([path])
        return self._seen(path)

    def entry(self, path: str) -> Entry | None:
        path = _normal(path)
        found = self._look(path)
        if found is None:
            answers = len(self._parts)
            if not self._known(path):
                self._ask([path])
            if len(self._parts) > answers:
                found = self._look(path)
        if found is None and (other := self._past_links(path)) is not None and other not in self._following:
            self._following.add(other)
            try:
                return self.entry(other)
            finally:
                self._following.discard(other)
        return found

    def glob(self, pattern: str) -> tuple[str, ...]:
        from fnmatch import fnmatchcase

        pattern = _normal(pattern)
        self._announced.append(pattern)
        self.ask_announced()
        found = [""]
        parts = pattern.split("/")
        for depth, part in enumerate(parts, 1):
            found = [base for base in found if not base or not self.skips(base)]
            if not _is_glob(part):
                found = [_join(base, part) for base in found]
                continue
            if "/" in pattern:
                found = [base for base in found if base in self._listed or not base or self._is_walkable(base)]
                self._list_names(found)
            sign = part.replace("[", "[[]")
            found = [
                _join(base, e.name)
                for base in found
                for e in self._seen(base).values()
                if fnmatchcase(e.name, sign) and (e.kind == "dir" or depth == len(parts))
            ]
        by_name = "/" in pattern or pattern not in self._root_globs
        if not _is_glob(parts[-1]):
            self._ask([path for path in found if not self._known(path)])
            by_name = False
        files = tuple(sorted(path for path in found if self.has(path)))
        if by_name:
            self._found.update(dict.fromkeys(files, files))
        return files

    def _list(self, path: str) -> Iterable[Entry]:
        return self.entries(path).values()

    def _read(self, path: str) -> bytes:
        part = self._holding(path)
        if part is None and path not in self._paths:  # known by name only
            self._ask(dict.fromkeys((path, *self._found.get(path, ()))))
            part = self._holding(path)
        problem = dangling(path)
        if part is not None:
            try:
                return part.tree._read(path)
            except SourceError as error:
                problem = error
        # a link whose target did not come with it
        other = self._target(path) or self._past_links(path)
        if other is None or other in self._following:
            raise problem
        self._following.add(other)
        try:
            data = self.read_bytes(other)
        finally:
            self._following.discard(other)
        if data is None:
            raise problem
        return data

    def _ask(self, paths: Iterable[str]) -> None:
        """Asks for paths with their contents, those not asked for yet. One whose name has a pattern's sign goes apart:
        the client takes it for a pattern."""
        new = [path for path in paths if path not in self._paths]
        self._paths.update(new)
        plain = [path for path in new if escaped(path) == path]
        if plain:
            self._request(plain, plain, [_deeper(plain)])
        for path in new:
            if escaped(path) != path:
                self._request([path], [escaped(path)], [_deeper([path])])

    def ask_announced(self) -> None:
        """Asks for the patterns announced: those in the root with contents, else for the names they begin with."""
        globs = list(dict.fromkeys(self._announced))
        self._announced.clear()
        root = [glob for glob in globs if "/" not in glob and glob not in self._root_globs]
        if root and "" not in self._listed:
            self._root_globs += root
            self._request(root, [escaped(glob, "") for glob in root], ["*/*"])
        self._list_names(_before_glob(glob) for glob in globs if "/" in glob)

    def _list_names(self, directories: Iterable[str]) -> None:
        """Asks for all names in directories, without contents where this BuildKit can."""
        new = [path for path in dict.fromkeys(directories) if path not in self._listed]
        self._listed.update(new)
        bare = self._gateway.caps.supports(METADATA_ONLY) if new else False
        for group in ([path for path in new if not path], [path for path in new if path]):
            if group:
                inside = [_join(escaped(path), "*") for path in group]
                asked = [_join(path, "*") for path in group]
                self._request(asked, inside, [f"{pattern}/*" for pattern in inside], contents=not bare)

    def _request(self, asked: list[str], follow: list[str], exclude: list[str], *, contents: bool = True) -> None:
        """Sends a request; nothing waits for the answer here. `asked` are the paths as we write them.

        `exclude` cuts off what is below: a directory that is asked for comes without what is in it.
        """
        pending = self._load.start(
            follow=tuple(follow), exclude=tuple(exclude), number=len(self._parts) + 1, contents=contents
        )
        tree = (RefTree if contents else NamesTree)(self._gateway, pending, self._load.name)
        self._parts.append(_Part(tuple(asked), tree, contents))

    def _known(self, path: str) -> bool:
        """Whether what is at a path, or that nothing is, has been told by an answer or will be by one under way."""
        parent = path.rpartition("/")[0]
        if path in self._paths or parent in self._listed:
            return True
        if not parent and any(_matches(path, glob) for glob in self._announced if "/" not in glob):
            self.ask_announced()
        if not parent and any(_matches(path, glob) for glob in self._root_globs):
            return True
        if not parent or not self._known(parent):
            return False
        above = self.entry(parent)
        return above is None or above.kind not in ("dir", "link")

    def _is_walkable(self, path: str) -> bool:
        found = self.entry(path)
        return found is not None and found.kind in ("dir", "link")

    def _start(self) -> None:
        """Has BuildKit load all that was asked for, at the same time, before one of the answers is waited for."""
        for part in self._parts[self._started :]:
            part.tree.start()
        self._started = len(self._parts)

    def _look(self, path: str) -> Entry | None:
        """What is at a path as far as is known, from the first answer that tells."""
        self._start()
        parent, _, name = path.rpartition("/")
        for part in self._parts:
            if any(_leads_into(asked, parent) for asked in part.asked):
                found = part.tree.entries(parent).get(name)
                if found is not None or path in part.asked:
                    return found
        return None

    def _seen(self, directory: str) -> dict[str, Entry]:
        """What is known of a directory so far, from all answers."""
        self._start()
        count, found = self._merged.get(directory, (0, {}))
        for part in self._parts[count:]:
            if any(_leads_into(path, directory) for path in part.asked):
                found = dict(sorted((found | part.tree.entries(directory)).items()))
        self._merged[directory] = (len(self._parts), found)
        return found

    def _holding(self, path: str) -> _Part | None:
        """The answer that has a file's contents."""
        parent = path.rpartition("/")[0]
        parts = (p for p in self._parts if p.contents and any(_leads_into(asked, parent) for asked in p.asked))
        return next((part for part in parts if part.tree.entry(path) is not None), None)

    def _target(self, path: str) -> str | None:
        """Where the link at a path leads, relative to the root; None when it is no link or leads out of the app."""
        link = next((part.tree.links[path] for part in self._parts if path in part.tree.links), "")
        if not link or link.startswith("/"):
            return None
        target = normpath(_join(path.rpartition("/")[0], link))
        return None if target.split("/")[0] == ".." or target == "." else target

    def _past_links(self, path: str) -> str | None:
        """The path with the first link among the directories it leads through replaced; None when there is none."""
        parts = path.split("/")
        for depth in range(1, len(parts)):
            if (target := self._target("/".join(parts[:depth]))) is not None:
                return "/".join((target, *parts[depth:]))
        return None


def _before_glob(glob: str) -> str:
    """The directory in front of a glob's first wildcard: "apps" of "apps/*/x"; "" for the root."""
    parts = glob.split("/")
    return "/".join(parts[: next(i for i, part in enumerate(parts) if _is_glob(part))])


def _deeper(paths: Iterable[str]) -> str:
    """The pattern of all that lies deeper than any of the paths."""
    return "/".join("*" * (max(path.count("/") for path in paths) + 2))


def _is_glob(path: str) -> bool:
    return "*" in path or "?" in path


def _matches(path: str, glob: str) -> bool:
    """Whether a path matches a glob, part by part."""
    from fnmatch import fnmatchcase

    parts, patterns = path.split("/"), glob.replace("[", "[[]").split("/")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))


def _leads_into(asked: str, directory: str) -> bool:
    """Whether a path or glob names something in a directory or further down."""
    if not directory or asked.startswith(f"{directory}/"):
        return True
    depth = directory.count("/") + 1
    head = "/".join(asked.split("/")[:depth])
    return _is_glob(head) and asked.count("/") >= depth and _matches(directory, head)


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def _normal(path: str) -> str:
    """A path without "." parts, doubled and outer slashes; "" for the root and for what is above it."""
    if "//" in path or "." in (path[:1], path[-1:]) or "/." in path:
        path = normpath(path.strip("/") or ".")
        return "" if path == "." or path.split("/")[0] == ".." else path
    return path.strip("/")
