"""Releases of well-known packages that do not install or run on a newer Node.js. Table of 2026-11-28."""

from typing import Literal

from msgspec import Struct

from frontend.rules.versions import key

EMPTY = "makes empty pages on"
RUN, COMPILE, REFUSED = "does not run on", "does not compile on", "refuses to be installed by yarn 1 on"


class Break(Struct, frozen=True):
    """Releases of a package below a version: the newest Node.js that they are for, and why not a newer one."""

    below: str
    last: int
    why: str


# bcrypt: the table of its own README, and the sources of 0.8.7, 1.0.3, 2.0.1, 3.0.0, 3.0.6, 3.0.8 and 4.0.1 read by a
# compiler with the headers of Node.js 10.24, 12.22, 14.21, 16.20, 18.20 and 24.22
# better-sqlite3: the sources of 7.6.2, 8.7.0, 9.3.0, 9.4.0, 9.6.0, 10.0.0, 11.0.0, 11.5.0 and 12.0.0 read by a compiler
# with the headers of Node.js 18.9, 20.8, 22.23, 23.9 and 24.22; between one that
# fails and one that works none has a row
# fibers: its README, "NODE.JS 16+ incompatible": 5.0.3, the last release, does not compile on Node.js 20 either
# config: run on Node.js 22.23, 23.9 and 24.22: up to 3.3.11 it calls util.isRegExp, which 23 has no more
# apollo-upload-client: run on Node.js 16.20 and 20.20: 14 loads files of extract-files 8 and 9 that these export by a
# directory, which Node.js 17 and newer do not follow
# hexo: https://github.com/hexojs/hexo/issues/4289, and 3.9.0 run on Node.js 12.22 and 24.21
# gulp: https://github.com/gulpjs/gulp/issues/2324
# node-sass: the table of its own README, and the Node.js in lib/extensions.js of each release
# @achrinza/node-ipc, @strapi/strapi: `engines` of each release in npm's registry, which only yarn 1 enforces
BREAKS: dict[str, tuple[Break, ...]] = {
    "bcrypt": (Break("1.0.4", 9, COMPILE), Break("3.0.6", 10, COMPILE), Break("4.0.0", 16, COMPILE)),
    "better-sqlite3": (Break("7.6.3", 18, COMPILE), Break("9.4.1", 20, COMPILE), Break("11.0.1", 22, COMPILE)),
    "config": (Break("3.3.12", 22, RUN),),
    "node-sass": (
        Break("5.0.0", 14, COMPILE),
        Break("6.0.0", 15, COMPILE),
        Break("7.0.0", 16, COMPILE),
        Break("8.0.0", 17, COMPILE),
        Break("9.0.0", 19, COMPILE),
        Break("10.0.0", 20, COMPILE),
    ),
    "fibers": (Break("6.0.0", 15, RUN),),
    "gulp": (Break("4.0.0", 11, RUN),),
    "hexo": (Break("4.2.1", 13, EMPTY),),
    "apollo-upload-client": (Break("14.0.0", 99, RUN), Break("15.0.0", 16, RUN)),
    "@achrinza/node-ipc": (
        Break("9.2.2", 99, REFUSED),
        Break("9.2.5", 17, REFUSED),
        Break("9.2.6", 18, REFUSED),
        Break("9.2.7", 19, REFUSED),
        Break("9.2.8", 20, REFUSED),
        Break("9.2.9", 21, REFUSED),
        Break("9.2.10", 22, REFUSED),
        Break("10.0.0", 25, REFUSED),
    ),
    "@strapi/strapi": (
        Break("4.3.9", 16, REFUSED),
        Break("4.12.1", 18, REFUSED),
        Break("4.26.2", 20, REFUSED),
        Break("5.0.0", 22, REFUSED),
        Break("5.0.4", 20, REFUSED),
        Break("5.31.0", 22, REFUSED),
        Break("5.48.1", 24, REFUSED),
    ),
}
NAMES = frozenset(BREAKS)


def of(name: str, version: str, manager: Literal["npm", "yarn1", "yarn", "pnpm", "bun"]) -> Break | None:
    """The known break of a release, in an app with this package manager; None for none."""
    found = next((row for row in BREAKS.get(name, ()) if key(version) < key(row.below)), None)
    return None if found is not None and found.why is REFUSED and manager != "yarn1" else found
