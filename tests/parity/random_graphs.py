"""Random graphs of a seed: the same seed gives the same graph, in the form README.md describes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
DIGEST = "sha256:" + "0123456789abcdef" * 4
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PLATFORMS = (
    "linux/amd64",
    "linux/arm64",
    "linux/arm/v7",
    "linux/arm/v6",
    "linux/s390x",
    "windows/amd64",
    "darwin/arm64",
)
IMAGES = ("alpine", "node:24-slim", "localhost:5000/a/b", f"debian@{DIGEST}", "ghcr.io/x/y__z:v1.0", "docker.io/u/r")
WORDS = ("a", "b.txt", "src", "dist", "node_modules", "é", "x y", "a-b_c", "*.js", "🐎", '"', "\\", "<&>", "'", "$A")
PATHS = ("/", "/a", "/a/b", "/usr/lib", "a", "./a", "../a", "a/", "/a//b/../c", "", ".", "/ž")
MOUNTS = ("/m1", "/m2", "/m3/x", "/a", "/ž", "/m4/")
CAPS = ("source.image", "exec.meta.base", "exec.mount.bind", "exec.meta.setsdefaultpath", "file.base", "mergeop")


def graph(seed: int) -> Json:
    """A graph of 1 to 40 operations, with a result that stands on some of them."""
    return Generator(random.Random(seed)).graph()


class Generator:
    """Draws the nodes of one graph. `states` are ids a node may stand on; `empty` are those of empty filesystems."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.nodes: list[Json] = []
        self.states: list[str] = []
        self.empty: set[str] = set()
        self.runs: list[Json] = []
        self.files = [
            {"filename": self.word(), "data": self.word() * n, "language": rng.choice(["", "JSON"])} for n in range(3)
        ]

    def graph(self) -> Json:
        """The whole graph."""
        for _ in range(self.rng.randint(1, 4)):
            self.add(self.source())
        kinds: list[Callable[[], Json]] = [self.run, self.run, self.run, self.file, self.file, self.set, self.merge]
        kinds += [self.diff, self.source, self.output, self.requires, self.passthrough, self.scratch]
        for _ in range(self.rng.randint(0, 36)):
            self.add(self.rng.choice(kinds)())
        marshal: Json = {"platform": self.rng.choice(PLATFORMS), "unique_id": self.word()}
        if self.maybe(0.2):
            marshal["caps"] = self.some(CAPS)
        if self.maybe(0.2):
            marshal["meta"] = {"export_cache": self.maybe(), "worker": [f"{self.word()}==y"]}
        return {"marshal": marshal, "files": self.files, "nodes": self.nodes, "result": self.states[-1]}

    # --- draws

    def maybe(self, chance: float = 0.5) -> bool:
        return self.rng.random() < chance

    def word(self) -> str:
        return "".join(self.rng.choices(WORDS, k=self.rng.randint(1, 3)))

    def words(self, most: int = 3) -> list[str]:
        return [self.word() for _ in range(self.rng.randint(0, most))]

    def some(self, of: tuple[str, ...]) -> list[str]:
        return self.rng.sample(of, self.rng.randint(0, len(of)))

    def path(self) -> str:
        return self.rng.choice(PATHS)

    def patterns(self) -> list[str]:
        return self.rng.choices(["*.js", "src/**", "a", "!b", "**/x"], k=self.rng.randint(0, 3))

    def number(self) -> int:
        return self.rng.choice([0, 1, 7, 127, 128, 1000, 65534, 2**20])

    def state(self) -> str:
        """An earlier node, more often a late one."""
        return self.states[-1 - int(self.rng.random() ** 2 * len(self.states))]

    def full(self) -> str:
        """An earlier node that is not an empty filesystem: the first node is none."""
        found = self.state()
        return found if found not in self.empty else self.states[0]

    def option(self, node: Json, name: str, value: Callable[[], Any], chance: float = 0.25) -> None:
        if self.maybe(chance):
            node[name] = value()

    def meta(self, node: Json, *, platform: bool = False) -> Json:
        """Adds options that every operation takes."""
        if self.maybe(0.6):
            return node
        meta: Json = {}
        self.option(meta, "name", self.word)
        self.option(meta, "description", lambda: {self.word(): self.word() for _ in range(3)})
        self.option(meta, "ignore_cache", lambda: True)
        self.option(meta, "export_cache", self.maybe)
        self.option(meta, "progress", lambda: {"id": self.word(), "name": self.word(), "weak": self.maybe()})
        self.option(meta, "worker", lambda: [f"{self.word()}==x" for _ in range(self.rng.randint(1, 3))])
        self.option(meta, "resources", lambda: {"memory": self.number(), "cpu_quota": -1, "cpuset_cpus": "0-1"})
        self.option(meta, "at", self.places)
        if platform:
            self.option(meta, "platform", lambda: self.rng.choice(PLATFORMS))
        return {**node, "meta": meta} if meta else node

    def places(self) -> list[Json]:
        found = []
        for _ in range(self.rng.randint(1, 3)):
            line = self.rng.randint(1, 300)
            found.append({"file": self.rng.randrange(3), "ranges": [[line, 0, line + self.rng.randint(0, 3), 9]]})
        return found

    def add(self, node: Json) -> None:
        """Adds a node; `empty` in it says that its filesystem may be empty."""
        ident = str(len(self.nodes))
        if node.pop("empty", False):
            self.empty.add(ident)
        node["id"] = ident
        self.nodes.append(node)
        self.states.append(ident)
        if node["kind"] == "run":
            self.runs.append(node)

    # --- nodes

    def scratch(self) -> Json:
        return {"kind": "scratch", "empty": True}

    def source(self) -> Json:
        make = self.rng.choice([self.image, self.image, self.local, self.git, self.http, self.layout, self.blob])
        return self.meta(make(), platform=True)

    def image(self) -> Json:
        node: Json = {"kind": "image", "ref": self.rng.choice(IMAGES)}
        self.option(node, "resolve_mode", lambda: self.rng.choice(["pull", "local", "default"]))
        self.option(node, "record_type", lambda: "internal")
        self.option(node, "layer_limit", lambda: self.rng.randint(0, 9))
        self.option(node, "checksum", lambda: DIGEST)
        return node

    def local(self) -> Json:
        node: Json = {"kind": "local", "name": self.rng.choice(["context", "dockerfile", "other dir"])}
        for name in ("include", "exclude", "follow"):
            self.option(node, name, lambda: [word.rstrip("\\") or "a" for word in self.words()])
        self.option(node, "session_id", self.word)
        self.option(node, "shared_key_hint", self.word)
        self.option(node, "differ", lambda: self.rng.choice(["none", "metadata"]))
        self.option(node, "differ_required", self.maybe)
        if self.maybe(0.25):
            node.update(metadata_only=True, metadata_except=self.words())
        return node

    def git(self) -> Json:
        remotes = ("https://example.com/a/b.git", "example.com/a/b", "http://u@h:80/x", "git://h/p", "https://h/a%20b")
        node: Json = {"kind": "git", "remote": self.rng.choice(remotes), "ref": self.rng.choice(["", "main", "v1:sub"])}
        for name in ("keep_git_dir", "skip_submodules", "fetch_by_commit"):
            self.option(node, name, lambda: True)
        self.option(node, "subdir", lambda: self.rng.choice(["x", "x/y"]))
        self.option(node, "checksum", lambda: COMMIT)
        if "checksum" not in node:
            node.pop("fetch_by_commit", None)
        self.option(node, "mtime", lambda: self.rng.choice(["commit", "checkout"]))
        self.option(node, "auth_token_secret", lambda: self.rng.choice(["", "T"]))
        self.option(node, "auth_header_secret", lambda: self.rng.choice(["", "H"]))
        return node

    def http(self) -> Json:
        node: Json = {"kind": "http", "url": "https://example.com/" + self.rng.choice(["a", "b?c=d", ""])}
        self.option(node, "checksum", lambda: DIGEST)
        self.option(node, "auth_header_secret", self.word)
        self.option(node, "header", lambda: {"accept": self.word(), "user-agent": self.word()})
        self.option(node, "signature", lambda: [self.word(), self.word()])
        return self.placed(node)

    def placed(self, node: Json) -> Json:
        self.option(node, "filename", lambda: self.rng.choice(["f", "g.tar"]))
        self.option(node, "mode", lambda: self.rng.choice([0o600, 0o755]))
        if self.maybe(0.25):
            node.update(uid=self.number(), gid=self.number())
        return node

    def layout(self) -> Json:
        node: Json = {"kind": "oci_layout", "ref": f"example.com/a@{DIGEST}"}
        self.option(node, "session_id", self.word)
        self.option(node, "store_id", self.word)
        self.option(node, "layer_limit", lambda: self.rng.randint(0, 9))
        return node

    def blob(self) -> Json:
        return self.placed({"kind": self.rng.choice(["image_blob", "oci_blob"]), "ref": f"example.com/a@{DIGEST}"})

    def set(self) -> Json:
        rows: list[list[Any]] = [
            ["dir", self.rng.choice(["/a", "b", "../c", "/x//y"])],
            ["env", self.rng.choice("ABC"), self.word()],
            ["user", self.rng.choice(["u", "1000:1000"])],
            ["hostname", self.word()],
            ["cgroup_parent", self.word()],
            ["network", self.rng.choice(["host", "none", "sandbox"])],
            ["security", self.rng.choice(["insecure", "sandbox"])],
            ["host", self.word(), self.rng.choice(["1.2.3.4", "::1"])],
            ["ulimit", "nofile", 1, 2],
            ["platform", self.rng.choice(PLATFORMS)],
            ["reset", self.state()],
        ]
        base = self.state()
        ops = self.rng.sample(rows, self.rng.randint(1, 4))
        return {"kind": "set", "base": base, "ops": ops, "empty": base in self.empty}

    def run(self) -> Json:
        node: Json = {"kind": "run", "base": self.full(), "args": [self.word(), *self.words()]}
        self.option(node, "env", lambda: [[self.rng.choice("ABC"), self.word()] for _ in range(3)])
        self.option(node, "dir", lambda: self.rng.choice(["/a", "b"]))
        self.option(node, "user", self.word)
        self.option(node, "hostname", self.word)
        self.option(node, "network", lambda: self.rng.choice(["host", "none", "sandbox"]))
        self.option(node, "security", lambda: self.rng.choice(["insecure", "sandbox"]))
        self.option(node, "cgroup_parent", self.word)
        self.option(node, "hosts", lambda: [[self.word(), "10.1.2.3"], [self.word(), "fe80::1"]])
        self.option(node, "ulimits", lambda: [["nproc", 5, 6], ["core", 0, 0]])
        self.option(node, "proxy", lambda: {"http": self.word(), "no": self.word()})
        self.option(node, "valid_exit_codes", lambda: [self.rng.randint(0, 255) for _ in range(3)])
        places = self.rng.sample(MOUNTS, self.rng.randint(0, 4))
        node["mounts"] = [self.mount(place) for place in places] + self.devices()
        return self.meta(node, platform=True)

    def mount(self, dest: str) -> Json:
        kind = self.rng.choice(["bind", "bind", "scratch", "cache", "tmpfs", "secret", "ssh"])
        mount: Json = {"kind": kind, "dest": dest}
        match kind:
            case "bind":
                mount["state"] = self.full()
                self.option(mount, "source_path", lambda: self.rng.choice(["/x", "/y/z"]))
                self.option(mount, "readonly", lambda: True)
                if "readonly" not in mount:
                    self.option(mount, "no_output", lambda: True)
                self.option(mount, "content_cache", lambda: self.rng.choice(["on", "off"]))
            case "cache":
                mount.update(cache_id=self.word(), sharing=self.rng.choice(["shared", "private", "locked"]))
                self.option(mount, "source", self.full)
            case "tmpfs":
                self.option(mount, "size_bytes", self.number)
            case "secret":
                self.option(mount, "secret_id", self.word)
                self.option(mount, "env", lambda: self.rng.choice(["S1", "S2"]))
                self.owned(mount)
            case "ssh":
                self.option(mount, "ssh_id", self.word)
                self.owned(mount)
        return mount

    def owned(self, mount: Json) -> None:
        self.option(mount, "optional", lambda: True)
        if self.maybe(0.25):
            mount.update(uid=self.number(), gid=self.number(), mode=0o440)

    def devices(self) -> list[Json]:
        found: list[Json] = []
        if self.maybe(0.1):
            found.append({"kind": "device", "name": f"v/d={self.number()}", "optional": self.maybe()})
        if self.maybe(0.2):
            found.append({"kind": "secret", "env": self.rng.choice("XYZ"), "optional": self.maybe()})
        return found

    def output(self) -> Json:
        """What a program left at a mount that keeps something; a program where there is none."""
        kept = [
            (run, mount)
            for run in self.runs
            for mount in run["mounts"]
            if mount["kind"] == "scratch" or (mount["kind"] == "bind" and not mount.keys() & {"readonly", "no_output"})
        ]
        if not kept:
            return self.run()
        run, mount = self.rng.choice(kept)
        return {"kind": "output", "of": run["id"], "dest": mount["dest"]}

    def file(self) -> Json:
        actions = [self.action(depth=0) for _ in range(self.rng.randint(1, 4))]
        return self.meta({"kind": "file", **self.chain(self.state(), actions)}, platform=True)

    def chain(self, base: str, actions: list[Json]) -> Json:
        """Actions on a state; an empty one knows no names of users."""
        if base in self.empty:
            for action in actions:
                if isinstance(action.get("owner"), str):
                    action["owner"] = [1, 2]
        return {"base": base, "actions": actions}

    def action(self, depth: int) -> Json:
        make = self.rng.choice([self.mkdir, self.mkfile, self.rm, self.symlink, self.copy, self.copy])
        return make(depth)

    def owner(self) -> str | list[int]:
        owners: list[str | list[int]] = ["u", "u:g", "7:g", "1000:1000", [0, 0], [1000, 65534]]
        return self.rng.choice(owners)

    def times(self, action: Json) -> Json:
        self.option(action, "owner", self.owner)
        self.option(action, "time_ns", lambda: self.rng.choice([0, 1, 1700000000000000000]))
        return action

    def mkdir(self, _depth: int) -> Json:
        return self.times({"do": "mkdir", "path": self.path(), "mode": 0o755, "parents": self.maybe()})

    def mkfile(self, _depth: int) -> Json:
        return self.times({"do": "mkfile", "path": self.path(), "mode": 0o600, "data": self.word()})

    def rm(self, _depth: int) -> Json:
        return {"do": "rm", "path": self.path(), "missing_ok": self.maybe(), "wildcard": self.maybe()}

    def symlink(self, _depth: int) -> Json:
        return self.times({"do": "symlink", "old": self.path(), "new": self.path()})

    def copy(self, depth: int) -> Json:
        action: Json = {"do": "copy", "source": self.full(), "path": self.path(), "dest": self.path()}
        if depth < 2 and self.maybe(0.15):
            inner = [self.action(depth + 1) for _ in range(self.rng.randint(1, 2))]
            action["source"] = self.chain(self.state(), inner)
        for name in ("follow_symlinks", "dir_contents", "unpack", "create_dest_path", "allow_wildcard"):
            self.option(action, name, lambda: True)
        for name in ("allow_empty_wildcard", "replace_existing"):
            self.option(action, name, lambda: True)
        for name in ("include", "exclude", "required_paths"):
            self.option(action, name, self.patterns)
        self.option(action, "mode", lambda: self.rng.choice([0, 0o644, "u+x", "a=rX"]))
        return self.times(action)

    def merge(self) -> Json:
        states = [self.state() for _ in range(self.rng.randint(0, 4))]
        return self.meta({"kind": "merge", "states": states, "empty": not set(states) - self.empty})

    def diff(self) -> Json:
        lower, upper = self.state(), self.state()
        return self.meta({"kind": "diff", "lower": lower, "upper": upper, "empty": {lower, upper} <= self.empty})

    def requires(self) -> Json:
        states = [self.full() for _ in range(self.rng.randint(0, 2))]
        return {"kind": "requires", "base": self.full(), "ident": self.word(), "states": states}

    def passthrough(self) -> Json:
        states = [self.full() for _ in range(self.rng.randint(1, 4))]
        keep = sorted(self.rng.sample(range(len(states)), self.rng.randint(1, len(states))))
        node = {"kind": "passthrough", "ident": self.word(), "states": states, "keep": keep}
        return self.meta({**node, "take": self.rng.randrange(len(keep))})
