"""Which manager installs the dependencies, that its lockfile is enforced, and that nothing for development ships."""

import json

import pytest

from frontend.context.tree import DictTree
from frontend.errors import PlanError, VersionError
from frontend.languages.python import locks, requirements, setup_files
from frontend.plan.model import FromContext, ImageRef, StepRef
from frontend.settings.model import Setting
from tests.errors import fails
from tests.languages.python import FLASK, Files, codes, error, flask, plan, runs, step

PROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n'
POETRY = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.12"\nflask = "*"\ngunicorn = "*"\n'
BUILD = '[build-system]\nrequires = ["hatchling"]\n'
UV_LOCK = 'version = 1\nrequires-python = ">=3.12"\n[[package]]\nname = "flask"\n'
PIPFILE = '[packages]\nflask = "*"\ngunicorn = "*"\n[dev-packages]\npytest = "*"\n'
PIPFILE_LOCK = json.dumps({"default": {"flask": {"version": "==3.1.0"}}, "develop": {"pytest": {}}})
APP = {"app.py": FLASK}

MANAGERS: list[tuple[str, Files, list[str]]] = [
    ("pip", flask(), ["pip install -r requirements.txt"]),
    ("pip, production", {"requirements/production.txt": "flask\ngunicorn\n"}, ["pip install -r requirements/production.txt"]),
    *((f"pip, {name}", {name: "flask\ngunicorn\n"}, [f"pip install -r {name}"]) for name in ("requirements-prod.txt", "requirements-production.txt", "requirements_prod.txt")),
    ("uv", {"pyproject.toml": PROJECT, "uv.lock": UV_LOCK}, ["pip install uv==0.13.9", "uv sync --no-dev --no-install-project --locked"]),
    ("uv without lock", {"pyproject.toml": f"{PROJECT}[tool.uv]\n"}, ["pip install uv==0.13.9", "uv sync --no-dev --no-install-project"]),
    ("Poetry", {"pyproject.toml": POETRY, "poetry.lock": ""}, ["pip install poetry==2.5.1", "poetry install --only main --no-root --no-ansi"]),
    ("PDM", {"pyproject.toml": PROJECT, "pdm.lock": ""}, ["pip install pdm[locked]==2.29.3", "pdm lock --check", "pdm install --prod --no-self --no-editable --frozen-lockfile"]),
    ("a lock of an older PDM", {"pyproject.toml": PROJECT, "pdm.lock": '[metadata]\nlock_version = "4.4.1"\n'}, ["pip install pdm[locked]==2.29.3", "pdm install --prod --no-self --no-editable --frozen-lockfile"]),
    ("PDM without lock", {"pyproject.toml": f"{PROJECT}[tool.pdm]\n"}, ["pip install pdm[locked]==2.29.3", "pdm install --prod --no-self --no-editable"]),
    ("Pipenv", {"Pipfile": PIPFILE, "Pipfile.lock": PIPFILE_LOCK}, ["pip install pipenv==2026.10.3", "pipenv install --deploy"]),
    ("Pipenv without lock", {"Pipfile": PIPFILE}, ["pip install pipenv==2026.10.3", "pipenv install --skip-lock"]),
    ("pyproject.toml", {"pyproject.toml": PROJECT}, ["pip install flask gunicorn"]),
    ("setup.py", {"setup.py": 'from setuptools import setup\nsetup(name="a", install_requires=["flask", "gunicorn"])\n'}, ["pip install --editable ."]),
    ("setup.cfg", {"setup.cfg": "[metadata]\nname = a\n[options]\ninstall_requires =\n  flask\n  gunicorn\n", "setup.py": ""}, ["pip install --editable ."]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "programs"), [row[1:] for row in MANAGERS], ids=[row[0] for row in MANAGERS])
def test_what_installs(files: Files, programs: list[str]) -> None:
    found = plan({**files, **APP})
    assert runs(found) == programs
    assert found.runtime.processes[0].args == ("gunicorn", "app:app")


@pytest.mark.parametrize("kind", ["uv without lock", "PDM without lock", "Pipenv without lock"])
def test_a_missing_lockfile_is_warned_of(kind: str) -> None:
    files = next(row[1] for row in MANAGERS if row[0] == kind)
    warning = next(one for one in plan({**files, **APP}).warnings if one.code == "no-lockfile")
    assert " lock" in warning.hint


@pytest.mark.parametrize(
    ("version", "codes_of"),
    [("3.1", ["old-lockfile"]), ("4.4.1", ["old-lockfile"]), ("4.5.0", []), ("4.10", []), ("5.0", [])],
)
def test_a_lockfile_of_an_older_pdm_is_not_compared_and_that_is_said(version: str, codes_of: list[str]) -> None:
    lock = f'[metadata]\ngroups = ["default"]\nlock_version = "{version}"\n'
    found = plan({"pyproject.toml": PROJECT, "pdm.lock": lock, **APP})
    assert codes(found) == codes_of
    assert ("pdm lock --check" in runs(found)) is (not codes_of)
    assert [str(one.at) for one in found.warnings] == ["pdm.lock:3"] * len(codes_of)


@pytest.mark.parametrize(
    ("kind", "files"), [row[:2] for row in MANAGERS if "without" not in row[0] and "older" not in row[0]]
)
def test_nothing_is_warned_of_otherwise(kind: str, files: Files) -> None:
    assert codes(plan({**files, **APP})) == []


def test_a_second_lockfile_is_warned_of_with_its_name() -> None:
    found = plan({"pyproject.toml": PROJECT, "uv.lock": UV_LOCK, "poetry.lock": "", **APP})
    assert [(w.code, str(w.at)) for w in found.warnings] == [("second-lockfile", "poetry.lock")]
    assert "uv.lock" in found.warnings[0].message


