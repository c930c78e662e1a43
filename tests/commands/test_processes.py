"""Procfile and RUN_COMMAND -> the processes of the image."""

import pytest

from frontend.commands import process
from frontend.context.tree import DictTree, SourceTree
from frontend.errors import BuildError, ConfigError, Location, OptionError, PlanError
from frontend.plan.model import Process
from frontend.settings.model import Setting, Settings
from tests.errors import fails


def named(tree: SourceTree, settings: Settings | None = None) -> tuple[Process, ...]:
    """The processes of an app's directory."""
    return tuple(process.process(*entry) for entry in process.read(tree, settings or Settings()))


def test_a_procfile_with_web_first_whatever_the_order() -> None:
    tree = DictTree({"Procfile": "worker: node worker.js\r\n# a comment\r\n\r\nweb: node server.js\r\n"})
    assert named(tree) == (
        Process("web", ("node", "server.js"), at=Location("Procfile", 4)),
        Process("worker", ("node", "worker.js"), at=Location("Procfile", 1)),
    )


def test_run_command_replaces_web_and_keeps_the_workers() -> None:
    tree = DictTree({"Procfile": "web: a\nworker-2: b $X"})
    processes = named(tree, Settings(run_command=Setting("node main.js", "build-arg")))
    assert [p.name for p in processes] == ["web", "worker-2"]
    assert processes[0].args == ("node", "main.js")
    assert processes[1].args == ("/bin/sh", "-c", "exec b $X")
    assert processes[1].shell


def test_without_web_the_language_decides() -> None:
    assert [p.name for p in named(DictTree({"Procfile": "release: ./migrate"}))] == ["release"]
    assert named(DictTree({"a.js": ""})) == ()


