"""Nix packages, which nixpacks.toml names, by the Debian packages that have the same."""

from typing import NamedTuple

from frontend.deploy.model import Named, Stated
from frontend.deploy.tools import tool_of
from frontend.languages import registry
from frontend.plan.model import Warning

BUILD_ONLY = frozenset(("binutils", "cmake", "gcc", "make", "pkg-config"))  # and all that end in "-dev"
# Nix attribute: Debian packages; those that are in every build image anyway, or are of no use in one, have none
DEBIAN: dict[str, tuple[str, ...]] = {
    "alsa-lib": ("libasound2",),
    "at-spi2-atk": ("libatk-bridge2.0-0",),
    "at-spi2-core": ("libatspi2.0-0",),
    "atk": ("libatk1.0-0",),
    "binutils": ("binutils",),
    "bzip2": ("bzip2",),
    "cairo": ("libcairo2-dev", "libcairo2"),
    "chromium": ("chromium",),
    "cmake": ("cmake",),
    "cups": ("libcups2",),
    "curl": ("curl",),
    "dbus": ("libdbus-1-3",),
    "espeak": ("espeak-ng",),
    "expat": ("libexpat1",),
    "ffmpeg": ("ffmpeg",),
    "ffmpeg-full": ("ffmpeg",),
    "ffmpeg_6": ("ffmpeg",),
    "file": ("file", "libmagic1"),
    "fontconfig": ("fontconfig",),
    "freetype": ("libfreetype-dev",),
    "gbm": ("libgbm1",),
    "gcc": ("gcc",),
    "gdal": ("gdal-bin",),
    "geos": ("libgeos-dev", "libgeos-c1v5"),
    "gettext": ("gettext",),
    "ghostscript": ("ghostscript",),
    "git": ("git",),
    "glib": ("libglib2.0-0",),
    "gnumake": ("make",),
    "gtk3": ("libgtk-3-0",),
    "graphicsmagick": ("graphicsmagick",),
    "graphviz": ("graphviz",),
    "imagemagick": ("imagemagick",),
    "jq": ("jq",),
    "libdrm": ("libdrm2",),
    "libffi": ("libffi-dev",),
    "libgl": ("libgl1",),
    "libjpeg": ("libjpeg62-turbo-dev",),
    "libmysqlclient": ("default-libmysqlclient-dev",),
    "libpng": ("libpng-dev",),
    "libpq": ("libpq-dev",),
    "libsodium": ("libsodium-dev", "libsodium23"),
    "libuuid": ("libuuid1",),
    "libwebp": ("webp",),
    "libxkbcommon": ("libxkbcommon0",),
    "libxml2": ("libxml2-dev",),
    "libxslt": ("libxslt1-dev",),
    "libxslt.dev": ("libxslt1-dev",),
    "mariadb-connector-c": ("libmariadb-dev",),
    "mediainfo": ("mediainfo",),
    "mesa": ("libgl1", "libgbm1"),
    "nspr": ("libnspr4",),
    "nss": ("libnss3",),
    "openssh": ("openssh-client",),
    "openssl": ("libssl-dev",),
    "openssl.dev": ("libssl-dev",),
    "p7zip": ("p7zip-full",),
    "pandoc": ("pandoc",),
    "pango": ("libpango-1.0-0", "libpangoft2-1.0-0"),
    "pkg-config": ("pkg-config",),
    "poppler_utils": ("poppler-utils",),
    "portaudio": ("libportaudio2",),
    "postgresql": ("libpq-dev", "postgresql-client"),
    "postgresql.dev": ("libpq-dev",),
    "proj": ("proj-bin",),
    "rsync": ("rsync",),
    "sox": ("sox",),
    "sqlite": ("sqlite3",),
    "tesseract": ("tesseract-ocr",),
    "tesseract4": ("tesseract-ocr",),
    "tesseract5": ("tesseract-ocr",),
    "tzdata": ("tzdata",),
    "unzip": ("unzip",),
    "vips": ("libvips-dev", "libvips42"),
    "wget": ("wget",),
    "which": (),
    **{
        name: (package,)
        for name, package in (
            ("libx11", "libx11-6"),
            ("libxcb", "libxcb1"),
            ("libxcomposite", "libxcomposite1"),
            ("libxcursor", "libxcursor1"),
            ("libxdamage", "libxdamage1"),
            ("libxext", "libxext6"),
            ("libxfixes", "libxfixes3"),
            ("libxi", "libxi6"),
            ("libxrandr", "libxrandr2"),
            ("libxrender", "libxrender1"),
            ("libxtst", "libxtst6"),
        )
    },
    "zbar": ("libzbar0",),
    "zip": ("zip",),
    "zlib": ("zlib1g-dev",),
    "zlib.dev": ("zlib1g-dev",),
    **dict.fromkeys(("bash", "coreutils", "cacert", "glibc", "gnugrep", "gnused", "stdenv.cc.cc.lib"), ()),
}


class Packages(NamedTuple):
    """Debian packages of the build and of the image, versions of tools, and warnings for what has no counterpart."""

    build: tuple[Stated, ...]
    run: tuple[Stated, ...]
    versions: tuple[Named, ...]
    warnings: tuple[Warning, ...]


def packages(names: tuple[Stated, ...]) -> Packages:
    """What Nix packages mean here."""
    found: list[Stated] = []
    versions: list[Named] = []
    unknown: list[Stated] = []
    for one in names:
        name = one.text.removeprefix("pkgs.").removeprefix("xorg.").casefold()
        if name in DEBIAN:
            found += [Stated(package, one.at) for package in DEBIAN[name]]
        elif (tool := member(name) or tool_of(name)) is not None:
            versions += [(tool[0], Stated(tool[1], one.at))] if tool[1] else []
        else:
            unknown.append(one)
    run = tuple(one for one in found if one.text not in BUILD_ONLY and not one.text.endswith("-dev"))
    return Packages(tuple(found), run, tuple(versions), untranslated(unknown))


def member(name: str) -> tuple[str, str] | None:
    """The tool and version of a language whose set has a package that every build has: "python311packages.pip"."""
    language, dot, package = name.partition("packages.")
    usual = (one for entry in registry.ENTRIES for one in (*entry.tools, *entry.needless))
    return tool_of(language) if dot and package in usual else None


def untranslated(names: list[Stated]) -> tuple[Warning, ...]:
    """The warning for Nix packages whose Debian packages are not known; () without any."""
    if not names:
        return ()
    message = f"not installed, for their Debian packages are not known: {', '.join(one.text for one in names)} of Nix"
    hint = "add the Debian packages by the build-args BUILD_PACKAGES and RUN_PACKAGES"
    return (Warning("nix-packages", message, names[0].at, hint),)
