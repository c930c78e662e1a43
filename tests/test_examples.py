"""The examples: one for each language that can be built, and README.md names them."""

from pathlib import Path

import pytest

from frontend import build, detect
from frontend.context.tree import DirTree
from frontend.languages import registry
from frontend.settings import options
from frontend.settings.model import Settings
from tests.golden_plans import TODAY

ROOT = Path(__file__).resolve().parent.parent
NAMES = {"hello-node": "nodejs", "hello-site": "static"}  # others are named for their language
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("hello-*"))


def language(path: Path) -> str:
    """The language that an example is of."""
    return NAMES.get(path.name, path.name.removeprefix("hello-"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_an_example_is_of_its_language(path: Path) -> None:
    tree = DirTree(path)
    if language(path) == "dotnet":  # its plan asks the build environment
        assert detect.choose(tree, Settings()).language.name == language(path)
        return
    found = build.make_plan(tree, None, options.parse({}), TODAY)
    assert (found.language, found.warnings) == (language(path), ())


def test_every_language_has_an_example_that_readme_names() -> None:
    assert {language(path) for path in EXAMPLES} == {one.name for one in registry.built()}
    text = (ROOT / "README.md").read_text()
    assert [path.name for path in EXAMPLES if f"`{path.name}`" not in text] == []