def test_a_lockfile_of_poetry_1_0_without_setuptools_is_an_error() -> None:
    lock = '[[package]]\nname = "gunicorn"\n\n[package.dependencies]\nsetuptools = ">=3.0"\n'
    said = error({"pyproject.toml": POETRY, "poetry.lock": lock, **APP})
    assert "poetry.lock was made by Poetry 1.0: it lacks setuptools" in said
    whole = f'{lock}\n[[package]]\nname = "setuptools"\n'
    assert codes(plan({"pyproject.toml": POETRY, "poetry.lock": whole, **APP})) == []


DYNAMIC = PROJECT.replace('version = "1"', 'dynamic = ["version"]')


@pytest.mark.parametrize(
    ("files", "everything"),
    [
        ({"pyproject.toml": f"{DYNAMIC}[tool.uv]\n"}, True),
        ({"pyproject.toml": f"{PROJECT}[tool.uv]\n"}, False),
        ({"pyproject.toml": f"{DYNAMIC}[tool.uv]\n", "uv.lock": UV_LOCK}, False),
        ({"pyproject.toml": f"{DYNAMIC}[tool.pdm]\n"}, True),
    ],
)
def test_an_install_without_a_lockfile_has_the_sources_of_a_dynamic_version(files: Files, everything: bool) -> None:
    (given,) = step(plan({**files, **APP}), "install").inputs
    assert isinstance(given, FromContext)
    assert (given.paths == ()) is everything


ASKED: list[tuple[Files, dict[str, str], str]] = [  # files, settings, what pip installs first
    ({"pyproject.toml": f'{PROJECT}[tool.uv]\nrequired-version = ">=0.8,<0.10"\n'}, {}, "uv>=0.8,<0.10"),
    ({"pyproject.toml": f'{PROJECT}[tool.uv]\nrequired-version = ">=0.8"\n'}, {}, "uv==0.13.9"),
    ({"pyproject.toml": f'{PROJECT}[tool.uv]\nrequired-version = "==0.9.1"\n'}, {}, "uv==0.9.1"),
    ({"pyproject.toml": f"{PROJECT}[tool.uv]\n", "uv.toml": 'required-version = "~=0.9.2"\n'}, {}, "uv~=0.9.2"),
    ({"pyproject.toml": f"{PROJECT}[tool.uv]\n"}, {"uv": ">= 0.8, < 0.9"}, "uv>=0.8,<0.9"),
    ({"pyproject.toml": f"{PROJECT}[tool.uv]\n"}, {"uv": "latest"}, "uv==0.13.9"),
    ({"pyproject.toml": f"{PROJECT}[tool.uv]\n"}, {"uv": "0.9"}, "uv>=0.9,<0.10"),
    (
        {
            "pyproject.toml": POETRY.replace('name = "shop"', 'name = "shop"\nrequires-poetry = "^1.8"'),
            "poetry.lock": "",
        },
        {},
        "poetry==1.8.5",
    ),
    (
        {
            "pyproject.toml": POETRY.replace('name = "shop"', 'name = "shop"\nrequires-poetry = "~1.7"'),
            "poetry.lock": "",
        },
        {},
        "poetry>=1.7,<1.8",
    ),
    (
        {"pyproject.toml": POETRY.replace("^3.12", "^3.9"), "poetry.lock": "", ".python-version": "3.9"},
        {},
        "poetry==2.2.1",
    ),
    ({"pyproject.toml": PROJECT, "pdm.lock": "", ".python-version": "3.9"}, {}, "pdm[locked]==2.26.9"),
    ({"Pipfile": PIPFILE, ".python-version": "3.8"}, {}, "pipenv==2024.4.1"),
    (flask(), {"pip": "25.0.1"}, "pip==25.0.1"),
    (flask(), {"pip": ">=23,<23.1"}, "pip>=23,<23.1"),
    ({"pyproject.toml": f"{PROJECT}[tool.uv]\n"}, {"pip": "26.3"}, "pip==26.3"),
]


@pytest.mark.parametrize(("files", "settings", "first"), ASKED, ids=[row[2] for row in ASKED])
def test_the_version_of_a_manager_that_is_asked_for(files: Files, settings: dict[str, str], first: str) -> None:
    found = plan({**files, **APP}, versions={tool: Setting(text, "build-arg") for tool, text in settings.items()})
    assert runs(found)[0] == f"pip install {first}"


def test_a_manager_s_version_that_is_none_is_told_at_its_line() -> None:
    with fails(VersionError, '"new"', "uv", at="pyproject.toml:6"):
        plan({"pyproject.toml": f'{PROJECT}[tool.uv]\nrequired-version = "new"\n', **APP})


def test_a_pip_that_cannot_install_into_the_environment_is_refused() -> None:
    with fails(VersionError, "pip 21.3.1", "22.3"):
        plan(flask(), versions={"pip": Setting("21.3.1", "build-arg")})


def test_poetry_before_1_2_has_another_option() -> None:
    old = POETRY.replace('name = "shop"', 'name = "shop"\nrequires-poetry = "1.1.15"')
    found = plan({"pyproject.toml": old, "poetry.lock": "", **APP})
    assert runs(found) == ["pip install poetry==1.1.15", "poetry install --no-dev --no-root --no-ansi"]


@pytest.mark.parametrize(("python", "server"), [("3.13", "gunicorn==27.0.1"), ("3.9", "gunicorn==23.0.0")])
def test_the_server_that_is_added_runs_on_the_python(python: str, server: str) -> None:
    assert f"pip install {server}" in runs(plan({**flask("flask\n"), ".python-version": python}))


