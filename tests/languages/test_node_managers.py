"""Which package manager, in what version, and the doubts about lockfiles."""

from typing import Any

import pytest

from frontend.errors import PlanError, SourceError, VersionError
from frontend.plan.model import FromContext, FromStep, Plan
from tests.errors import fails
from tests.languages.node import LOCK, codes, plan, runs, step, tree

PNPM_9 = "lockfileVersion: '9.0'\n"
YARN_1 = "# yarn lockfile v1\n"
YARN_8 = "__metadata:\n  version: 8\n"


def of(files: dict[str, Any] | None = None, /, **fields: Any) -> Plan:
    """The plan of a small server with one dependency."""
    given = {"scripts": {"start": "node server.js"}, "dependencies": {"express": "5"}, **fields}
    return plan(tree({"server.js": "", **(files or {})}, **given))


def manager(found: Plan) -> tuple[str, str]:
    """The package manager and its version, as the plan lists it."""
    return next(((one.tool, one.value) for one in found.versions if one.tool != "node"), ("npm", ""))


CHOSEN: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str]]] = [
    ("nothing says so", {}, {}, ("npm", "")),
    ("npm's lockfile", {"package-lock.json": LOCK}, {}, ("npm", "")),
    ("pnpm's lockfile", {"pnpm-lock.yaml": PNPM_9}, {}, ("pnpm", "10.34.9")),
    ("pnpm's older lockfile", {"pnpm-lock.yaml": "lockfileVersion: '6.0'\n"}, {}, ("pnpm", "8.15.9")),
    ("yarn's lockfile", {"yarn.lock": YARN_1}, {}, ("yarn", "1.22.22")),
    ("a later yarn's lockfile", {"yarn.lock": YARN_8}, {}, ("yarn", "4.13.0")),
    ("bun's lockfile", {"bun.lock": '{"lockfileVersion": 1, "packages": {}}'}, {}, ("bun", "1.4.5")),
    (
        "packageManager before lockfile",
        {"package-lock.json": LOCK},
        {"packageManager": "pnpm@9.1.0"},
        ("pnpm", "9.1.0"),
    ),
    ("a hash", {"pnpm-lock.yaml": PNPM_9}, {"packageManager": "pnpm@10.1.0+sha512.abc"}, ("pnpm", "10.1.0")),
    ("a newer one than known", {"pnpm-lock.yaml": PNPM_9}, {"packageManager": "pnpm@99.0.0"}, ("pnpm", "99.0.0")),
    ("npm by packageManager", {"package-lock.json": LOCK}, {"packageManager": "npm@11.0.0"}, ("npm", "11.0.0")),
    ("engines", {"pnpm-lock.yaml": PNPM_9}, {"engines": {"pnpm": "^9"}}, ("pnpm", "9.15.9")),
    ("engines in full", {"pnpm-lock.yaml": PNPM_9}, {"engines": {"pnpm": "9.2.0"}}, ("pnpm", "9.2.0")),
    ("a line", {"pnpm-lock.yaml": PNPM_9}, {"packageManager": "pnpm@9"}, ("pnpm", "9.15.9")),
    ("a pre-release", {"pnpm-lock.yaml": PNPM_9}, {"packageManager": "pnpm@11.0.0-rc.1"}, ("pnpm", "11.0.0-rc.1")),
    ("blanks", {"pnpm-lock.yaml": PNPM_9}, {"engines": {"pnpm": ">= 9.0.0   < 10"}}, ("pnpm", "9.15.9")),
    ("an npm that Node.js does not bring", {"package-lock.json": LOCK}, {"engines": {"npm": "^10"}}, ("npm", "10.9.9")),
    ("no range of npm", {"package-lock.json": LOCK}, {"engines": {"npm": "please-use-npm"}}, ("npm", "")),
    (
        "a pnpm that an old Node.js runs",
        {"pnpm-lock.yaml": ""},
        {"engines": {"pnpm": ">=7", "node": "16"}},
        ("pnpm", "8.15.9"),
    ),
    ("engines that Node.js's npm satisfies", {"package-lock.json": LOCK}, {"engines": {"npm": ">=9"}}, ("npm", "")),
]


