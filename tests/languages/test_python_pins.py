"""The Python that the pins of an app allow: what lockfiles and the table say, which one is chosen, what is said of it."""

import pytest

from frontend.languages.python import pins, releases_table, table, wheels
from frontend.languages.python.requirements import pin_of
from frontend.languages.python.versions import RELEASES
from frontend.languages.python.wheels import AARCH64, ALL, X86_64
from frontend.plan.model import Plan
from frontend.settings.model import Setting
from tests.languages.python import FLASK, Files, flask, plan, runs, step

LINUX, ARM = "manylinux_2_17_x86_64.manylinux2014_x86_64", "manylinux_2_17_aarch64"
PROJECT = (
    '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["flask", "gunicorn", "lamp"]\n'
)
POETRY = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.9"\nflask = "*"\ngunicorn = "*"\nlamp = "*"\n'


def version(found: Plan) -> str:
    """The Python of a plan."""
    return found.versions[0].value


def why(found: Plan) -> list[str]:
    """Why a plan's Python was chosen: the pins that stand against another, each with its place."""
    return [f"{one.because} ({one.at})" for one in found.evidence if one.what.startswith("Python 3")]


def doubts(found: Plan) -> list[str]:
    """The warnings about pins."""
    return [one.message for one in found.warnings if one.code == "pin-without-release"]


CHOSEN = [  # requirements.txt, the Python, the first reason
    ("flask\ngunicorn\n", "3.13", ""),
    ("SQLAlchemy==2.0.29\n", "3.12", "sqlalchemy 2.0.29 refuses attributes that classes of Python 3.13 have (requirements.txt:3)"),
    ("SQLAlchemy==2.0.31\n", "3.13", ""),
    ("SQLAlchemy==1.4.54\n", "3.13", ""),
    ("eth_account==0.5.7\n", "3.9", "eth-account 0.5.7 needs a bitarray that does not compile on Python 3.13 (requirements.txt:3)"),
    ("psycopg2==2.9.9\n", "3.12", "psycopg2 2.9.9 does not compile on Python 3.13 (requirements.txt:3)"),
    ("psycopg2==2.9.10\n", "3.13", ""),
    ("psycopg2==2.8.6\n", "3.12", "psycopg2 2.8.6 does not compile on Python 3.13 (requirements.txt:3)"),
    ("psycopg2==2.8.5\n", "3.10", "psycopg2 2.8.5 does not compile on Python 3.13 (requirements.txt:3)"),
    ("Django==4.0.10\n", "3.12", "django 4.0.10 imports cgi, which Python 3.13 does not have (requirements.txt:3)"),
    ("Django==3.1.14\n", "3.11", "django 3.1.14 imports distutils, which Python 3.13 does not have (requirements.txt:3)"),
    ("Django==4.1\n", "3.13", ""),
    ("six==1.15.0\n", "3.11", "six 1.15.0 has modules that only finders of before Python 3.12 find (requirements.txt:3)"),
    ("Jinja2==2.10.1\n", "3.9", "jinja2 2.10.1 imports names from collections that Python 3.13 has in collections.abc (requirements.txt:3)"),
    ("psycopg2==2.7.3\n", "3.7", "psycopg2 2.7.3 does not compile on Python 3.13 (requirements.txt:3)"),
    ("psycopg2>=2.9,<2.9.10\n", "3.12", "psycopg2 >=2.9,<2.9.10 does not compile on Python 3.13 (requirements.txt:3)"),
    ("pandas>=1.5.3,<2.0.0\n", "3.11", "pandas >=1.5.3,<2.0.0 has no release for Python 3.13 (requirements.txt:3)"),
    ("numpy<2\n", "3.12", "numpy <2 has no release for Python 3.13 (requirements.txt:3)"),
    ("scikit-learn~=1.2.0\n", "3.11", "scikit-learn ~=1.2.0 has no release for Python 3.13 (requirements.txt:3)"),
    ("pandas==1.5.*\n", "3.11", "pandas ==1.5.* has no release for Python 3.13 (requirements.txt:3)"),
    ("psycopg[binary]<3.2\n", "3.12", "psycopg <3.2 has no release for Python 3.13 (requirements.txt:3)"),
    ("gunicorn<21\n", "3.11", "gunicorn <21 imports pkg_resources, which Python 3.13 does not have (requirements.txt:3)"),
    ("Django>=4.2,<5\n", "3.13", ""),
    ("numpy>=1.20,<3\n", "3.13", ""),
    ("numpy>=1.20\n", "3.13", ""),
    ("pydantic<2\n", "3.13", ""),  # goes without its compiled parts
    ("acme-tools>=1.2,<2\n", "3.13", ""),  # of which nothing is known
    ("numpy<2; python_version < '3.9'\n", "3.13", ""),
    ("numpy<two\n", "3.13", ""),
    ("# data\nnumpy == 1.26.4  # the last\n", "3.12", "numpy 1.26.4 has no release for Python 3.13 (requirements.txt:4)"),
    ("numpy==1.26.4 --hash=sha256:00\n", "3.12", "numpy 1.26.4 has no release for Python 3.13 (requirements.txt:3)"),
    ("pandas==1.4.2\n", "3.10", "pandas 1.4.2 has no release for Python 3.13 (requirements.txt:3)"),
    ("psycopg[binary]==3.1.18\n", "3.12", "psycopg 3.1.18 has no release for Python 3.13 (requirements.txt:3)"),
    ("psycopg==3.1.18\n", "3.13", ""),
    ("pydantic==2.4.2\n", "3.12", "pydantic 2.4.2 has no release for Python 3.13 (requirements.txt:3)"),
    ("MarkupSafe==1.1.1\n", "3.13", ""),
    ("MarkupSafe==2.1.5\n", "3.13", ""),
    ("numpy==1.26.4; python_version < '3.13'\nnumpy==2.2.1; python_version >= '3.13'\n", "3.13", ""),
    ("numpy==1.26.4; sys_platform == 'win32'\n", "3.13", ""),
    ("numpy==1.26.4\npandas==1.4.2\n", "3.10", "numpy 1.26.4 has no release for Python 3.13 (requirements.txt:3)"),
    ("numpy==2.6.0.dev1\n", "3.13", ""),
    ("fs==2.4.16\n", "3.13", ""),
    ("pyramid==2.1\n", "3.13", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "python", "reason"), CHOSEN, ids=[row[0][:30] for row in CHOSEN])
