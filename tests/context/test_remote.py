"""Remote build contexts: which texts are which form."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Any, cast

import pytest

from frontend.context import remote
from frontend.context.remote import Git, is_archive, parse_git
from frontend.errors import GatewayError, OptionError
from frontend.settings.options import BuildOptions
from tests.errors import fails

if TYPE_CHECKING:
    from frontend.gateway.client import Gateway


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://host/a/b.git", Git("https://host/a/b.git")),
        ("https://host/a/b.git#main", Git("https://host/a/b.git", "main")),
        ("https://host/a/b.git#feat/x:sub/dir", Git("https://host/a/b.git", "feat/x", "sub/dir")),
        ("https://host/a/b.git#:sub", Git("https://host/a/b.git", "", "sub")),
        ("git://host/a", Git("git://host/a")),
        ("ssh://git@host:22/a", Git("ssh://git@host:22/a")),
        ("git@host:a/b.git#v1", Git("git@host:a/b.git", "v1")),
        ("github.com/a/b", Git("github.com/a/b")),
        ("https://h/r.git?branch=x", Git("https://h/r.git", "refs/heads/x")),
        ("https://h/r.git?tag=v1&subdir=d", Git("https://h/r.git", "refs/tags/v1", "d")),
        ("https://h/r.git?ref=abc&checksum=def", Git("https://h/r.git", "abc", checksum="def")),
        ("https://h/r.git?commit=def", Git("https://h/r.git", checksum="def")),
        ("https://h/r.git?submodules=false", Git("https://h/r.git", skip_submodules=True)),
        ("https://h/r.git?keep-git-dir", Git("https://h/r.git", keep_git_dir=True)),
        (
            "https://h/r.git?mtime=commit&fetch-by-commit=1",
            Git("https://h/r.git", mtime="commit", fetch_by_commit=True),
        ),
    ],
)
def test_git_urls(text: str, expected: Git) -> None:
    assert parse_git(text) == expected


@pytest.mark.parametrize(
    "text",
    ["https://host/a.tar.gz", "http://h/x?y=z.git", "./a.git", "../a", "/abs/a.git", "docker-image://a", "a", ""],
)
def test_other_texts_are_no_git_urls(text: str) -> None:
    assert parse_git(text) is None


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("brunch=x", '"brunch"'),
        ("ref=", '"ref"'),
        ("ref=a&ref=b", '"ref"'),
        ("branch=a&tag=b", '"refs/tags/b"'),
        ("mtime=now", "mtime"),
        ("submodules=maybe", "submodules"),
    ],
)
def test_a_malformed_query_is_an_error(query: str, named: str) -> None:
    with fails(OptionError, named):
        parse_git(f"https://h/r.git?{query}")


def test_a_conflict_of_query_and_fragment_is_an_error() -> None:
    with fails(OptionError, '"a"', '"b"'):
        parse_git("https://h/r.git?subdir=a#x:b")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_archives_are_known_by_their_first_bytes(mode: str) -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=cast("Any", mode)) as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    assert is_archive(data.getvalue()[:1024])


@pytest.mark.parametrize("head", [b"", b"FROM x", b"{}", b"PK\x03\x04"])
def test_other_files_are_no_archives(head: bytes) -> None:
    assert not is_archive(head)


class FakeGateway:
    session_id = "s"

    def inputs(self) -> dict[str, bytes]:
        return {"base": b""}


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("nothing", ('"nothing"',)),
        ("target:x", ('"target:x"',)),
        (
            "input:bas",
            (
                '"bas"',
                "base?",
            ),
        ),
        (
            "oci-layout://store",
            (
                '"store"',
                "sha256",
            ),
        ),
        ("oci-layout://Foo@sha256:12", ('"oci-layout://Foo@sha256:12"',)),
        ("https://host:port/x.git", ('"https://host:port/x.git"',)),
        ("https://host/%zz.git", ('"https://host/%zz.git"',)),
        ("https://user:s3cr3t@host/r.git", ("--secret id=GIT_AUTH_TOKEN",)),
        ("https://ghp_s3cr3ts3cr3ts3cr3ts3cr3t@host/r.git", ("--secret id=GIT_AUTH_TOKEN",)),
        (
            "https://host/r.git?brunch=s3cr3t",
            (
                '"brunch"',
                "branch?",
            ),
        ),
        ("nothing?token=s3cr3t", ('"nothing?token=',)),
    ],
)
def test_a_context_that_is_none_is_an_error(value: str, named: tuple[str, ...]) -> None:
    with fails(OptionError, *named, "hint: ", hides=("s3cr3t",)):
        remote.load(cast("Gateway", FakeGateway()), BuildOptions(), value)


def test_a_local_is_told_by_its_name() -> None:
    assert remote.local_name("local:src") == "src"
    assert remote.local_name("docker-image://local") is None


def test_the_query_keys_are_listed_once() -> None:
    with pytest.raises(OptionError) as caught:
        parse_git("https://h/r.git?zzzzzz=1")
    listed = caught.value.hint.removeprefix("known: ").split(", ")
    assert len(listed) == len(set(listed))


def test_what_buildkit_says_of_a_context_is_told_without_its_token() -> None:
    url = "https://h/a.tar.gz?private_token=s3cr3t"
    told = remote.not_loaded(url, GatewayError(f'get "{url}": refused', code=2, status=b"with s3cr3t"))
    assert "s3cr3t" not in told.message
    assert "refused" in told.message
    assert told.status == b""
    plain = remote.not_loaded("https://h/a.tar.gz", GatewayError("refused", status=b"details"))
    assert plain.status == b"details"


def test_a_step_is_not_named_by_a_token() -> None:
    state = remote.load(cast("Gateway", FakeGateway()), BuildOptions(), "https://h/r.git?ref=a#:b?token=s3cr3t")
    names = [meta.description.get("llb.customname", "") for meta in state.marshal().metadata.values()]
    assert any("load git source" in name for name in names)
    assert not any("s3cr3t" in name for name in names)