@pytest.mark.parametrize(("files", "fields", "expected"), [r[1:] for r in CHOSEN], ids=[r[0] for r in CHOSEN])
def test_the_manager_and_its_version(files: dict[str, Any], fields: dict[str, Any], expected: tuple[str, str]) -> None:
    assert manager(of(files, **fields)) == expected


def test_an_unknown_manager_is_an_error_at_its_line() -> None:
    with pytest.raises(PlanError, match='"cnpm@9"') as error:
        of(packageManager="cnpm@9")
    assert str(error.value.at).startswith("package.json:")


def test_a_range_that_no_known_version_satisfies_goes_to_the_registry_as_it_is() -> None:
    found = of({"pnpm-lock.yaml": PNPM_9}, engines={"pnpm": "11.5.x"})
    assert manager(found) == ("pnpm", "11.5.x")
    assert any("pnpm@11.5.x" in run.args for one in found.steps for run in one.run)


def test_a_text_that_is_no_range_of_a_manager_is_an_error_at_its_line() -> None:
    with fails(VersionError, '"nine"', "pnpm", at="package.json:10"):
        of({"pnpm-lock.yaml": PNPM_9}, engines={"pnpm": "nine"})


def test_npm_6_has_other_options() -> None:
    found = of({"package-lock.json": LOCK.replace("3", "2"), ".nvmrc": "14.21.3"})
    assert any("--production" in run.args and "--omit=dev" not in run.args for one in found.steps for run in one.run)


def test_yarn_2_skips_builds_by_another_option() -> None:
    found = of({"yarn.lock": YARN_8.replace("8", "4"), ".yarnrc.yml": "nodeLinker: node-modules\n"})
    assert ("yarn", "install", "--immutable", "--skip-builds") in [run.args for one in found.steps for run in one.run]


def test_a_second_lockfile_is_a_warning_with_file_and_line() -> None:
    found = of({"pnpm-lock.yaml": PNPM_9, "package-lock.json": LOCK})
    (warning,) = [one for one in found.warnings if one.code == "second-lockfile"]
    assert "package-lock.json" in warning.message
    assert str(warning.at) == "package-lock.json:1"


def test_bun_s_lockfile_wins_over_npm_s() -> None:
    found = of({"bun.lock": '{"lockfileVersion": 1, "packages": {}}', "package-lock.json": LOCK})
    assert manager(found)[0] == "bun"
    assert [str(one.at) for one in found.warnings] == ["package-lock.json:1"]


def test_the_wrong_lockfile_is_a_warning_and_not_enforced() -> None:
    found = of({"yarn.lock": YARN_1}, packageManager="npm@11.0.0")
    (wrong,) = [one for one in found.warnings if one.code == "second-lockfile"]
    assert "npm" in wrong.message
    assert str(wrong.at) == "yarn.lock:1"
    assert "no-lockfile" in codes(found)
    assert any(run.args[:2] == ("npm", "install") for one in found.steps for run in one.run)


ENFORCED: list[tuple[str, str, tuple[str, ...]]] = [
    ("package-lock.json", LOCK, ("npm", "ci")),
    ("pnpm-lock.yaml", PNPM_9, ("--frozen-lockfile",)),
    ("yarn.lock", YARN_1, ("--frozen-lockfile",)),
    ("bun.lock", '{"lockfileVersion": 1, "packages": {}}', ("--frozen-lockfile",)),
]


@pytest.mark.parametrize(("name", "text", "words"), ENFORCED)
def test_a_lockfile_is_enforced(name: str, text: str, words: tuple[str, ...]) -> None:
    found = of({name: text})
    installs = [run.args for one in found.steps for run in one.run if "install" in run.args or "ci" in run.args]
    assert any(set(words) <= set(args) for args in installs)
    assert codes(found) == []


