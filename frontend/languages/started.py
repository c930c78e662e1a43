"""Programs that the own code of apps starts, whatever their language: the Debian packages that have them."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from frontend.errors import Location
from frontend.plan.model import Evidence, Warning
from frontend.settings.model import Settings

PROGRAMS = {  # program -> the Debian package that has it
    **{
        name: name
        for name in (
            "git",
            "ffmpeg",
            "pandoc",
            "qpdf",
            "wkhtmltopdf",
            "ghostscript",
            "curl",
            "wget",
            "zip",
            "unzip",
            "rsync",
            "jq",
            "sox",
            "antiword",
            "unrtf",
            "nmap",
            "whois",
            "procps",
            "chromium",
            "inkscape",
            "jpegoptim",
            "optipng",
            "mediainfo",
            "aria2",
            "lame",
            "flac",
            "parallel",
        )
    },
    "ffprobe": "ffmpeg",
    "wkhtmltoimage": "wkhtmltopdf",
    **dict.fromkeys(("pdftoppm", "pdftotext", "pdfinfo", "pdftocairo", "pdfimages", "pdftohtml"), "poppler-utils"),
    "tesseract": "tesseract-ocr",
    "exiftool": "libimage-exiftool-perl",
    **dict.fromkeys(("convert", "magick", "identify", "mogrify"), "imagemagick"),
    "gs": "ghostscript",
    "dot": "graphviz",
    **dict.fromkeys(("ogr2ogr", "ogrinfo", "gdal_translate", "gdalwarp", "gdalinfo"), "gdal-bin"),
    "soffice": "libreoffice-nogui",
    "libreoffice": "libreoffice-nogui",
    "pdflatex": "texlive-latex-base",
    "java": "default-jre-headless",
    **dict.fromkeys(("psql", "pg_dump", "pg_restore", "pg_isready"), "postgresql-client"),
    **dict.fromkeys(("mysql", "mysqldump"), "default-mysql-client"),
    "redis-cli": "redis-tools",
    "sqlite3": "sqlite3",
    "aria2c": "aria2",
    "espeak": "espeak-ng",
    "espeak-ng": "espeak-ng",
    "7z": "7zip",
    "gpg": "gnupg",
    "ssh": "openssh-client",
    "scp": "openssh-client",
    "ssh-keygen": "openssh-client",
    "ping": "iputils-ping",
    "dig": "bind9-dnsutils",
    "traceroute": "traceroute",
    **dict.fromkeys(("ps", "top", "pgrep", "pkill", "free", "uptime"), "procps"),
}
ITSELF = (" rev-parse", " describe")  # of git: about the app's own repository, which no image has
# packages whose programs are scripts of Perl: the first starts what is for the version of a server
SCRIPTS = frozenset(("postgresql-client", "libimage-exiftool-perl", "parallel"))
# what changes with the sites that it reads: an old release no longer works with them
NEWER = "yt-dlp"
STALE = frozenset((NEWER, "youtube-dl"))


class Used(Struct, frozen=True):
    """A Debian package that sources need, what of it they use, and where. `package` is "" where none is of use."""

    package: str
    name: str
    at: Location


def needed(text: str, at: Location) -> Used | None:
    """What a command in an app's code needs that an image may not have: by its program, and the word behind that."""
    path, _, rest = text.strip().partition(" ")
    directory, _, name = path.rpartition("/")
    if directory not in ("", "/usr/bin", "/bin", "/usr/local/bin") or (name == "git" and f" {rest}".startswith(ITSELF)):
        return None
    if name in STALE:
        return Used("", name, at)
    return Used(PROGRAMS[name], name, at) if name in PROGRAMS else None


def first(found: Iterable[Used]) -> tuple[Used, ...]:
    """Each package once, at its first use."""
    used: dict[str, Used] = {}
    for one in found:
        used.setdefault(one.package or one.name, one)
    return tuple(used.values())


def because(used: Iterable[Used]) -> Iterator[Evidence]:
    """Why packages are in the image."""
    return (Evidence(one.package, f"the code starts {one.name}", one.at) for one in used if one.package)


def doubts(used: Iterable[Used], settings: Settings, gone: frozenset[str] = frozenset()) -> Iterator[Warning]:
    """The warnings for programs that the image does not have, `gone` are packages that its distribution has not; and
    for those that a hardened one cannot run."""
    installed = settings.run_packages
    hardened = settings.flavour is not None and settings.flavour.value == "hardened"
    for one in used:
        if hardened and one.package in SCRIPTS:
            yield Warning(
                "code-starts-scripts",
                f"the code starts {one.name}, a script of Perl, which this image cannot run: it has no Perl",
                one.at,
                "with FLAVOUR=standard the image has it",
            )
        if (one.package or NEWER) in installed or (one.package and one.package not in gone):
            continue
        yield absent(one)


def absent(one: Used) -> Warning:
    """The warning for a program that the image cannot have, or has no release of that is of use."""
    old = "" if one.package else f"; RUN_PACKAGES={NEWER} installs the distribution's, which is old"
    return Warning(
        "program-missing",
        f"the code starts {one.name}, which the image does not have",
        one.at,
        f"have BUILD_COMMAND put {one.name} into a directory of the app, and start it by its path{old}",
    )


def lacking(used: Iterable[Used], there: Iterable[str]) -> Iterator[Warning]:
    """The warnings for programs that an image does not have, where it is not known in time to install them: `there`
    are its packages."""
    for one in used:
        if one.package and one.package not in there:
            yield Warning(
                "program-missing",
                f"the code starts {one.name}, which the image does not have",
                one.at,
                f"set the build-arg RUN_PACKAGES={one.package}",
            )
        elif not one.package and NEWER not in there:
            yield absent(one)
