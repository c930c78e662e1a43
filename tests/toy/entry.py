"""What others must know of Toy."""

from frontend.languages import registry
from frontend.languages.registry import Entry, Secret, SettingsFile

ENTRY = Entry(
    name="toy",
    title="Toy",
    module="tests.toy.language",
    aliases=("toylang",),
    manifests=("app.toy",),
    wanted=(".toyrc",),
    programs=("toy",),
    tools=("toy",),
    secrets=(Secret("toy-token", "a token of Toy's registry", env="TOY_TOKEN", words=("toy",)),),
    settings_files=(SettingsFile(".toyrc", "ini", ("token",)),),
    secret_files=(".toyrc",),
    ignored=("**/toy_packages",),
    cleaned=("*.draft",),
)


def register() -> None:
    """Adds Toy to the languages; to be called before anything is imported that is made from the registry."""
    registry.ENTRIES = (*registry.ENTRIES, ENTRY)
