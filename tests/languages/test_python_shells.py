"""What the sources of a Python app run by a shell, which a hardened image has to be told of."""

import pytest

from tests.languages.python import FLASK, codes, flask, plan

TOLD: list[tuple[str, str]] = [
    ('os.system("ffmpeg -i a b")', "a shell (ffmpeg)"),
    ('subprocess.run(f"{tool} x", shell=True)', "a shell"),
    ('subprocess.check_output("ls | wc", shell=True)', "a shell (ls)"),
    ('subprocess.Popen(["bash", "-c", "x"])', "bash"),
    ('os.popen("date").read()', "a shell (date)"),
    ("asyncio.create_subprocess_shell(command)", "a shell"),
]
FINE = [
    'subprocess.run(["ffmpeg", "-i", a])',
    'subprocess.run(["alembic", "upgrade"], shell=False)',
    'run("x", shell=True)',
]


def with_code(line: str) -> dict[str, str]:
    return flask(**{"app.py": f"import asyncio, os, subprocess\n{FLASK}{line}\n"})


@pytest.mark.parametrize(("line", "program"), TOLD, ids=[row[0] for row in TOLD])
def test_what_needs_a_shell_is_told_on_a_hardened_image(line: str, program: str) -> None:
    (told,) = (one for one in plan(with_code(line), flavour="hardened").warnings if one.code == "code-starts-scripts")
    assert told.message.startswith(f"the code starts {program}, which this image cannot run")
    assert told.at is not None
    assert told.at.file == "app.py"
    assert "code-starts-scripts" not in codes(plan(with_code(line)))


@pytest.mark.parametrize("line", FINE)
def test_what_needs_none_is_not(line: str) -> None:
    assert "code-starts-scripts" not in codes(plan(with_code(line), flavour="hardened"))
