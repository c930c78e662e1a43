"""Copies from steps for which BuildKit searches no build image, and what is left out of them."""

import os
import subprocess
from pathlib import Path

import pytest

from frontend.lower.files import PICK, names_anywhere, plain_paths
from frontend.lower.script import OUT_DIR
from frontend.plan.model import FromStep
from tests.lower.test_lower import copying, lowered, ops

INSTALLED = FromStep("install", "/app/node_modules", exclude=(".cache", "typescript"))


@pytest.mark.parametrize(
    ("exclude", "plain"),
    [
        (("node_modules", "**/.git", "a*"), ("node_modules",)),
        (("node_modules", "docs", "!docs/page.md"), ("node_modules",)),  # an exception leads into docs
        (("node_modules", "!**/keep"), ()),  # or anywhere
        (("docs", "!**/*.md", "node_modules"), ("node_modules",)),  # the last pattern that matches decides
        (("!node_modules/a", "node_modules"), ("node_modules",)),
        (("a\\[b", "c"), ("c",)),
    ],
)
def test_which_patterns_are_paths(exclude: tuple[str, ...], plain: tuple[str, ...]) -> None:
    found, patterns = plain_paths(exclude)
    assert found == plain
    assert set(found) | set(patterns) == set(exclude)


@pytest.mark.parametrize(
    ("exclude", "names"),
    [
        (("**/node_modules", "**/*.map", "docs", "**/a/b", "**/.git"), ("node_modules", ".git")),
        (("**/node_modules", "!node_modules/own"), ()),  # an exception leads into it
        (("**/node_modules", "!**/keep"), ()),  # or anywhere
        (("!node_modules/own", "**/node_modules"), ("node_modules",)),  # the last pattern that matches decides
    ],
)
def test_which_patterns_leave_a_name_out_everywhere(exclude: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert names_anywhere(exclude) == names


def test_what_is_left_out_by_its_path_is_removed_and_the_copy_has_no_pattern() -> None:
    files = [op.file.actions for op in ops(lowered(copying(INSTALLED))) if op.WhichOneof("op") == "file"]
    removed = [action.rm.path for actions in files for action in actions if action.HasField("rm")]
    assert removed == ["/app/node_modules/.cache", "/app/node_modules/typescript"]
    copies = [action.copy for actions in files for action in actions if action.HasField("copy")]
    of_packages = [copy for copy in copies if copy.src == INSTALLED.path]
    assert of_packages
    assert not [copy for copy in of_packages if copy.exclude_patterns or copy.include_patterns]


def test_with_patterns_the_directory_is_copied_apart_first() -> None:
    given = FromStep("install", "/srv", exclude=("**/*.map",))
    files = [op.file.actions for op in ops(lowered(copying(given))) if op.WhichOneof("op") == "file"]
    copies = [action.copy for actions in files for action in actions if action.HasField("copy")]
    apart, chosen = [copy for copy in copies if copy.src == "/srv"]
    assert (list(apart.exclude_patterns), list(chosen.exclude_patterns)) == ([], ["**/*.map"])


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (INSTALLED, "[install] leave out .cache, typescript"),
        (FromStep("install", "/srv", exclude=("**/*.map",)), "[install] copy /srv"),
    ],
)
def test_without_cache_what_is_made_for_a_copy_is_made_anew(given: FromStep, name: str) -> None:
    for target in ({"no_cache": True}, {"no_cache_steps": ("install",)}):
        metadata = lowered(copying(given), **target).state.marshal().metadata.values()
        assert name in {one.description.get("llb.customname", "") for one in metadata if one.ignore_cache}


def test_a_directory_is_picked_without_some_paths(tmp_path: Path) -> None:
    """By the shells of Debian: dash, and bash."""
    top = tmp_path / "app"
    for path in (
        "node_modules/x/a.js",
        "vendor/bundle/gem",
        "vendor/mine",
        "a b/c",
        ".npmrc",
        "..odd",
        "node_modules2",
    ):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(path)
    (top / "link").symlink_to("nowhere")
    for shell in ("dash", "bash"):
        out = tmp_path / shell
        script = PICK.replace(OUT_DIR, str(out))
        subprocess.run([shell, "-c", script, str(top), "node_modules", "vendor/bundle", "gone/x"], check=True)
        copied = Path(f"{out}{top}")
        found = {os.path.relpath(path, copied) for path in copied.rglob("*") if not path.is_dir()}
        assert found == {"vendor/mine", "a b/c", ".npmrc", "..odd", "node_modules2", "link"}
