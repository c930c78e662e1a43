"""Which Ruby: a dated table, and the files that ask for a version, all of which have to agree."""

import re

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.errors import Location, VersionError
from frontend.languages.ruby.gemfile import Gemfile, RubyVersion
from frontend.languages.ruby.lockfile import Lockfile
from frontend.plan.model import Evidence, ToolVersion
from frontend.rules import version_files
from frontend.rules.ranges import Range
from frontend.rules.version_files import Rule
from frontend.rules.versions import Asked, Release, Tool, best, choose, is_exact
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

TITLE = "Ruby"
# Sources: https://www.ruby-lang.org/en/downloads/branches/ and the tags of docker.io/library/ruby
TABLE_DATE = "2026-11-28"
RELEASES = (
    Release("4.0", "4.0.5", "2029-03-31", (("trixie", "4.0.0"), ("bookworm", "4.0.0"))),
    Release("3.4", "3.4.9", "2028-03-31", (("trixie", "3.4.5"), ("bookworm", "3.4.0"))),
    Release("3.3", "3.3.14", "2027-03-31", (("trixie", "3.3.9"), ("bookworm", "3.3.0"))),
    Release("3.2", "3.2.11", "2026-03-31", (("trixie", "3.2.9"), ("bookworm", "3.2.2"), ("bullseye", "3.2.0"))),
    Release("3.1", "3.1.7", "2025-03-26", (("bookworm", "3.1.4"), ("bullseye", "3.1.0"))),
    Release("3.0", "3.0.7", "2024-04-23", (("bookworm", "3.0.6"), ("bullseye", "3.0.2"), ("buster", "3.0.0"))),
    Release("2.7", "2.7.8", "2023-03-31", (("bullseye", "2.7.4"), ("buster", "2.7.0"))),
)
OLDEST = RELEASES[-1].line
DEFAULT = "3.4"
IMAGE = "ruby:{version}{slim}-{suite}"
ALIASES = {"latest": RELEASES[0].line, "stable": RELEASES[0].line, "ruby": DEFAULT}
# Rails before a version: the first Ruby that it does not run on, where it is not locked with gems that mend it
# Source: https://guides.rubyonrails.org/upgrading_ruby_on_rails.html#ruby-versions
LIMITS = (("5.0", "2.7"), ("6.1", "3.0"), ("7.0", "3.1"), ("7.1", "3.4"))
# the gems of Rails whose version counts, where the first that is locked decides; they share one
OF_RAILS = (("railties", "Rails"), ("activerecord", "Active Record"), ("activesupport", "Active Support"))
# gems that a Bundler before a version has locked are older than a Ruby that took away what they use: taint and
# File.exists? in 3.2, libraries that are gems of their own since 3.4. Sources: the release notes of Ruby 3.0, 3.2 and
# 3.4; https://stdgems.org/bundler has the Bundler that each Ruby came with
BUNDLERS = (("2.1", "3.0"), ("2.4", "3.2"), ("2.5", "3.4"))
ENGINES = ("jruby", "truffleruby", "rbx", "mruby", "picoruby", "rubinius")
SETTING = (Rule.setting("ruby"),)
FILES = (Rule.line(".ruby-version"), Rule.tools("ruby"))
NEVER = 999  # a patch release that there is none of
PATCH = re.compile(r"(\d+\.\d+\.\d+)-?p\d+$")  # "2.7.8p225", as ruby --version has it


def gem_range(text: str) -> Range:
    """RubyGems' requirements; the module is imported for an app that has one."""
    from frontend.rules import ranges

    return ranges.gem(text)


RUBY = Tool("ruby", TITLE, TABLE_DATE, DEFAULT, RELEASES, gem_range, ALIASES, ("ruby-", "ruby@", "mri-", "ruby "))


def find(tree: SourceTree, settings: Settings, gemfile: Gemfile | None, lock: Lockfile | None) -> ToolVersion:
    """The Ruby of an app: what the setting or a version file asks for, within what the Gemfile requires.

    Bundler refuses a Ruby that the Gemfile does not allow, so a contradiction is an error: VersionError names both
    places. Without either it is the line that the lockfile was made with, a Dockerfile's, or the default: Bundler notes
    the patch release of whoever locked, and asks for none.
    """
    required = required_by(tree, gemfile)
    version = chosen_by(tree, settings, required, lock, limit(lock, gemfile))
    if required is None or version.value.count(".") < 2:
        return version
    newer = f"{'.'.join(version.value.split('.')[: RUBY.depth])}.{NEVER}"
    return structs.replace(version, exact=is_exact(RUBY, exactly(required)) or not allows(required, newer))


class Limit(Struct, frozen=True):
    """The oldest line that an app's gems do not run on: why, and the place of that in its manifests."""

    line: str
    why: str
    at: Location


