"""Downloads over HTTP by Python itself: what the lab needs before it has any other tool."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import ssl
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.lab.place import CA_BUNDLE, LabError

ATTEMPTS = 4
TIMEOUT_S = 60
MIB = 1 << 20


def open_url(url: str) -> Any:
    """An HTTP answer. Proxies come from the environment, trust from SSL_CERT_FILE or the machine's bundle."""
    bundle = os.environ.get("SSL_CERT_FILE") or (str(CA_BUNDLE) if CA_BUNDLE.exists() else None)
    context = ssl.create_default_context(cafile=bundle)
    return urllib.request.urlopen(url, timeout=TIMEOUT_S, context=context)


def retried(url: str, target: Path) -> str:
    """Writes what is at `url` to `target`; its sha256 hex. Raises LabError after the last attempt."""
    for attempt in range(1, ATTEMPTS + 1):
        digest = hashlib.sha256()
        try:
            with open_url(url) as answer, target.open("wb") as file:
                while part := answer.read(MIB):
                    digest.update(part)
                    file.write(part)
            return digest.hexdigest()
        except (OSError, http.client.HTTPException) as error:
            if attempt == ATTEMPTS:
                raise LabError(f"cannot download {url}: {error}") from error
            time.sleep(attempt)
    raise AssertionError("the last attempt returns or raises")


def download(url: str, target: Path, sha256: str = "") -> Path:
    """The file at `url`, kept at `target`. Raises LabError when it cannot be had or has another sha256."""
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    found = retried(url, partial)
    if sha256 and found != sha256:
        partial.unlink()
        raise LabError(f"{url} has sha256 {found}, expected {sha256}")
    partial.replace(target)
    return target


def read_json(url: str) -> Any:
    """The JSON document at `url`. Raises LabError when it cannot be had."""
    try:
        with open_url(url) as answer:
            return json.load(answer)
    except OSError as error:
        raise LabError(f"cannot read {url}: {error}") from error