def test_the_python_that_pins_allow(text: str, python: str, reason: str) -> None:
    found = plan(flask(f"flask\ngunicorn\n{text}"))
    assert version(found) == python
    assert why(found)[:1] == ([reason] if reason else [])
    assert found.runtime.base.startswith(f"python:{python}-slim-")
    assert doubts(found) == []


ARM64, AMD64 = "linux/arm64", "linux/amd64"
PLATFORMS: list[tuple[str, tuple[str, ...], str]] = [  # a pin, the platforms of the build, the Python
    ("pikepdf==9.1.1", (), "3.13"),
    ("pikepdf==9.1.1", (AMD64,), "3.13"),
    ("pikepdf==9.1.1", (ARM64,), "3.12"),
    ("pikepdf==9.1.1", ("linux/arm64/v8",), "3.12"),
    ("pikepdf==9.1.1", (AMD64, ARM64), "3.12"),
    ("scrypt==0.8.24", (AMD64,), "3.12"),
    ("scrypt==0.8.24", (ARM64,), "3.13"),
    ("scrypt==0.8.24", (AMD64, ARM64), "3.12"),
    ("scrypt==0.8.24", ("linux/riscv64",), "3.12"),
]


@pytest.mark.parametrize(("pin", "platforms", "python"), PLATFORMS)
def test_the_wheels_of_all_platforms_of_the_build_decide(pin: str, platforms: tuple[str, ...], python: str) -> None:
    assert version(plan(flask(f"flask\ngunicorn\n{pin}\n"), platforms=platforms)) == python


