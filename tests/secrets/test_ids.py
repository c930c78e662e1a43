"""The build secrets users know."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from frontend import languages
from frontend.plan.model import SecretMount
from frontend.secrets import ids


@pytest.mark.parametrize(
    ("name", "known"),
    [("NPM_TOKEN", "npmrc"), ("PIP_PASSWORD", "pip.conf"), ("GITHUB_TOKEN", "git-credentials"), ("X_KEY", "npmrc")],
)
def test_the_hint_names_a_secret_to_give_it_by(name: str, known: str) -> None:
    assert f"--secret id={known}" in ids.how_to_give(name)


def test_every_secret_a_language_mounts_is_a_known_one() -> None:
    mounted: set[str] = set()
    for found in pkgutil.walk_packages(languages.__path__, "frontend.languages."):
        values = vars(importlib.import_module(found.name)).values()
        mounted |= {value.id for value in values if isinstance(value, SecretMount)}
    assert "npmrc" in mounted
    assert mounted <= set(ids.IDS)
