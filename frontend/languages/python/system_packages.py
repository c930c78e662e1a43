"""Python packages that need more than Python: what their sources are built with, and what they load at run time.

The build image is the full `python` one, which stands on `buildpack-deps`: what that has (compilers, the headers of
libpq, MySQL, libxml2, libxslt, libjpeg, libwebp, OpenSSL, libffi, curl) is not listed.

Shared libraries that an extension names itself (ELF NEEDED) are found and copied after the build; `run` lists what is
loaded by name or started as a program, which no file names. Debian 12 and 13 package names.
"""

from frontend.rules.native import Native, packages

TABLE: dict[str, Native] = {
    "psycopg": Native((), ("libpq5",)),  # without its binary extra it loads libpq by name
    "mariadb": Native(("libmariadb-dev",)),
    "python-ldap": Native(("libldap2-dev", "libsasl2-dev")),
    "xmlsec": Native(("libxml2-dev", "libxmlsec1-dev", "libxmlsec1-openssl", "pkg-config"), ("libxmlsec1-openssl",)),
    "pycairo": Native(("libcairo2-dev", "pkg-config")),
    "pygraphviz": Native(("libgraphviz-dev",), ("graphviz",)),
    "graphviz": Native((), ("graphviz",)),
    "pyodbc": Native(("unixodbc-dev",)),
    "python-snappy": Native(("libsnappy-dev",)),
    "pygit2": Native(("libgit2-dev",)),
    "gdal": Native(("libgdal-dev",)),
    "weasyprint": Native((), ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")),
    "cairosvg": Native((), ("libcairo2",)),
    "cairocffi": Native((), ("libcairo2",)),
    "python-magic": Native((), ("libmagic1",)),
    "pyzbar": Native((), ("libzbar0",)),
    "pdf2image": Native((), ("poppler-utils",)),
    "pytesseract": Native((), ("tesseract-ocr",)),
    "ffmpeg-python": Native((), ("ffmpeg",)),
    "pydub": Native((), ("ffmpeg",)),
    "opencv-python": Native(("libgl1", "libglib2.0-0")),
    "opencv-contrib-python": Native(("libgl1", "libglib2.0-0")),
    "wand": Native((), ("libmagickwand-7.q16-10",)),
    "gitpython": Native((), ("git",)),
}
FROM_SOURCE = {  # needed only where the binary distribution is refused
    "numpy": Native(("gfortran", "libopenblas-dev", "pkg-config")),
    "scipy": Native(("gfortran", "libopenblas-dev", "pkg-config")),
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
    "ultralytics": "opencv-python",
    "supervision": "opencv-python",
    "deepface": "opencv-python",
    "mediapipe": "opencv-contrib-python",
}
# packages that keep state below HOME, which is read-only -> the variables that put it where it can be written
MATPLOTLIB = (("MPLCONFIGDIR", "/tmp/matplotlib"),)  # noqa: S108
FONTS = (("XDG_CACHE_HOME", "/tmp/.cache"),)  # noqa: S108 - Fontconfig's
JUPYTER = (
    ("JUPYTER_CONFIG_DIR", "/tmp/jupyter/config"),  # noqa: S108
    ("JUPYTER_DATA_DIR", "/tmp/jupyter/data"),  # noqa: S108
    ("JUPYTER_RUNTIME_DIR", "/tmp/jupyter/runtime"),  # noqa: S108
    ("IPYTHONDIR", "/tmp/ipython"),  # noqa: S108
)
STATE = {
    **dict.fromkeys(("matplotlib", "seaborn", "plotnine", "mplfinance", "shap", "ultralytics"), MATPLOTLIB),
    **dict.fromkeys(("weasyprint", "cairosvg", "graphviz", "pygraphviz"), FONTS),
    **dict.fromkeys(("voila", "notebook", "jupyterlab", "jupyter", "jupyter-server", "ipykernel"), JUPYTER),
}


def state(names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The variables for packages that keep state below HOME."""
    return tuple(dict(pair for name in sorted(names & set(STATE)) for pair in STATE[name]).items())


# an older suite's name for a package, where it has another
RENAMED = {
    "bookworm": {"libmagickwand-7.q16-10": "libmagickwand-6.q16-6", "libgdal36": "libgdal32"},
    "bullseye": {"libmagickwand-7.q16-10": "libmagickwand-6.q16-6", "libgdal36": "libgdal28"},
}


def needed(
    names: frozenset[str], extras: frozenset[tuple[str, str]], no_binary: tuple[str, ...], suite: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Debian packages for building and for running, sorted, as the suite calls them."""
    found = [
        TABLE[name] for name in sorted(names | {BRINGS[name] for name in names if name in BRINGS}) if name in TABLE
    ]
    found = [needs for needs in found if not any(needs is TABLE[name] for name, _ in extras & BINARY_EXTRA)]
    found += [FROM_SOURCE[name] for name in names & set(FROM_SOURCE) if name in no_binary or ":all:" in no_binary]
    build = packages((needs.build for needs in found), suite, RENAMED)
    return build, packages((needs.run for needs in found), suite, RENAMED)
