"""The certificate that Visual Studio's templates for Vite have dotnet make: a build has one without it."""

from typing import Any

import pytest

from frontend.context.tree import DictTree
from frontend.languages.node.front_end import front_end, tools
from frontend.plan.model import Input, TextFile
from frontend.settings.model import Settings
from tests.languages.node import plan, step, tree

ASKS = "child_process.spawnSync('dotnet', ['dev-certs', 'https', '--export-path', certFilePath])"
NEW = f'const certificateName = "shop.client";\n{ASKS}\n'
OLD = f'const certificateName = certificateArg ? certificateArg.groups.value : "shop.client";\n{ASKS}\n'
VITE: dict[str, Any] = {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "6"}}
MADE = ["/root/.aspnet/https/shop.client.pem", "/root/.aspnet/https/shop.client.key"]


def certificate(inputs: tuple[Input, ...]) -> list[str]:
    """The files of a certificate among the inputs of a step."""
    return [one.path for one in inputs if isinstance(one, TextFile) and "https" in one.path]


@pytest.mark.parametrize(
    ("config", "made"),
    [(NEW, MADE), (OLD, MADE), (NEW.replace("dev-certs", "certs"), []), (ASKS, []), ("export default {}", [])],
)
def test_a_site_is_built_without_dotnet(config: str, made: list[str]) -> None:
    found = plan(tree({"vite.config.js": config}, **VITE))
    assert certificate(step(found, "build").inputs) == made


def test_a_front_end_beside_an_app_is_built_without_a_certificate_of_dotnet() -> None:
    front = front_end(tree({"vite.config.ts": NEW}, **VITE), Settings())
    assert front is not None
    assert certificate(next(one for one in front.steps if one.name == front.built).inputs) == MADE
    files = {"shop.client/package.json": "{}", "shop.client/vite.config.js": NEW}
    given = tools(DictTree(files), Settings(), "shop.client")
    assert given is not None
    assert certificate(given.inputs) == MADE
