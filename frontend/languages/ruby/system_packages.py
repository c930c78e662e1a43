"""Gems that need more than Ruby: what their extensions are built with, and what they load or start at run time.

The build image is the full `ruby` one, which stands on `buildpack-deps`: what that has (compilers, git, the headers of
libpq, MySQL, SQLite, libxml2, libxslt, ImageMagick, libyaml, libffi, OpenSSL) is not listed.

Shared libraries that an extension names itself (ELF NEEDED) are found and copied after the build; `run` lists what is
loaded by name or started as a program, which no file names. Debian 13 package names.
"""

from collections.abc import Iterator

from frontend.errors import Location
from frontend.plan.model import Warning
from frontend.rules.native import Native, packages

IMAGEMAGICK = Native((), ("imagemagick",))
UPLOADS = Native((), ("file", "imagemagick"))  # programs that it starts for each upload
OPTIMIZERS = ("gifsicle", "jpegoptim", "optipng", "pngquant")
TYPES = Native(("shared-mime-info",), ("shared-mime-info",))  # its code has the path of a file of that package
TABLE: dict[str, Native] = {
    "ruby-vips": Native((), ("libvips42",)),
    "mini_magick": IMAGEMAGICK,
    "dragonfly": IMAGEMAGICK,
    "paperclip": UPLOADS,
    "kt-paperclip": UPLOADS,
    "mimemagic": TYPES,
    "rmagick": Native(("libmagickwand-dev",), ("libmagickcore-7.q16-10-extra",)),
    "rbnacl": Native((), ("libsodium23",)),
    "opus-ruby": Native((), ("libopus0",)),
    "ffi-geos": Native((), ("libgeos-c1t64",)),
    "git": Native((), ("git",)),
    "mini_exiftool": Native((), ("libimage-exiftool-perl",)),
    "ffi-hunspell": Native((), ("libhunspell-1.7-0",)),
    "ruby-filemagic": Native(("libmagic-dev",), ("libmagic1",)),
    "charlock_holmes": Native(("libicu-dev",)),
    "rugged": Native(("cmake", "pkg-config", "libssl-dev")),
    "gpgme": Native(("libgpgme-dev",), ("gnupg",)),
    "tiny_tds": Native(("freetds-dev",)),
    "ruby-odbc": Native(("unixodbc-dev",)),
    "rdkafka": Native(("cmake",)),
    "h3": Native(("cmake",)),
    "rgeo": Native(("libgeos-dev",)),  # faster, and complete, where its headers are there
    "curb": Native(("libcurl4-openssl-dev",)),
    "typhoeus": Native((), ("libcurl4",)),
    "ethon": Native((), ("libcurl4",)),
    "idn-ruby": Native(("libidn-dev",)),
    "wkhtmltopdf-binary": Native((), ("fontconfig", "libjpeg62-turbo", "libx11-6", "libxext6", "libxrender1")),
    "pdfkit": Native((), ("wkhtmltopdf",)),
    "wicked_pdf": Native((), ("wkhtmltopdf",)),
    "streamio-ffmpeg": Native((), ("ffmpeg",)),
    "rtesseract": Native((), ("tesseract-ocr",)),
    "gobject-introspection": Native(("libgirepository1.0-dev",)),
    "cairo": Native(("libcairo2-dev",)),
    "snappy": Native(("cmake", "libsnappy-dev")),
    "rocksdb-ruby": Native(("librocksdb-dev",)),
    "zbar": Native((), ("libzbar0",)),
    "ruby-graphviz": Native((), ("graphviz",)),
    "rails-erd": Native((), ("graphviz",)),
    "ferrum": Native((), ("chromium",)),
    "image_optim": Native((), OPTIMIZERS),
    "image_optimizer": Native((), OPTIMIZERS),
}
# gems of the table above, and others that count, which those that a Gemfile lists bring: a lockfile has them by name
BRING = {
    "execjs": frozenset(("autoprefixer-rails", "coffee-rails", "coffee-script", "react-rails", "terser", "uglifier")),
    "tzinfo": frozenset(("activerecord", "activesupport", "rails", "sinatra-activerecord")),
    "ruby-vips": frozenset(("image_processing",)),
    "mini_magick": frozenset(("carrierwave", "image_processing")),
    "opus-ruby": frozenset(("discordrb",)),
    "ethon": frozenset(("typhoeus",)),
}
# gems that have the program another gem starts
HAVE = {
    "wicked_pdf": ("wkhtmltopdf-binary", "wkhtmltopdf-heroku"),
    "pdfkit": ("wkhtmltopdf-binary", "wkhtmltopdf-heroku"),
    "image_optim": ("image_optim_pack",),
}
# gems whose program is packed, and unpacks itself beside the gem when it is first started: not in a running container
UNPACK = {"wkhtmltopdf-binary": "wkhtmltopdf"}
# without it a slim image has no time zones, and what asks for one does not start
ZONES = Native((), ("tzdata",))
# a JavaScript engine for compilers of assets: the gem finds Debian's by its name
ENGINE = Native(("nodejs",))
RUNS_ENGINE = ("react-rails", "react_on_rails", "hypernova")  # gems that render by it in a running app
ENGINES = ("mini_racer", "therubyracer", "duktape", "libv8")  # gems that are one themselves
# what loads the engine, and would not start without one; an app that asks nothing of it is content with this
NO_ENGINE = (("EXECJS_RUNTIME", "Disabled"),)
GONE = {"trixie": frozenset(("wkhtmltopdf",))}  # suite: packages of other suites that it does not have
_MAGICK6 = {"libmagickcore-7.q16-10-extra": "libmagickcore-6.q16-6-extra"}
_OLDER = {**_MAGICK6, "libgeos-c1t64": "libgeos-c1v5"}
RENAMED = {"bookworm": _OLDER, "bullseye": _OLDER, "buster": _OLDER}  # an older suite's name for a package


