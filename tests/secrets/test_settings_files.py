"""Files of settings without their credentials."""

from __future__ import annotations

from frontend.secrets.settings_files import WITHOUT_CREDENTIALS

TOKEN = "npm_" + "a1B2" * 9


def left(name: str, text: str) -> str:
    """What a build sees of such a file."""
    return WITHOUT_CREDENTIALS[name](text)


def test_an_npmrc_without_credentials() -> None:
    text = (
        "# settings\n;//r/:_authToken=old\nlegacy-peer-deps=true\nregistry=https://r.example.org/\n@me:registry=https://npm.me/\n"
        f"//r.example.org/:_authToken={TOKEN}\n//npm.me/:_authToken=${{NPM_TOKEN}}\n_auth = YTpi\n//r/:_password=x\n"
        "//r/:username=me\nproxy=http://me:pw@proxy:80\nemail=me@example.org\n"
    )
    assert left(".npmrc", text) == (
        "legacy-peer-deps=true\nregistry=https://r.example.org/\n@me:registry=https://npm.me/\n"
        "//npm.me/:_authToken=${NPM_TOKEN}\n"
    )


def test_a_yarnrc_without_credentials() -> None:
    text = (
        "nodeLinker: node-modules\nnpmScopes:\n  me:\n    npmRegistryServer: https://npm.me\n"
        f"    npmAuthToken: {TOKEN}\n    npmAuthIdent: a:b\nnpmAuthToken: ${{NPM_TOKEN}}\n"
    )
    assert TOKEN not in left(".yarnrc.yml", text)
    assert left(".yarnrc.yml", text).splitlines() == [
        "nodeLinker: node-modules",
        "npmScopes:",
        "  me:",
        "    npmRegistryServer: https://npm.me",
        "npmAuthToken: ${NPM_TOKEN}",
    ]


def test_a_yarnrc_whose_registry_has_a_password() -> None:
    assert left(".yarnrc.yml", "a: b\nnpmRegistryServer: https://u:pw@h\n") == "a: b\n"


def test_toml_settings_without_credentials() -> None:
    text = (
        '[[index]]\nname = "x"\nurl = "https://u:pw@h/simple"\n[http-basic.x]\nusername = "me"\npassword = "pw"\n'
        '[install]\nregistry = { url = "https://r", token = "t0ken" }\nscope = { token = "$T" }\nmax-tokens = 5\n'
    )
    assert left("uv.toml", text) == (
        '[[index]]\nname = "x"\nurl = "https://h/simple"\n[http-basic.x]\nusername = "me"\n'
        '[install]\nscope = { token = "$T" }\nmax-tokens = 5\n'
    )


def test_a_yarn_1_rc_without_credentials() -> None:
    text = (
        f'registry "https://r"\n\n"//r/:_authToken" "{TOKEN}"\n"//r/:_password" x\nproxy "http://u:p@h"\nyarn-path x\n'
    )
    assert left(".yarnrc", text) == 'registry "https://r"\n\nyarn-path x\n'
