"""Of several lockfiles that one is used by which other files install the app, else the first that fits."""

import json
from typing import Any

import pytest

from frontend.languages.node import lock_choice
from frontend.settings.model import Setting
from tests.deploy.common import plan as of_build
from tests.languages.node import plan, tree

START: dict[str, Any] = {"scripts": {"start": "node server.js"}, "dependencies": {"express": "^5.0.0"}}
NPM = json.dumps({"lockfileVersion": 3, "packages": {"": {"dependencies": {"express": "^5.0.0"}}}})
YARN = '# yarn lockfile v1\n\n\nexpress@^5.0.0:\n  version "5.1.0"\n'
BERRY = '__metadata:\n  version: 8\n  cacheKey: 10c0\n\n"express@npm:^5.0.0":\n  version: 5.1.0\n'
PNPM = """lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      express:
        specifier: ^5.0.0
        version: 5.1.0

  web:
    dependencies:
      vite:
        specifier: ^7.0.0
        version: 7.0.0
"""
OLD_PNPM = PNPM.replace("^5", "^4")
OLD_NPM, OLD_YARN = NPM.replace("^5.0.0", "^4.0.0"), YARN.replace("^5.0.0", "^4.0.0")
BOTH = {"package-lock.json": NPM, "yarn.lock": YARN}


def lockfile(files: dict[str, Any], **settings: Any) -> str:
    """The lockfile that an install enforces."""
    found = plan(tree({"server.js": "", **files}, **START), **settings)
    (doubt,) = (one for one in found.warnings if one.code == "second-lockfile")
    return next(
        name
        for name in files
        if name.endswith(("lock", "lockb", "lock.json", "lock.yaml")) and not str(doubt.at).startswith(f"{name}:")
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (BOTH, "yarn.lock"),
        ({**BOTH, "Dockerfile": "FROM node:24\nRUN npm ci --omit=dev\n"}, "package-lock.json"),
        ({**BOTH, "Dockerfile": "FROM node:24\nRUN apt-get update \\\n  && npm install \\\n  && npm run build\n"}, "package-lock.json"),
        ({**BOTH, "Dockerfile": "FROM node:24\nADD package.json package-lock.json ./\nRUN make\n"}, "package-lock.json"),
        ({**BOTH, "Dockerfile": "FROM node:24\nRUN npm install -g yarn && yarn --frozen-lockfile\n"}, "yarn.lock"),
        ({**BOTH, "Dockerfile": "FROM node:24\nRUN npm install express && yarn build\n"}, "yarn.lock"),
        ({**BOTH, "Dockerfile": "FROM node:24\nRUN pnpm install\n"}, "yarn.lock"),  # has no lockfile here
        ({"package-lock.json": NPM, "yarn.lock": OLD_YARN}, "package-lock.json"),
        ({"package-lock.json": OLD_NPM, "yarn.lock": YARN}, "yarn.lock"),
        ({"package-lock.json": "<<<<<<< HEAD", "yarn.lock": OLD_YARN}, "yarn.lock"),
        ({"package-lock.json": OLD_NPM, "yarn.lock": BERRY}, "yarn.lock"),
        ({"package-lock.json": OLD_NPM, "yarn.lock": OLD_YARN}, "yarn.lock"),
        ({"package-lock.json": NPM, "pnpm-lock.yaml": PNPM}, "pnpm-lock.yaml"),
        ({"package-lock.json": NPM, "pnpm-lock.yaml": OLD_PNPM}, "package-lock.json"),
        ({"package-lock.json": OLD_NPM, "pnpm-lock.yaml": OLD_PNPM}, "pnpm-lock.yaml"),
        ({"package-lock.json": NPM, "pnpm-lock.yaml": OLD_PNPM + "\noverrides:\n  express: ^4.0.0\n"}, "pnpm-lock.yaml"),
        ({"package-lock.json": NPM, "pnpm-lock.yaml": "lockfileVersion: '6.0'\n"}, "pnpm-lock.yaml"),
        ({"package-lock.json": NPM, "bun.lock": '{"lockfileVersion": 1, "packages": {}}'}, "bun.lock"),
    ],
)  # fmt: skip
def test_the_lockfile_that_is_used(files: dict[str, str], expected: str) -> None:
    assert lockfile(files) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [("npm install", "package-lock.json"), ("yarn && yarn build", "yarn.lock"), ("npx prisma generate", "yarn.lock")],
)
def test_a_build_command_of_another_platform_decides(command: str, expected: str) -> None:
    files = {**BOTH, "Dockerfile": "FROM node:24\nRUN yarn\n"}
    assert lockfile(files, whole_build=Setting(command, "platform")) == expected


@pytest.mark.parametrize("ignored", [None, "node_modules\n", "Dockerfile\n"])
def test_a_dockerfile_that_is_in_no_build_decides(ignored: str | None) -> None:
    start = {"package.json": json.dumps(START), "server.js": "", "Dockerfile": "FROM node:24\nRUN npm ci\n"}
    files = {**BOTH, **start, **({".dockerignore": ignored} if ignored else {})}
    assert str(next(one.at for one in of_build(files).warnings if one.code == "second-lockfile")) == "yarn.lock:1"
    off = of_build(files, DEPLOY_FILES="off")
    assert str(next(one.at for one in off.warnings if one.code == "second-lockfile")) == "package-lock.json:1"


def test_package_manager_decides_before_all() -> None:
    files = {"server.js": "", **BOTH, "Dockerfile": "RUN yarn\n"}
    found = plan(tree(files, **START, packageManager="npm@11.0.0"))
    assert [str(one.at) for one in found.warnings if one.code == "second-lockfile"] == ["yarn.lock:1"]


def test_what_does_not_install_the_app_is_no_installer() -> None:
    text = "npm install -g pnpm && yarn add x && npm i express && bun run build && npm run install"
    assert not [*lock_choice.installers(text)]
