"""Secrets in a text made unreadable: for messages, quoted lines and files."""

from __future__ import annotations

from frontend.secrets.detection import is_harmless, is_secret_name, is_secret_value, parameters, secrets_in

HIDDEN = "****"
SHOWN, MARGIN = 80, 1000  # characters of a text that a message quotes; so many more are looked at


def hidden(text: str) -> str:
    """A text for a message, with what looks like a secret in it made unreadable, and parameters of URLs that do."""
    out: list[str] = []
    end = 0
    for first, last in sorted((*secrets_in(text), *parameters(text))):
        if last > end:
            out += (text[end:first], HIDDEN) if first >= end else ()
            end = last
    return "".join((*out, text[end:]))


def shown(text: str, most: int = SHOWN) -> str:
    """A text as a message quotes it: on one line, cut where it is long, secrets in it hidden."""
    text = hidden(text[: most + MARGIN])
    text = text if len(text) <= most else f"{text[:most]}…"
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def masked(text: str) -> str:
    """A text in which the value of each line that looks like a secret is made unreadable: for error messages."""
    out = []
    key = False  # in the lines of a private key
    for line in text.splitlines(keepends=True):
        key = key or "PRIVATE KEY-----" in line
        end = "\n" if line.endswith("\n") else ""
        out.append(f"{HIDDEN}{end}" if key else _masked(line.removesuffix("\n")) + end)
        key = key and "-----END" not in line
    return "".join(out)


def _masked(line: str) -> str:
    """A line whose value is made unreadable: behind `=` or `:`, or a blank (`ENV DB_PASSWORD value`)."""
    start = 0
    for position, mark in enumerate(line):
        if mark in "=:":
            name = line[start:position].strip().strip("\"'").rpartition(" ")[2]
            bare = line[position + 1 :].strip().strip("\"',") if name and is_secret_name(name) else ""
            if len(bare) > 3 and not is_harmless(bare):
                return f"{line[: position + 1]}{HIDDEN}"
            start = position + 1
    words = line.split(None, 3)
    for count, word in enumerate(words[:2], 1):
        if (word.isupper() or ":_" in word) and is_secret_name(word.strip("\"'")) and len(words) > count:
            return f"{line[: line.index(word) + len(word)]} {HIDDEN}"
    return hidden(line) if is_secret_value(line) else line
