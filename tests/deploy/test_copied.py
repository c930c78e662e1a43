"""What the stages of a Dockerfile copy from each other: which directory of the context, and where to."""

import pytest

from frontend import detect
from frontend.context.tree import DictTree
from frontend.deploy import copied, dockerfile
from frontend.deploy import files as deploy
from frontend.settings.model import Setting, Settings

FILES = {"web/package.json": "{}", "web/src/a.ts": "", "server/A.csproj": ""}


def read(text: str, path: str = "Dockerfile", files: dict[str, str] = FILES) -> list[tuple[str, str, str, int]]:
    """Directory, output, destination and line of each."""
    tree = DictTree({**files, path: text})
    found = copied.read(tree, path, dockerfile.instructions(tree, path))
    return [(one.dir, one.output, one.to, one.at.line) for one in found]


@pytest.mark.parametrize(
    ("stage", "copy", "expected"),
    [
        ("WORKDIR /w\nCOPY web/ .", "/w/dist ./wwwroot", ("web", "web/dist", "./wwwroot")),
        (
            "WORKDIR /w\nCOPY web/package*.json ./\nCOPY web .",
            "/w/dist/ui/ wwwroot/",
            ("web", "web/dist/ui", "wwwroot/"),
        ),
        ("COPY . /src\nWORKDIR /src/web", "/src/web/dist /app/wwwroot", ("", "web/dist", "/app/wwwroot")),
        ("WORKDIR /src\nCOPY web web", "/src/web/build ./wwwroot", ("web", "web/build", "./wwwroot")),
        ('COPY --link ["web/", "/w/"]', "/w/out ./wwwroot", ("web", "web/out", "./wwwroot")),
        ("ARG DIR=./web\nWORKDIR /w\nCOPY ${DIR}/ .", "/w/dist ./wwwroot", ("web", "web/dist", "./wwwroot")),
        ("WORKDIR /w", "/w/dist ./wwwroot", None),
        ("WORKDIR /w\nCOPY web .", "/other/dist ./wwwroot", None),
    ],
)
def test_the_output_is_a_directory_of_the_context(stage: str, copy: str, expected: tuple[str, str, str] | None) -> None:
    text = f"FROM node:24 AS Web\n{stage}\nFROM debian\nCOPY --chown=1 --from=web {copy}\n"
    assert read(text) == ([(*expected, text.count("\n"))] if expected else [])


def test_a_stage_on_another_has_its_places() -> None:
    text = "FROM node:24 AS deps\nWORKDIR /w\nCOPY web/ .\nFROM deps AS made\nFROM debian\nCOPY --from=1 /w/dist /srv\n"
    assert read(text) == [("web", "web/dist", "/srv", 6)]


def test_a_dockerfile_in_a_directory_may_have_it_as_its_context() -> None:
    files = {f"code/{path}": text for path, text in FILES.items()}
    text = "FROM node:24 AS w\nWORKDIR /w\nCOPY web/ .\nFROM debian\nCOPY --from=w /w/dist ./wwwroot\n"
    assert read(text, "code/Dockerfile", files) == [("code/web", "code/web/dist", "./wwwroot", 5)]


def test_what_no_stage_makes_is_not_taken() -> None:
    text = "FROM node:24 AS w\nCOPY web/ /w\nFROM debian\nCOPY --from=nginx /etc /b\nCOPY a b\nCOPY --from=w\n"
    assert read(text) == []


def test_the_directories_are_those_of_the_context() -> None:
    text = "FROM node:24 AS w\nWORKDIR /w\nCOPY web/ .\nFROM debian\nCOPY --from=w /w/dist ./wwwroot\n"
    tree = DictTree({f"code/{path}": text for path, text in {**FILES, "Dockerfile": text}.items()})
    merged = deploy.apply(tree, Settings(app=Setting("code")), detect.markers)
    assert merged is not None
    assert [(one.dir, one.output) for one in merged.settings.candidate_copies] == [("code/web", "code/web/dist")]
