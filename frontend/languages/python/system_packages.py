"""Python packages that need more than Python: what their sources are built with, and what they load at run time.

The build image is the full `python` one, which stands on `buildpack-deps`: what that has (compilers, the headers of
libpq, MySQL, libxml2, libxslt, libjpeg, libwebp, OpenSSL, libffi, curl) is not listed.

Shared libraries that an extension names itself (ELF NEEDED) are found and copied after the build; `run` lists what is
loaded by name or started as a program, which no file names. Debian 12 and 13 package names.
"""

from msgspec import Struct

from frontend.errors import Location
from frontend.rules.native import Native, packages

TABLE: dict[str, Native] = {
    "psycopg": Native((), ("libpq5",)),  # without its binary extra it loads libpq by name
    "mariadb": Native(("libmariadb-dev",)),
    "python-ldap": Native(("libldap2-dev", "libsasl2-dev")),
    "xmlsec": Native(("libxml2-dev", "libxmlsec1-dev", "libxmlsec1-openssl", "pkg-config"), ("libxmlsec1-openssl",)),
    "pyicu": Native(("libicu-dev", "pkg-config")),
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
    **dict.fromkeys(("pdfkit", "imgkit", "django-wkhtmltopdf", "flask-wkhtmltopdf"), Native((), ("wkhtmltopdf",))),
    "soundfile": Native((), ("libsndfile1",)),
    "sounddevice": Native((), ("libportaudio2",)),
    "pyvips": Native((), ("libvips42",)),
    "pyenchant": Native((), ("libenchant-2-2",)),
    "ocrmypdf": Native((), ("tesseract-ocr", "ghostscript")),
    "camelot-py": Native((), ("ghostscript",)),
    "ghostscript": Native((), ("ghostscript", "libgs10")),
    "pypandoc": Native((), ("pandoc",)),
    "pylibdmtx": Native((), ("libdmtx0b",)),
    "py-espeak-ng": Native((), ("espeak-ng",)),
    "mecab-python3": Native((), ("mecab-ipadic-utf8",)),
    "pyttsx3": Native((), ("espeak-ng", "libespeak1")),
}
FROM_SOURCE = {  # needed only where the binary distribution is refused
    "numpy": Native(("gfortran", "libopenblas-dev", "pkg-config")),
    "scipy": Native(("gfortran", "libopenblas-dev", "pkg-config")),
}
# packages that bring the dictionary that MeCab loads
DICTIONARIES = frozenset(("unidic", "unidic-lite", "ipadic"))
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
JUPYTER = (
    ("JUPYTER_CONFIG_DIR", "/tmp/jupyter/config"),  # noqa: S108
    ("JUPYTER_DATA_DIR", "/tmp/jupyter/data"),  # noqa: S108
    ("JUPYTER_RUNTIME_DIR", "/tmp/jupyter/runtime"),  # noqa: S108
    ("IPYTHONDIR", "/tmp/ipython"),  # noqa: S108
)
STATE = {  # what keeps its own where XDG_CACHE_HOME says is not here: HuggingFace, PyTorch, Numba, Fontconfig, Whisper
    **dict.fromkeys(("matplotlib", "seaborn", "plotnine", "mplfinance", "shap"), MATPLOTLIB),
    "mecab-python3": (("MECABRC", "/etc/mecabrc"),),  # Debian's; the package looks below /usr/local
    "nltk": (("NLTK_DATA", "/tmp"),),  # noqa: S108 - where it downloads to, if that is there
    "ultralytics": (*MATPLOTLIB, ("YOLO_CONFIG_DIR", "/tmp")),  # noqa: S108
    "deepface": (("DEEPFACE_HOME", "/tmp"),),  # noqa: S108
    "easyocr": (("EASYOCR_MODULE_PATH", "/tmp/easyocr"),),  # noqa: S108
    "rembg": (("U2NET_HOME", "/tmp/u2net"),),  # noqa: S108
    **dict.fromkeys(("keras", "tensorflow"), (("KERAS_HOME", "/tmp/keras"),)),  # noqa: S108
    "gensim": (("GENSIM_DATA_DIR", "/tmp/gensim-data"),),  # noqa: S108
    "scikit-learn": (("SCIKIT_LEARN_DATA", "/tmp/scikit-learn"),),  # noqa: S108
    "tldextract": (("TLDEXTRACT_CACHE", "/tmp/tldextract"),),  # noqa: S108
    **dict.fromkeys(("voila", "notebook", "jupyterlab", "jupyter", "jupyter-server", "ipykernel"), JUPYTER),
}

# packages that start a browser: `browsers.py` looks at the sources of an app with one
BROWSED = frozenset(
    "browser-use crawl4ai playwright pyppeteer scrapy-playwright selenium undetected-chromedriver".split()
)
BROWSERS_PATH = ("PLAYWRIGHT_BROWSERS_PATH", "/app/.venv/browsers")


class Browsers(Struct, frozen=True):
    """The browsers that Playwright downloads, the Debian packages, and where the sources tell of them; a name each."""

    downloads: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    why: tuple[tuple[str, Location], ...] = ()

    @property
    def env(self) -> tuple[tuple[str, str], ...]:
        """The variables that the downloads and the app need."""
        return (BROWSERS_PATH,) if self.downloads else ()


def state(names: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The variables for packages that keep state below HOME, or load files of a Debian package."""
    return tuple(dict(pair for name in sorted(without_own(names) & set(STATE)) for pair in STATE[name]).items())


def without_own(names: frozenset[str]) -> frozenset[str]:
    """Packages but for those that others bring the data of, which Debian would."""
    return names if names.isdisjoint(DICTIONARIES) else names - {"mecab-python3"}


GONE = {"trixie": frozenset(("wkhtmltopdf",))}  # suite: packages of other suites that it does not have


def gone(names: frozenset[str], suite: str) -> tuple[str, ...]:
    """The packages that dependencies need and the suite does not have."""
    run = {package for name in names if name in TABLE for package in TABLE[name].run}
    return tuple(sorted(run & GONE.get(suite, frozenset())))


# an older suite's name for a package, where it has another
RENAMED = {
    "bookworm": {"libmagickwand-7.q16-10": "libmagickwand-6.q16-6", "libgdal36": "libgdal32"},
    "bullseye": {"libmagickwand-7.q16-10": "libmagickwand-6.q16-6", "libgdal36": "libgdal28"},
}


# libraries that come with the headers of the build image
HAVE = frozenset(("libpq5", "libmagickwand-7.q16-10", "libmagickwand-6.q16-6"))


def imported(run: tuple[str, ...]) -> tuple[str, ...]:
    """The packages of the image that the app needs to be imported in a build step: libraries that it loads by name."""
    programs = ("libreoffice-nogui", "libimage-exiftool-perl")
    return tuple(name for name in run if name.startswith("lib") and name not in HAVE and name not in programs)


def needed(
    names: frozenset[str], extras: frozenset[tuple[str, str]], no_binary: tuple[str, ...], suite: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Debian packages for building and for running, sorted, as the suite calls them."""
    names = without_own(names)
    found = [
        TABLE[name] for name in sorted(names | {BRINGS[name] for name in names if name in BRINGS}) if name in TABLE
    ]
    found = [needs for needs in found if not any(needs is TABLE[name] for name, _ in extras & BINARY_EXTRA)]
    found += [FROM_SOURCE[name] for name in names & set(FROM_SOURCE) if name in no_binary or ":all:" in no_binary]
    build = packages((needs.build for needs in found), suite, RENAMED)
    return build, packages((needs.run for needs in found), suite, RENAMED)
