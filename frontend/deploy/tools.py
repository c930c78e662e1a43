"""Names of runtimes as platforms write them: `nodejs_20`, `python311`, `nodejs22`."""

from frontend.languages import registry


def tool_of(name: str) -> tuple[str, str] | None:
    """The tool of a language and the version that a name says: "nodejs_20" -> ("node", "20"); None for others.

    A version of one digit that is followed by more is a major and a minor one: "python311" is 3.11, and so is one of
    two digits where a language is known by both: "python39" is 3.9, but "nodejs20" is 20.
    """
    stem = name.partition("Packages")[0].partition("Full")[0]
    letters = stem.rstrip("0123456789._-x")
    digits = "".join(c if c.isdigit() else "." for c in stem[len(letters) :]).strip(".")
    entry = registry.named(letters) or next((e for e in registry.ENTRIES if letters in e.tools), None)
    if entry is None:
        return None
    tool = letters if letters in entry.tools else next(iter(entry.tools), entry.name)
    parts = max((one.same for one in entry.interpreters), default=1)  # how many make a version
    if "." not in digits and len(digits) > (1 if parts > 1 else 2):
        digits = f"{digits[0]}.{digits[1:]}"
    return tool, digits if len(digits) > 1 else ""
