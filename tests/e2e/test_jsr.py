"""JSR, by a registry of our own: what a mirror's one setting has to do, in builds and in the image."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.e2e.apps import build, started
from tests.lab import jsr_registry
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

APP = Path(__file__).resolve().parent.parent / "apps/deno-jsr"
SAYS = "Hello, Jsr, Bye\n"


@pytest.fixture(scope="module")
def mirror() -> Iterator[str]:
    """The URL of the registry."""
    with jsr_registry.served() as url:
        yield url


@pytest.mark.parametrize("hardened", [False, True], ids=["standard", "hardened"])
def test_an_app_of_jsr_packages_starts_without_a_network(
    hardened: bool, mirror: str, lab: Lab, engine: Engine, hardened_bases: None
) -> None:
    args = {"BUILD_ENV_JSR_URL": mirror, **({"USE_DHI": "true"} if hardened else {})}
    built = build(lab, APP, name=f"deno-jsr-{hardened}".lower(), args=args)
    with started(engine, built.reference) as container:
        assert container.get("/").text == SAYS


def test_a_package_that_is_not_the_one_of_the_lockfile_is_refused(mirror: str, lab: Lab, context: Path) -> None:
    for name in ("deno.json", "main.ts"):
        (context / name).write_text((APP / name).read_text())
    lock = json.loads((APP / "deno.lock").read_text())
    lock["jsr"]["@lab/words@1.1.0"]["integrity"] = "0" * 64
    (context / "deno.lock").write_text(json.dumps(lock))
    with pytest.raises(CalledProcessError) as error:
        build(lab, context, name="deno-jsr-stale", args={"BUILD_ENV_JSR_URL": mirror})
    assert "@lab/words" in error.value.stderr
    assert "hint: " in error.value.stderr


@pytest.mark.parametrize("language", ["nodejs", "bun", "deno"])
def test_packages_of_jsr_are_npm_s_by_one_line(
    language: str, mirror: str, lab: Lab, engine: Engine, context: Path
) -> None:
    (context / ".npmrc").write_text(f"@jsr:registry={mirror}\n")
    manifest: dict[str, object] = {"type": "module", "dependencies": {"@jsr/lab__greet": "^2.0.0"}}
    said = 'import { greet } from "@jsr/lab__greet";\nconst text = `${greet("jsr")}\\n`;\n'
    if language == "deno":
        source = said.replace("@jsr", "npm:@jsr") + "Deno.serve(() => new Response(text));\n"
        (context / "deno.json").write_text('{ "tasks": { "start": "deno run -N main.ts" } }')
    else:
        start = {"bun": "bun main.ts", "nodejs": "node main.ts"}[language]
        (context / "package.json").write_text(json.dumps({**manifest, "scripts": {"start": start}}))
        served = {
            "bun": "Bun.serve({ fetch: () => new Response(text) });\n",
            "nodejs": 'import { createServer } from "node:http";\n'
            "createServer((_, answer) => answer.end(text)).listen(process.env.PORT);\n",
        }
        source = said + served[language]
    (context / "main.ts").write_text(source)
    built = build(lab, context, name=f"jsr-npm-{language}")
    assert built.result["language"] == language
    with started(engine, built.reference) as container:
        assert container.get("/").text == "Hello, Jsr\n"