def gone(suite: str) -> frozenset[str]:
    """The packages that a suite does not have, and others do."""
    return GONE.get(suite, frozenset())


def needed(names: frozenset[str], suite: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Debian packages for building and for running, sorted, as the suite calls them."""
    found = [TABLE[name] for name in sorted(names) if name in TABLE and not names & {*HAVE.get(name, ())}]
    found += [ZONES] if "tzinfo" in names and "tzinfo-data" not in names else []
    if "execjs" in names and not names & {*ENGINES}:
        found.append(Native(ENGINE.build, ENGINE.build) if names & {*RUNS_ENGINE} else ENGINE)
    build = packages((needs.build for needs in found), suite, RENAMED)
    run = packages((needs.run for needs in found), suite, RENAMED)
    return build, tuple(name for name in run if name not in gone(suite))


def brought(names: frozenset[str]) -> frozenset[str]:
    """The gems that an app without a lockfile has: those of its Gemfile, and what they are known to bring."""
    return names | {gem for gem, by in BRING.items() if names & by}


def run_env(names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The variables of an image that has no JavaScript engine, for gems that load one."""
    return NO_ENGINE if "execjs" in names and not names & {*ENGINES, *RUNS_ENGINE} else ()


def chosen(names: frozenset[str], direct: frozenset[str], processor: str) -> frozenset[str]:
    """The gems without the processor of images that is not used: image_processing depends on two.

    `direct` are those that the Gemfile lists, `processor` what the app says, "vips" or "mini_magick".
    """
    if "image_processing" not in names:
        return names
    other = {"mini_magick"} if processor == "vips" else {"ruby-vips"}
    return names - (other - direct)


def doubts(names: frozenset[str], suite: str, at: Location) -> Iterator[Warning]:
    """The warning for programs that gems start and the suite has no more; `at` is where the gems are listed."""
    for gem in sorted(names & {*TABLE} - {name for name, by in HAVE.items() if names & {*by}}):
        for package in TABLE[gem].run:
            if package in gone(suite):
                yield Warning(
                    "package-gone",
                    f"{gem} starts {package}, which Debian {suite} has no more: it is not in the image",
                    at,
                    "add the gem wkhtmltopdf-binary, which has the program",
                )
