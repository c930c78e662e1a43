"""The rules of STYLE.md that a machine can check: who imports whom, where names of languages may stand, what is whole.

The few exceptions are listed here, each with its reason; one that is no longer needed is an error too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from frontend.languages import registry
from frontend.languages.base import load
from frontend.languages.node import frameworks
from frontend.languages.python import detection
from frontend.languages.registry import Entry
from llb.pb import ops_pb2
from tests.golden_plans import APPS, golden

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = "frontend/languages"

BELOW = {  # a room: those it stands on; it may import what they stand on too
    "pb": (),
    "llb": ("pb",),
    "errors": (),
    "paths": (),
    "hashes": (),
    "registry": ("errors", "paths"),
    "secrets": ("registry",),
    "texts": ("secrets",),
    "plan": ("texts",),
    "settings": ("plan",),
    "gateway": ("pb", "texts", "hashes"),
    "context": ("settings", "llb", "gateway"),
    "commands": ("context",),
    "rules": ("context", "hashes"),
    "templates": (),
    "languages": ("deploy", "templates"),
    "deploy": ("commands", "rules"),
    "detect": ("languages", "deploy"),
    "lower": ("settings", "llb"),  # Target.of(options)
    "result": ("lower", "gateway", "commands"),
    "images": ("result",),
    "bases": ("languages", "result"),
    "questions": ("images",),
    "build": ("detect", "questions", "bases"),
    "__main__": ("build",),
}
NO_LANGUAGE = ("llb", "frontend.gateway", "os", "subprocess", "socket", "http", "urllib", "requests")  # imports

# names that mean Python's next(), a sign, a file of certificates, networks, what does not change, pages
WORDS = {"next", "dash", "bundle", ".net", "static", "html"}
NODES = {"node"}  # of a syntax tree, where it is an identifier
NAMED: dict[str, set[str]] = {  # a module: names of languages and their tools in its code
    "frontend/gateway/lean.py": {"python"},  # the name of protobuf's module
}

LONGEST_LINES, MOST_BRANCHES = 60, 15
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)
REASON = re.compile(r"# long: \S")


class Import(NamedTuple):
    """An import: the module that has it, and the one it names; of `from a import b` that is "a.b"."""

    module: str
    named: str


def sources(*roots: str) -> list[Path]:
    """The modules below some directories, generated stubs left out."""
    return [path for root in roots for path in sorted((ROOT / root).rglob("*.py")) if "pb" not in path.parts]


def name_of(path: Path) -> str:
    """A module's name by its file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(), str(path))


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """All imports of a module, those for types and inside functions too."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[Import]:
    own = name_of(path)
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (Import(own, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = own if path.name == "__init__.py" else own.rpartition(".")[0]
            for _ in range(node.level - 1):
                package = package.rpartition(".")[0]
            base = f"{package}.{node.module}" if node.level and node.module else node.module or package
            yield from (Import(own, f"{base}.{alias.name}") for alias in node.names)


@cache
def room(module: str) -> str | None:
    """The room that a module is in; None for one of others."""
    parts = module.split(".")
    if parts[0] not in ("frontend", "llb"):
        return None
    if "pb" in parts[:3]:
        return "pb"
    if parts[0] == "llb":
        return "llb"
    if parts[1:3] == ["languages", "registry"]:
        return "registry"
    there = len(parts) > 1 and any((ROOT / "frontend" / f"{parts[1]}{end}").exists() for end in (".py", ""))
    return parts[1] if there else None  # `from frontend import VERSION`


@cache
def stands_on(name: str) -> frozenset[str]:
    """The rooms that one may import, itself among them."""
    return frozenset((name,)).union(*(stands_on(below) for below in BELOW[name]))


# --- imports ----------------------------------------------------------------------------------------------------------


def test_every_module_is_in_a_room() -> None:
    rooms = {room(name_of(path)) for path in sources("frontend", "llb")} - {None}
    assert rooms <= set(BELOW), rooms - set(BELOW)


def test_no_import_points_back() -> None:
    found = set()
    for path in sources("frontend", "llb"):
        here = room(name_of(path))
        for one in imports(path):
            there = room(one.named)
            if one.named == "frontend.languages.registry":  # `from frontend.languages import registry`
                there = "registry"
            if here is not None and there is not None and there not in stands_on(here):
                found.add((one.module, there))
    assert not found


def test_a_language_performs_nothing() -> None:
    found = {
        (one.module, one.named)
        for path in sources(LANGUAGES)
        for one in imports(path)
        if f"{one.named}.".startswith(tuple(f"{name}." for name in NO_LANGUAGE))
    }
    assert not found


def test_what_a_plan_is_made_by_writes_no_operations() -> None:
    """The library of operations is imported when a plan is lowered, and for the context."""
    rooms = [path for name in ("commands", "deploy", "rules", "plan") for path in sources(f"frontend/{name}")]
    assert not {one.module for path in rooms for one in imports(path) if room(one.named) == "llb"}


def test_a_language_uses_another_by_its_front_end_only() -> None:
    """What builds the assets of another language's app, or serves its site, is one module, made for that."""
    found = set()
    for entry in registry.built():
        others = [other.module for other in registry.built() if other is not entry and other.name != entry.kin]
        for path in sources(entry.module.replace(".", "/")):
            for one in imports(path):
                found |= {
                    (one.module, one.named)
                    for other in others
                    if f"{one.named}.".startswith(f"{other}.")
                    and not one.named.startswith((f"{other}.front_end.", f"{other}.site."))
                }
    assert not found