def test_the_platforms_decide_with_a_lockfile_too() -> None:
    files = [f"lamp-1.5-cp3{minor}-cp3{minor}-{tag}.whl" for minor, tag in ((13, LINUX), (12, LINUX), (12, ARM))]
    app = {"app.py": FLASK, "pyproject.toml": PROJECT, "uv.lock": lock("uv", "lamp", files)}
    assert [version(plan(app, platforms=one)) for one in ((AMD64,), (ARM64,), (AMD64, ARM64))] == [
        "3.13",
        "3.12",
        "3.12",
    ]


def test_constraints_count() -> None:
    found = plan(flask("-c constraints.txt\nflask\ngunicorn\nnumpy\n") | {"constraints.txt": "numpy==1.26.4\n"})
    assert (version(found), why(found)) == ("3.12", ["numpy 1.26.4 has no release for Python 3.13 (constraints.txt:1)"])


def test_a_compiled_package_is_no_reason_to_use_a_python_out_of_support() -> None:
    """MarkupSafe 1.1.1 has wheels up to 3.9; gunicorn 20.0 needs what 3.11 has."""
    found = plan(flask("flask==1.1.4\ngunicorn==20.0.4\nMarkupSafe==1.1.1\n"))
    assert version(found) == "3.11"
    assert runs(found) == ["pip uninstall pip", "pip install -r requirements.txt"]


@pytest.mark.parametrize(
    ("python", "text", "programs"),
    [
        ("3.11", "flask\ngunicorn\n", ["pip uninstall pip", "pip install -r requirements.txt"]),
        ("3.12", "flask\ngunicorn\n", ["pip install -r requirements.txt"]),
        ("3.13", "flask\ngunicorn==20.0.4\n", ["pip install setuptools<82", "pip install -r requirements.txt"]),
        ("3.13", "flask\ngunicorn==20.0.4\nsetuptools==80.9.0\n", ["pip install -r requirements.txt"]),
        ("3.13", "flask\ngunicorn\nfs==2.4.16\n", ["pip install setuptools<82", "pip install -r requirements.txt"]),
    ],
)
def test_setuptools_is_there_where_python_or_a_pin_needs_it(python: str, text: str, programs: list[str]) -> None:
    found = plan(flask(text) | {".python-version": f"{python}\n"})
    assert (runs(found), doubts(found)) == (programs, [])


def test_a_stated_version_stays_and_is_doubted() -> None:
    found = plan(flask("flask\ngunicorn\npsycopg2==2.9.9\n") | {".python-version": "3.13\n"})
    assert (version(found), why(found)) == ("3.13", [])
    assert doubts(found) == [
        "psycopg2 2.9.9 does not compile on Python 3.13 (requirements.txt:3): it is for Python 3.7 to 3.12"
    ]
    warning = next(one for one in found.warnings if one.code == "pin-without-release")
    assert warning.hint == "update psycopg2, or set the build-arg PYTHON_VERSION=3.12"
    installing = next(one for one in step(found, "install").run if one.args[-1] == "requirements.txt")
    assert installing.hint.endswith(
        "it is for Python 3.7 to 3.12; update psycopg2, or set the build-arg PYTHON_VERSION=3.12"
    )


def test_pins_that_no_python_fits_are_named() -> None:
    found = plan(flask("flask\ngunicorn\npandas==1.4.2\nnumpy==2.4.1\n"))
    assert version(found) == "3.13"
    assert doubts(found) == [
        "pandas 1.4.2 has no release for Python 3.13 (requirements.txt:3): it is for Python 3.8 to 3.10; "
        "numpy 2.4.1 (requirements.txt:4) is for Python 3.11 to 3.14"
    ]


def test_support_that_has_ended_is_warned_of_with_the_pin() -> None:
    found = plan(flask("flask\ngunicorn\npandas==1.4.2\n"))
    warning = next(one for one in found.warnings if one.code == "end-of-life")
    assert (warning.message, str(warning.at)) == (
        "Python 3.10 has been out of support since 2026-10-31",
        "requirements.txt:3",
    )
    assert "pandas" in warning.hint


