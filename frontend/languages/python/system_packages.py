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


# packages that depend on one of the table: without a lockfile nothing else tells of it before it is installed
BRINGS = {
    "django-weasyprint": "weasyprint",
    "flask-weasyprint": "weasyprint",
    "pgqueuer": "psycopg",
    "psycopg-pool": "psycopg",
    "langgraph-checkpoint-postgres": "psycopg",
    "procrastinate": "psycopg",
    "python3-saml": "xmlsec",
    "pysaml2": "xmlsec",
    "django-auth-ldap": "python-ldap",
    "flask-ldap3-login": "python-ldap",
    "svglib": "cairosvg",
}
# an older suite's name for a package, where it has another
RENAMED = {
    "bookworm": {"libmagickwand-7.q16-10": "libmagickwand-6.q16-6"},
    "bullseye": {"libmagickwand-7.q16-10": "libmagickwand-6.q16-6"},
}


def needed(
    names: frozenset[str], extras: frozenset[tuple[str, str]], no_binary: tuple[str, ...], suite: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Debian packages for building and for running, sorted, as the suite calls them."""
    build: set[str] = set()
    run: set[str] = set()
    for name in names | {BRINGS[name] for name in names if name in BRINGS}:
        needs = TABLE.get(name)
        if needs is not None and not any(
            (name, extra) in extras for _, extra in BINARY_EXTRA if (name, extra) in BINARY_EXTRA
        ):
            build.update(needs.build)
            run.update(needs.run)
        if name in FROM_SOURCE and (name in no_binary or ":all:" in no_binary):
            build.update(FROM_SOURCE[name].build)
    renamed = RENAMED.get(suite, {})
    return tuple(sorted(build)), tuple(sorted(renamed.get(name, name) for name in run))
