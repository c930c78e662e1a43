"""A file that listens only where NODE_ENV is not production, made for a platform that imports it."""

from typing import Any

import pytest

from frontend.errors import PlanError
from tests.languages.node import plan, tree

APP = "import express from 'express'\nconst app = express()\n"
GUARDED = "if (process.env.NODE_ENV !== 'production') {\n  app.listen(3000, () => { console.log(`on ${3000}`) })\n}\n"
EXPORTED = "export default app\n"


def built(text: str, file: str = "server.js", start: str = "node server.js", **env: str) -> None:
    plan(tree({file: text}, scripts={"start": start}, type="module"), "", **settings(env))


def settings(env: dict[str, str]) -> dict[str, Any]:
    return {"run_env": tuple(env.items())} if env else {}


SILENT = [
    APP + GUARDED + EXPORTED,
    APP + GUARDED.replace("!==", "!=").replace("'", '"') + EXPORTED,
    APP + GUARDED.replace("!== 'production'", "=== 'development'") + EXPORTED,
    APP + GUARDED.replace(".NODE_ENV", "['NODE_ENV']") + EXPORTED,
    APP + "if (process.env.NODE_ENV !== 'production') app.listen(3000)\n" + EXPORTED,
    APP + "// app.listen(3000)\nconst told = 'app.listen(3000)'\n" + GUARDED + "module.exports = app\n",
]


@pytest.mark.parametrize("text", SILENT)
def test_a_server_that_does_not_listen_in_production_is_refused(text: str) -> None:
    with pytest.raises(PlanError) as error:
        built(text)
    assert error.value.message == (
        'server.js does not listen where NODE_ENV is "production", as it is in the image: it would end at once'
    )
    line = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith("if"))
    assert str(error.value.at) == f"server.js:{line}"
    assert "RUN_ENV_NODE_ENV" in error.value.hint


SERVES = [
    APP + "app.listen(3000)\n" + EXPORTED,
    APP + GUARDED + "else { app.listen(80) }\n" + EXPORTED,
    APP + GUARDED.replace("!== 'production'", "!== 'test'") + EXPORTED,
    APP + GUARDED.replace("!== 'production'", "=== 'production'") + EXPORTED,
    APP + GUARDED.replace("!== 'production'", "!== 'production' || process.env.LOCAL") + EXPORTED,
    APP + GUARDED,  # nothing imports it: what is not read may make it listen
    APP + GUARDED + "const regex = /[/{]/g; const broken = `${\n" + EXPORTED,
    APP + "if (process.env.NODE_ENV !== 'production') { log() }\n" + EXPORTED,
]


@pytest.mark.parametrize("text", SERVES)
def test_what_may_listen_is_built(text: str) -> None:
    built(text)


def test_the_source_of_a_compiled_start_counts() -> None:
    with pytest.raises(PlanError):
        built(SILENT[0], "src/server.ts", "node src/server.ts")


def test_a_variable_of_the_start_or_the_image_makes_it_listen() -> None:
    built(SILENT[0], start="NODE_ENV=development node server.js")
    built(SILENT[0], NODE_ENV="development")
    with pytest.raises(PlanError):
        built(SILENT[2], NODE_ENV="staging")
