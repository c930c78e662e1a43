"""Builds that take each warning of a linter for an error where the variable CI is true, as it is in our steps.

Source: https://create-react-app.dev/docs/adding-custom-environment-variables/#what-other-env-variables-can-i-use
"""

from collections.abc import Iterable

from frontend.languages.node.manifest import Manifest

LENIENT = ("CI", "false")
STRICT = "react-scripts"


def env(manifests: Iterable[Manifest]) -> tuple[tuple[str, str], ...]:
    """The variable for a build of some packages, where one of them is so strict."""
    return (LENIENT,) if any(STRICT in one.dependencies for one in manifests) else ()
