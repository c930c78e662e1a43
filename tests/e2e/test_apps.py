"""Every started app: built, run on a read-only root as uid 1000 with no capability, asked over HTTP, built again."""

import re
from subprocess import CalledProcessError

import pytest

from tests.e2e.apps import App, apps, build, failing, started
from tests.e2e.conftest import Images
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

WRAPPERS = frozenset(("sh", "bash", "dash", "npm", "npx", "yarn", "pnpm", "uv", "poetry", "pipenv", "pdm"))
KILLED_S = 10  # an engine kills a container that has not ended by then


@pytest.fixture(scope="module", params=apps(), ids=lambda app: app.name)
def app(request: pytest.FixtureRequest) -> App:
    """An app; all that is asked of it comes before the next one, while BuildKit and the engine have it."""
    found: App = request.param
    return found


def test_it_starts_and_answers(app: App, images: Images, engine: Engine) -> None:
    built = images.of(app)
    variables = [f"--env={name}={value}" for name, value in app.run_env.items()]
    port = int(built.result["ports"][0].removesuffix("/tcp"))
    with started(engine, built.reference, *variables, port=port) as container:
        answer = container.get(app.get)
        assert (answer.status, app.answer in answer.text) == (app.status, True), answer
        assert engine.docker("exec", container.id, "id").stdout == (
            "uid=1000(miget) gid=1000(miget) groups=1000(miget)\n"
        )
        program, _, words = engine.docker("exec", container.id, "cat", "/proc/1/cmdline").stdout.partition("\0")
        name = program.rpartition("/")[2]
        assert name not in WRAPPERS, "process 1 is not the app itself"
        assert name != "bun" or words.partition("\0")[0] not in ("run", "x", "start"), "process 1 runs a script"
        ended = not app.sigterm or container.stop()[1] < KILLED_S
    for _ in range(1, app.stops):
        if not ended:
            with started(engine, built.reference, *variables, port=port) as another:
                another.get(app.get)
                ended = another.stop()[1] < KILLED_S
    assert ended, "the app did not end at SIGTERM and was killed"


def test_a_second_build_is_fully_cached(app: App, images: Images, lab: Lab) -> None:
    first = images.of(app)
    images.settle()
    again = build(lab, app.directory, name=app.name, args=app.args)
    assert again.steps_run == []
    assert re.search(r"^#\d+ CACHED", again.log, re.MULTILINE)
    assert again.digest == first.digest


@pytest.mark.parametrize("wrong", failing(), ids=lambda app: app.name)
def test_one_that_cannot_be_built_is_told_why(wrong: App, lab: Lab) -> None:
    with pytest.raises(CalledProcessError) as error:
        build(lab, wrong.directory, name=wrong.name, args=wrong.args)
    assert wrong.error in error.value.stderr
    assert "hint: " in error.value.stderr
