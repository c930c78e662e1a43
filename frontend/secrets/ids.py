"""The build secrets users know, by their ids, and the hint that names one.

A secret's value is in no LLB, image config, label, history, log or provenance: it reaches a build step as a BuildKit
secret mount under one of these ids.
"""

from frontend.languages import registry
from frontend.languages.registry import Secret

SHARED = (  # of no language
    Secret("netrc", "host, login and password, for any tool that reads it", ".netrc"),
    Secret("git-credentials", "logins for dependencies from git over https", ".git-credentials", words=("git",)),
    Secret("known-hosts", "SSH host keys of git servers", "known_hosts", home=".ssh/known_hosts"),
    Secret("http-proxy", "a proxy with a password, for http: `--secret id=http-proxy,env=HTTP_PROXY`"),
    Secret("https-proxy", "a proxy with a password, for https"),
    Secret("ca-certificates", "certificates (PEM) that fetching steps trust", "ca-certificates.crt"),
)
IDS = {secret.id: secret for secret in (*(s for entry in registry.ENTRIES for s in entry.secrets), *SHARED)}
"""The build secrets by id, those of the languages first."""


def how_to_give(name: str) -> str:
    """The hint for a refused secret: which id to give it by."""
    folded = name.casefold()
    known = next((secret for secret in IDS.values() if any(word in folded for word in secret.words)), None)
    if known is not None:
        return f"pass it as a build secret: {_example(known)}"
    first, *others = IDS.values()
    return (
        f"pass what a build step needs as a build secret ({_example(first)}; also "
        f"{', '.join(secret.id for secret in others)}), and what the app needs when the container starts"
    )


def _example(secret: Secret) -> str:
    """The client's option that gives a secret: from a variable, or from a file in the user's home directory."""
    if not secret.file:
        return f"--secret id={secret.id},env={secret.env}"
    return f"--secret id={secret.id},src=$HOME/{secret.home or secret.file}"
