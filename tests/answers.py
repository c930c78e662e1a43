"""What the build environment answered about the apps below tests/apps, in tests/golden/answers: golden plans need none.

`python -m tests.answers --write [NAME...]` asks a BuildKit again (BUILDKIT_HOST, and buildctl in PATH: `. .lab/env`); a
test asks for each app that is built and compares.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import llb
from frontend import build
from frontend.context import open as context
from frontend.context.tree import DirTree
from frontend.errors import BuildError
from frontend.languages import registry
from frontend.languages.base import Answer
from frontend.lower import steps
from frontend.lower.target import Base, Sources, Target
from frontend.plan.model import ImageRef, Question
from frontend.settings import options
from frontend.settings.options import BuildOptions
from tests.golden_plans import ANSWERS, APPS, TODAY, answer_file, described, names

PLATFORM = "linux/amd64"
CAPS = frozenset(
    "constraints platform exec.meta.base exec.meta.proxyenv exec.meta.network exec.meta.setsdefaultpath exec.mount.bind"
    " exec.mount.selector exec.mount.tmpfs exec.mount.secret exec.mount.bind.readwrite-nooutput exec.secretenv"
    " file.base file.copy.includeexcludepatterns file.copy.alwaysreplaceexisting meta.description source.image"
    " source.local source.local.excludepatterns source.local.sharedkeyhint meta.ignorecache".split()
)


def asking(app: Path, given: BuildOptions) -> Answer:
    """The answers about an app in a directory, of a real build environment. Raises CalledProcessError."""
    source = context.seen(DirTree(app), given)

    def answer(question: Question) -> str:
        base = question.step.base
        assert isinstance(base, ImageRef)
        state = llb.local("context", exclude=source.tree.excluded, shared_key_hint=app.name)
        sources = Sources({(base.image, PLATFORM): Base(base.image, "", {})}, state)
        made = steps.lowered(question.step, Target(PLATFORM, PLATFORM, CAPS), sources).state
        out = llb.scratch().file(llb.copy(made, question.file, "/answer"))
        with tempfile.TemporaryDirectory() as directory:
            command = ["buildctl", "build", f"--local=context={app}", f"--output=type=local,dest={directory}"]
            subprocess.run(command, check=True, capture_output=True, input=out.marshal(platform=PLATFORM).to_bytes())
            return (Path(directory) / "answer").read_text()

    return answer


def of_app(name: str, answer: Answer) -> None:
    """Makes the plan of an app with these answers; one that cannot be built is made as far as it goes."""
    given = options.parse({f"build-arg:{key}": value for key, value in described(name).get("args", {}).items()})
    source = context.seen(DirTree(APPS / name), given)
    try:
        build.make_plan(source.tree, source.config, given, TODAY, answer=answer)
    except BuildError as error:
        print(f"{name}: {error.message}")


def asked_about(name: str) -> dict[Path, str]:
    """What a real build environment answers about an app, by the file that it is kept in."""
    found: dict[Path, str] = {}
    ask = asking(APPS / name, options.parse({}))

    def answer(question: Question) -> str:
        return found.setdefault(answer_file(name, question), ask(question))

    of_app(name, answer)
    return found


def apps() -> list[str]:
    """The apps of languages that ask."""
    asking = [entry.module.rpartition(".")[2] for entry in registry.built() if entry.asks]
    return [name for name in names() if name.startswith(tuple(f"{each}-" for each in asking))]


def write(given: list[str]) -> None:
    """Rewrites the answers about some apps."""
    ANSWERS.mkdir(parents=True, exist_ok=True)
    for name in given:
        for path in ANSWERS.glob(f"{name}.*.txt"):
            path.unlink()
        for path, text in asked_about(name).items():
            path.write_text(text)
            print("asked", path.name)


if __name__ == "__main__":
    if sys.argv[1:2] != ["--write"]:
        sys.exit("usage: python -m tests.answers --write [NAME...]")
    write(sys.argv[2:] or apps())
