"""The documentation says what the registry has."""

from tests import reference


def test_the_settings_reference_is_that_of_the_registry() -> None:
    text = reference.DOCS.read_text()
    assert reference.rewritten(text) == text, "run make golden"
