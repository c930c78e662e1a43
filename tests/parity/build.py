"""A graph of README.md's JSON form, made with the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llb

Json = dict[str, Any]
PASSED = ("name", "description", "ignore_cache", "export_cache", "platform", "worker")
SOURCES: dict[str, tuple[Callable[..., llb.State], tuple[str, ...]]] = {
    "image": (llb.image, ("ref",)),
    "local": (llb.local, ("name",)),
    "git": (llb.git, ("remote", "ref")),
    "http": (llb.http, ("url",)),
    "oci_layout": (llb.oci_layout, ("ref",)),
    "image_blob": (llb.image_blob, ("ref",)),
    "oci_blob": (llb.oci_blob, ("ref",)),
}


def definition(graph: Json) -> llb.Definition:
    """The Definition of a graph."""
    return Builder(graph).definition()


class Builder:
    """Makes the nodes of one graph in their order; each may use those before it."""

    def __init__(self, graph: Json) -> None:
        self.graph = graph
        self.states: dict[str, llb.State] = {}
        self.maps: dict[int, llb.SourceMap] = {}

    def definition(self) -> llb.Definition:
        """The Definition of the graph's result."""
        for node in self.graph["nodes"]:
            self.states[node["id"]] = self.state(node)
        options = self.graph.get("marshal", {})
        meta = self.meta(options.get("meta"))
        return self.states[self.graph["result"]].marshal(
            platform=options.get("platform", "linux/amd64"),
            unique_id=options.get("unique_id", "uniq"),
            caps=options.get("caps"),
            **meta,
        )

    def all(self, ids: list[str]) -> list[llb.State]:
        """Nodes by their ids."""
        return [self.states[ident] for ident in ids]

    def meta(self, given: Json | None) -> Json:
        """The keywords that every operation takes."""
        if not given:
            return {}
        found: Json = {key: given[key] for key in PASSED if key in given}
        if "progress" in given:
            found["progress"] = llb.ProgressGroup(**given["progress"])
        if "resources" in given:
            found["resources"] = llb.Resources(**given["resources"])
        if "at" in given:
            found["at"] = [self.location(place) for place in given["at"]]
        return found

    def location(self, place: Json) -> llb.Location:
        """Ranges in one of the graph's files."""
        number = place["file"]
        if number not in self.maps:
            file = self.graph["files"][number]
            self.maps[number] = llb.SourceMap(
                file["filename"],
                file["data"].encode(),
                file.get("language", ""),
                self.states[file["state"]] if "state" in file else None,
            )
        ranges = tuple(((a, b), (c, d)) for a, b, c, d in place["ranges"])
        return llb.Location(self.maps[number], ranges)

    def state(self, node: Json) -> llb.State:
        """The state of one node."""
        kind = node["kind"]
        meta = self.meta(node.get("meta"))
        if kind in SOURCES:
            make, positional = SOURCES[kind]
            rest = {k: v for k, v in node.items() if k not in (*positional, "id", "kind", "meta")}
            return make(*(node.get(name, "") for name in positional), **rest, **meta)
        base = self.states.get(node.get("base", ""), llb.scratch())
        match kind:
            case "scratch":
                return llb.scratch()
            case "set":
                for op in node["ops"]:
                    base = self.set(base, *op)
                return base
            case "run":
                return self.run(base, node, meta)
            case "output":
                run = self.states[node["of"]]
                assert isinstance(run, llb.ExecState)
                return run.output(node["dest"]).reset(llb.scratch())  # Go's GetMount carries no settings over
            case "file":
                return base.file(*map(self.action, node["actions"]), **meta)
            case "merge":
                return llb.merge(self.all(node["states"]), **meta)
            case "diff":
                return llb.diff(self.states[node["lower"]], self.states[node["upper"]], **meta)
            case "build":
                return base.build(filename=node.get("filename", ""), **meta)
            case "requires":
                return base.requires(node["ident"], self.all(node["states"]))
            case "passthrough":
                states = self.all(node["states"])
                return llb.passthrough(node["ident"], states, keep=node["keep"], **meta)[node.get("take", 0)]
            case "reread":
                return llb.from_definition(base.marshal(unique_id="uniq").to_bytes())
        raise ValueError(f"unknown kind {kind}")

    def set(self, state: llb.State, name: str, *args: Any) -> llb.State:
        """A state with one setting more."""
        if name == "reset":
            return state.reset(self.states[args[0]])
        changed: llb.State = getattr(state, name)(*args)
        return changed

    def run(self, base: llb.State, node: Json, meta: Json) -> llb.ExecState:
        """A program run on a state."""
        same = ("dir", "user", "hostname", "network", "security", "hosts", "cgroup_parent", "proxy")
        options: Json = {key: node[key] for key in (*same, "valid_exit_codes", "readonly_root") if key in node}
        return base.run(
            node["args"],
            env=[(name, value) for name, value in node.get("env", [])],
            ulimits=[llb.Ulimit(*limit) for limit in node.get("ulimits", [])],
            mounts=[self.mount(**mount) for mount in node.get("mounts", [])],
            **options,
            **meta,
        )

    def mount(self, kind: str, dest: str = "", **options: Any) -> llb.AnyMount:
        """One mount."""
        for ours, theirs in (("id", "cache_id"), ("id", "secret_id"), ("id", "ssh_id")):
            if theirs in options:
                options[ours] = options.pop(theirs)
        match kind:
            case "bind":
                return llb.bind(dest, self.states[options.pop("state")], **options)
            case "scratch":
                return llb.scratch_mount(dest)
            case "cache":
                source = options.pop("source", None)
                return llb.cache(dest, source=self.states[source] if source else None, **options)
            case "tmpfs":
                return llb.tmpfs(dest, **options)
            case "secret":
                return llb.secret(dest or None, **options)
            case "ssh":
                return llb.ssh(dest, **options)
            case "device":
                return llb.Device(**options)
        raise ValueError(f"unknown mount {kind}")

    def action(self, given: Json) -> llb.FileAction:
        """One action of a file operation."""
        options = {key: value for key, value in given.items() if key != "do"}
        if isinstance(options.get("owner"), list):
            options["owner"] = tuple(options["owner"])
        match given["do"]:
            case "mkdir":
                return llb.mkdir(options.pop("path"), options.pop("mode"), **options)
            case "mkfile":
                return llb.mkfile(options.pop("path"), options.pop("data").encode(), options.pop("mode"), **options)
            case "rm":
                return llb.rm(options.pop("path"), **options)
            case "symlink":
                return llb.symlink(options.pop("old"), options.pop("new"), **options)
            case "copy":
                source = options.pop("source")
                of = (
                    self.states[source]
                    if isinstance(source, str)
                    else self.states[source["base"]].actions(*map(self.action, source["actions"]))
                )
                return llb.copy(of, options.pop("path"), options.pop("dest"), **options)
        raise ValueError(f"unknown action {given['do']}")
