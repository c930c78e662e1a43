"""What Deno's own files say: deno.json or deno.jsonc, the lockfile, and the scripts of a package.json beside them.

Sources: https://docs.deno.com/runtime/fundamentals/configuration/, https://deno.com/config-file.v1.json
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location, SourceError
from frontend.paths import joined, within
from frontend.rules.jsonc import lenient

FILES = ("deno.json", "deno.jsonc")
PACKAGE = "package.json"
LOCK = "deno.lock"


class Task(Struct, frozen=True):
    """A task: its text ("" for one that only has others done first), the tasks it depends on, its place.

    `script` says that it is one of package.json.
    """

    name: str
    text: str
    dependencies: tuple[str, ...]
    at: Location | None
    script: bool = False


class Config(Struct, frozen=True):
    """The configuration in a directory of the app ("" is its own).

    `path` is its file, "" where there is none; `data` is what is in it, `package` what is in the package.json beside
    it, {} without one.
    """

    tree: SourceTree
    dir: str
    path: str
    data: dict[str, Any]
    package: dict[str, Any]

    def text(self, *keys: str) -> str:
        """The text at a key, or a key in a table; "" where there is none."""
        value: Any = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else ""

    def table(self, key: str) -> dict[str, Any]:
        """The table at a key; {} where there is none."""
        value = self.data.get(key)
        return value if isinstance(value, dict) else {}

    def at(self, *needles: str) -> Location | None:
        """Where keys stand in the file; None without one."""
        return self.tree.line_of(self.path, *(f'"{one}"' for one in needles)) if self.path else None

    @property
    def imports(self) -> dict[str, str]:
        """The import map: that of the file itself, else of the file that it names."""
        own = self.table("imports")
        named = self.import_map
        if not own and named and self.tree.has(named):
            own = (self.tree.read_json(named, lenient) or {}).get("imports") or {}
        return {key: value for key, value in own.items() if isinstance(value, str)} if isinstance(own, dict) else {}

    @property
    def import_map(self) -> str:
        """The path of the file with the import map; "" where it is none, or on another host."""
        named = self.text("importMap")
        return joined(self.dir, named) if named and "://" not in named else ""

    @property
    def lockfile(self) -> str:
        """The path of the lockfile, there or not; "" where the app has none on purpose."""
        lock = self.data.get("lock")
        if lock is False:
            return ""
        named = lock if isinstance(lock, str) else lock.get("path") if isinstance(lock, dict) else None
        return joined(self.dir, named) if isinstance(named, str) and named else within(self.dir, LOCK)

    @property
    def deployed(self) -> tuple[str, str]:
        """What Deno Deploy starts: a directory ("" is the configuration's) and the entry in it; "" for no entry.

        Sources: https://docs.deno.com/deploy/reference/builds/, https://docs.deno.com/deploy/classic/deployctl/
        """
        deploy = self.table("deploy")
        runtime = deploy.get("runtime")
        runtime = runtime if isinstance(runtime, dict) else {}
        dir, entry = runtime.get("cwd"), runtime.get("entrypoint") or deploy.get("entrypoint")
        if not isinstance(entry, str) or "://" in entry:
            return "", ""
        return joined("", dir) if isinstance(dir, str) else "", joined("", entry)

    @property
    def node_modules(self) -> bool:
        """Whether npm packages are installed in node_modules, and not in Deno's cache.

        Source: https://docs.deno.com/runtime/fundamentals/node/#node_modules
        """
        value = self.data.get("nodeModulesDir")
        if value is None:
            return bool(self.package) or self.vendor
        return value in (True, "auto", "manual")

    @property
    def vendor(self) -> bool:
        """Whether modules of other hosts are kept in `vendor`, in the app."""
        return self.data.get("vendor") is True

    @property
    def members(self) -> tuple[str, ...]:
        """The directories of the workspace's members, relative to the app's; patterns are looked up."""
        value = self.data.get("workspace") or self.data.get("workspaces") or self.package.get("workspaces")
        value = value.get("members", value.get("packages")) if isinstance(value, dict) else value
        texts = [one.removeprefix("./").strip("/") for one in value or () if isinstance(one, str)]
        found: dict[str, None] = {}
        for text in texts if isinstance(value, list) else ():
            if "*" in text:
                paths = (path for name in (*FILES, PACKAGE) for path in self.tree.glob(within(text, name)))
                found |= dict.fromkeys(sorted(path.rpartition("/")[0] for path in paths))
            elif text:
                found[joined(self.dir, text)] = None
        return tuple(found)

    @property
    def tasks(self) -> dict[str, Task]:
        """The tasks by name: those of the configuration, then the scripts of package.json. Raises SourceError for one
        that is neither a text nor a table."""
        found: dict[str, Task] = {}
        for name, value in self.table("tasks").items():
            at = self.at("tasks", name)
            if isinstance(value, str):
                found[name] = Task(name, value, (), at)
            elif isinstance(value, dict):
                needs = value.get("dependencies")
                names = tuple(map(str, needs)) if isinstance(needs, list) else ()
                command = value.get("command")
                found[name] = Task(name, command if isinstance(command, str) else "", names, at)
            else:
                raise SourceError(
                    f'the task "{name}" of {self.path} is neither a text nor a table',
                    at=at,
                    hint=f'write it as "{name}": "COMMAND", or {{ "command": "COMMAND", "dependencies": [] }}',
                )
        scripts = self.package.get("scripts")
        for name, value in scripts.items() if isinstance(scripts, dict) else ():
            if isinstance(value, str) and name not in found:
                at = self.tree.line_of(within(self.dir, PACKAGE), '"scripts"', f'"{name}"')
                found[name] = Task(name, value, (), at, script=True)
        return found


def read(tree: SourceTree, dir: str = "") -> Config:
    """The configuration in a directory of the app. Raises SourceError, with the line, for a file that is none."""
    tree.need(*(within(dir, name) for name in (*FILES, PACKAGE)))
    path = tree.first(*(within(dir, name) for name in FILES)) or ""
    package = within(dir, PACKAGE)
    data = (tree.read_json(path, lenient) or {}) if path else {}
    return Config(tree, dir, path, data, (tree.read_json(package) or {}) if tree.has(package) else {})


class Lock(Struct, frozen=True):
    """A lockfile: its path, its own version ("5"), where that stands, and the modules of other hosts in it.

    `unused` are packages that the configuration named when it was written, and no module imports: `deno cache` takes
    such a lockfile, and `deno install` does not.
    """

    path: str
    version: str
    at: Location
    remote: tuple[str, ...] = ()
    npm: tuple[str, ...] = ()
    jsr: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def lock(tree: SourceTree, path: str) -> Lock | None:
    """The lockfile at a path; None where there is none. Raises SourceError, with the line, for one that is broken."""
    if not path or not tree.has(path):
        return None
    data = tree.read_json(path) or {}
    parts = data.get("packages") if isinstance(data.get("packages"), dict) else data
    tables = {key: one if isinstance(one := (parts or {}).get(key), dict) else {} for key in ("npm", "jsr")}
    remote, redirects = data.get("remote"), data.get("redirects")
    specifiers = (parts or {}).get("specifiers") or {}
    return Lock(
        path,
        str(data.get("version", "1")),
        tree.line_of(path, '"version"'),
        tuple(one for part in (remote, redirects) if isinstance(part, dict) for one in part),
        tuple(tables["npm"]),
        tuple(tables["jsr"]),
        tuple(one for one in named(data.get("workspace")) if one not in specifiers),
    )


def named(workspace: object) -> Iterator[str]:
    """What the configurations of a workspace name, by a lockfile: "npm:hono@4"."""
    table = workspace if isinstance(workspace, dict) else {}
    members = table.get("members")
    for one in (table, *(members.values() if isinstance(members, dict) else ())):
        package = one.get("packageJson") if isinstance(one, dict) else None
        for part in (one, package):
            names = part.get("dependencies") if isinstance(part, dict) else None
            yield from (name for name in names or () if isinstance(name, str))
