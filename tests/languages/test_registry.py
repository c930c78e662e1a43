"""The registry: what its entries say fits their modules, and a build imports no language that its app is not in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from frontend import detect
from frontend.context.tree import DictTree
from frontend.errors import DetectionError
from frontend.languages import registry
from frontend.languages.base import load
from frontend.languages.registry import Entry
from frontend.settings.model import Setting, Settings

PLANNED = """
import json, sys
from frontend import detect
from frontend.context.tree import DictTree
from frontend.languages.base import load
from frontend.settings.model import Settings

tree = DictTree(json.loads(sys.argv[1]))
found = detect.choose(tree, Settings())
load(found.language).plan(tree, Settings())
print(json.dumps([found.language.name, sorted(sys.modules)]))
"""
APPS = {
    "nodejs": {
        "package.json": '{"scripts": {"start": "node server.js"}}',
        "server.js": "",
        "Procfile": "web: node server.js",
    },
    "python": {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"},
}


def imported(files: dict[str, str]) -> tuple[str, list[str]]:
    """The language found for an app, and the modules that a fresh interpreter imported to plan it."""
    line = [sys.executable, "-c", PLANNED, json.dumps(files)]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True, cwd=root)
    name, modules = json.loads(done.stdout)
    return name, modules


@pytest.mark.parametrize("name", sorted(APPS))
def test_a_build_imports_the_language_it_found_and_no_other(name: str) -> None:
    found, modules = imported(APPS[name])
    assert found == name
    for entry in registry.built():
        own = [module for module in modules if f"{module}.".startswith(f"{entry.module}.")]
        assert bool(own) == (entry.name == name), own


@pytest.mark.parametrize("entry", list(registry.built()), ids=lambda entry: str(entry.name))
def test_a_module_fits_its_entry(entry: Entry) -> None:
    language = load(entry)
    assert entry.name == language.NAME


def test_no_name_and_no_alias_is_that_of_two_languages() -> None:
    names = [name for entry in registry.ENTRIES for name in (entry.name, *entry.aliases)]
    assert len(names) == len(set(names))
    assert all(name == name.casefold() for name in names)


def test_no_program_and_no_tool_is_that_of_two_languages() -> None:
    for field in ("programs", "tools"):
        names = [name for entry in registry.ENTRIES for name in getattr(entry, field)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("bundle", "ruby"),
        ("./gradlew", "java"),
        ("vendor/bin/heroku-php-nginx", "php"),
        ("npm", "nodejs"),
        ("gunicorn", "python"),
        ("./start.sh", None),
        ("vendor", None),
    ],
)
def test_whose_apps_a_program_starts(program: str, name: str | None) -> None:
    found = registry.of_program(program)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("go", ("Go", "cannot be built")),
        ("pyhton", ("unknown", "did you mean python?")),
        ("cobol", ("unknown", "known:")),
    ],
)
def test_a_language_setting_that_is_none_of_ours(name: str, words: tuple[str, ...]) -> None:
    with pytest.raises(DetectionError) as error:
        detect.choose(DictTree(APPS["python"]), Settings(language=Setting(name, "build-arg")))
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize(
    "entry",
    [one for one in registry.ENTRIES if one.hardened and one.hardened.lines],
    ids=lambda entry: entry.name,
)
def test_the_versions_with_hardened_images_are_in_the_documentation(entry: Entry) -> None:
    text = (Path(__file__).parents[2] / "docs" / "hardened.md").read_text()
    assert entry.hardened is not None
    assert f"{entry.title} {', '.join(entry.hardened.lines)}" in text
