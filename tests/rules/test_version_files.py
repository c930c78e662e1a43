"""Version files, in every form that their tools read."""

import pytest

from frontend.context.tree import DictTree
from frontend.errors import SourceError
from frontend.rules.version_files import Rule, first
from frontend.settings.model import Setting, Settings

RULES = (
    Rule.setting("node"),
    Rule.line(".nvmrc"),
    Rule.tools("node", "nodejs"),
    Rule.match("engine.txt", r"^node (\S+)$"),
    Rule.toml("app.toml", "tool", "app", "node"),
)

FILES: list[tuple[str, str, str, int]] = [  # path, text, the version asked for ("" for none), its line
    (".nvmrc", "22\n", "22", 1),
    (".nvmrc", "\n# ours\n v22.1.0 # old\n20\n", "v22.1.0", 3),
    (".nvmrc", "system\n22\n", "22", 2),
    (".nvmrc", "", "", 0),
    (".tool-versions", "python 3.12\nnodejs 20.1.0 18.0.0\n", "20.1.0", 2),
    (".tool-versions", "node system 20\n", "20", 1),
    (".tool-versions", "nodejs ref:v22.1.0 path:~/node 22 # why\n", "22", 1),
    (".tool-versions", "nodejs latest:22\n", "22", 1),
    (".tool-versions", "nodejs lts\n", "lts", 1),
    (".tool-versions", "nodejs system\n", "", 0),
    (".tool-versions", "# nodejs 20\nruby 3.4\n", "", 0),
    ("mise.toml", '[tools]\nnode = "22"\n', "22", 2),
    (".mise.toml", "[tools]\nnode = '22'\n", "22", 2),
    ("mise/config.toml", '[tools]\n"node" = "22"\n', "22", 2),
    (".config/mise.toml", '[tools]\npython = "3"\nnodejs = "22"\n', "22", 3),
    ("mise.toml", '[tools]\nnode = ["22", "20"]\n', "22", 2),
    ("mise.toml", '[tools]\nnode = [\n  "ref:main",\n  "20",\n]\n', "20", 2),
    ("mise.toml", '[tools]\nnode = {version = "22", postinstall = "corepack enable"}\n', "22", 2),
    ("mise.toml", '[tools.node]\nversion = "22"\n', "22", 1),
    ("mise.toml", '[[tools.node]]\nversion = "22"\n[[tools.node]]\nversion = "20"\n', "22", 1),
    ("mise.toml", 'tools.node = "22"\n', "22", 1),
    ("mise.toml", '[tools]\n"core:node" = "22"\n', "22", 2),
    ("mise.toml", "[tools]\nnode = 22\n", "22", 2),
    ("mise.toml", '[tools]\nnode = "latest"\n', "latest", 2),
    ("mise.toml", '[tools]\nnode = "lts"\n', "lts", 2),
    ("mise.toml", '[tools]\nnode = "prefix:22"\n', "22", 2),
    ("mise.toml", '[tools]\nnode = "system"\n', "", 0),
    ("mise.toml", '[env]\nnode = "20"\n', "", 0),
    ("mise.toml", '[tools]\n"npm:node" = "20"\n', "", 0),
    ("mise.toml", "tools = 3\n", "", 0),
    ("engine.txt", "ruby 3\nnode 22.1\n", "22.1", 2),
    ("app.toml", '[tool.app]\nname = "x"\nnode = ">=22"\n', ">=22", 3),
    ("app.toml", '[tool]\napp = {node = "22"}\n', "22", 2),
    ("app.toml", "[tool.app]\nnode = 22\n", "", 0),
]


@pytest.mark.parametrize(("path", "text", "version", "line"), FILES, ids=[f"{row[0]} {row[1]!r}" for row in FILES])
def test_what_a_file_asks_for(path: str, text: str, version: str, line: int) -> None:
    asked = first(RULES, (DictTree({path: text}),), Settings())
    assert (asked.text if asked else "", asked.at.line if asked and asked.at else 0) == (version, line)
    assert asked is None or (asked.at is not None and asked.at.file == path)


def test_the_first_rule_that_answers_decides() -> None:
    tree = DictTree({".nvmrc": "22\n", "mise.toml": '[tools]\nnode = "20"\n'})
    asked = first(RULES, (tree,), Settings())
    assert asked is not None
    assert asked.text == "22"
    asked = first(RULES, (tree,), Settings(versions={"node": Setting("24", "build-arg")}))
    assert asked is not None
    assert (asked.text, asked.by) == ("24", "build-arg")


def test_the_nearest_directory_decides_and_places_are_those_of_the_context() -> None:
    tree = DictTree({".nvmrc": "22\n", "apps/a/mise.toml": '[tools]\nnode = "20"\n'})
    asked = first(RULES, (tree.under("apps/a"), tree), Settings())
    assert asked is not None
    assert (asked.text, str(asked.at)) == ("20", "apps/a/mise.toml:2")


def test_a_broken_file_is_told_at_its_line() -> None:
    with pytest.raises(SourceError, match="is not TOML") as caught:
        first(RULES, (DictTree({"mise.toml": "[tools]\nnode = \n"}),), Settings())
    assert caught.value.at is not None
    assert caught.value.at.line == 2
