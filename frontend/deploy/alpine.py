"""The packages that a Dockerfile on Alpine installs (`apk add`), by their names in Debian.

Sources: https://pkgs.alpinelinux.org/packages, https://packages.debian.org/trixie/, apk-add(8)
"""

import re
from collections.abc import Iterator, Sequence

NAME = re.compile(r"[a-z0-9][a-z0-9+._-]+")
CONSTRAINT = re.compile(r"[<>=~@]")  # "ffmpeg=6.1-r0", "chromium@edge"
TAKES = ("-X", "--repository", "-p", "--root", "--keys-dir", "--repositories-file", "--cache-dir", "--arch", "--wait")
VIRTUAL = ("-t", "--virtual")  # a name for packages that are of a build: they are removed by it
# what every image of ours has, or finds by itself for native code: the C library's and C++'s, users, libraries
NEEDLESS = frozenset(
    "alpine-sdk apk-tools build-base cairo coreutils eudev expat findutils freetype fribidi gcompat giflib glib gmp "
    "grep harfbuzz icu icu-data-full icu-libs jpeg krb5 krb5-libs linux-headers mariadb-connector-c mpfr musl "
    "musl-utils "
    "ncurses-libs nspr nss pango pixman readline sed shadow sqlite-libs su-exec tiff udev unixodbc util-linux vips "
    "vips-cpp zlib".split()
)
LIBRARY = re.compile(r"lib(?!reoffice)|py3-|(?:imagemagick|vips)-(?!tools)")
DEBIAN = {
    "aws-cli": "awscli",
    "bind-tools": "bind9-dnsutils",
    "dcron": "cron",
    "exiftool": "libimage-exiftool-perl",
    "font-inter": "fonts-inter",
    "font-noto": "fonts-noto-core",
    "font-noto-emoji": "fonts-noto-color-emoji",
    "font-wqy-zenhei": "fonts-wqy-zenhei",
    "github-cli": "gh",
    "iputils": "iputils-ping",
    "libreoffice": "libreoffice-nogui",
    "mariadb-client": "default-mysql-client",
    "mysql-client": "default-mysql-client",
    "openssh": "openssh-client",
    "p7zip": "7zip",
    "perl-image-exiftool": "libimage-exiftool-perl",
    "redis": "redis-tools",
    "sqlite": "sqlite3",
    "vips-tools": "libvips-tools",
    "wqy-zenhei": "fonts-wqy-zenhei",
}
RENAMED = (  # what the name of a package matches, and what it is in Debian
    (re.compile(r"postgresql\d+-client"), r"postgresql-client"),
    (re.compile(r"openjdk\d+(?:-jre(?:-headless|-base)?)?"), r"default-jre-headless"),
    (re.compile(r"tesseract-ocr-data-(.+)"), r"tesseract-ocr-\1"),
    (re.compile(r"(?:ttf|font)-(freefont)"), r"fonts-\1-ttf"),
    (re.compile(r"(?:ttf|font)-(dejavu)"), r"fonts-\1-core"),
    (re.compile(r"(?:ttf|font)-opensans"), r"fonts-open-sans"),
    (re.compile(r"(?:ttf|font)-(liberation|roboto|noto-cjk|droid|font-awesome)"), r"fonts-\1"),
)


def installed(words: Sequence[str]) -> Iterator[str]:
    """What a command of `apk` installs that an app may need when it runs."""
    if "add" not in words or any(word.partition("=")[0] in VIRTUAL for word in words):
        return
    rest = iter(words[words.index("add") + 1 :])
    for word in rest:
        if word in TAKES:
            next(rest, None)
            continue
        name = CONSTRAINT.split(word)[0]
        if NAME.fullmatch(name) and name not in NEEDLESS and not LIBRARY.match(name):
            yield in_debian(name)


def in_debian(name: str) -> str:
    """A package's name in Debian; the same where no other is known."""
    found = (pattern.sub(other, name) for pattern, other in RENAMED if pattern.fullmatch(name))
    return DEBIAN.get(name) or next(found, name)