def chosen_by(
    tree: SourceTree, settings: Settings, required: Asked | None, lock: Lockfile | None, old: Limit | None
) -> ToolVersion:
    """The version that all who ask for one agree on. Raises VersionError where they do not.

    `old` is the limit of the gems, where these are old.
    """
    stated = version_files.first((*SETTING, *FILES), (tree,), settings)
    stated = plain(stated) if stated is not None else None
    if stated is not None:
        return within(stated, required)
    line = ".".join(lock.ruby.split(".")[: RUBY.depth]) if lock is not None else ""
    locked = Asked(line, "file", lock.ruby_at) if lock is not None and line else None
    if required is not None:
        newest = next((one.newest for one in RELEASES if one.line == line), "")
        if locked is None or not newest or not allows(required, newest):
            return in_table(within_limit(choose(RUBY, exactly(required)), allowed_by(required), old))
    asked = locked or version_files.by_candidate(settings, RUBY)
    chosen = choose(RUBY, asked)
    return in_table(chosen if asked is not None else within_limit(chosen, gem_range(">= 0"), old))


def limit(lock: Lockfile | None, gemfile: Gemfile | None) -> Limit | None:
    """The limit of a lockfile: of its framework, or its age; without one of what the Gemfile allows; None for none."""
    if lock is None:
        return limit_of_gemfile(gemfile) if gemfile is not None else None
    return limit_of_framework(lock) or limit_of_bundler(lock)


def limit_of_framework(lock: Lockfile) -> Limit | None:
    """The limit of the Rails, or of the part of it, that is locked; None for none."""
    name, title = next(((gem, title) for gem, title in OF_RAILS if gem in lock.gems), ("", ""))
    if not name:
        return None
    gem = lock.gems[name]
    line = below(LIMITS, numbers(gem.version))
    if line == OLDEST and name == "activesupport":
        line = BUNDLERS[0][1]  # what it extends is still there in the oldest that can be built
    return Limit(line, f"{title} {gem.version} does not run on {TITLE} {line}", gem.at) if line else None


def limit_of_bundler(lock: Lockfile) -> Limit | None:
    """The limit of gems by the Bundler that has locked them; None for none, and where the lockfile does not say."""
    line = below(BUNDLERS, numbers(lock.bundler)) if lock.bundler else ""
    if not line:
        return None
    why = f"the gems were locked by Bundler {lock.bundler}, before {TITLE} {line}"
    return Limit(line, why, lock.bundler_at or Location(lock.path))


def below(limits: tuple[tuple[str, str], ...], version: str) -> str:
    """What belongs to the first of these versions that is newer than a version; "" where none is."""
    from frontend.rules import ranges

    return next((line for newer, line in limits if ranges.contains(gem_range(f"< {newer}"), version)), "")


def limit_of_gemfile(gemfile: Gemfile) -> Limit | None:
    """The limit of the Rails that a Gemfile asks for, which Bundler chooses when the image is built; None for none."""
    from frontend.rules import ranges

    rails = next((gem for gem in gemfile.gems if gem.name in ("rails", "railties") and gem.requirements), None)
    if rails is None or rails.git or rails.path:
        return None
    try:
        allowed = gem_range(",".join(rails.requirements))
    except ValueError:  # computed, or for Bundler to refuse
        return None
    line = next((line for below, line in LIMITS if not ranges.both(allowed, gem_range(f">= {below}"))), "")
    text = ", ".join(rails.requirements)
    return Limit(line, f"Rails {text} does not run on {TITLE} {line}", rails.at) if line else None


def within_limit(chosen: ToolVersion, allowed: Range, found: Limit | None) -> ToolVersion:
    """The version, or where the gems do not run on it an older one that is allowed too.

    Raises VersionError where none of those that can be built is old enough.
    """
    from frontend.rules import ranges

    if (
        found is None
        or chosen.value.count(".") == 2
        or not ranges.contains(gem_range(f">= {found.line}"), numbers(chosen.value))
    ):
        return chosen
    if found.line == OLDEST:
        raise VersionError(
            f"{found.why}, the oldest that can be built",
            at=found.at,
            hint=f"move to a newer one; the build-arg RUBY_VERSION={OLDEST} builds it all the same",
        )
    value = best(RUBY, ranges.both(allowed, gem_range(f"< {found.line}")))
    return structs.replace(chosen, value=value) if value is not None else chosen


def told(version: ToolVersion, lock: Lockfile | None, gemfile: Gemfile | None) -> tuple[Evidence, ...]:
    """Why a version is older than that of others that state none; () where it is not."""
    from frontend.rules import ranges

    found = limit(lock, gemfile)
    if (
        found is None
        or version.by != "default"
        or ranges.contains(gem_range(f">= {found.line}"), numbers(version.value))
    ):
        return ()
    return (Evidence(f"{TITLE} {version.value}", found.why, found.at),)


def required_by(tree: SourceTree, gemfile: Gemfile | None) -> Asked | None:
    """What the Gemfile requires; None for nothing, and where it reads that from a version file.

    Raises VersionError for another engine than Ruby's own, and for a file that is not there.
    """
    ruby = gemfile.ruby if gemfile is not None else None
    if ruby is None:
        return None
    if ruby.engine:
        raise other_engine(ruby.engine, ruby.at)
    if ruby.file:
        return in_file(tree, ruby)
    return Asked(ruby.text, "file", ruby.at)


