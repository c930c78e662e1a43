"""The browsers that an app's sources start: Playwright's own, which its program downloads, and Debian's for Selenium.

Sources: https://playwright.dev/python/docs/browsers#install-browsers, …#install-system-dependencies (the packages are
those of its nativeDeps.ts), https://www.selenium.dev/documentation/selenium_manager/
"""

import re
from collections.abc import Iterator

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.python import app_candidates
from frontend.languages.python.system_packages import Browsers
from frontend.plan.model import Exec

BRINGS = {  # packages that start Playwright's browsers -> what sources name them by
    "playwright": "playwright",
    "scrapy-playwright": "scrapy_playwright",
    "crawl4ai": "crawl4ai",
    "browser-use": "browser_use",
}
KINDS = ("chromium", "firefox", "webkit")
LIBRARIES = (
    *("libasound2t64", "libatk-bridge2.0-0t64", "libatk1.0-0t64", "libatspi2.0-0t64", "libcairo2", "libcups2t64"),
    *("libdbus-1-3", "libdrm2", "libgbm1", "libglib2.0-0t64", "libnspr4", "libnss3", "libpango-1.0-0", "libx11-6"),
    *("libxcb1", "libxcomposite1", "libxdamage1", "libxext6", "libxfixes3", "libxkbcommon0", "libxrandr2"),
    "fonts-liberation",
)
OF_FIREFOX = ("libdbus-glib-1-2", "libgtk-3-0t64", "libx11-xcb1", "libxcursor1", "libxi6", "libxrender1", "libxtst6")
BEFORE_T64 = ("buster", "bullseye", "bookworm")  # suites whose libraries are not called so
SELENIUM = {  # a dependency -> what its sources call, and the Debian packages for it
    "selenium": (re.compile(r"\bwebdriver\.Chrome\(|\bimport\s+Chrome\b"), ("chromium", "chromium-driver")),
    "undetected-chromedriver": (re.compile(r"\bundetected_chromedriver\b"), ("chromium",)),
    "pyppeteer": (re.compile(r"\bpyppeteer\b"), ("chromium",)),
}


def find(tree: SourceTree, names: frozenset[str], suite: str) -> Browsers:
    """What the sources of the app in a directory start. `names` are its packages, `suite` that of the image."""
    if names.isdisjoint(BRINGS) and names.isdisjoint(SELENIUM):
        return Browsers()
    near, deep = app_candidates.files(tree)
    texts = {path: tree.read_text(path) or "" for path in (*near, *deep)}
    downloads, why = of_playwright(tree, texts, names)
    packages = [*LIBRARIES, *(OF_FIREFOX if "firefox" in downloads else ())] if downloads else []
    packages = [name.removesuffix("t64") for name in packages] if suite in BEFORE_T64 else packages
    for at, name, needed in of_selenium(tree, texts, names):
        why.append((name, at))
        packages += needed
    return Browsers(downloads, tuple(dict.fromkeys(packages)), tuple(why))


def of_playwright(
    tree: SourceTree, texts: dict[str, str], names: frozenset[str]
) -> tuple[tuple[str, ...], list[tuple[str, Location]]]:
    """The browsers of Playwright that sources start, Chromium where they name none; and the place of its import."""
    modules = [module for package, module in BRINGS.items() if package in names]
    if not modules:
        return (), []
    imports = re.compile(rf"^\s*(?:import|from)\s+(?:{'|'.join(modules)})\b|[\"']scrapy_playwright\.", re.MULTILINE)
    using = {path: found for path, text in texts.items() if (found := imports.search(text)) is not None}
    if not using:
        return (), []
    kinds = [kind for kind in KINDS if any(re.search(rf"\.{kind}\b", texts[path]) for path in using)]
    path, found = next(iter(using.items()))
    line = texts[path].count("\n", 0, found.end()) + 1
    return tuple(kinds) or KINDS[:1], [("a browser of Playwright", tree.at(path, line))]


def of_selenium(
    tree: SourceTree, texts: dict[str, str], names: frozenset[str]
) -> Iterator[tuple[Location, str, tuple[str, ...]]]:
    """Where sources start Chrome, by which package, and the Debian packages for that."""
    for package, (call, needed) in SELENIUM.items():
        for path, text in texts.items() if package in names else ():
            found = call.search(text)
            if found is not None:
                yield tree.at(path, text.count("\n", 0, found.start()) + 1), f"Chrome, by {package}", needed
                break


def step(browsers: Browsers) -> Exec:
    """The program that downloads Playwright's browsers, in the release that is installed."""
    name = f"playwright install {' '.join(browsers.downloads)}"
    hint = "to build without a browser, set the build-arg SKIP=browser"
    return Exec(tuple(name.split()), name, env=browsers.env, fetches=True, at=browsers.why[0][1], hint=hint)
