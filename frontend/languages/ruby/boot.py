"""What a Rails app reads while it boots and ends without: variables without a default, and its credentials.

Precompiling assets boots the app, in a build that has neither. Variables of the database's configuration get a value
in that one step, for nothing is asked of the database there; others may be part of what is compiled.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.errors import Location
from frontend.languages.ruby.gemfile import without_comment
from frontend.paths import within
from frontend.plan.model import Warning
from frontend.settings.model import Settings

ENCRYPTED = ("config/credentials.yml.enc", "config/credentials/production.yml.enc")
DATABASES = "config/database.yml"
FILES = ("config/application.rb", "config/environments/production.rb", "config/puma.rb", "config/settings.yml")
DIRECTORIES = ("config/initializers", "config/settings")
OTHERS = frozenset(("development.yml", "test.yml", "staging.yml", "review.yml"))
# `credentials.smtp[:user]`, `credentials.smtp.user`, `credentials.key!`, `credentials.fetch(:key)`: each ends without
# the key; `credentials.key`, `credentials.dig(…)` and `credentials.smtp&.user` do not
STRICT = re.compile(
    r"\bcredentials\[[^\]]+\](?:\[|\.(?!(?:nil|present|blank|try|dig|presence|to_[sha])\b)\w)"
    r"|\bcredentials\.(?:(?!dig\b|config\b|respond_to)\w+(?:!|\[|\.(?!(?:nil|present|blank|try|dig|presence|to_s)\b)\w)|fetch\b)"
)
FETCHED = re.compile(r"""\bENV\.fetch\(?\s*(['"])([A-Z][A-Z0-9_]*)\1\s*(\)?)\s*(.?)""")
RAISES = re.compile(r"""\bENV\[(['"])([A-Z][A-Z0-9_]*)\1\]\s*(?:\|\||or)\s*\(?(?:raise|abort|fail)\b""")
GUARDED = re.compile(r"\b(if|unless)\b|\?[^?]*:|&\.|\|\||\brescue\b|\.to_proc|->|\blambda\b")
DOCKERFILE = "Dockerfile"
ASSIGNED = re.compile(r"""(?<![\w/-])([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s"']+)""")
# what the step has already, and what is of another image
OURS = frozenset(
    "RAILS_ENV RACK_ENV NODE_ENV DATABASE_URL SECRET_KEY_BASE SECRET_KEY_BASE_DUMMY RAILS_MASTER_KEY PATH "
    "id target type sharing mode required env uid gid".split()
)
OPENS = re.compile(r"^(if|unless|case|while|until|def)\b|(\bdo\b(\s*\|[^|]*\|)?|->.*\{|\blambda\b.*)\s*$")
WHOLE = re.compile(r"^def\b.*(\)|\w)\s*=\s|^def\b.*\bend$")  # a method on one line
# blocks that a boot of the web process evaluates: of configurations, of Sinatra's for production, of config.ru
EVALUATED = re.compile(
    r"\.(configure|configure_client|setup|config|draw|configuration|init|(?<!Thread\.)new)\b[^#]*\bdo\b"
    r"|^configure\b(?!.*:(?:development|test)\b)|^(use|map|plugin)\b"
)
PLACEHOLDER, REDIS = "none", "redis://127.0.0.1:1"
KEY = "give the build the secret rails-master-key (--secret id=rails-master-key,src=config/master.key)"


class Needs(Struct, frozen=True):
    """What a boot ends without: variables and the place of each, and the first line that reads the credentials.

    `stand_ins` are those of the variables that have a value while assets are precompiled: what only the database's
    configuration reads, and addresses of Redis, of which nothing is asked there either.
    """

    variables: tuple[tuple[str, Location], ...] = ()
    stand_ins: tuple[tuple[str, str], ...] = ()
    credentials: Location | None = None


def find(tree: SourceTree) -> Needs:
    """What the Rails app in the root of a tree needs to boot in production."""
    found: dict[str, Location] = {}
    database = dict(fetched(tree, DATABASES))
    first: Location | None = None
    encrypted = any(tree.has(path) for path in ENCRYPTED)
    for path in paths(tree):
        found |= {name: at for name, at in fetched(tree, path) if name not in found}
    for path in (*paths(tree), *((DATABASES,) if tree.has(DATABASES) else ())) if encrypted else ():
        first = first or strict(tree, path)
    return Needs(
        tuple((found | {name: at for name, at in database.items() if name not in found}).items()),
        (
            *((name, PLACEHOLDER) for name in database if name not in found),
            *((name, REDIS) for name in found if name.endswith("REDIS_URL")),
        ),
        first,
    )


def unset(left: Sequence[tuple[str, Location]]) -> Iterator[Warning]:
    """The warning for variables that an app does not boot without, each with its place."""
    if left:
        names = ", ".join(name for name, _ in left)
        yield Warning(
            "unset-variables",
            f"the app ends while it boots without these variables, which have no default: {names}",
            left[0][1],
            f"set them where the image runs: docker run -e {left[0][0]}=…",
        )


def doubts(needs: Needs, settings: Settings) -> Iterator[Warning]:
    """The warnings for what the app does not boot without, in the image or in the build."""
    given = {
        *dict(settings.run_env),
        "PORT",
        "RAILS_ENV",
        "RACK_ENV",
        "HOME",
        "DATABASE_URL",
        "RAILS_MASTER_KEY",
        "SECRET_KEY_BASE",
    }
    left = [(name, at) for name, at in needs.variables if name not in given]
    yield from unset(left)
    if needs.credentials is not None:
        yield Warning(
            "credentials",
            "the app ends while it boots without its credentials, in the build too",
            needs.credentials,
            f"{KEY}, and set RAILS_MASTER_KEY where the image runs",
        )


def hint(needs: Needs, given: set[str]) -> str:
    """What a precompilation may lack, for its hint; "" where it lacks nothing that is known. `given` are variables."""
    left = [name for name, _ in needs.variables if name not in dict(needs.stand_ins) and name not in given]
    told = "".join(f"; set BUILD_ENV_{name}" for name in left)
    return f"{told}; {KEY}" if needs.credentials is not None else told


def of_dockerfile(tree: SourceTree) -> tuple[tuple[str, str], ...]:
    """The variables that a Dockerfile gives `assets:precompile` alone: what its author knows that a boot needs."""
    tree = tree.unfiltered()
    text = (tree.read_text(DOCKERFILE) or "") if tree.has(DOCKERFILE) else ""
    found: dict[str, str] = {}
    for line in re.sub(r"\\\s*\n", " ", text).splitlines():
        if re.match(r"\s*RUN\b", line, re.IGNORECASE) and "assets:precompile" in line:
            command = next(part for part in re.split(r"&&|;", line) if "assets:precompile" in part)
            found |= {name: value.strip("'\"") for name, value in ASSIGNED.findall(command) if name not in OURS}
    return tuple((name, value) for name, value in found.items() if value and "$" not in value)


def paths(tree: SourceTree) -> list[str]:
    """The files that a boot evaluates, sorted within each directory."""
    tree.need(*(f"{directory}/*" for directory in DIRECTORIES), *FILES, DATABASES)
    listed = [
        within(directory, name)
        for directory in DIRECTORIES
        for name in sorted(tree.entries(directory))
        if name.endswith((".rb", ".yml")) and name not in OTHERS
    ]
    return [path for path in (*FILES, *listed) if tree.has(path)]


def text_of(tree: SourceTree, path: str) -> str:
    """The text of a file, "" where it is absent; what is no UTF-8 is replaced.

    Ruby reads other encodings too, and what a command names may be native code.
    """
    return ((tree.read_bytes(path) if tree.has(path) else None) or b"").decode("utf-8", "replace")


def lines(tree: SourceTree, path: str) -> list[tuple[int, str]]:
    """The lines of a file that count in production, numbered: of YAML all, for its Ruby is evaluated before it is read.

    What stands in a condition, or in a block that is kept for later, does not count.
    """
    if not tree.has(path):
        return []
    found: list[tuple[int, str]] = []
    depth: list[int] = []
    for number, line in enumerate(text_of(tree, path).splitlines(), 1):
        if path.endswith(".yml"):
            found.append((number, line))
            continue
        text = without_comment(line)[0]
        indent = len(text) - len(text.lstrip())
        stripped = text.strip()
        while depth and stripped == "end" and indent <= depth[-1]:
            depth.pop()
            stripped = ""
        if WHOLE.search(stripped):
            continue
        if OPENS.search(stripped) and not EVALUATED.search(stripped):
            depth.append(indent)
            continue
        if not depth:
            found.append((number, text))
    return found


def fetched(tree: SourceTree, path: str) -> list[tuple[str, Location]]:
    """The variables that a file asks for without a default."""
    found = []
    for number, line in lines(tree, path):
        found += [(match[2], tree.at(path, number)) for match in RAISES.finditer(line)]
        for match in FETCHED.finditer(line):
            ends = match[4] not in (",", "{") and not re.match(r"\s*do\b", line[match.end() - 1 :])
            if ends and not GUARDED.search(line):
                found.append((match[2], tree.at(path, number)))
    return found


def strict(tree: SourceTree, path: str) -> Location | None:
    """The first line of a file that reads the credentials and ends without them."""
    for number, line in lines(tree, path):
        if STRICT.search(line) and not re.search(r"\b(unless|if) Rails\.env\.(test|development)|&\.|\brescue\b", line):
            return tree.at(path, number)
    return None
