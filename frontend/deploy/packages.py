"""What a Dockerfile installs and the plan does not: told, for a name of another suite would end the build."""

from collections.abc import Iterable

from frontend.deploy.dockerfile import TOOLS
from frontend.deploy.nix import BUILD_ONLY
from frontend.deploy.tools import tool_of
from frontend.plan.model import Warning
from frontend.settings.model import Setting

# of the build, of other steps of a Dockerfile, of its health check, or in every image
NEEDLESS = BUILD_ONLY | frozenset(
    "apt-transport-https apt-utils bash build-essential ca-certificates curl dumb-init g++ git gnupg gnupg2 gosu "
    "libatomic1 locales lsb-release netcat netcat-openbsd netcat-traditional openssh-client openssl procps "
    "software-properties-common sudo tini tzdata unzip vim wget xz-utils zip".split()
)

BRINGS = {"tesseract-ocr": ("tesseract-ocr-eng", "tesseract-ocr-osd")}  # what Debian installs with a package
# what the names end with of packages whose programs an app of another language starts
ENVIRONMENTS = ("-venv",)
LISTS = ("Aptfile", "packages.txt")  # files that say no more than what is installed


def doubts(
    stated: tuple[Setting, ...],
    installed: Iterable[str],
    needless: Iterable[str] = (),
    files: Iterable[str] = (),
) -> tuple[Warning, ...]:
    """The warning for packages that a Dockerfile's last stage has and the image has not; () without any.

    `needless` are further packages that an image of the app's language needs no more than NEEDLESS. `files` are those
    that state its processes: the package that a file is for (supervisord.conf) only started these.
    """
    known = {*installed, *NEEDLESS.difference(TOOLS), *needless}
    known |= {name for package in known.intersection(BRINGS) for name in BRINGS[package]}
    states = [file.rpartition("/")[2] for file in files]
    left = [one for one in stated if one.value not in known and not is_of_build(one.value)]
    left = [one for one in left if not any(name.startswith(one.value) for name in states)]
    left = [one for one in left if one.value not in TOOLS or not is_listed(one)]
    if not left:
        return ()
    names = " ".join(dict.fromkeys(one.value for one in left))
    listed = left[0].at.file.rpartition("/")[2] if left[0].at is not None and all(map(is_listed, left)) else ""
    message = f"not installed, although {f'{listed} lists them' if listed else 'a Dockerfile does'}: {names}"
    hint = f"set the build-arg RUN_PACKAGES='{names}' to what the app needs when it runs"
    return (Warning("dockerfile-packages", message, left[0].at, hint),)


def is_listed(package: Setting) -> bool:
    """Whether an Aptfile, or another such list, has a package."""
    return package.at is not None and package.at.file.endswith(LISTS)


def is_of_build(package: str) -> bool:
    """Whether a package has headers, or is of the language that the image has anyway: its tools and libraries."""
    return package.endswith("-dev") or (
        tool_of(package.partition("-")[0]) is not None and not package.endswith(ENVIRONMENTS)
    )
