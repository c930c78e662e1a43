"""The account files of the image, written by the same script that runs in a build."""

import subprocess
from pathlib import Path

import pytest

from frontend.lower import account, script

NODE_PASSWD = "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/bin/sh\nnode:x:1000:1000::/home/node:/bin/bash\n"
NODE_GROUP = "root:x:0:\nadm:x:4:node,syslog\nsudo:x:27:node\nnode:x:1000:\n"
NODE_SHADOW = "root:*:20000:0:99999:7:::\nnode:!:20000:0:99999:7:::\n"


def rewritten(tmp_path: Path, files: dict[str, str]) -> Path:
    """The output directory of the script, run on a base with these files in /etc."""
    base, out = tmp_path / "base", tmp_path / "out"
    (base / "etc").mkdir(parents=True)
    out.mkdir()
    for name, text in files.items():
        (base / "etc" / name).write_text(text)
    if "shadow" in files:
        (base / "etc/shadow").chmod(0o640)
    text = account.ACCOUNTS.replace(script.BASE_DIR, str(base)).replace(script.OUT_DIR, str(out))
    # an owner other than oneself can only be set by root
    text = "\n".join(line for line in text.splitlines() if not line.startswith("chown"))
    subprocess.run(["/bin/sh", "-c", text], check=True)
    return out


def test_a_base_with_its_own_uid_1000(tmp_path: Path) -> None:
    out = rewritten(tmp_path, {"passwd": NODE_PASSWD, "group": NODE_GROUP, "shadow": NODE_SHADOW})
    assert (out / "etc/passwd").read_text() == (
        "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/bin/sh\nmiget:x:1000:1000:miget:/home/miget:/bin/sh\n"
    )
    assert (out / "etc/group").read_text() == "root:x:0:\nadm:x:4:syslog\nsudo:x:27:\nmiget:x:1000:\n"
    assert (out / "etc/shadow").read_text() == "root:*:20000:0:99999:7:::\nmiget:!:::::::\n"
    assert (out / "etc/shadow").stat().st_mode & 0o777 == 0o640


def test_a_base_without_accounts_gets_them(tmp_path: Path) -> None:
    out = rewritten(tmp_path, {})
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*")) == [
        "app",
        "etc",
        "etc/group",
        "etc/passwd",
        "home",
        "home/miget",
    ]
    assert (out / "etc/passwd").read_text() == "miget:x:1000:1000:miget:/home/miget:/bin/sh\n"
    assert (out / "etc/group").read_text() == "miget:x:1000:\n"


@pytest.mark.parametrize("line", ["miget:x:999:999::/nonexistent:/bin/false\n", "x:x:1000:5::/:/bin/sh\n"])
def test_the_name_and_the_number_are_both_taken_over(tmp_path: Path, line: str) -> None:
    out = rewritten(tmp_path, {"passwd": line, "group": ""})
    assert (out / "etc/passwd").read_text() == "miget:x:1000:1000:miget:/home/miget:/bin/sh\n"
