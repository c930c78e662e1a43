"""A RubyGems registry with the gems of Debian's packages: made once per machine, served to builds as a mirror is.

Its gems are trixie's, which has the Ruby of the stand-in, and pure ones of other suites. To install one with an
extension takes a compiler and the headers of its libraries, as anywhere; but the extension itself is Debian's.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.lab import daemons, state
from tests.lab.place import HERE, Place
from tests.lab.progress import Line
from tests.lab.shared import making, tried, write_text

RECIPES = HERE / "gems"
DAEMON = "gems"
# As on a machine whose Ruby is the official image's: Debian's calls its platform x86_64-linux-gnu.
LOCK = """\
FROM docker.io/library/ruby:3.3-trixie AS locked
WORKDIR /app
COPY . .
RUN --mount=type=secret,id=bundle-config,target=/root/.bundle/config,mode=0444 \\
    rm -f Gemfile.lock && bundle lock --add-platform ruby x86_64-linux && bundle lock --remove-platform x86_64-linux-gnu
FROM scratch
COPY --from=locked /app/Gemfile.lock /
"""


def url(place: Place) -> str:
    """Where it is served."""
    return f"http://127.0.0.1:{state.read(place).gems}"


def bundle_config(place: Place) -> Path:
    """A file of Bundler's settings that has it take gems from there, whatever the Gemfile names."""
    return place.lab / "bundle-config"


def is_up(place: Place) -> bool:
    """Whether it answers."""
    return bool(daemons.find_daemon(place, DAEMON)) and daemons.answers(f"{url(place)}/names")


def ensure(place: Place, buildctl: Callable[..., subprocess.CompletedProcess[str]], line: Line) -> None:
    """Sees to it that it is made and served. Raises LabError when it is not."""
    root, files = place.lab / DAEMON, directory(place)
    if not files.exists():
        make(place, buildctl)
    elif is_up(place):
        line.reuse()
    if root.is_symlink() and root.readlink() != files:  # builds keep gems that have the same names and other checksums
        buildctl("prune", "--filter=type==exec.cachemount,description~=vendor/bundle")
    root.unlink(missing_ok=True)
    root.symlink_to(files)
    if not is_up(place):
        daemons.end(place, DAEMON)
        serve(place, root)


def directory(place: Place) -> Path:
    """Where the cache keeps its files."""
    digest = hashlib.sha256()
    for path in sorted(path for path in RECIPES.rglob("*") if path.is_file()):
        digest.update(path.read_bytes())
    return place.cache / DAEMON / digest.hexdigest()[:12]


def make(place: Place, buildctl: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Builds its files, where the cache lacks them."""
    with making(directory(place)) as partial:
        if partial is not None:
            command = [
                "build", "--progress=plain", "--frontend=dockerfile.v0", f"--local=context={RECIPES}",
                f"--local=dockerfile={RECIPES}", f"--output=type=local,dest={partial}",
            ]  # fmt: skip
            tried("the gem registry", lambda: buildctl(*command), attempts=3)


def serve(place: Place, root: Path) -> None:
    """Starts the server. Raises LabError when it does not come up."""
    port, log = daemons.free_port(), place.lab / "log/gems.log"
    pid = daemons.spawn(place, log, sys.executable, HERE / "gem_server.py", root, str(port), name=DAEMON)
    state.change(place, gems=port)
    daemons.eventually(lambda: daemons.answers(f"{url(place)}/names"), "the gem registry", log, pid)
    write_text(bundle_config(place), f'---\nBUNDLE_MIRROR__ALL: "{url(place)}"\n')


def lock(place: Place, buildctl: Callable[..., subprocess.CompletedProcess[str]], app: Path) -> None:
    """Writes an app's Gemfile.lock, with the versions that the registry has. Raises LabError when Bundler cannot."""
    with tempfile.TemporaryDirectory() as recipe:
        (Path(recipe) / "Dockerfile").write_text(LOCK)
        buildctl(
            "build", "--progress=plain", "--frontend=dockerfile.v0", "--no-cache", f"--local=context={app}",
            f"--local=dockerfile={recipe}", f"--secret=id=bundle-config,src={bundle_config(place)}",
            f"--output=type=local,dest={app}",
        )  # fmt: skip