def lock(kind: str, name: str, files: list[str]) -> str:
    """A lockfile with one package."""
    match kind:
        case "uv":
            rows = "".join(f'    {{ url = "https://host/x/{file}", hash = "sha256:0" }},\n' for file in files)
            return f'version = 1\n[[package]]\nname = "shop"\nsource = {{ virtual = "." }}\ndependencies = [\n    {{ name = "{name}" }},\n]\n[[package]]\nname = "{name}"\nversion = "1.5"\nwheels = [\n{rows}]\n'
        case "pdm":
            rows = "".join(f'    {{url = "https://host/{file}", hash = "sha256:0"}},\n' for file in files)
            return f'[metadata]\ngroups = ["default"]\n\n[[package]]\nname = "{name}"\nversion = "1.5"\ngroups = ["default"]\nfiles = [\n{rows}]\n'
        case "old poetry":
            rows = "".join(f'    {{file = "{file}", hash = "sha256:0"}},\n' for file in files)
            return f'[[package]]\nname = "{name}"\nversion = "1.5"\ncategory = "main"\noptional = false\n\n[metadata]\nlock-version = "1.1"\n\n[metadata.files]\n{name} = [\n{rows}]\n'
        case "old pdm":
            rows = "".join(f'    {{url = "https://host/{file}", hash = "sha256:0"}},\n' for file in files)
            return f'[[package]]\nname = "{name}"\nversion = "1.5"\n\n[[package]]\nname = "zoo"\nversion = "1"\n\n[metadata]\nlock_version = "4.2"\ngroups = ["default"]\n\n[metadata.files]\n"{name} 1.5" = [\n{rows}]\n"zoo 1" = [\n    {{url = "https://host/zoo-1-py3-none-any.whl", hash = "sha256:0"}},\n]\n'
    rows = "".join(f'    {{file = "{file}", hash = "sha256:0"}},\n' for file in files)
    return f'[[package]]\nname = "{name}"\nversion = "1.5"\noptional = false\npython-versions = ">=3.8"\ngroups = ["main"]\nfiles = [\n{rows}]\n\n[metadata]\nlock-version = "2.1"\n'


WHEELS = [f"lamp-1.5-cp3{minor}-cp3{minor}-{platform}.whl" for minor in (9, 10, 11) for platform in (LINUX, ARM, "macosx_11_0_arm64")]  # fmt: skip
LOCKED = [  # files of the package, the Python
    (WHEELS, "3.11"),
    ([*WHEELS, "lamp-1.5.tar.gz"], "3.11"),
    (["lamp-1.5-py3-none-any.whl"], "3.13"),
    ([f"lamp-1.5-cp39-abi3-{LINUX}.whl"], "3.13"),
    (["lamp-1.5-cp311-cp311-win_amd64.whl", "lamp-1.5.tar.gz"], "3.13"),
    ([f"lamp-1.5-cp314-cp314-{LINUX}.whl", f"lamp-1.5-cp314-cp314t-{LINUX}.whl"], "3.14"),
    ([f"lamp-1.5-cp313-cp313t-{LINUX}.whl", f"lamp-1.5-cp312-cp312-{LINUX}.whl"], "3.12"),
    ([f"lamp-1.5-cp312-cp312-{LINUX}.whl", f"lamp-1.5-cp312-cp312-{ARM}.whl", f"lamp-1.5-cp311-cp311-{LINUX}.whl"], "3.12"),
    ([f"lamp-1.5-cp312-cp312-{LINUX}.whl", f"lamp-1.5-cp311-cp311-{ARM}.whl", f"lamp-1.5-cp311-cp311-{LINUX}.whl"], "3.11"),
]  # fmt: skip
KINDS: dict[str, Files] = {
    "uv": {"pyproject.toml": PROJECT},
    "pdm": {"pyproject.toml": PROJECT},
    "poetry": {"pyproject.toml": POETRY},
    "old poetry": {"pyproject.toml": POETRY},
    "old pdm": {"pyproject.toml": PROJECT},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("files", "python"), LOCKED)
