"""Debian packages for what the sources start or load by name; places that can be written for what keeps state."""

import pytest

from tests.languages.python import FLASK, Files, codes, flask, plan, runs

USED: list[tuple[str, str, tuple[str, ...]]] = [  # a line of the app, the packages for it
    ("a list", 'subprocess.run(["git", "log"], check=True)', ("git",)),
    ("a tuple", 'subprocess.Popen(("ffmpeg", "-i", name))', ("ffmpeg",)),
    ("a line", 'os.system(f"pdftoppm {name}")', ("poppler-utils",)),
    ("a look-up", 'shutil.which("tesseract")', ("tesseract-ocr",)),
    ("an import by name", 'from subprocess import check_output as out\nout(["pandoc", "x"])', ("pandoc",)),
    ("asyncio's", 'import asyncio\nasyncio.create_subprocess_exec("ffprobe", "x")', ("ffmpeg",)),
    ("a library", 'import ctypes.util\nctypes.util.find_library("magic")', ("libmagic1",)),
    ("a library's file", 'import ctypes\nctypes.CDLL("libzbar.so.0")', ("libzbar0",)),
    ("in a function", 'def f():\n    subprocess.call(["git"])', ("git",)),
    ("two of a package", 'subprocess.run(["ffmpeg"])\nsubprocess.run(["ffprobe"])', ("ffmpeg",)),
    ("git, of the app itself", 'subprocess.check_output(["git", "rev-parse", "HEAD"])', ()),
    ("another program", 'subprocess.run(["mine", "git"])', ()),
    ("only a text", 'print("git", "ffmpeg")', ()),
    ("a variable", "subprocess.run([name])", ()),
    ("another function", 'tools.run("git")', ()),
]


@pytest.mark.parametrize(("line", "packages"), [row[1:] for row in USED], ids=[row[0] for row in USED])
def test_what_the_sources_use_is_in_the_image(line: str, packages: tuple[str, ...]) -> None:
    found = plan(flask(**{"app.py": f"import os, shutil, subprocess\n{FLASK}name = ''\n{line}\n"}))
    assert found.runtime.packages == packages
    assert [one.what for one in found.evidence if one.because.startswith("the sources use")] == list(packages)


GIS: Files = {
    "requirements.txt": "django\ngunicorn\n",
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'atlas.settings')\n",
    "atlas/settings.py": "INSTALLED_APPS = [\n    'django.contrib.gis',\n]\n",
    "atlas/wsgi.py": "application = 1\n",
}


@pytest.mark.parametrize(("version", "package"), [("3.13", "libgdal36"), ("3.8", "libgdal32")])
def test_djangos_gis_has_its_libraries(version: str, package: str) -> None:
    found = plan({**GIS, ".python-version": version})
    assert found.runtime.packages == (package,)
    assert [str(one.at) for one in found.evidence if one.what == package] == ["atlas/settings.py:2"]


SYNC = "from playwright.sync_api import sync_playwright\n"
LAUNCHED = "with sync_playwright() as p:\n    p.{}.launch()\n"
DOWNLOADS = [  # requirements, the app's file, what is downloaded
    ("playwright", SYNC + LAUNCHED.format("chromium"), "playwright install chromium"),
    ("playwright", SYNC + LAUNCHED.format("firefox"), "playwright install firefox"),
    (
        "playwright",
        SYNC + LAUNCHED.format("chromium") + LAUNCHED.format("webkit"),
        "playwright install chromium webkit",
    ),
    ("crawl4ai", "from crawl4ai import AsyncWebCrawler\n", "playwright install chromium"),
    ("scrapy-playwright", "H = {'https': 'scrapy_playwright.handler.Handler'}\n", "playwright install chromium"),
    ("pytest-playwright\nplaywright", "import os\n", ""),
    ("flask", SYNC, ""),
]


@pytest.mark.parametrize(("requirement", "text", "downloads"), DOWNLOADS)
def test_the_browsers_of_playwright_that_the_sources_start(requirement: str, text: str, downloads: str) -> None:
    found = plan(flask(f"flask\ngunicorn\n{requirement}\n", **{"app.py": text + FLASK, "tests/test_it.py": SYNC}))
    assert [one for one in runs(found) if "playwright" in one] == ([downloads] if downloads else [])
    env = dict(found.runtime.env)
    assert env.get("PLAYWRIGHT_BROWSERS_PATH") == ("/app/.venv/browsers" if downloads else None)
    assert ("libnss3" in found.runtime.packages) == bool(downloads)
    assert ("libgtk-3-0t64" in found.runtime.packages) == ("firefox" in downloads)
    if downloads:
        assert [str(one.at) for one in found.evidence if one.what == "a browser of Playwright"] == ["app.py:1"]


