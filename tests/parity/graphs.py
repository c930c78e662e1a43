"""The written graphs, `cases/*.json`, in the full form that both programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CASES = Path(__file__).resolve().parent / "cases"
Json = dict[str, Any]
ON_ANOTHER = ("set", "run", "file", "build", "reread")  # kinds that stand on a node: by default on the one before


def cases() -> dict[str, Json]:
    """Every written graph by "file: name"."""
    found: dict[str, Json] = {}
    for path in sorted(CASES.glob("*.json")):
        for name, case in json.loads(path.read_text()).items():
            found[f"{path.stem}: {name}"] = full(case)
    return found


def full(case: Json | list[Any]) -> Json:
    """A graph with what a written case may leave out: ids, what a node stands on, the result."""
    graph: Json = dict(case) if isinstance(case, dict) else {"nodes": case}
    nodes: list[Json] = []
    previous = ""
    for number, given in enumerate(graph["nodes"]):
        node: Json = {"kind": "image", "ref": given} if isinstance(given, str) else dict(given)
        node.setdefault("id", str(number))
        if node["kind"] in ON_ANOTHER:
            node.setdefault("base", previous)
        nodes.append(node)
        previous = node["id"]
    return {**graph, "nodes": nodes, "result": graph.get("result", previous)}