def test_a_lockfile_says_it_itself(kind: str, files: list[str], python: str) -> None:
    path = f"{kind.rpartition(' ')[2]}.lock"
    found = plan({"app.py": FLASK, **KINDS[kind], path: lock(kind, "lamp", files)})
    assert version(found) == python
    assert bool(why(found)) is (python != "3.13")


def test_the_place_in_a_lockfile_is_told() -> None:
    found = plan({"app.py": FLASK, "pyproject.toml": PROJECT, "uv.lock": lock("uv", "lamp", WHEELS)})
    assert why(found) == ["lamp 1.5 has no release for Python 3.13 (uv.lock:9)"]


def test_a_range_is_kept() -> None:
    project = PROJECT.replace(">=3.9", ">=3.12")
    found = plan({"app.py": FLASK, "pyproject.toml": project, "uv.lock": lock("uv", "lamp", WHEELS)})
    assert version(found) == "3.13"
    assert doubts(found) == ["lamp 1.5 has no release for Python 3.13 (uv.lock:9): it is for Python 3.9 to 3.11"]


def test_packages_for_development_do_not_count() -> None:
    text = lock("poetry", "lamp", WHEELS).replace('["main"]', '["dev"]')
    text += lock("poetry", "flask", ["flask-3.1-py3-none-any.whl"])
    found = plan({"app.py": FLASK, "pyproject.toml": POETRY.replace('lamp = "*"\n', ""), "poetry.lock": text})
    assert version(found) == "3.13"


def test_a_pipfile_lock_has_versions_only() -> None:
    text = '{\n "default": {\n  "numpy": {\n   "version": "==1.26.4"\n  }\n }\n}\n'
    found = plan({"app.py": FLASK, "Pipfile": '[packages]\nflask = "*"\ngunicorn = "*"\n', "Pipfile.lock": text})
    assert (version(found), why(found)) == ("3.12", ["numpy 1.26.4 has no release for Python 3.13 (Pipfile.lock:3)"])


def test_a_setting_wins() -> None:
    found = plan(flask("flask\ngunicorn\nnumpy==1.26.4\n"), versions={"python": Setting("3.14")})
    assert version(found) == "3.14"
    assert len(doubts(found)) == 1


NAMES = [
    ("x-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "12"),
    ("x-1-1-cp312-cp312-linux_x86_64.whl", "12"),
    ("x-1-cp39-abi3-manylinux_2_28_x86_64.whl", "9-"),
    ("x-1-cp36-abi3-manylinux1_x86_64.whl", "7-"),
    ("x-1-py2.py3-none-any.whl", "7-"),
    ("x-1-py310-none-any.whl", "10-"),
    ("x-1-py3-none-manylinux2014_x86_64.whl", "7-"),
    ("x-1-cp312-none-any.whl", "12"),
    ("x-1-cp37-cp37m-manylinux1_x86_64.whl", "7"),
    ("x-1-cp36-cp36m-manylinux1_x86_64.whl", ""),
    ("x-1-cp313-cp313t-manylinux_2_28_x86_64.whl", ""),
    ("x-1-cp312-cp312-musllinux_1_2_x86_64.whl", ""),
    ("x-1-cp312-cp312-manylinux_2_17_aarch64.whl", ""),
    ("x-1-cp312-cp312-macosx_11_0_x86_64.whl", ""),
    ("x-1-pp310-pypy310_pp73-manylinux_2_17_x86_64.whl", ""),
    ("x-1-py2-none-any.whl", ""),
    ("x.whl", ""),
]


@pytest.mark.parametrize(("name", "text"), NAMES)
def test_the_pythons_of_a_wheel(name: str, text: str) -> None:
    assert wheels.text_of(wheels.of_wheel(name, X86_64)) == text


@pytest.mark.parametrize("text", ["", "8", "8-12", "9-", "8-9,11,13-"])
def test_a_set_of_pythons_as_text(text: str) -> None:
    assert wheels.text_of(wheels.of_text(text)) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no Python from 3.7 on"),
        ("9", "Python 3.9"),
        ("8-12", "Python 3.8 to 3.12"),
        ("8-9,11-", "Python 3.8 to 3.9, 3.11 and later"),
    ],
)
def test_a_set_of_pythons_in_words(text: str, words: str) -> None:
    assert wheels.in_words(wheels.of_text(text)) == words


