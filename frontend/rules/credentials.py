"""URLs in manifests that would show a password to whoever has the image: the text of manifests is in it."""

from collections.abc import Iterator
from itertools import pairwise

from frontend.errors import Location, PlanError
from frontend.secrets.ids import how_to_give
from frontend.secrets.masking import masked

ENDS = frozenset("/?#\"' \t")  # what a URL's host does not have
# users that services document for everybody: what is a secret comes from elsewhere
USERS = ("git", "oauth2", "oauth2accesstoken", "x-access-token", "aws", "VssSessionToken", "__token__")


def refuse(text: str, at: Location, what: str = "requirement", word: str = "") -> None:
    """Raises PlanError for a dependency, or an "index" of them, whose URL holds a user or a password.

    `word` is one of the secret by which to give them, by default that of a repository or an index. A user of ssh
    without a password, one that everybody has, and the name of a variable are none.
    """
    found = [login for scheme, login in logins(text) if is_secret(scheme, login)]
    _refuse(text, at, what, found, word or ("index" if what == "index" else "git"))


def refuse_password(text: str, at: Location) -> None:
    """Raises PlanError for an index of a manifest whose URL holds a password: a user alone tells which one to use."""
    _refuse(text, at, "source", [login for _, login in logins(text) if password(login)], "git")


def _refuse(text: str, at: Location, what: str, logins: list[str], word: str) -> None:
    if not logins:
        return
    shown = any(login in masked(text) for login in logins)  # the report shows the line, masked where it can tell
    line = f" in line {at.line}" if at.line and shown else ""
    raise PlanError(
        f"the URL of the {what}{line} contains a user name or a password, which would be readable in the image",
        at=Location(at.file) if shown else at,
        hint=f"remove them: {how_to_give(word)}",
    )


def logins(text: str) -> Iterator[tuple[str, str]]:
    """What stands before "@" in the URLs of a text, each after what its scheme ends with."""
    parts = text.split("://")
    for before, after in pairwise(parts):
        end = next((i for i, char in enumerate(after) if char in ENDS), len(after))
        login, at, _ = after[:end].rpartition("@")
        if at:
            yield before[-4:], login


def is_secret(scheme: str, login: str) -> bool:
    """Whether what stands before "@" in a URL is for some to know: "user:pass", "token", not "git" or "${USER}"."""
    user, _, _ = login.partition(":")
    return password(login) or bool(user and user not in USERS and "ssh" not in scheme and not is_variable(user))


def password(login: str) -> bool:
    """Whether there is a password in what stands before "@" in a URL."""
    text = login.partition(":")[2]
    return bool(text) and not is_variable(text)


def is_variable(text: str) -> bool:
    """Whether a part of a URL is to be replaced by a variable's value: "${TOKEN}", "$TOKEN", "%TOKEN%"."""
    return text.startswith(("$", "%", "{{", "<"))
