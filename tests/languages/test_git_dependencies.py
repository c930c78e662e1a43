"""Which programs of a plan clone git repositories: those that install what a manifest or lockfile names so."""

from typing import Any

import pytest

from frontend.languages import node as nodejs
from frontend.plan.model import GitAccess, Plan
from frontend.settings.model import Settings
from tests.languages import node, python

SSH, HTTPS = "git+ssh://git@git.acme.test/o/dep.git", "git+https://git.acme.test/o/dep.git"
START = {"start": "node server.js"}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def cloning(plan: Plan) -> dict[str, GitAccess]:
    """The programs that clone, by name."""
    return {one.name: one.git for step in plan.steps for one in step.run if one.git is not None}


NODE = [  # files beside server.js and package.json, the specification of a dependency, the programs that clone
    ({}, HTTPS, ["npm install (production)"]),
    ({}, "o/dep", ["npm install (production)"]),
    ({}, "^1.0.0", []),
    ({"package-lock.json": f'{{"lockfileVersion": 3, "packages": {{"node_modules/dep": {{"resolved": "{SSH}#{COMMIT}"}}}}}}'}, "o/dep", ["npm ci (production)"]),
    ({"yarn.lock": f'# yarn lockfile v1\n\n"dep@{SSH}":\n  version "1.0.0"\n  resolved "{SSH}#{COMMIT}"\n'}, SSH, ["yarn install (production)"]),
    ({"yarn.lock": f'__metadata:\n  version: 10\n\n"dep@git@git.acme.test:o/dep.git":\n  version: 1.0.0\n  resolution: "dep@git@git.acme.test:o/dep.git#commit={COMMIT}"\n', ".yarnrc.yml": "nodeLinker: node-modules\n"}, "^1.0.0", ["yarn install (check the lockfile)", "yarn workspaces focus (production)"]),
    ({"pnpm-lock.yaml": f"lockfileVersion: '9.0'\n\npackages:\n\n  dep@{HTTPS}#{COMMIT}:\n    resolution: {{commit: {COMMIT}, repo: https://git.acme.test/o/dep.git, type: git}}\n"}, HTTPS, ["pnpm install (production)"]),
    ({"bun.lock": f'{{"lockfileVersion": 1, "packages": {{"dep": ["dep@{SSH}#{COMMIT}", {{}}, "{COMMIT}"]}}}}'}, SSH, ["bun install (production)"]),
    ({"bun.lockb": b"\x00\xff"}, SSH, ["bun install (production)"]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "spec", "programs"), NODE)
def test_installs_of_node(files: dict[str, Any], spec: str, programs: list[str]) -> None:
    plan = node.plan(node.tree({"server.js": "", **files}, scripts=START, dependencies={"dep": spec}))
    assert sorted(cloning(plan)) == programs


def test_overrides_name_repositories_too() -> None:
    plan = node.plan(
        node.tree({"server.js": ""}, scripts=START, dependencies={"a": "1"}, overrides={"a": {"dep": HTTPS}})
    )
    assert cloning(plan)


def test_no_program_of_the_build_clones_unless_it_installs() -> None:
    scripts = {"build": "tsc", **START}
    plan = node.plan(
        node.tree({"server.js": ""}, scripts=scripts, dependencies={"dep": HTTPS}, devDependencies={"typescript": "5"})
    )
    assert sorted(cloning(plan)) == ["npm install", "npm install (production)"]


PROJECT = '[project]\nname = "app"\nversion = "1"\ndependencies = ["flask", "gunicorn", "dep"]\n'
POETRY = (
    '[tool.poetry]\nname = "app"\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.12"\nflask = "*"\n'
)
PYTHON = [  # files beside app.py, whether the programs that install clone
    ({"requirements.txt": f"flask\ngunicorn\ndep @ {HTTPS}@main\n"}, True),
    ({"requirements.txt": "-r base.txt\n", "base.txt": f"flask\ngunicorn\n-e {SSH}#egg=dep\n"}, True),
    ({"requirements.txt": "flask\ngunicorn\nGitPython\n"}, False),
    ({"pyproject.toml": f'{PROJECT}[tool.uv.sources]\ndep = {{ git = "https://git.acme.test/o/dep" }}\n'}, True),
    ({"pyproject.toml": PROJECT, "uv.lock": f'version = 1\n[[package]]\nname = "dep"\nsource = {{ git = "ssh://git@git.acme.test/o/dep#{COMMIT}" }}\n'}, True),
    ({"pyproject.toml": f'{PROJECT}[project.urls]\nSource = "https://git.acme.test/o/app.git"\n[tool.uv]\npackage = false\n'}, False),
    ({"pyproject.toml": f'{POETRY}dep = {{ git = "git@git.acme.test:o/dep.git" }}\n'}, True),
    ({"pyproject.toml": POETRY, "poetry.lock": '[[package]]\nname = "dep"\n[package.source]\ntype = "git"\nurl = "https://git.acme.test/o/dep"\n'}, True),
    ({"pyproject.toml": PROJECT, "pdm.lock": '[[package]]\nname = "dep"\ngit = "https://git.acme.test/o/dep"\n'}, True),
    ({"Pipfile": '[packages]\nflask = "*"\ngunicorn = "*"\ndep = { git = "https://git.acme.test/o/dep" }\n'}, True),
    ({"setup.py": f'from setuptools import setup\nsetup(name="app", install_requires=["flask", "dep @ {HTTPS}"])\n'}, True),
]  # fmt: skip


@pytest.mark.parametrize(("files", "clones"), PYTHON)
def test_installs_of_python(files: dict[str, str], clones: bool) -> None:
    plan = python.plan({"app.py": python.FLASK, **files})
    assert bool(cloning(plan)) is clones
    assert not [name for name in cloning(plan) if "venv" in name or "compile" in name or "collect" in name]


def test_poetry_clones_with_git_itself() -> None:
    files = {"app.py": python.FLASK, "pyproject.toml": f'{POETRY}dep = {{ git = "git@git.acme.test:o/dep.git" }}\n'}
    assert ("POETRY_SYSTEM_GIT_CLIENT", "true") in python.step(python.plan(files), "install").env


def test_known_hosts_of_the_settings_and_the_servers_of_ssh_are_in_the_plan() -> None:
    hosts = "git.acme.test ssh-ed25519 AAAA"
    source = node.tree({"server.js": ""}, scripts=START, dependencies={"dep": SSH})
    plan = nodejs.plan(source, Settings(git_known_hosts=hosts), "", node.TODAY)
    assert set(cloning(plan).values()) == {GitAccess(hosts, ("git@git.acme.test",))}
