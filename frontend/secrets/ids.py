"""The build secrets users know, by their ids, and the hint that names one.

A secret's value is in no LLB, image config, label, history, log or provenance: it reaches a build step as a BuildKit
secret mount under one of these ids.
"""

from msgspec import Struct


class Secret(Struct, frozen=True):
    """A build secret users know. `file` is the name its content has at home ("" where it is a value), `env` the
    variable that carries the value for the tools that read one, `what` is for the documentation."""

    id: str
    what: str
    file: str = ""
    env: str = ""


IDS = {
    secret.id: secret
    for secret in (
        Secret("npmrc", "npm, pnpm and yarn 1: registries and their tokens", ".npmrc"),
        Secret("yarnrc.yml", "yarn 2 and later: registries and their tokens", ".yarnrc.yml"),
        Secret("netrc", "any tool that reads it: host, login and password", ".netrc"),
        Secret("pip.conf", "pip: index URLs with credentials", "pip.conf"),
        Secret("uv.toml", "uv: index URLs with credentials", "uv.toml"),
        Secret("poetry-auth", "Poetry: its auth.toml", "auth.toml"),
        Secret("npm-token", "npm, pnpm, yarn: a registry token", env="NPM_TOKEN"),
        Secret("git-credentials", "git dependencies over https", ".git-credentials"),
        Secret("http-proxy", "a proxy with a password, for http"),
        Secret("https-proxy", "a proxy with a password, for https"),
        Secret("ca-certificates", "PEM bundle that fetching steps trust", "ca-certificates.crt"),
    )
}


def how_to_give(name: str) -> str:
    """The hint for a refused secret: which id to give it by."""
    folded = name.casefold()
    if "npm" in folded:
        known = "npmrc"
    elif "pip" in folded or "pypi" in folded or "index" in folded:
        known = "pip.conf"
    elif "git" in folded:
        known = "netrc"
    else:
        return (
            "give what a build step needs as a build secret (--secret id=npmrc,src=$HOME/.npmrc; also "
            f"{', '.join(key for key in IDS if key != 'npmrc')}), what the app needs when the container is started"
        )
    return f"give it as a build secret: --secret id={known},src=$HOME/{_home(known)}"


def _home(known: str) -> str:
    return ".config/pip/pip.conf" if known == "pip.conf" else IDS[known].file