def in_file(tree: SourceTree, ruby: RubyVersion) -> Asked:
    """The version in the file that a Gemfile names, as Bundler reads it: the whole, or the line `ruby VERSION`."""
    if not tree.has(ruby.file):
        raise VersionError(
            f"the Gemfile reads its Ruby version from {ruby.file}, which is not in the build context",
            at=ruby.at,
            hint=f"commit {ruby.file}, and check that no ignore file leaves it out",
        )
    found = (
        next(version_files.lines(tree, ruby.file), None)
        if not ruby.file.endswith((".tool-versions", ".toml"))
        else version_files.asdf(tree, ruby.file, ("ruby",))
        if ruby.file.endswith(".tool-versions")
        else version_files.mise(tree, ruby.file, ("ruby",))
    )
    if found is None:
        raise VersionError(
            f"the Gemfile reads its Ruby version from {ruby.file}, which has none",
            at=ruby.at,
            hint=f"write a version into it, such as {DEFAULT}",
        )
    found = plain(found)
    return Asked(f"{ruby.text} {found.text.removeprefix('ruby-')}".strip(), found.by, found.at) if ruby.text else found


def plain(asked: Asked) -> Asked:
    """A version without the patch level behind it. Raises VersionError for one of another engine."""
    text = asked.text.strip()
    if text.startswith(ENGINES):
        raise other_engine(text, asked.at)
    found = PATCH.fullmatch(text.removeprefix("ruby-"))
    return Asked(found[1], asked.by, asked.at) if found is not None else asked


def within(stated: Asked, required: Asked | None) -> ToolVersion:
    """The version that is stated, or of a line or range the best that the Gemfile allows too."""
    from frontend.rules import ranges

    chosen = choose(RUBY, stated)
    if required is None or required.at == stated.at:
        return in_table(chosen)
    here = ranges.line(chosen.value) if chosen.value.count(".") < 2 else exact(chosen.value)
    allowed = ranges.both(here, allowed_by(required))
    if not allowed:
        where = f"{required.at.file}:{required.at.line} " if required.at is not None else ""
        raise VersionError(
            f'{TITLE} {chosen.value} is requested, but {where}requires "{shown(required.text)}"',
            at=stated.at or required.at,
            hint="Bundler refuses a Ruby that the Gemfile does not allow: make both say the same",
        )
    if is_exact(RUBY, stated) and chosen.value.count(".") == 2:
        return in_table(chosen)
    newest = next((one.newest for one in RELEASES if one.line == chosen.value), "")
    value = chosen.value if newest and ranges.contains(allowed, newest) else best(RUBY, allowed) or chosen.value
    return in_table(ToolVersion(chosen.tool, value, chosen.asked, chosen.by, chosen.at))


def exact(version: str) -> Range:
    """A range of one version; a pre-release is taken for the release that follows."""
    from frontend.rules import ranges

    return ranges.gem(numbers(version))


def numbers(version: str) -> str:
    """A version without what follows its numbers: "3.5.0-preview1" -> "3.5.0"; "0" where it has none."""
    found = re.match(r"\d+(\.\d+)*", version)
    return found[0] if found is not None else "0"


def exactly(required: Asked) -> Asked:
    """What a Gemfile requires, where a version alone is exactly that one: `ruby "3.3"` is 3.3.0 to Bundler."""
    parts = required.text.split(".")
    short = all(part.isdigit() for part in parts) and len(parts) < 3
    return Asked(".".join((*parts, "0", "0")[:3]), required.by, required.at) if short else required


def allowed_by(required: Asked) -> Range:
    """The range of what a Gemfile requires. Raises VersionError for what is none."""
    try:
        return gem_range(required.text)
    except ValueError:
        choose(RUBY, required)  # says what is wrong with it
        raise


def allows(required: Asked, version: str) -> bool:
    """Whether a Gemfile's requirement allows a version."""
    from frontend.rules import ranges

    return ranges.contains(allowed_by(required), version)


def in_table(version: ToolVersion) -> ToolVersion:
    """The version; raises VersionError for a Ruby that is older than all whose images can be used."""
    from frontend.rules.versions import key

    if key(version.value)[:2] < key(OLDEST):
        raise VersionError(
            f"{TITLE} {version.value} is too old to be built",
            at=version.at,
            hint=f"the oldest that can be built is {OLDEST}: ask for it, or a newer one (build-arg RUBY_VERSION)",
        )
    return version


def other_engine(engine: str, at: Location | None) -> VersionError:
    """The error for a Ruby that is not the usual one."""
    return VersionError(
        f"the app asks for {shown(engine)}, but only the standard Ruby (MRI) can be built",
        at=at,
        hint=f"the build-arg RUBY_VERSION={DEFAULT} builds it with the standard Ruby, if the app runs on it",
    )


def abi(version: str) -> str:
    """The directory of a version's gems: of 3.3 and 3.3.7 that is 3.3.0."""
    major, minor, *_ = (*version.split("."), "0")
    return f"{major}.{minor}.0"
