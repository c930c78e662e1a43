"""Which of a project's own install scripts are run."""

import pytest

from tests.languages.node import plan, runs, tree

OWN = {"scripts": {"start": "node server.js"}, "dependencies": {"express": "5"}}


@pytest.mark.parametrize(
    "text",
    [
        "husky",
        "husky install || true",
        "node scripts/install-git-hooks.mjs",
        "node ./tools/setup-hooks.js",
        "node .husky/install.mjs",
        "sh scripts/install_hooks.sh",
        "./scripts/githooks.sh",
        "git config core.hooksPath .githooks",
        "lefthook install && is-ci",
    ],
)
def test_what_sets_up_hooks_of_git_is_not_run(text: str) -> None:
    found = plan(tree({"server.js": ""}, **{**OWN, "scripts": {**OWN["scripts"], "prepare": text}}))
    assert [one.name for one in found.steps] == ["install"]


@pytest.mark.parametrize(
    "text", ["node scripts/postinstall.js", "node scripts/use-hooks-list.js", "git submodule update"]
)
def test_another_script_is_run_where_the_sources_are(text: str) -> None:
    found = plan(tree({"server.js": ""}, **{**OWN, "scripts": {**OWN["scripts"], "postinstall": text}}))
    assert runs(found, "build") == [("npm", "run", "postinstall")]