def test_a_browser_s_libraries_are_called_as_the_suite_has_them_and_it_can_be_left_out() -> None:
    files = flask("flask\ngunicorn\nplaywright\n", **{"app.py": SYNC + FLASK})
    old = plan({**files, ".python-version": "3.8"})
    assert {"libasound2", "libcups2", "libnss3"} <= set(old.runtime.packages)
    assert not [one for one in old.runtime.packages if "t64" in one]
    assert plan(files, skip=("browser",)).runtime.packages == ()


@pytest.mark.parametrize(
    ("requirement", "text", "packages"),
    [
        ("selenium", "from selenium import webdriver\nd = webdriver.Chrome()\n", ("chromium", "chromium-driver")),
        ("selenium", "from selenium import webdriver\nd = webdriver.Remote(URL)\n", ()),
        ("undetected-chromedriver", "import undetected_chromedriver as uc\nd = uc.Chrome()\n", ("chromium",)),
        ("flask-selenium", "import os\n", ()),
    ],
)
def test_chrome_is_debian_s(requirement: str, text: str, packages: tuple[str, ...]) -> None:
    found = plan(flask(f"flask\ngunicorn\n{requirement}\n", **{"app.py": text + FLASK}))
    assert found.runtime.packages == packages


def test_mecab_has_a_dictionary_unless_a_package_brings_one() -> None:
    found = plan(flask("flask\ngunicorn\nmecab-python3\n"))
    assert found.runtime.packages == ("mecab-ipadic-utf8",)
    assert dict(found.runtime.env)["MECABRC"] == "/etc/mecabrc"
    own = plan(flask("flask\ngunicorn\nmecab-python3\nunidic-lite\n"))
    assert (own.runtime.packages, "MECABRC" in dict(own.runtime.env)) == ((), False)


STATES: list[tuple[str, tuple[str, str]]] = [
    ("matplotlib", ("MPLCONFIGDIR", "/tmp/matplotlib")),
    ("seaborn", ("MPLCONFIGDIR", "/tmp/matplotlib")),
    ("voila", ("JUPYTER_RUNTIME_DIR", "/tmp/jupyter/runtime")),
    ("jupyterlab", ("IPYTHONDIR", "/tmp/ipython")),
    ("nltk", ("NLTK_DATA", "/tmp")),
]


@pytest.mark.parametrize(("package", "variable"), STATES)
def test_state_is_kept_where_it_can_be_written(package: str, variable: tuple[str, str]) -> None:
    assert variable in plan(flask(f"flask\ngunicorn\n{package}\n")).runtime.env
    assert variable not in plan(flask()).runtime.env


GONE: list[tuple[str, str, str, str]] = [  # a line of the app, a dependency, where and why it is said
    ("subprocess.run(['wkhtmltopdf', 'x'])", "", "app.py:5", "the sources start it"),
    ("subprocess.run(['wkhtmltoimage', 'x'])", "", "app.py:5", "the sources start it"),
    ("import pdfkit", "pdfkit", "requirements.txt", "a dependency starts it"),
]


@pytest.mark.parametrize(("line", "package", "at", "why"), GONE)
def test_a_program_that_the_suite_lacks_is_warned_of(line: str, package: str, at: str, why: str) -> None:
    files = flask(
        f"flask\ngunicorn\n{package}\n", **{"app.py": f"import os, shutil, subprocess\n{FLASK}name = ''\n{line}\n"}
    )
    found = plan(files)
    assert found.runtime.packages == ()
    (warning,) = (one for one in found.warnings if one.code == "program-missing")
    assert (str(warning.at), why in warning.message) == (at, True)
    older = plan({**files, ".python-version": "3.8"})
    assert (older.runtime.packages, codes(older).count("program-missing")) == (("wkhtmltopdf",), 0)


def test_the_users_own_place_stays() -> None:
    files = flask("flask\ngunicorn\nmatplotlib\n", Procfile="web: MPLCONFIGDIR=/data gunicorn app:app\n")
    assert dict(plan(files).runtime.env)["MPLCONFIGDIR"] == "/data"