def test_the_managers_version_can_be_chosen() -> None:
    files = {"pyproject.toml": PROJECT, "uv.lock": UV_LOCK, **APP}
    found = plan(files, versions={"uv": Setting("0.9.1", "build-arg")})
    assert runs(found)[0] == "pip install uv==0.9.1"
    assert [(v.tool, v.value, v.by) for v in found.versions] == [
        ("python", "3.13", "file"),
        ("uv", "0.9.1", "build-arg"),
    ]


@pytest.mark.parametrize(
    ("files", "file"),
    [
        (flask(), "requirements.txt"),
        ({"pyproject.toml": PROJECT, "uv.lock": UV_LOCK}, "uv.lock"),
        ({"pyproject.toml": POETRY, "poetry.lock": ""}, "poetry.lock"),
        ({"Pipfile": PIPFILE, "Pipfile.lock": PIPFILE_LOCK}, "Pipfile.lock"),
    ],
)
def test_a_failing_install_names_the_users_file_and_what_to_do(files: Files, file: str) -> None:
    install = step(plan({**files, **APP}), "install")
    told = next(one for one in install.run if one.at is not None)
    assert told.at is not None
    assert told.at.file == file
    assert told.hint.endswith("commit it") or "does the package exist" in told.hint


# --- what a lockfile installs

