"""The platforms that images are built for, and how one that is none is told."""

from __future__ import annotations

import pytest

from frontend.errors import OptionError
from frontend.lower.platforms import own_platform, parse_platform


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("linux/amd64", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64/v2", "linux/amd64/v2"),
        ("amd64", "linux/amd64"),
        ("linux/x86_64", "linux/amd64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm64/8", "linux/arm64"),
        ("LINUX/ARM64", "linux/arm64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm64/v9", "linux/arm64/v9"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/arm/v6", "linux/arm/v6"),
        ("linux/armhf", "linux/arm/v7"),
        ("linux/armel", "linux/arm/v6"),
        ("linux/riscv64", "linux/riscv64"),
    ],
)
def test_platforms_have_one_normal_form(text: str, expected: str) -> None:
    assert parse_platform(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("linux/amd46", '"linux/amd46"', "linux/amd64"),
        ("linux/arm46", '"linux/arm46"', "linux/arm64"),
        ("amd46", '"amd46"', "linux/amd64"),
        ("windows/amd64", "", "linux/amd64"),
        ("lunix/arm64", "", "linux/arm64"),
        ("linux/arm64/v7", "v7", "linux/arm64/v8"),
        ("linux/", "", "linux/amd64"),
        ("linux/amd64/v1/x", "", "linux/amd64"),
        ("", "", "linux/amd64"),
    ],
)
def test_an_unknown_platform_is_told_with_the_nearest(text: str, message: str, hint: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_platform(text)
    error = caught.value
    assert message in error.message
    assert hint in error.hint


def test_linux_alone_is_the_builders_own_architecture() -> None:
    assert parse_platform("linux") == parse_platform(own_platform()) == own_platform()
