"""Where the config file of a build is: what the client named, a file in the root of the context, or a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from frontend.context.patterns import FILE as IGNORE_FILE
from frontend.context.tree import SourceTree
from frontend.errors import ConfigError, Location
from frontend.languages import registry
from frontend.settings.model import KEY
from frontend.texts import TextFile

if TYPE_CHECKING:
    from frontend.gateway.client import Gateway
    from frontend.settings.options import BuildOptions

NAMES = ("migetpacks.yaml", "migetpacks.yml")
MANIFESTS = tuple(entry.config_manifest for entry in registry.ENTRIES if entry.config_manifest)
CONFIG_SUFFIXES = (".yaml", ".yml", ".json")
DOCKERFILE = "Dockerfile"


class SyntaxFile(Struct, frozen=True):
    """The file whose syntax line started us. `tree` holds it, None where the context does."""

    name: str
    tree: SourceTree | None


def names(options: BuildOptions) -> tuple[str, ...]:
    """The paths in the context where a config file is looked for."""
    return (*NAMES, *_named(options))


def find(options: BuildOptions, syntax_file: SyntaxFile | None, context: SourceTree) -> TextFile | None:
    """The config file; None when there is none. Raises ConfigError when there are two, or one named is not there."""
    if syntax_file is not None:
        return _of_syntax_file(options, syntax_file, context)
    for name in _named(options):
        if (text := context.read_text(name)) is None:
            raise ConfigError(
                f"there is no file {name} in the build context", hint="its path is relative to the context's root"
            )
        return TextFile(name, text)
    return in_root(context)


def in_root(tree: SourceTree) -> TextFile | None:
    """The config file in the root of a tree; None when there is none. Raises ConfigError when there are two."""
    found = [name for name in NAMES if tree.has(name)]
    if len(found) > 1:
        raise ConfigError(
            f"both files exist: {found[0]} and {found[1]}", at=Location(found[1]), hint="keep one of them"
        )
    text = tree.read_text(found[0]) if found else None
    return None if text is None else TextFile(found[0], text)


def in_manifest(tree: SourceTree) -> TextFile | None:
    """The manifest in the root of a tree that may have our key; None when none has."""
    for name in MANIFESTS:
        data = tree.read_bytes(name)
        if data is not None and KEY.encode() in data:
            return TextFile(name, tree.read_text(name) or "")
    return None


def start_syntax_file(gateway: Gateway, options: BuildOptions, *, in_context: bool) -> SyntaxFile | None:
    """Has the file loaded whose syntax line started us; None when none did. `in_context`: the context has it."""
    if not options.cmdline:
        return None
    import llb
    from frontend.context.solved import RefTree

    name = options.filename or DOCKERFILE
    if in_context:
        return SyntaxFile(name, None)
    local = options.dockerfile_local
    state = llb.local(
        local,
        follow=(name, f"{name}{IGNORE_FILE}"),
        session_id=options.local_sessions.get(local, gateway.session_id),
        shared_key_hint=local,
        name=f"[internal] load build definition from {name}",
    )
    return SyntaxFile(name, RefTree(gateway, gateway.start_solve(state.marshal().to_bytes()), local))


def ignore_file(syntax_file: SyntaxFile | None, context: SourceTree) -> TextFile | None:
    """The app's ignore file: FILE.dockerignore beside the file that started us, or .dockerignore; None when absent."""
    if syntax_file is not None:
        name = f"{syntax_file.name}{IGNORE_FILE}"
        if (text := (syntax_file.tree or context).read_text(name)) is not None:
            return TextFile(name, text)
    text = context.read_text(IGNORE_FILE)
    return None if text is None else TextFile(IGNORE_FILE, text)


def _named(options: BuildOptions) -> tuple[str, ...]:
    """The file the client named, where it did not start us by a syntax line in it."""
    return (options.filename,) if options.filename and not options.cmdline else ()


def _of_syntax_file(options: BuildOptions, file: SyntaxFile, context: SourceTree) -> TextFile | None:
    text = (file.tree or context).read_text(file.name)
    if options.syntax_arg and (text is None or not file.name.endswith(CONFIG_SUFFIXES)):
        # the client was told by a build-arg what to build with: the file it names by default need not be ours
        return in_root(context)
    if text is None:
        raise ConfigError(f"there is no file {file.name}", at=Location(file.name), hint="pass it with -f FILE")
    from frontend.settings.document import says_something

    return TextFile(file.name, text) if says_something(text) else in_root(context)
