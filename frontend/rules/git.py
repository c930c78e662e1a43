"""Dependencies in git repositories: which a text names, and what a program that clones them is given."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from frontend.plan.model import GitAccess
from frontend.settings.model import Settings

SHORTHANDS = {"github:": "github.com", "gitlab:": "gitlab.com", "bitbucket:": "bitbucket.org"}
MARKS = ("git+", "ssh://", ".git", "git@", *SHORTHANDS)  # one of them is in whatever names a repository
ENDS = frozenset(" \t\r\n\"'`,;<>()[]|\\")  # no URL of one has these
SUFFIX_ENDS = frozenset("#?@")  # what may follow ".git": a commit, parameters, pip's revision
KEYED = ('git = "', '"git": "', 'type = "git"\nurl = "')  # uv, Poetry, PDM, Pipenv: whatever the URL looks like


class Remote(Struct, frozen=True):
    """Where a repository is: `login` is user and host ("git@github.com"), `port` "" for the usual one."""

    ssh: bool
    login: str
    port: str = ""


def access(texts: Iterable[str], settings: Settings) -> GitAccess | None:
    """What a program gets that installs what some manifests and lockfiles name; None where no git is in them."""
    found = {remote for text in texts for remote in remotes(text)}
    if not found:
        return None
    # another port is that of SSH: nothing is known of https there
    logins = sorted({remote.login for remote in found if remote.ssh and not remote.port})
    return GitAccess(known_hosts=settings.git_known_hosts, over_ssh=tuple(logins))


def remotes(text: str) -> Iterator[Remote]:
    """The git repositories that a manifest or a lockfile names, in the words of any package manager.

    Sources: https://docs.npmjs.com/cli/configuring-npm/package-json#git-urls-as-dependencies,
    https://pip.pypa.io/en/stable/topics/vcs-support/, https://git-scm.com/docs/git-clone#_git_urls
    """
    for mark in MARKS:
        for start in places(text, mark):
            first = last = start
            while first and text[first - 1] not in ENDS:
                first -= 1
            while last < len(text) and text[last] not in ENDS:
                last += 1
            remote = parsed(text[first:last].rstrip("}"))
            if remote is not None:
                yield remote
    for key in KEYED:
        for start in places(text, key):
            begin = start + len(key)
            url = text[begin : text.find('"', begin)]
            remote = parsed(url if "@" in url and "://" not in url else f"git+{url.removeprefix('git+')}")
            if remote is not None:
                yield remote


def places(text: str, mark: str) -> Iterator[int]:
    """The offsets of a mark in a text."""
    start = text.find(mark)
    while start >= 0:
        yield start
        start = text.find(mark, start + len(mark))


def parsed(word: str) -> Remote | None:
    """The repository that a word names, a package's name and "@" in front or not; None for any other word."""
    before, found, after = word.partition("://")
    if not found:
        return scp_like(word) or shorthand(word)
    scheme = before.rpartition("@")[2].rpartition(":")[2]
    authority = after.partition("/")[0]
    login, _, port = authority.partition(":") if "@" not in authority else split_port(authority)
    if scheme.removeprefix("git+") == "ssh":
        return Remote(True, login, port)
    if scheme in ("git+https", "git+http") or (scheme in ("https", "http") and is_repository(after)):
        return Remote(False, login.rpartition("@")[2], port)
    return None


def split_port(authority: str) -> tuple[str, str, str]:
    """Login and port of "user@host:port"; without the password that may stand there."""
    user, _, host = authority.rpartition("@")
    name, colon, port = host.partition(":")
    return f"{user.partition(':')[0]}@{name}", colon, port


def is_repository(path: str) -> bool:
    """Whether a URL's path ends in ".git", before a commit, parameters or a revision."""
    end = path.find(".git")
    while end >= 0:
        rest = path[end + 4 :]
        if not rest or rest[0] in SUFFIX_ENDS:
            return True
        end = path.find(".git", end + 4)
    return False


def scp_like(word: str) -> Remote | None:
    """The repository of "git@host:owner/name", as ssh and git take it; None for any other word."""
    before, colon, path = word.partition(":")
    user, at, host = before.rpartition("@")
    user = user.rpartition("@")[2]
    if not (at and colon and user and path and "." in host and host.replace(".", "").replace("-", "").isalnum()):
        return None
    return Remote(True, f"{user}@{host}") if user == "git" or is_repository(path) else None


def shorthand(word: str) -> Remote | None:
    """The repository of "github:owner/name"; None for any other word."""
    service, colon, path = word.rpartition("@")[2].partition(":")
    owner, slash, name = path.partition("/")
    host = SHORTHANDS.get(f"{service}{colon}")
    return Remote(False, host) if host and owner and slash and name else None
