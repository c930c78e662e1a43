"""What is particular to images of .NET apps: their port, what is in them, and what a change rebuilds."""

import json
import shutil
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.e2e.apps import Built, app, build, started
from tests.e2e.conftest import Images
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e
SOURCES = (".cs", ".fs", ".vb", ".csproj", ".fsproj", ".vbproj", ".sln", ".slnx", ".pdb")


@pytest.mark.parametrize(
    "name", ["dotnet-web", "dotnet-webhost", "dotnet-procfile", "dotnet-kestrel", "dotnet-use-urls"]
)
def test_the_port_is_that_of_the_running_container(name: str, images: Images, engine: Engine) -> None:
    built = images.of(app(name))
    with started(engine, built.reference, "--env=PORT=7000", port=7000) as container:
        assert container.get("/").status == 200


@pytest.mark.parametrize("variable", ["ASPNETCORE_URLS=http://+:9000", "ASPNETCORE_HTTP_PORTS=9000"])
def test_the_variables_of_asp_net_core_win(variable: str, images: Images, engine: Engine) -> None:
    built = images.of(app("dotnet-web"))
    with started(engine, built.reference, f"--env={variable}", port=9000) as container:
        assert container.get("/").status == 200


def test_an_app_starts_where_nothing_at_all_can_be_written(images: Images, engine: Engine) -> None:
    built = images.of(app("dotnet-web"))
    with started(engine, built.reference, "--read-only", "--cap-drop=ALL", hardened=False) as container:
        assert container.get("/").status == 200


def test_only_what_was_published_is_in_the_image(images: Images, engine: Engine) -> None:
    built = images.of(app("dotnet-solution"))
    with started(engine, built.reference) as container:
        names = engine.docker("exec", container.id, "find", "/app", "-type", "f").stdout.split()
        assert container.get("/").text == "Acme.Shop.Api 3.2.1", "a linked file, and a version of an imported one"
    assert "/app/Acme.Shop.Api.dll" in names
    assert [name for name in names if name.endswith(SOURCES)] == []
    assert not {"/app/appsettings.Development.json", "/app/web.config"} & set(names)


def test_a_package_decides_the_image_where_it_needs_asp_net_core(images: Images, engine: Engine) -> None:
    built = images.of(app("dotnet-worker"))
    names = [image["name"] for image in built.result["base_images"]]
    assert "mcr.microsoft.com/dotnet/aspnet:10.0-noble" in names
    with started(engine, built.reference) as container:
        assert container.get("/").text.startswith("beat 1")


def layers(lab: Lab, built: Built) -> list[str]:
    """The digests of an image's layers, from the base up."""
    out = lab.engine().docker("image", "inspect", "-f", "{{json .RootFS.Layers}}", built.reference).stdout
    found: list[str] = json.loads(out)
    return found


def test_a_changed_line_changes_the_layer_of_the_app_alone(
    images: Images, lab: Lab, engine: Engine, tmp_path: Path
) -> None:
    one = app("dotnet-solution")
    before = layers(lab, images.of(one))
    changed = tmp_path / one.name
    shutil.copytree(one.directory, changed)
    source = changed / "src/Shop.Core/Prices.cs"
    source.write_text(source.read_text().replace("0.4", "0.5"))
    built = build(lab, changed, name=f"{one.name}-changed")
    engine.docker("pull", "-q", built.reference)
    after = layers(lab, built)
    assert [old != new for old, new in zip(before, after, strict=True)] == [False] * (len(after) - 1) + [True]
    assert not any(step.startswith(("[restore]", "[projects]")) for step in built.steps_run), built.steps_run


def test_an_sdk_that_does_not_exist_is_an_error_at_its_line(context: Path, lab: Lab) -> None:
    shutil.copytree(app("dotnet-web").directory, context, dirs_exist_ok=True)
    (context / "global.json").write_text('{\n  "sdk": {\n    "version": "99.0.100"\n  }\n}\n')
    with pytest.raises(CalledProcessError) as error:
        build(lab, context, name="dotnet-no-such-sdk")
    assert "99.0.100" in error.value.stderr
    assert "global.json:3" in error.value.stderr
