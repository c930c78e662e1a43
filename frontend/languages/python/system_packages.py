"""Python packages that need more than Python: what their sources are built with, and what they load at run time.

The build image is the full `python` one, which stands on `buildpack-deps`: what that has (compilers, the headers of
libpq, MySQL, libxml2, libxslt, libjpeg, libwebp, OpenSSL, libffi, curl) is not listed.

Shared libraries that an extension names itself (ELF NEEDED) are found and copied after the build; `run` lists what is
loaded by name or started as a program, which no file names. Debian 12 and 13 package names.
"""

from msgspec import Struct


class Needs(Struct, frozen=True):
    """Debian packages: `build` for compiling (beyond what the build image has), `run` for running."""

    build: tuple[str, ...] = ()
    run: tuple[str, ...] = ()


TABLE: dict[str, Needs] = {
    "psycopg": Needs((), ("libpq5",)),  # without its binary extra it loads libpq by name
    "mariadb": Needs(("libmariadb-dev",)),
    "python-ldap": Needs(("libldap2-dev", "libsasl2-dev")),
    "xmlsec": Needs(("libxml2-dev", "libxmlsec1-dev", "libxmlsec1-openssl", "pkg-config"), ("libxmlsec1-openssl",)),
    "pycairo": Needs(("libcairo2-dev", "pkg-config")),
    "pygraphviz": Needs(("libgraphviz-dev",), ("graphviz",)),
    "graphviz": Needs((), ("graphviz",)),
    "pyodbc": Needs(("unixodbc-dev",)),
    "python-snappy": Needs(("libsnappy-dev",)),
    "pygit2": Needs(("libgit2-dev",)),
    "gdal": Needs(("libgdal-dev",)),
    "weasyprint": Needs((), ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")),
    "cairosvg": Needs((), ("libcairo2",)),
    "cairocffi": Needs((), ("libcairo2",)),
    "python-magic": Needs((), ("libmagic1",)),
    "pyzbar": Needs((), ("libzbar0",)),
    "pdf2image": Needs((), ("poppler-utils",)),
    "pytesseract": Needs((), ("tesseract-ocr",)),
    "ffmpeg-python": Needs((), ("ffmpeg",)),
    "pydub": Needs((), ("ffmpeg",)),
    "opencv-python": Needs(("libgl1", "libglib2.0-0")),
    "opencv-contrib-python": Needs(("libgl1", "libglib2.0-0")),
    "wand": Needs((), ("libmagickwand-7.q16-10",)),
    "gitpython": Needs((), ("git",)),
}
FROM_SOURCE = {  # needed only where the binary distribution is refused
    "numpy": Needs(("gfortran", "libopenblas-dev", "pkg-config")),
    "scipy": Needs(("gfortran", "libopenblas-dev", "pkg-config")),
}
BINARY_EXTRA = frozenset((("psycopg", "binary"), ("psycopg", "c")))


def needed(
    names: "frozenset[str]", extras: "frozenset[tuple[str, str]]", no_binary: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Debian packages for building and for running, sorted."""
    build: set[str] = set()
    run: set[str] = set()
    for name in names:
        needs = TABLE.get(name)
        if needs is not None and not any(
            (name, extra) in extras for _, extra in BINARY_EXTRA if (name, extra) in BINARY_EXTRA
        ):
            build.update(needs.build)
            run.update(needs.run)
        if name in FROM_SOURCE and (name in no_binary or ":all:" in no_binary):
            build.update(FROM_SOURCE[name].build)
    return tuple(sorted(build)), tuple(sorted(run))
