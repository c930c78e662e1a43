"""Programs of ours that a step runs: files that are mounted into it, so that a user's log shows a short command."""

from frontend.plan.model import TextFile

DIR = "/run/migetpacks-programs"


def written(name: str, text: str) -> TextFile:
    """A program of a name, for `Exec.files`; its `path` is what is run."""
    return TextFile(f"{DIR}/{name}", text)
