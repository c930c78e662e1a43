"""How the lab's BuildKit is configured."""

import tomllib
from pathlib import Path

from tests.lab import daemons
from tests.lab.place import Place
from tests.lab.recipe import HOSTS


def test_the_registry_is_the_mirror_of_each_that_has_stand_ins(tmp_path: Path) -> None:
    registries = tomllib.loads(daemons.buildkit_config(Place(tmp_path, tmp_path), 5000))["registry"]
    assert {name: registries[name]["mirrors"] for name in HOSTS} == {name: ["127.0.0.1:5000"] for name in HOSTS}
    assert registries["127.0.0.1:5000"] == {"http": True, "insecure": True}


def test_another_configuration_is_told_apart_from_that_of_a_running_buildkitd(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path)
    assert not daemons.is_configured(place, 5000, "buildkitd")
    place.lab.mkdir()
    (place.lab / "buildkitd.toml").write_text(daemons.buildkit_config(place, 5000))
    assert daemons.is_configured(place, 5000, "buildkitd")
    assert not daemons.is_configured(place, 5001, "buildkitd")