UV_GRAPH = """version = 1
[[package]]
name = "shop"
source = { virtual = "." }
dependencies = [
    { name = "fastapi", extra = ["standard"] },
    { name = "flask" },
    { name = "waitress", marker = "sys_platform == 'win32'" },
]

[package.optional-dependencies]
fast = [
    { name = "daphne" },
]

[package.dev-dependencies]
dev = [
    { name = "hypercorn" },
]
prod = [
    { name = "gunicorn" },
]

[package.metadata]
requires-dist = [
    { name = "granian", extras = ["x"] },
]

[[package]]
name = "fastapi"
dependencies = [
    { name = "starlette", version = "1.0", source = { registry = "x" } },
]
sdist = { url = "x", hash = "y" }
wheels = [
    { url = "x", name = "bottle" },
]

[package.optional-dependencies]
standard = [
    { name = "uvicorn", extra = ["standard"] },
]

[[package]]
name = "uvicorn"
[package.optional-dependencies]
standard = [
    { name = "uvloop" },
]
"""
POETRY_GROUPS = """[[package]]
name = "gunicorn"
optional = false
groups = ["main", "dev"]
[[package]]
name = "uvicorn"
optional = true
groups = ["main"]
[[package]]
name = "daphne"
optional = false
groups = ["dev"]
[[package]]
name = "waitress"
category = "main"
optional = false
[[package]]
name = "hypercorn"
category = "dev"
"""
INSTALLED: list[tuple[str, str, tuple[str, ...], set[str]]] = [  # a lockfile, its text, groups; what it installs
    ("uv.lock", UV_GRAPH, (), {"fastapi", "flask", "starlette", "uvicorn", "uvloop"}),
    ("uv.lock", UV_GRAPH, ("prod",), {"fastapi", "flask", "starlette", "uvicorn", "uvloop", "gunicorn"}),
    ("uv.lock", UV_GRAPH.replace("shop", "other"), (), set()),
    ("poetry.lock", POETRY_GROUPS, (), {"gunicorn"}),
    ("pdm.lock", '[[package]]\nname = "Uvicorn"\ngroups = ["default"]\n[[package]]\nname = "x"\ngroups = ["test"]\n', (), {"uvicorn"}),
    ("Pipfile.lock", PIPFILE_LOCK, (), {"flask"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "groups", "names"), INSTALLED)
def test_what_a_lockfile_installs(path: str, text: str, groups: tuple[str, ...], names: set[str]) -> None:
    assert locks.installed(DictTree({path: text}), path, "shop", groups) - {"waitress"} == names


def test_a_server_that_the_lockfile_has_is_not_added() -> None:
    lock = UV_GRAPH.replace('{ name = "flask" },', '{ name = "mesop" },\n    { name = "gunicorn" },')
    found = plan({"pyproject.toml": PROJECT.replace(', "gunicorn"', ""), "uv.lock": lock, **APP})
    assert codes(found) == []
    assert found.runtime.processes[0].args == ("gunicorn", "app:app")


GROUPS = """[dependency-groups]
dev = ["waitress"]
prod = [{include-group = "serving"}]
serving = ["gunicorn"]
[tool.uv]
"""


@pytest.mark.parametrize(
    ("groups", "added"),
    [
        ('default-groups = ["dev", "prod"]', False),
        ('default-groups = "all"', False),
        ('default-groups = ["dev"]', True),
        ("", True),
    ],
)
def test_uvs_default_groups_are_dependencies(groups: str, added: bool) -> None:
    manifest = PROJECT.replace(', "gunicorn"', "") + GROUPS + groups
    assert ("server-added" in codes(plan({"pyproject.toml": manifest, **APP}))) is added


# --- what an install sees


def context_paths(files: Files) -> list[tuple[str, ...]]:
    """The paths of the context in each input of the install."""
    return [one.paths for one in step(plan({**files, **APP}), "install").inputs if isinstance(one, FromContext)]


INPUTS: list[tuple[str, Files, list[tuple[str, ...]]]] = [  # () are all sources
    ("pip", flask(), [("requirements.txt",)]),
    (
        "includes and constraints",
        flask("-r base.txt\n-c limits.txt\n", **{"base.txt": "flask\n--requirement more/web.txt\n", "limits.txt": "flask<4\n", "more/web.txt": "gunicorn\n-c ../limits.txt\n"}),
        [("requirements.txt", "base.txt", "more/web.txt", "limits.txt")],
    ),
    ("the app itself", flask("flask\ngunicorn\n-e .\n", **{"setup.py": ""}), [()]),
    ("the app itself, not editable", flask("flask\ngunicorn\n.[web]\n", **{"setup.py": ""}), [()]),
    ("a directory", flask("flask\ngunicorn\n./lib\n"), [()]),
    ("an editable from elsewhere", flask("flask\ngunicorn\n-e git+https://example.com/x.git#egg=x\n"), [("requirements.txt",)]),
    ("uv", {"pyproject.toml": PROJECT, "uv.lock": UV_LOCK}, [("pyproject.toml", "uv.lock", "uv.toml")]),
    ("uv, the project itself", {"pyproject.toml": PROJECT, "uv.lock": f'{UV_LOCK}source = {{ virtual = "." }}\n'}, [("pyproject.toml", "uv.lock", "uv.toml")]),
    ("uv with a directory", {"pyproject.toml": PROJECT, "uv.lock": f'{UV_LOCK}source = {{ editable = "lib" }}\n'}, [()]),
    ("Poetry with a directory", {"pyproject.toml": POETRY, "poetry.lock": '[package.source]\ntype = "directory"\nurl = "lib"\n'}, [()]),
    ("PDM with a directory", {"pyproject.toml": PROJECT, "pdm.lock": '[[package]]\nname = "x"\npath = "./lib"\n'}, [()]),
    ("Pipenv with a directory", {"Pipfile": PIPFILE, "Pipfile.lock": '{"default": {"x": {"path": "./lib", "editable": true}}}'}, [()]),
    ("a project's own list", {"pyproject.toml": PROJECT}, []),
    ("setup.py", {"setup.py": "setup()"}, [()]),
    ("uv, dependencies in the sources", {"pyproject.toml": f'[project]\nname = "shop"\ndynamic = ["version", "dependencies"]\n{BUILD}', "uv.lock": UV_LOCK}, [()]),
    ("dependencies in the sources", {"pyproject.toml": f'[project]\nname = "shop"\ndynamic = ["dependencies"]\n{BUILD}'}, [()]),
    ("uv, a version in the sources without a lockfile", {"pyproject.toml": f'[project]\nname = "shop"\ndynamic = ["version"]\ndependencies = ["flask", "gunicorn"]\n{BUILD}[tool.uv]\npackage = true\n'}, [()]),
    ("a version in the sources", {"pyproject.toml": f'{PROJECT.replace("version", "x")}dynamic = ["version"]\n{BUILD}', "uv.lock": UV_LOCK}, [("pyproject.toml", "uv.lock", "uv.toml")]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "paths"), [row[1:] for row in INPUTS], ids=[row[0] for row in INPUTS])
def test_an_install_sees_the_manifests_only_where_they_are_enough(files: Files, paths: list[tuple[str, ...]]) -> None:
    found = context_paths(files)
    assert [tuple(sorted(one)) for one in found] == [tuple(sorted(one)) for one in paths]


# --- the app's own package

PACKAGES: list[tuple[str, Files, bool]] = [
    ("no build system", {"pyproject.toml": PROJECT}, False),
    ("a build system", {"pyproject.toml": f"{PROJECT}{BUILD}"}, True),
    ("uv says it is none", {"pyproject.toml": f"{PROJECT}[tool.uv]\npackage = false\n{BUILD}", "uv.lock": UV_LOCK}, False),
    ("uv", {"pyproject.toml": f"{PROJECT}{BUILD}", "uv.lock": UV_LOCK}, True),
    ("PDM says it is none", {"pyproject.toml": f"{PROJECT}[tool.pdm]\ndistribution = false\n{BUILD}", "pdm.lock": ""}, False),
    ("Poetry", {"pyproject.toml": f"{POETRY}{BUILD}", "poetry.lock": ""}, True),
    ("Poetry says it is none", {"pyproject.toml": f"{POETRY}{BUILD}[tool.poetry.x]\n".replace('name = "shop"', 'name = "shop"\npackage-mode = false'), "poetry.lock": ""}, False),
    ("scripts", {"pyproject.toml": f'{PROJECT}[project.scripts]\nshop = "app:main"\n'}, True),
]  # fmt: skip


@pytest.mark.parametrize(("files", "installed"), [row[1:] for row in PACKAGES], ids=[row[0] for row in PACKAGES])
def test_the_app_is_installed_when_it_is_a_package(files: Files, installed: bool) -> None:
    found = plan({**files, **APP})
    names = [one.name for one in found.steps]
    assert names == (["install", "build"] if installed else ["install"])
    if installed:
        assert runs(found, "build")[0] == "pip install --editable ."
        assert "--no-deps" in step(found, "build").run[0].args


@pytest.mark.parametrize(
    ("text", "name", "requires", "python"),
    [
        ('setup(name="a", install_requires=["x>=1", "y"], python_requires=">=3.9")', "a", ["x>=1", "y"], ">=3.9"),
        ('import setuptools\nsetuptools.setup(name="a")', "a", [], ""),
        ('NAME = "a"\nNEEDS = ["x"]\nsetup(name=NAME, install_requires=NEEDS)', "a", ["x"], ""),
        ('setup(name=read(), install_requires=[*more(), "x"])', "", ["x"], ""),
        ("setup(**settings)", "", [], ""),
        ("not python (", "", [], ""),
        ("", "", [], ""),
    ],
)
def test_setup_py_is_read_without_running_it(text: str, name: str, requires: list[str], python: str) -> None:
    found = setup_files.read(DictTree({"setup.py": text}))
    assert (found.name, [one for one, _ in found.requires], found.python) == (name, requires, python)


def test_a_broken_setup_cfg_is_told_with_its_line() -> None:
    with pytest.raises(PlanError, match="setup\\.cfg") as problem:
        plan({"setup.cfg": "[options]\ninstall_requires = flask\nbroken\n[\n", **APP})
    assert str(problem.value).splitlines()[1].strip().startswith("setup.cfg:")


@pytest.mark.parametrize(
    ("text", "name", "extras"),
    [
        ("flask", "flask", ()),
        ("Flask_SQLAlchemy==3.1", "flask-sqlalchemy", ()),
        ("uvicorn[standard]>=0.30,<1", "uvicorn", ("standard",)),
        ("fastapi[all, Standard] ; python_version > '3.9'", "fastapi", ("all", "standard")),
        ("zope.interface", "zope-interface", ()),
        ("mine @ https://example.com/mine.whl", "mine", ()),
        ("https://example.com/mine.whl", None, ()),
        ("./lib", None, ()),
        ("git+https://example.com/x.git", None, ()),
        ("", None, ()),
    ],
)
def test_a_requirement(text: str, name: str | None, extras: tuple[str, ...]) -> None:
    found = requirements.parse(text)
    assert (found.name if found else None, found.extras if found else ()) == (name, extras)


HASHED = "flask==3.1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n# via x\ngunicorn==23.0 --hash=sha256:cc\n"


def test_hashes_and_continued_lines_are_read() -> None:
    found = requirements.read(DictTree({"requirements.txt": HASHED}), "requirements.txt")
    assert [(one.name, str(one.at)) for one in found.found] == [
        ("flask", "requirements.txt:1"),
        ("gunicorn", "requirements.txt:5"),
    ]


def test_an_added_server_is_installed_apart_from_hashed_requirements() -> None:
    found = plan(flask("flask==3.1.0 --hash=sha256:aa\n"))
    assert next(name for name in runs(found) if "-r " not in name).startswith("pip install gunicorn==")


def test_requirements_that_include_each_other_are_an_error() -> None:
    files = {"requirements.txt": "-r a.txt\nflask\n", "a.txt": "-r requirements.txt\ngunicorn\n"}
    with fails(PlanError, "requirements.txt", at="a.txt:1"):  # pip refuses it too
        requirements.read(DictTree(files), "requirements.txt")


# --- a version that is in the git history

DYNAMIC = '[project]\nname = "shop"\ndynamic = ["version"]\ndependencies = ["flask", "gunicorn"]\n'
VCS: list[tuple[str, dict[str, str | None], str]] = [  # pyproject.toml's rest, more files, the variable that is set
    ('[build-system]\nrequires = ["hatchling", "hatch-vcs>=0.4"]\n', {}, "SETUPTOOLS_SCM_PRETEND_VERSION"),
    ('[build-system]\nrequires = ["setuptools>=80", "setuptools_scm[toml]"]\n', {}, "SETUPTOOLS_SCM_PRETEND_VERSION"),
    (
        '[build-system]\nrequires = ["pdm-backend"]\n[tool.pdm.version]\nsource = "scm"\n',
        {"pdm.lock": ""},
        "PDM_BUILD_SCM_VERSION",
    ),
    ('[build-system]\nrequires = ["pdm-backend"]\n[tool.pdm.version]\nsource = "file"\n', {"pdm.lock": ""}, ""),
    ('[build-system]\nrequires = ["hatchling", "hatch-vcs"]\n', {".git": None}, ""),
    ('[build-system]\nrequires = ["hatchling"]\n', {}, ""),
    ("", {}, ""),
]


@pytest.mark.parametrize(("text", "more", "variable"), VCS)
def test_a_version_in_git_is_given_and_told(text: str, more: dict[str, str | None], variable: str) -> None:
    files = {"pyproject.toml": DYNAMIC + text, **APP, **more}
    found = plan(files)  # type: ignore[arg-type]
    assert codes(found) == (["version-from-git"] if variable else [])
    if variable:
        assert (variable, "0.0.0") in step(found, "build").env
        assert str(found.warnings[0].at).startswith("pyproject.toml:")
        assert f"BUILD_ENV_{variable}" in found.warnings[0].hint
        own = plan(files, build_env=((variable, "1.2"),))  # type: ignore[arg-type]
        assert codes(own) == []
        assert (variable, "0.0.0") not in step(own, "build").env


# --- the libraries of the system

LIBRARIES: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [  # requirements, build packages, run packages
    ("psycopg2==2.9", (), ()),  # the build image has libpq's headers; the extension names libpq
    ("psycopg2-binary", (), ()),
    ("psycopg", (), ("libpq5",)),
    ("psycopg[binary]", (), ()),
    ("python-ldap", ("libldap2-dev", "libsasl2-dev"), ()),
    ("numpy", (), ()),
    ("--no-binary numpy\nnumpy", ("gfortran", "libopenblas-dev", "pkg-config"), ()),
    ("--no-binary=:all:\nscipy", ("gfortran", "libopenblas-dev", "pkg-config"), ()),
    ("gitpython", (), ("git",)),
    ("pgqueuer[psycopg]", (), ("libpq5",)),
    ("psycopg-pool\npsycopg[binary]", (), ()),
    ("wand", (), ("libmagickwand-7.q16-10",)),
]


@pytest.mark.parametrize(("text", "build", "run"), LIBRARIES)
def test_system_libraries(text: str, build: tuple[str, ...], run: tuple[str, ...]) -> None:
    found = plan(flask(f"flask\ngunicorn\n{text}\n"))
    assert (found.steps[0].packages, found.runtime.packages) == (build, run)


def test_a_package_has_the_name_that_the_suite_gives_it() -> None:
    found = plan(flask("flask\ngunicorn\nwand\n", **{".python-version": "3.13.5"}))
    assert (found.runtime.base, found.runtime.packages) == ("python:3.13.5-slim-bookworm", ("libmagickwand-6.q16-6",))


def test_a_system_library_of_a_locked_package_is_there_too() -> None:
    lock = f'{UV_LOCK}[[package]]\nname = "python-ldap"\n'
    found = plan({"pyproject.toml": PROJECT, "uv.lock": lock, **APP})
    assert "libldap2-dev" in found.steps[0].packages


def test_weasyprint_gets_pango_at_run_time() -> None:
    found = plan(flask("flask\ngunicorn\nweasyprint\n"))
    assert "libpango-1.0-0" in found.runtime.packages
    assert step(found, "install").packages == ()


# --- the image


def test_the_image_is_the_slim_one_with_the_virtualenv_and_the_app_in_layers_of_their_own() -> None:
    found = plan(flask())
    assert (found.steps[0].base, found.runtime.base) == (ImageRef("python:3.13-trixie"), "python:3.13-slim-trixie")
    assert [layer.kind for layer in found.runtime.layers] == ["dependencies", "application"]
    env = dict(found.runtime.env)
    assert env["PATH"].startswith("/app/.venv/bin:")
    assert env["PYTHONUNBUFFERED"] == "1"


@pytest.mark.parametrize("pattern", ["**/.env", "**/__pycache__", "**/.git", ".venv", "venv", "tests", "**/.netrc"])
def test_what_never_ships(pattern: str) -> None:
    app = plan(flask()).runtime.layers[-1].inputs[0]
    assert isinstance(app, FromContext)
    assert pattern in app.exclude


@pytest.mark.parametrize(("requirements", "left_out"), [("flask\ngunicorn\n", True), ("gunicorn\n", False)])
def test_flasks_instance_directory_stays_out(requirements: str, left_out: bool) -> None:
    app = plan(flask(requirements)).runtime.layers[-1].inputs[0]
    assert isinstance(app, FromContext)
    assert ("instance" in app.exclude) is left_out
    kept = plan(flask(requirements), keep=("instance",)).runtime.layers[-1].inputs[0]
    assert isinstance(kept, FromContext)
    assert kept.exclude.index("!instance") > (kept.exclude.index("instance") if left_out else 0)


def test_a_lone_script_has_no_steps_and_no_virtualenv() -> None:
    found = plan({"main.py": "print(1)\n"})
    assert (found.steps, [layer.kind for layer in found.runtime.layers]) == ((), ["application"])
    assert "/app/.venv" not in dict(found.runtime.env).get("PATH", "")


def test_a_build_command_runs_on_the_installed_app() -> None:
    found = plan(flask(), build_command=Setting("python make.py 'a b' && echo done"))
    assert step(found, "build").base == StepRef("install")
    assert step(found, "build").run[0].args == ("/bin/sh", "-c", "python make.py 'a b' && exec echo done")


@pytest.mark.parametrize(
    ("source", "python", "installed"),
    [
        ("import pip\n", "3.13", ["pip"]),
        ("from pip._internal import main\n", "3.9", ["pip"]),
        ("import distutils.util\nimport pkg_resources\n", "3.13", ["setuptools<82"]),
        ("import pkg_resources\n", "3.11", []),
        ("try:\n    import pip\nexcept ImportError:\n    pip = None\n", "3.13", []),
        ("import pipes_of_mine\n# import pip\n", "3.13", []),
    ],
)
def test_what_the_sources_import_of_pythons_own_image_is_installed(
    source: str, python: str, installed: list[str]
) -> None:
    found = plan(flask(**{"shop/tools.py": source}), versions={"python": Setting(python)})
    named = [name.removeprefix("pip install ") for name in runs(found) if name.startswith("pip install ")]
    assert sorted(named) == sorted(("-r requirements.txt", *installed))
    told = [one for one in found.evidence if one.because.startswith("the sources import")]
    assert [(one.what, str(one.at)) for one in told] == [(one, "shop/tools.py:1") for one in installed]
    listed = plan(flask("flask\ngunicorn\npip\nsetuptools\n", **{"shop/tools.py": source}))
    assert not [one for one in listed.evidence if one.because.startswith("the sources import")]


NAMED_BY_PATH: list[tuple[str, str, bool]] = [
    ("pyproject.toml", '[project]\nname = "a"\ndependencies = ["dep @ file:///${PROJECT_ROOT}/libs/dep"]\n[tool.pdm]\n', True),
    ("pyproject.toml", '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\ndep = {path = "libs/dep"}\n', True),
    ("pyproject.toml", '[tool.poetry]\nname = "a"\n[tool.poetry.group.web.dependencies]\ndep = {path = "libs/dep"}\n', True),
    ("pyproject.toml", '[project]\nname = "a"\ndependencies = ["dep"]\n[tool.uv.sources]\ndep = {path = "libs/dep"}\n', True),
    ("pyproject.toml", '[project]\nname = "a"\ndependencies = ["dep"]\n[tool.uv.sources]\ndep = [{workspace = true}]\n', True),
    ("Pipfile", '[packages]\ndep = {path = "libs/dep", editable = true}\n', True),
    ("pyproject.toml", '[project]\nname = "a"\ndependencies = ["dep"]\n[tool.uv.sources]\ndep = {index = "own"}\n', False),
    ("pyproject.toml", '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\ndep = {version = "1"}\n', False),
    ("Pipfile", '[packages]\ndep = "*"\n', False),
]  # fmt: skip


@pytest.mark.parametrize(("manifest", "text", "whole"), NAMED_BY_PATH)
def test_without_a_lockfile_a_dependency_by_a_path_has_its_sources(manifest: str, text: str, whole: bool) -> None:
    found = plan({manifest: text, "main.py": "print(1)\n", "libs/dep/pyproject.toml": ""})
    copied = step(found, "install").inputs[0]
    assert isinstance(copied, FromContext)
    assert (copied.paths == ()) is whole


# --- a front end beside the app

VITE = json.dumps({"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}, indent=1)
NPM_LOCK = '{"lockfileVersion": 3, "packages": {}}'


@pytest.mark.parametrize("directory", ["", "frontend/", "client/", "ui/", "theme/"])
def test_a_front_end_is_built_first_and_its_output_ships(directory: str) -> None:
    files = flask(**{f"{directory}package.json": VITE, f"{directory}package-lock.json": NPM_LOCK})
    found = plan(files)
    assert [one.name for one in found.steps][:2] == ["front-end-install", "front-end-build"]
    shipped = found.runtime.layers[-1].inputs[0]
    assert getattr(shipped, "step", "") == "front-end-build"
    assert "**/node_modules" in getattr(shipped, "exclude", ())
    assert [version.tool for version in found.versions] == ["python", "node"]
    assert "front end" in [one.what for one in found.evidence]
    assert found.runtime.base.startswith("python:")


@pytest.mark.parametrize(
    ("serves", "built"),
    [
        ("static_folder='../react-app/build'", True),
        ("static_folder=os.path.join(HERE, 'react-app', 'dist')", True),
        ("static_folder='../my-react-app/build'", False),
        ("static_folder='static'", False),
    ],
)
def test_a_front_end_of_any_name_is_built_where_the_app_serves_its_build(serves: str, built: bool) -> None:
    app = f"import os\nfrom flask import Flask\napp = Flask(__name__, {serves})\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "app/__init__.py": app}
    found = plan({**files, "react-app/package.json": VITE, "react-app/package-lock.json": NPM_LOCK})
    assert (found.steps[0].name == "front-end-install") is built


def test_a_package_json_without_a_build_is_tooling() -> None:
    found = plan(flask(**{"package.json": '{"devDependencies": {"prettier": "3"}}'}))
    assert [one.name for one in found.steps] == ["install"]


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("./libs/greet", True),
        ("libs/greet", True),
        ("-e .", True),
        ("greet @ file:./libs/greet", True),
        ("vendor/greet-1.0-py3-none-any.whl", True),
        ("greet-1.0-py3-none-any.whl ; python_version > '3'", True),
        ("--find-links=wheels", True),
        ("-f https://example.com/wheels/", False),
        ("-e git+https://example.com/greet.git#egg=greet", False),
        ("greet @ https://example.com/greet-1.0-py3-none-any.whl", False),
        ("greet==1.0 --hash=sha256:00", False),
    ],
)
def test_a_requirement_that_is_a_path_is_installed_with_the_sources(line: str, local: bool) -> None:
    found = plan({"requirements.txt": f"flask\n{line}\n", "app.py": FLASK})
    copied = [one.paths for one in step(found, "install").inputs if isinstance(one, FromContext)]
    assert copied == [() if local else ("requirements.txt",)]


POETRY_CORE = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
MEALS = '[project]\nname = "meal-api"\nversion = "1"\ndependencies = ["flask"]\n'
PACKED: list[tuple[str, Files, bool]] = [  # files, whether the project itself is installed
    ("nothing to pack", {"pyproject.toml": f"{MEALS}{POETRY_CORE}[tool.poetry]\n"}, False),
    ("a package", {"pyproject.toml": f"{MEALS}{POETRY_CORE}[tool.poetry]\n", "meal_api/__init__.py": ""}, True),
    ("a module", {"pyproject.toml": f"{MEALS}{POETRY_CORE}[tool.poetry]\n", "meal_api.py": ""}, True),
    ("a package below src", {"pyproject.toml": f"{MEALS}{HATCHLING}", "src/meal_api/__init__.py": ""}, True),
    ("packages by name", {"pyproject.toml": f'{MEALS}{POETRY_CORE}[tool.poetry]\npackages = [{{include = "x"}}]\n', "x/__init__.py": ""}, True),
    ("packages by name that are not there", {"pyproject.toml": f'{MEALS}{POETRY_CORE}[tool.poetry]\npackages = [{{include = "x"}}]\n'}, False),
    ("nothing to pack, pip", {"pyproject.toml": f"{MEALS}{HATCHLING}"}, False),
    ("another build system", {"pyproject.toml": f'{MEALS}[build-system]\nbuild-backend = "setuptools.build_meta"\n'}, True),
]  # fmt: skip


@pytest.mark.parametrize(("files", "installed"), [row[1:] for row in PACKED], ids=[row[0] for row in PACKED])
def test_a_project_without_a_package_is_run_from_its_sources(files: Files, installed: bool) -> None:
    found = plan({"main.py": FLASK, **files})
    ran = [one.args for made in found.steps for one in made.run]
    assert any("--editable" in args for args in ran) is installed


def test_a_package_of_poetry_that_is_not_there_is_told_at_its_line() -> None:
    text = f'{MEALS}{POETRY_CORE}[tool.poetry]\npackages = [{{include = "shop", from = "lib"}}]\n'
    (doubt,) = [
        one for one in plan({"main.py": FLASK, "pyproject.toml": text}).warnings if one.code == "package-absent"
    ]
    assert "it is to have the package lib/shop, which is not there" in doubt.message
    assert str(doubt.at) == "pyproject.toml:9"


def test_an_empty_list_of_dependencies_installs_nothing() -> None:
    found = plan(
        {"main.py": "print(1)\n", "pyproject.toml": '[project]\nname = "tide"\nversion = "1"\ndependencies = []\n'}
    )
    assert runs(found) == []
    assert found.runtime.processes[0].args == ("python", "main.py")


SCM: list[tuple[str, str | None]] = [  # what setup() is given, the variable that gives the version
    ("use_scm_version=True", "SETUPTOOLS_SCM_PRETEND_VERSION"),
    ("use_scm_version={'root': '..'}", "SETUPTOOLS_SCM_PRETEND_VERSION"),
    ("pbr=True", "PBR_VERSION"),
    ("use_scm_version=False", None),
    ("version='1'", None),
]


@pytest.mark.parametrize(("argument", "variable"), SCM)
def test_a_version_that_setup_py_reads_from_git_is_given(argument: str, variable: str | None) -> None:
    setup = f"from setuptools import setup\nsetup(name='gauge', {argument}, install_requires=['flask'])\n"
    found = plan({"setup.py": setup, "gauge/__init__.py": FLASK})
    told = [(one.code, str(one.at)) for one in found.warnings if one.code == "version-from-git"]
    assert told == ([("version-from-git", "setup.py:2")] if variable else [])
    assert (variable in dict(step(found, "install").env)) is (variable is not None)


API = '[project]\nname = "api"\nversion = "1"\ndependencies = ["flask", "gunicorn", "money"]\n'
MONEY = {"libs/money/pyproject.toml": '[project]\nname = "money"\nversion = "1"\n', "libs/money/money.py": ""}
OUTSIDE: list[tuple[str, Files]] = [
    ("uv", {"pyproject.toml": f'{API}[tool.uv.sources]\nmoney = {{path = "../../libs/money", editable = true}}\n'}),
    ("Poetry", {"pyproject.toml": '[tool.poetry]\nname = "api"\n[tool.poetry.dependencies]\nflask = "*"\nmoney = {path = "../../libs/money"}\n'}),
    ("pip", {"requirements.txt": "flask\ngunicorn\n-e ../../libs/money\n"}),
    ("pip, by name", {"requirements.txt": "flask\ngunicorn\nmoney @ file:../../libs/money\n"}),
]  # fmt: skip


@pytest.mark.parametrize("own", [row[1] for row in OUTSIDE], ids=[row[0] for row in OUTSIDE])
def test_a_dependency_beside_the_app_is_built_and_ships_with_it(own: Files) -> None:
    files = {**MONEY, "services/api/app.py": FLASK, **{f"services/api/{name}": text for name, text in own.items()}}
    found = plan(files, "services/api")
    install = step(found, "install")
    assert install.dir == found.runtime.dir == "/app/services/api"
    assert [one.root for one in install.inputs if isinstance(one, FromContext)] == [""]
    assert [one.root for one in found.runtime.layers[-1].inputs if isinstance(one, FromContext)] == [""]


def test_a_dependency_beside_one_of_those_ships_too() -> None:
    more = {"libs/money/pyproject.toml": '[project]\nname = "money"\n[tool.uv.sources]\ncoin = {path = "../coin"}\n'}
    api = f'{API}[tool.uv.sources]\nmoney = {{path = "../libs/money"}}\n'
    files = {**MONEY, **more, "libs/coin/pyproject.toml": "", "api/pyproject.toml": api, "api/app.py": FLASK}
    assert plan(files, "api").runtime.dir == "/app/api"


def test_a_dependency_outside_of_the_context_is_an_error() -> None:
    text = error({"requirements.txt": "flask\n../lib\n", "app.py": FLASK})
    assert "the dependency ../lib is outside of the build context" in text
    assert "requirements.txt:2" in text
    assert "PROJECT_PATH" in text


@pytest.mark.parametrize("name", ["pywin32==306", "pywinpty", "pyobjc-core>=10"])
def test_a_package_of_another_system_is_an_error_at_its_line(name: str) -> None:
    text = error(flask(f"flask\n{name}\n"))
    assert "requirements.txt:2" in text
    assert "only" in text
    assert "sys_platform ==" in text


def test_a_package_of_another_system_with_its_marker_is_left_to_pip() -> None:
    plan(flask("flask\ngunicorn\npywin32; sys_platform == 'win32'\n"))


@pytest.mark.parametrize(
    ("options", "more", "env"),
    [
        ('exclude-newer = "2026-04-17T12:31:45Z"\nexclude-newer-span = "P1D"\n', {}, {"UV_EXCLUDE_NEWER": "P1D"}),
        ('exclude-newer = "2026-04-17T12:31:45Z"\n', {}, {"UV_EXCLUDE_NEWER": "2026-04-17T12:31:45Z"}),
        ('resolution-mode = "lowest"\n', {}, {"UV_RESOLUTION": "lowest"}),
        ('prerelease-mode = "allow"\n', {"uv.toml": 'prerelease = "allow"\n'}, {}),
        ("", {}, {}),
    ],
)
def test_uv_gets_the_options_of_its_lockfile(options: str, more: Files, env: dict[str, str]) -> None:
    lock = UV_LOCK.replace("[[package]]", f"[options]\n{options}\n[manifest]\nmembers = []\n\n[[package]]", 1)
    found = step(plan({"pyproject.toml": PROJECT, "uv.lock": lock, **APP, **more}), "install")
    names = ("UV_EXCLUDE_NEWER", "UV_RESOLUTION", "UV_PRERELEASE", "UV_FORK_STRATEGY")
    assert {name: value for name, value in found.env if name in names} == env
    own = PROJECT + '[tool.uv]\nexclude-newer = "1 day"\nresolution = "lowest"\n'
    stated = step(plan({"pyproject.toml": own, "uv.lock": lock, **APP, **more}), "install")
    assert not {name for name, _ in stated.env}.intersection(names)