def test_without_a_lockfile_the_install_is_loose_with_a_warning() -> None:
    found = of()
    assert codes(found) == ["no-lockfile"]
    assert not any("ci" in run.args for one in found.steps for run in one.run)


def test_development_dependencies_are_installed_for_the_build_only() -> None:
    """A lockfile without marks: a second install leaves them out."""
    found = of(
        {"package-lock.json": LOCK},
        scripts={"start": "node server.js", "build": "tsc"},
        devDependencies={"typescript": "5"},
    )
    args = [run.args for one in found.steps for run in one.run if run.args[:2] == ("npm", "ci")]
    assert sorted("--omit=dev" in one for one in args) == [False, True]
    dependencies = found.runtime.layers[0].inputs[0]
    production = step(found, getattr(dependencies, "step", ""))
    assert any("--omit=dev" in run.args for run in production.run)


@pytest.mark.parametrize(
    ("fields", "all_builds"),
    [
        ({}, True),
        ({"engines": {"pnpm": ">=9"}}, True),
        ({"engines": {"pnpm": ">=10"}}, False),
        ({"packageManager": "pnpm@10.1.0"}, False),
        ({"engines": {"pnpm": ">=9"}, "pnpm": {"onlyBuiltDependencies": ["x"]}}, False),
    ],
)
def test_install_scripts_run_where_the_project_allows_a_pnpm_that_runs_them(
    fields: dict[str, Any], all_builds: bool
) -> None:
    files = {"server.js": "", "pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}
    found = plan(tree(files, scripts={"start": "node server.js"}, dependencies={"a": "1"}, **fields))
    assert ("--config.dangerouslyAllowAllBuilds=true" in runs(found, "install")[0]) == all_builds


OLD: list[tuple[str, str, str, str, bool]] = [  # packageManager, lockfile, Node.js, the pnpm that is used, a warning
    ("", "5.3", "24", "7.33.7", False),
    ("", "5.1", "24", "7.33.7", False),
    ("pnpm@6.11.0", "5.3", "24", "7.33.7", True),
    ("pnpm@7.0.0", "5.4", "22", "7.33.7", True),
    ("pnpm@8.3.0", "6.0", "20", "8.15.9", True),
    ("pnpm@6.11.0", "5.3", "18", "6.11.0", False),
    ("pnpm@7.33.0", "5.4", "24", "7.33.0", False),
    ("pnpm@8.15.0", "6.0", "24", "8.15.0", False),
]


@pytest.mark.parametrize(("declared", "format", "node", "used", "warned"), OLD)
def test_a_pnpm_that_does_not_work_on_the_runtime_gives_way_to_one_that_keeps_its_lockfile(
    declared: str, format: str, node: str, used: str, warned: bool
) -> None:
    files = {"server.js": "", ".nvmrc": node, "pnpm-lock.yaml": f"lockfileVersion: {format}\n"}
    found = plan(tree(files, packageManager=declared, scripts={"start": "node server.js"}, dependencies={"a": "1"}))
    assert found.versions[1].value == used
    assert ("manager-replaced" in codes(found)) == warned


def test_yarn_checks_its_lockfile_where_only_production_is_installed() -> None:
    files = {"server.js": "", "yarn.lock": YARN_8}
    found = plan(tree(files, scripts={"start": "node server.js"}, dependencies={"a": "1"}))
    assert runs(found, "install") == [
        ("yarn", "install", "--immutable", "--mode=skip-build"),
        ("yarn", "workspaces", "focus", "--all", "--production"),
    ]


@pytest.mark.parametrize(
    ("files", "fields", "patch"),
    [
        ({"pnpm-lock.yaml": "lockfileVersion: '9.0'\n"}, {"pnpm": {"patchedDependencies": {"a@1": "fixes/a.patch"}}}, "fixes/a.patch"),
        ({"pnpm-lock.yaml": "", "pnpm-workspace.yaml": "patchedDependencies:\n  a@1: .p/a.patch\n"}, {}, ".p/a.patch"),
        ({"yarn.lock": YARN_8}, {"resolutions": {"a@npm:1": "patch:a@npm%3A1#~/fixes/a.patch"}}, "fixes/a.patch"),
        ({"bun.lock": '{"packages": {},}'}, {"patchedDependencies": {"a@1": "fixes/a.patch"}}, "fixes/a.patch"),
    ],
)  # fmt: skip
def test_an_install_has_the_patches_it_is_told_of(files: dict[str, Any], fields: dict[str, Any], patch: str) -> None:
    given = {**files, "server.js": "", patch: "diff"}
    found = plan(tree(given, scripts={"start": "node server.js"}, dependencies={"a": "1"}, **fields))
    (copied,) = [one for one in step(found, "install").inputs if isinstance(one, FromContext)]
    assert patch in copied.paths


@pytest.mark.parametrize("text", ["", "[]", "{", '{"packages": []}', "not json"])
def test_a_broken_lockfile_of_bun_is_told(text: str) -> None:
    app = tree({"server.js": "", "bun.lock": text}, scripts={"start": "node server.js"}, dependencies={"a": "1"})
    if text == '{"packages": []}':
        assert plan(app).language == "nodejs"
    else:
        with pytest.raises(SourceError, match="bun\\.lock"):
            plan(app)


RANGES: list[tuple[dict[str, Any], dict[str, str], tuple[str, str]]] = [  # lockfile, engines, manager and version
    ({"yarn.lock": YARN_1}, {"yarn": ">=1.22"}, ("yarn", "1.22.22")),
    ({"yarn.lock": YARN_1}, {"yarn": "*"}, ("yarn", "1.22.22")),
    ({"yarn.lock": YARN_8}, {"yarn": ">=3"}, ("yarn", "4.13.0")),
    ({"yarn.lock": YARN_8.replace("8", "5")}, {}, ("yarn", "3.1.1")),
    ({"yarn.lock": f"{YARN_8}\n  checksum: 10c0/abc\n"}, {}, ("yarn", "4.13.0")),
    ({"yarn.lock": f"{YARN_8}\n  checksum: abc\n"}, {}, ("yarn", "4.0.2")),
    ({"pnpm-lock.yaml": "lockfileVersion: '6.0'\n"}, {"pnpm": ">=8"}, ("pnpm", "8.15.9")),
    ({"pnpm-lock.yaml": "lockfileVersion: '6.0'\n"}, {"pnpm": ">=9"}, ("pnpm", "10.34.9")),
]


@pytest.mark.parametrize(("files", "engines", "expected"), RANGES, ids=[str(row[1:]) for row in RANGES])
def test_a_range_takes_the_version_that_keeps_the_lockfile(
    files: dict[str, Any], engines: dict[str, str], expected: tuple[str, str]
) -> None:
    version = of(files, engines=engines).versions[1]
    assert (version.tool, version.value) == expected


@pytest.mark.parametrize(
    ("spec", "refused"),
    [
        ("git+https://ghp_abc:x-oauth-basic@github.com/a/b.git", True),
        ("https://user:pass@example.com/a.tgz", True),
        ("git+https://sometoken@github.com/a/b.git", True),
        ("git+https://git@github.com/a/b.git", False),
        ("git+ssh://git@github.com/a/b.git", False),
        ("git+https://${TOKEN}@github.com/a/b.git", False),
        ("github:a/b", False),
        ("npm:other@^1", False),
    ],
)
def test_a_dependency_s_url_with_a_password_is_refused_at_its_line(spec: str, refused: bool) -> None:
    if not refused:
        assert of(dependencies={"a": spec}).language == "nodejs"
        return
    with fails(PlanError, "id=git-credentials", hides=("user:pass", "sometoken", "ghp_abc")):
        of(dependencies={"a": spec})


@pytest.mark.parametrize(
    ("name", "text", "secrets"),
    [
        (".npmrc", "//npm.example/:_authToken=${GITHUB_TOKEN}\n", ["GITHUB_TOKEN"]),
        (".npmrc", "//a/:_auth=${A}\n//b/:_password=${B-}\n//c/:_authToken=${NPM_TOKEN}\n", ["A", "B"]),
        (".npmrc", "registry=https://npm.example/\n", []),
        (".yarnrc.yml", 'npmAuthToken: "${OUR_TOKEN:-}"\n', ["OUR_TOKEN"]),
    ],
)
def test_each_variable_of_the_settings_is_a_secret_of_that_name(name: str, text: str, secrets: list[str]) -> None:
    found = plan(tree({name: text, "server.js": ""}, dependencies={"a": "1"}, scripts={"start": "node server.js"}))
    known = {"npmrc", "netrc", "npm-token", "yarnrc.yml"}
    given = step(found, "install").run[-1].secrets
    assert [(one.id, one.env) for one in given if one.id not in known] == [(one, one) for one in secrets]
    assert not any(one.required for one in given)


@pytest.mark.parametrize(
    ("files", "fields", "path"),
    [
        ({".yarnrc": 'yarn-path ".yarn/releases/yarn-1.22.22.cjs"\n', ".yarn/releases/yarn-1.22.22.cjs": ""}, {},
         ".yarn/releases/yarn-1.22.22.cjs"),
        ({".yarnrc": 'yarn-offline-mirror "./mirror"\n', "mirror/a.tgz": ""}, {}, "mirror"),
        ({"pnpm-workspace.yaml": "pnpmfile: build/hooks.cjs\n", "build/hooks.cjs": ""}, {}, "build/hooks.cjs"),
        ({"package-lock.json": LOCK, "libs/b/package.json": "{}"}, {"overrides": {"a": {"b": "file:libs/b"}}}, "libs/b"),
        ({"yarn.lock": "# yarn lockfile v1\n", "b/package.json": "{}"}, {"resolutions": {"b": "file:./b"}}, "b"),
        ({"pnpm-workspace.yaml": "overrides:\n  b: link:libs/b\n", "libs/b/package.json": "{}"}, {}, "libs/b"),
    ],
)  # fmt: skip
def test_an_install_sees_what_the_manager_reads(files: dict[str, Any], fields: dict[str, Any], path: str) -> None:
    found = plan(
        tree({"server.js": "", **files}, **fields, dependencies={"a": "1"}, scripts={"start": "node server.js"})
    )
    first = step(found, "install").inputs[0]
    assert isinstance(first, FromContext)
    assert path in first.paths


@pytest.mark.parametrize("build", [{}, {"build": "tsc"}])
def test_what_a_linked_package_depends_on_ships(build: dict[str, str]) -> None:
    files = {"package-lock.json": LOCK, "libs/ids/package.json": '{"dependencies": {"uuid": "3"}}', "server.js": ""}
    own = {"dependencies": {"ids": "file:./libs/ids"}, "devDependencies": {"typescript": "5"}}
    found = plan(tree(files, **own, scripts={"start": "node server.js", **build}))
    packages, application = found.runtime.layers
    assert [one.path for one in packages.inputs if isinstance(one, FromStep)] == [
        "/app/node_modules",
        "/app/libs/ids/node_modules",
    ]
    exclude = [p for one in application.inputs if isinstance(one, FromContext | FromStep) for p in one.exclude]
    assert {"libs/ids/node_modules", "**/node_modules"} & set(exclude)


def test_a_dependency_that_is_no_text_is_an_error_at_its_line() -> None:
    files = {"package.json": '{"scripts": {"start": "node a.js"},\n"dependencies": {\n"x": [{"y": "1"}]}}', "a.js": ""}
    with pytest.raises(PlanError, match="dependencies: x has no version: it is a list") as raised:
        plan(tree(files))
    assert str(raised.value.at) == "package.json:3"
    assert plan(tree({**files, ".nvmrc": "12"})).language == "nodejs"  # npm 6 leaves it out
