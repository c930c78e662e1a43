"""JSON with comments and trailing commas, as settings files of several tools have it: JSON of it, line by line."""

import re


def without_comments(text: str) -> str:
    """JSON of a text with comments; lines stay where they are."""
    return re.sub(
        r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/',
        lambda match: match[1] or "\n" * match[0].count("\n"),
        text,
        flags=re.DOTALL,
    )


def lenient(text: str) -> str:
    """JSON of a text with comments and trailing commas; lines stay where they are."""
    text = without_comments(text)
    return re.sub(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', lambda match: match[1] or "", text)
