"""The names of base images: the official images of a language on a named Debian suite, never on whatever is newest."""

from collections.abc import Sequence

from frontend.rules.versions import Release, key


def image(template: str, version: str, suite: str, *, slim: bool = False) -> str:
    """An image's name: ("node:{version}-{suite}{slim}", "24", "trixie") is "node:24-trixie".

    The full image builds: it has compilers and the headers of the usual libraries. The slim one runs.
    """
    return template.format(version=version, suite=suite, slim="-slim" if slim else "")


def suite(releases: Sequence[Release], version: str) -> str:
    """The Debian suite whose image exists for `version` (a line or an exact version).

    A version of a line the table does not know gets the newest suite if it is newer than all, the oldest if older.
    """
    for release in releases:
        if version == release.line or version.startswith(f"{release.line}."):
            exact = key(version) if version.count(".") == 2 else None
            shorter = key(version) if version.count(".") == 1 and version != release.line else None
            for name, since in release.suites:
                if (exact or shorter) is None or (exact or shorter or ()) >= key(since)[: len(exact or shorter or ())]:
                    return name
            return release.suites[-1][0]
    newest = max(releases, key=lambda r: key(r.newest))
    oldest = min(releases, key=lambda r: key(r.newest))
    return newest.suites[0][0] if key(version) > key(newest.newest)[: version.count(".") + 1] else oldest.suites[-1][0]