def test_an_image_of_one_process_starts_it_where_there_is_no_web() -> None:
    tree = DictTree({"Procfile": "clock: node clock.js\nworker: node worker.js"})
    assert [(p.name, p.args[1]) for p in named(tree, Settings(target="worker"))] == [
        ("web", "worker.js"),
        ("clock", "clock.js"),
        ("worker", "worker.js"),
    ]
    assert [p.name for p in named(tree, Settings(target="web"))] == ["clock", "worker"]
    tree = DictTree({"Procfile": "web: node a.js\nworker: node worker.js"})
    assert named(tree, Settings(target="worker")) == named(tree)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web:\tnode a.js\n", {"web": ("node", "a.js")}),
        ("\tweb: node a.js\n  \n \t# b: c\n", {"web": ("node", "a.js")}),
        ("\ufeffweb: node a.js", {"web": ("node", "a.js")}),
        ("web: node a.js # serves\r\nworker_2: node b.js\r\n", {"web": ("node", "a.js"), "worker_2": ("node", "b.js")}),
        ("web: node a.js\r2nd-worker: node b.js\r", {"web": ("node", "a.js"), "2nd-worker": ("node", "b.js")}),
        ("web: node a.js\u2028worker: b", {"web": ("node", "a.js\u2028worker:", "b")}),
        ("web: node a.js\x0cworker: b", {"web": ("node", "a.js\x0cworker:", "b")}),
        ("release: ./m\nweb: node 'a b.js'\n", {"web": ("node", "a b.js"), "release": ("./m",)}),
        ('web: ["node", "a.js"]\n', {"web": ("node", "a.js")}),
        ("web: bash -c 'node a.js && node b.js'\n", {"web": ("/bin/sh", "-c", "node a.js && exec node b.js")}),
        ("web: sh -c 'node a.js'\n", {"web": ("node", "a.js")}),
        ('web: exec bash -c "node a.js $A"\n', {"web": ("/bin/sh", "-c", "exec node a.js $A")}),
        ("web: bash -c '[[ -f x ]] && node a.js'\n", {"web": ("bash", "-c", "[[ -f x ]] && node a.js")}),
        ("web: bash -c 'node {a,b}.js'\n", {"web": ("bash", "-c", "node {a,b}.js")}),
        ("web: sh -ec 'node a.js; node b.js'\n", {"web": ("sh", "-ec", "node a.js; node b.js")}),
        ("web: bash -lc 'node a.js'\n", {"web": ("node", "a.js")}),
        ("web: bash -lc 'node {a,b}.js'\n", {"web": ("bash", "-c", "node {a,b}.js")}),
        ("web: sh -c 'node $0' a.js\n", {"web": ("sh", "-c", "node $0", "a.js")}),
        ("", {}),
        ("# web: node a.js\n", {}),
    ],
)
def test_the_lines_of_a_procfile(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert {one.name: one.args for one in named(DictTree({"Procfile": text}))} == expected


def test_the_environment_of_web_and_of_a_worker() -> None:
    tree = DictTree({"Procfile": "web: A=1 node a\nworker: B=2 node b"})
    assert process.web_env(process.read(tree, Settings())) == (("A", "1"),)
    assert [p.args for p in named(tree)] == [("node", "a"), ("env", "B=2", "node", "b")]


def test_a_procfile_in_the_directory_of_the_app() -> None:
    tree = DictTree({"api/Procfile": "web: node api.js", "Procfile": "web: node root.js"})
    assert named(tree.under("api")) == (Process("web", ("node", "api.js"), at=Location("api/Procfile", 1)),)


@pytest.mark.parametrize(
    ("text", "shown", "line"),
    [
        ("web node server.js", "web node server.js", 1),
        ("web: a\nweb: b", '"web"', 2),
        ("\nweb:", "", 2),
        ("a b: c", "a b: c", 1),
        ("web: a\nhélène: b", "hélène: b", 2),
        ("web: a\nwork.er: b", "work.er: b", 2),
        ("web: node \\\n  a.js", "a.js", 2),
        ("worker: a\nweb: node 'a.js", "unclosed '", 2),
        ("worker: a\nweb: node $(cat a", "unclosed $(", 2),
        ("worker: a\nweb: (node a.js", "unclosed (", 2),
        ("worker: a\nweb: if true; then node a.js", "unclosed if", 2),
        ("worker: a\nweb: case $A in b) node a.js", "unclosed case", 2),
        ("worker: a\nweb: node a.js &&", "ends in &&", 2),
        ("worker: a\nweb: node a.js |", "ends in |", 2),
        ("worker: a\nweb: node a\0.js", "NUL", 2),
        ("worker: a\nweb: node " + "a" * (1 << 20), "1,048,582 bytes", 2),
        ('x: y\nweb: ["node", "a.js", 8080]', "8080", 2),
    ],
)
def test_a_malformed_line_is_named(text: str, shown: str, line: int) -> None:
    with fails(PlanError, shown, at=f"Procfile:{line}"):
        named(DictTree({"Procfile": text}))


@pytest.mark.parametrize(
    ("command", "variable"),
    [
        ("DB_PASSWORD=s3cr3t-value node server.js", "DB_PASSWORD"),
        ("node x && API_TOKEN=s3cr3t-value node $Y", "API_TOKEN"),
        ("bash -c 'API_TOKEN=s3cr3t-value node x'", "API_TOKEN"),
        ('["env", "API_TOKEN=s3cr3t-value", "node"]', "API_TOKEN"),
        ("node server.js --db postgres://u:s3cr3t-value@h/d", ""),
    ],
)
def test_a_secret_in_a_procfile_is_refused_without_being_shown(command: str, variable: str) -> None:
    with fails(PlanError, variable, " 2", "--secret", at="Procfile", hides=("s3cr3t",)):
        named(DictTree({"Procfile": f"a: b\nweb: {command}"}))  # no line as its place, for no client to print it


@pytest.mark.parametrize(
    ("setting", "kind", "names"),
    [
        (Setting("A=1 DB_PASSWORD=s3cr3t-value make", "build-arg"), OptionError, ("BUILD_COMMAND",)),
        (
            Setting("DB_PASSWORD=s3cr3t-value make", "config", Location("migetpacks.yaml", 3)),
            ConfigError,
            ("build_command", " 3"),
        ),
    ],
)
def test_a_secret_in_a_setting_is_refused_without_being_shown(
    setting: Setting, kind: type[BuildError], names: tuple[str, ...]
) -> None:
    at = "migetpacks.yaml" if setting.at else ""
    with fails(kind, "DB_PASSWORD", "--secret", *names, at=at, hides=("s3cr3t",)):
        process.of_setting("build_command", setting)
