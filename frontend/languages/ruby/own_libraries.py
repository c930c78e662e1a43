"""Libraries that a script requires and that neither Ruby nor the app has: without a Gemfile nothing installs them.

Source: https://stdgems.org, which has the default and the bundled gems of each Ruby
"""

from frontend.context.tree import SourceTree
from frontend.errors import PlanError
from frontend.languages.ruby import boot, rack_boot
from frontend.languages.ruby.gemfile import NAMES
from frontend.plan.model import Process

STANDARD = frozenset(
    "abbrev base64 benchmark bigdecimal bundler cgi continuation coverage csv date debug delegate did_you_mean"
    " digest drb English erb error_highlight etc expect fcntl fiber fiddle fileutils find forwardable getoptlong"
    " io ipaddr irb json kconv logger matrix minitest mkmf monitor mutex_m net nkf objspace observer open-uri"
    " open3 openssl optparse ostruct pathname power_assert pp prettyprint prime prism pstore psych pty racc rake"
    " random rational rbconfig rbs rdoc readline reline resolv resolv-replace rexml rinda ripper rss rubygems"
    " securerandom set shellwords singleton socket stringio strscan syslog tempfile test thread time timeout"
    " tmpdir tsort un uri weakref yaml zlib".split()
)
BY_ITSELF = ("bundler/inline", "rescue LoadError")  # of a script that installs gems, or goes on without them


def check(tree: SourceTree, process: Process) -> None:
    """Raises PlanError where the app in the root of a tree has no Gemfile, and its process requires a gem."""
    if any(tree.has(path) for path, _ in NAMES):
        return
    for path in rack_boot.loaded(tree, rack_boot.started(tree, process)):
        if any(text in boot.text_of(tree, path) for text in BY_ITSELF):
            return
        for number, line in boot.lines(tree, path):
            match = rack_boot.REQUIRED.match(line)
            name = match[2] if match is not None and line.lstrip().startswith(("require ", "require(")) else ""
            if (
                match is not None
                and name
                and is_gem(tree, name)
                and rack_boot.resolved(tree, path, line, match) is None
            ):
                raise PlanError(
                    f"{path} requires {name}, but the app has no Gemfile that its gems are installed from",
                    at=tree.at(path, number),
                    hint="write one: bundle init, then bundle add for each gem that is required; commit the lockfile",
                )


def is_gem(tree: SourceTree, name: str) -> bool:
    """Whether a library is neither Ruby's nor the app's own, in a directory that its code may look in."""
    if name.startswith((".", "/")) or name.partition("/")[0] in STANDARD:
        return False
    return not any(tree.glob(f"{above}{name.removesuffix('.rb')}.rb") for above in ("", "*/", "*/*/"))
