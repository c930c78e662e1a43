"""Procfile and RUN_COMMAND -> the processes of the image."""

import pytest

from frontend.commands import process
from frontend.context.tree import DictTree, SourceTree
from frontend.errors import BuildError, ConfigError, Location, OptionError, PlanError
from frontend.plan.model import Process
from frontend.settings.model import Setting, Settings


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


def test_the_environment_of_web_and_of_a_worker() -> None:
    tree = DictTree({"Procfile": "web: A=1 node a\nworker: B=2 node b"})
    assert process.web_env(process.read(tree, Settings())) == (("A", "1"),)
    assert [p.args for p in named(tree)] == [("node", "a"), ("env", "B=2", "node", "b")]


def test_a_procfile_in_the_directory_of_the_app() -> None:
    tree = DictTree({"api/Procfile": "web: node api.js", "Procfile": "web: node root.js"})
    assert named(tree.under("api")) == (Process("web", ("node", "api.js"), at=Location("api/Procfile", 1)),)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("web node server.js", "this line is not NAME: COMMAND: web node server.js", 1),
        ("web: a\nweb: b", 'the process "web" is named twice', 2),
        ("\nweb:", "the command is empty", 2),
        ("a b: c", "this line is not NAME: COMMAND: a b: c", 1),
        ('x: y\nweb: ["node", "a.js", 8080]', "the command is a list with 8080 in it, which is not a text", 2),
    ],
)
def test_a_malformed_line_is_named(text: str, message: str, line: int) -> None:
    with pytest.raises(PlanError) as caught:
        named(DictTree({"Procfile": text}))
    assert (caught.value.message, caught.value.at) == (message, Location("Procfile", line))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("DB_PASSWORD=s3cr3t-value node server.js", "the variable DB_PASSWORD looks like a secret"),
        ("node x && API_TOKEN=s3cr3t-value node $Y", "the variable API_TOKEN looks like a secret"),
        ("bash -c 'API_TOKEN=s3cr3t-value node x'", "the variable API_TOKEN looks like a secret"),
        ('["env", "API_TOKEN=s3cr3t-value", "node"]', "the variable API_TOKEN looks like a secret"),
        ("node server.js --db postgres://u:s3cr3t-value@h/d", "this command holds a secret"),
    ],
)
def test_a_secret_in_a_procfile_is_refused_without_being_shown(command: str, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        named(DictTree({"Procfile": f"a: b\nweb: {command}"}))
    assert caught.value.message == f"{message}; an image and its history are readable (line 2)"
    assert caught.value.at == Location("Procfile"), "no line, for no client to print it"
    assert "s3cr3t" not in str(caught.value)
    assert "--secret" in caught.value.hint


@pytest.mark.parametrize(
    ("setting", "kind", "message"),
    [
        (
            Setting("A=1 DB_PASSWORD=s3cr3t-value make", "build-arg"),
            OptionError,
            "the variable DB_PASSWORD in the build-arg BUILD_COMMAND looks like a secret; "
            "build-args are recorded in the image's provenance",
        ),
        (
            Setting("DB_PASSWORD=s3cr3t-value make", "config", Location("migetpacks.yaml", 3)),
            ConfigError,
            "the variable DB_PASSWORD in build_command looks like a secret; "
            "an image and its history are readable (line 3)",
        ),
    ],
)
def test_a_secret_in_a_setting_is_refused_without_being_shown(
    setting: Setting, kind: type[BuildError], message: str
) -> None:
    with pytest.raises(kind) as caught:
        process.of_setting("build_command", setting)
    assert caught.value.message == message
    assert caught.value.at == (Location("migetpacks.yaml") if setting.at else None)
    assert "s3cr3t" not in str(caught.value)
    assert "--secret" in caught.value.hint
