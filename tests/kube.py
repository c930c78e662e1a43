"""`make kube`: the tests on a Kubernetes. What they start ends with them."""

import subprocess
import sys

from tests.lab.keeper import door
from tests.lab.place import ROOT


def main() -> int:
    """Runs the tests; pytest's exit status."""
    return subprocess.run((sys.executable, "-m", "pytest", "-q", "-m", "kube"), cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(door("the tests on Kubernetes", main))
