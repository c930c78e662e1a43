"""Scripts that a Dockerfile copies out of its WORKDIR: its command names them as the context has them."""

import pytest

from frontend.context.tree import DictTree
from frontend.deploy import dockerfile

HEAD = "FROM node:24\nWORKDIR /srv\nCOPY . .\n"
FILES = {
    "entrypoint.sh": "#!/bin/sh\n",
    "docker/start": "#!/usr/bin/env bash\n",
    "docker/run.sh": "",
    "bin/native": "\x7fELF",
    "server.js": "",
}
ROWS: list[tuple[str, str, str]] = [
    ("at the root", 'COPY entrypoint.sh /\nENTRYPOINT ["/entrypoint.sh"]', "./entrypoint.sh"),
    ("under another name", "COPY docker/run.sh /start.sh\nCMD /start.sh --now", "./docker/run.sh --now"),
    ("by its name",
     'COPY entrypoint.sh /usr/local/bin/\nENTRYPOINT ["entrypoint.sh"]\nCMD ["node", "server.js"]',
     "./entrypoint.sh node server.js"),
    ("without a suffix", 'COPY ["docker/start", "/usr/bin/start"]\nCMD ["sh", "/usr/bin/start"]', "sh ./docker/start"),
    ("of a pattern",
     'ARG FROM_DIR=docker\nCOPY --chmod=755 ${FROM_DIR}/*.sh /scripts/\nCMD ["/scripts/run.sh"]',
     "./docker/run.sh"),
    ("two", 'COPY entrypoint.sh docker/run.sh /\nENTRYPOINT ["/entrypoint.sh"]\nCMD ["/run.sh"]',
     "./entrypoint.sh ./docker/run.sh"),
    ("in the WORKDIR", 'COPY docker/run.sh ./run.sh\nCMD ["./run.sh"]', "./run.sh"),
    ("of another stage", 'COPY --from=build /entrypoint.sh /\nCMD ["/entrypoint.sh"]', "/entrypoint.sh"),
    ("a program", 'COPY bin/native /usr/bin/native\nCMD ["native"]', "native"),
    ("another name", 'COPY entrypoint.sh /opt/\nCMD ["entrypoint.sh"]', "entrypoint.sh"),
    ("outside of the context", 'COPY ../entrypoint.sh /\nCMD ["/entrypoint.sh"]', "/entrypoint.sh"),
    ("what is not there", 'COPY missing.sh /\nCMD ["/missing.sh"]', "/missing.sh"),
]  # fmt: skip


@pytest.mark.parametrize(("tail", "command"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_copied_script_is_the_one_of_the_context(tail: str, command: str) -> None:
    (found,) = dockerfile.read(DictTree({**FILES, "Dockerfile": f"{HEAD}{tail}\n"}), "Dockerfile")
    assert found.processes[0][1].text == command


def test_a_dockerfile_in_a_directory_names_what_its_app_has() -> None:
    files = {"api/run.sh": "", "run.sh": "", "api/Dockerfile": f'{HEAD}COPY run.sh /\nCMD ["/run.sh"]\n'}
    (found,) = dockerfile.read(DictTree(files), "api/Dockerfile")
    assert found.processes[0][1].text == "./run.sh"