@pytest.mark.parametrize(
    ("name", "release", "x86_64", "aarch64"),
    [
        ("numpy", "1.26.0", "9-12", "9-12"),
        ("numpy", "1.26.4", "9-12", "9-12"),
        ("numpy", "v1.26.4", "9-12", "9-12"),
        ("numpy", "2.0", "9-12", "9-12"),
        ("numpy", "99.0", "12-15", "12-15"),
        ("pandas", "1.2.0", "7-9", "8"),
        ("pydantic", "2.4.2", "7-12", "7-12"),
        ("psycopg[binary]", "3.1.18", "7-12", "7-12"),
        ("psycopg2", "2.7.5", "7", ""),
        ("psycopg2", "2.9.9", "7-", "7-"),
        ("asyncpg", "0.10.0", "7", ""),  # older than the table's first, which has wheels for 3.7 alone
        ("av", "0.1.0", "7-12", "7-12"),
        ("aiohttp", "0.1", "7-", "7-"),
    ],
)
def test_the_table(name: str, release: str, x86_64: str, aarch64: str) -> None:
    assert table.pythons(name, release) == (wheels.of_text(x86_64), wheels.of_text(aarch64))


@pytest.mark.parametrize(("name", "release"), [("lamp", "1.0"), ("num", "1.0"), ("numpy", "2.0rc1"), ("numpy", "x")])
def test_what_the_table_does_not_know(name: str, release: str) -> None:
    assert table.pythons(name, release) is None


def test_the_table_is_whole_and_small() -> None:
    rows = releases_table.TABLE.strip("\n").split("\n")
    assert len(rows) > 250
    assert rows == sorted(rows, key=lambda row: row.partition(" ")[0])
    assert len(releases_table.TABLE) < 60_000
    for row in rows:
        name, *entries = row.split(" ")
        keys = [table.key(entry.partition(":")[0]) for entry in entries]
        assert None not in keys, name
        assert keys == sorted(keys, key=lambda key: key or ()), name
        assert table.pythons(name, entries[-1].partition(":")[0]) is not None, name


@pytest.mark.parametrize("one", table.BREAKS, ids=lambda one: f"{one.name}-{one.below}")
def test_a_known_break_is_of_a_python_that_there_is(one: table.Break) -> None:
    lines = {release.line for release in RELEASES}
    assert {f"3.{one.last}", f"3.{one.last + 1}"} <= lines
    assert "{" not in one.why.format(python="3.13")
    assert not one.below or table.key(one.below) is not None


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ("==1.2.3", "1.2.3"),
        (" == 1.2 ; python_version > '3'", "1.2"),
        ("(==1.2)", "1.2"),
        ("===1.2", "1.2"),
        ("==1.*", ""),
        (">=1,==1.2", ""),
        ("==1.2,>=1", ""),
        (">=1.2", ""),
        ("~=1.2", ""),
        ("", ""),
        ("@ https://host/x.whl", ""),
    ],
)
def test_an_exact_pin(text: str, pin: str) -> None:
    assert pin_of(text) == pin


@pytest.mark.parametrize(
    ("text", "found"), [(">=3.9", "9-"), (">=3.9,<3.13", "9-12"), (">=2.7, !=3.0.*", "7-"), ("*", "7-"), ("what", "7-")]
)
def test_requires_python(text: str, found: str) -> None:
    assert wheels.text_of(pins.permitted(text)) == found
    assert pins.permitted("") == ALL


def test_aarch64_has_wheels_of_its_own() -> None:
    assert wheels.minors([f"x-1-cp312-cp312-{ARM}.whl", "x-1.tar.gz"], AARCH64) == frozenset({12})


def test_a_caret_without_a_lockfile_has_an_end_too() -> None:
    text = POETRY.replace('lamp = "*"', 'pandas = "^1.5"')
    found = plan({"pyproject.toml": text, "app.py": FLASK})
    assert (version(found), found.versions[0].asked) == ("3.11", "pandas^1.5")