# --- names ------------------------------------------------------------------------------------------------------------


def split(text: str) -> list[str]:
    """The words of an identifier or a text, in lower case: "npmToken_URL" -> ["npm", "token", "url"]."""
    spread = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    return re.findall(r"[a-z0-9]+", spread.lower())


@cache
def names() -> set[tuple[str, ...]]:
    """The names of languages, tools, programs and frameworks, each as its words."""
    found = {name for e in registry.ENTRIES for name in (e.name, *e.aliases, *e.tools, *e.programs)}
    found |= {one.name for one in frameworks.FRAMEWORKS} | set(frameworks.SERVERS.values()) | set(detection.SERVED)
    return {tuple(split(name)) for name in found if name.casefold() not in WORDS}


def strings(tree: ast.Module) -> Iterator[str]:
    """The strings of a module, docstrings left out."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def identifiers(tree: ast.Module) -> Iterator[str]:
    """The names in a module's code: of variables, attributes, arguments, functions, classes and modules."""
    for node in ast.walk(tree):
        for field in ("id", "attr", "arg", "name", "asname", "module"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name


def named(texts: Iterator[str]) -> set[str]:
    """The names of languages and their tools that stand in some texts."""
    known = names()
    longest = max(map(len, known))
    found = set()
    for text in set(texts):
        words = split(text)
        for size in range(1, longest + 1):
            found |= {tuple(words[at : at + size]) for at in range(len(words) - size + 1)} & known
    return {" ".join(name) for name in found}


@pytest.mark.parametrize(
    "path", [path for path in sources("frontend") if "languages" not in path.parts], ids=lambda path: name_of(path)
)
def test_the_name_of_a_language_stands_in_languages_only(path: Path) -> None:
    tree = parsed(path)
    found = named(strings(tree)) | (named(identifiers(tree)) - NODES)
    assert found == NAMED.get(str(path.relative_to(ROOT)), set())


# --- what is whole ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", list(registry.built()), ids=lambda entry: str(entry.name))
def test_a_language_has_a_module_an_entry_and_apps(entry: Entry) -> None:
    language = load(entry)
    assert entry.name == language.NAME
    assert callable(language.detect)
    assert callable(language.plan)
    assert entry.manifests or entry.kin
    assert entry.programs
    apps = list(APPS.glob(f"{entry.module.rpartition('.')[2]}-*.json"))
    assert apps
    assert all(golden(path.stem).exists() for path in apps)


def test_every_package_of_a_language_has_an_entry() -> None:
    packages = {name_of(path).split(".")[2] for path in sources(LANGUAGES) if path.parent.name != "languages"}
    assert packages == {entry.module.rpartition(".")[2] for entry in registry.built()}


def test_every_kind_of_operation_is_shown() -> None:
    """llb/show.py tells of each; BuildOp is of other frontends, PassthroughOp of BuildKit's own."""
    shown = (ROOT / "llb" / "show.py").read_text()
    kinds = {field.name for field in ops_pb2.Op.DESCRIPTOR.oneofs_by_name["op"].fields}
    assert {kind for kind in kinds if f'"{kind}"' not in shown} <= {"build", "passthrough"}


def too_long() -> Iterator[tuple[str, str]]:
    """The functions above either limit, without a comment `# long: REASON` in or right above them."""
    for path in sources("frontend", "llb"):
        lines = path.read_text().splitlines()
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            last = node.end_lineno or node.lineno
            branches = sum(isinstance(below, BRANCHES) for below in ast.walk(node))
            if last - node.lineno < LONGEST_LINES and branches <= MOST_BRANCHES:
                continue
            if not any(REASON.search(line) for line in lines[max(0, node.lineno - 2) : last]):
                yield str(path.relative_to(ROOT)), node.name


def test_a_long_function_says_why() -> None:
    assert not list(too_long())
