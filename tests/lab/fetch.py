"""Downloads over HTTP by Python itself: what the lab needs before it has any other tool."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import ssl
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

from tests.lab.place import CA_BUNDLE, LabError
from tests.lab.shared import FinalError, making, tried

TIMEOUT_S = 60
MIB = 1 << 20
GONE = (404, 410)  # asking again changes nothing


@cache
def trust(bundle: str | None) -> ssl.SSLContext:
    """Whom to trust: reading a bundle takes a tenth of a second."""
    return ssl.create_default_context(cafile=bundle)


def open_url(url: str) -> Any:
    """An HTTP answer. Proxies come from the environment, trust from SSL_CERT_FILE or the machine's bundle."""
    bundle = os.environ.get("SSL_CERT_FILE") or (str(CA_BUNDLE) if CA_BUNDLE.exists() else None)
    try:
        return urllib.request.urlopen(url, timeout=TIMEOUT_S, context=trust(bundle))
    except urllib.error.HTTPError as error:
        error.close()
        raise (FinalError if error.code in GONE else LabError)(f"HTTP {error.code} {error.reason}") from error


def fetched(url: str, target: Path, expected: tuple[str, str]) -> None:
    """Writes what is at `url` to `target`. Raises LabError when it is cut off, or its digest is not the expected one.

    `expected` is the name of a hash and the digest as hex, both "" where none is known.
    """
    algorithm, wanted = expected
    digest, size = hashlib.new(algorithm or "sha256"), 0
    with open_url(url) as answer, target.open("wb") as file:
        while part := answer.read(MIB):
            digest.update(part)
            size += file.write(part)
        length = answer.headers.get("Content-Length")
    if length is not None and size != int(length):
        raise LabError(f"the answer was cut off after {size} of {length} bytes")
    if wanted and digest.hexdigest() != wanted:
        raise LabError(f"it has {algorithm} {digest.hexdigest()}, expected {wanted}")


def integrity(text: str) -> tuple[str, str]:
    """The `integrity` of a package in npm's registry (`sha512-BASE64`) as hash and hex digest."""
    algorithm, _, encoded = text.partition("-")
    return algorithm, base64.b64decode(encoded).hex()


def download(url: str, target: Path, sha256: str = "", *, expected: tuple[str, str] = ("", "")) -> Path:
    """The file at `url`, kept at `target`. Raises LabError when it cannot be had or has another digest.

    Any number of threads and processes may ask for the same file: one downloads it.
    """
    if not target.exists():
        with making(target) as partial:
            if partial is not None:
                wanted = ("sha256", sha256) if sha256 else expected
                tried(f"download of {url}", lambda: fetched(url, partial, wanted))
    return target


def read_json(url: str) -> Any:
    """The JSON document at `url`. Raises LabError when it cannot be had."""

    def read() -> Any:
        with open_url(url) as answer:
            try:
                return json.loads(answer.read())
            except ValueError as error:
                raise LabError(f"no JSON: {error}") from error

    return tried(f"download of {url}", read)
