"""Nix packages, which nixpacks.toml names, by the Debian packages that have the same."""

from typing import NamedTuple

from frontend.deploy.model import Named, Stated
from frontend.languages import registry
from frontend.plan.model import Warning

# Nix attribute: Debian packages; those that are in every build image anyway, or are of no use in one, have none
DEBIAN: dict[str, tuple[str, ...]] = {
    "binutils": ("binutils",),
    "bzip2": ("bzip2",),
    "cairo": ("libcairo2-dev", "libcairo2"),
    "chromium": ("chromium",),
    "cmake": ("cmake",),
    "curl": ("curl",),
    "espeak": ("espeak-ng",),
    "ffmpeg": ("ffmpeg",),
    "ffmpeg-full": ("ffmpeg",),
    "ffmpeg_6": ("ffmpeg",),
    "file": ("file", "libmagic1"),
    "fontconfig": ("fontconfig",),
    "freetype": ("libfreetype-dev",),
    "gcc": ("gcc",),
    "gdal": ("gdal-bin",),
    "geos": ("libgeos-dev", "libgeos-c1v5"),
    "gettext": ("gettext",),
    "ghostscript": ("ghostscript",),
    "git": ("git",),
    "glib": ("libglib2.0-0",),
    "gnumake": ("make",),
    "graphicsmagick": ("graphicsmagick",),
    "graphviz": ("graphviz",),
    "imagemagick": ("imagemagick",),
    "jq": ("jq",),
    "libffi": ("libffi-dev",),
    "libGL": ("libgl1",),
    "libjpeg": ("libjpeg62-turbo-dev",),
    "libmysqlclient": ("default-libmysqlclient-dev",),
    "libpng": ("libpng-dev",),
    "libpq": ("libpq-dev",),
    "libsodium": ("libsodium-dev", "libsodium23"),
    "libuuid": ("libuuid1",),
    "libwebp": ("webp",),
    "libxml2": ("libxml2-dev",),
    "libxslt": ("libxslt1-dev",),
    "libxslt.dev": ("libxslt1-dev",),
    "mariadb-connector-c": ("libmariadb-dev",),
    "mediainfo": ("mediainfo",),
    "mesa": ("libgl1",),
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
    warnings: list[Warning] = []
    for one in names:
        name = one.text.removeprefix("pkgs.")
        if name in DEBIAN:
            found += [Stated(package, one.at) for package in DEBIAN[name]]
        elif (tool := tool_of(name)) is not None:
            versions += [(tool[0], Stated(tool[1], one.at))] if tool[1] else []
        else:
            message = f"the Nix package {one.text} is not installed: its Debian package is not known"
            hint = "add the Debian package by the build-args BUILD_PACKAGES and RUN_PACKAGES"
            warnings.append(Warning("nix-package", message, one.at, hint))
    run = tuple(one for one in found if not one.text.endswith("-dev"))
    return Packages(tuple(found), run, tuple(versions), tuple(warnings))


def tool_of(name: str) -> tuple[str, str] | None:
    """The tool of a language and the version that an attribute names: "nodejs_20" -> ("node", "20"); None for others.

    A version of one digit that is followed by more is a major and a minor one: "python311" is 3.11.
    """
    stem = name.partition("Packages")[0].partition("Full")[0]
    letters = stem.rstrip("0123456789._-x")
    digits = "".join(c if c.isdigit() else "." for c in stem[len(letters) :]).strip(".")
    entry = registry.named(letters) or next((e for e in registry.ENTRIES if letters in e.tools), None)
    if entry is None:
        return None
    tool = letters if letters in entry.tools else next(iter(entry.tools), entry.name)
    if "." not in digits and len(digits) > 2:
        digits = f"{digits[0]}.{digits[1:]}"
    return tool, digits if len(digits) > 1 else ""
