"""The variables of a Dockerfile's image (ENV): which the app has in our image too, and which its build.

Its author knows what the app needs to start: `DJANGO_SETTINGS_MODULE`, `TZ`, a size of a pool without a default. What
describes the Dockerfile's own image is left: its paths, its package managers' settings, its port.
Source: https://docs.docker.com/reference/dockerfile/#env
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, structs

from frontend.deploy import variables
from frontend.deploy.dockerfile import APP, FROM, filled
from frontend.deploy.merge import RUN_ONLY
from frontend.deploy.model import Deployment, Named, Stated
from frontend.languages import registry
from frontend.plan.model import Evidence, Plan, Warning
from frontend.secrets.detection import is_secret, is_secret_name
from frontend.settings.model import Setting, Settings

PAIR = re.compile(r"""([\w.]+)=((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])*)""")
PART = re.compile(r""""((?:\\.|[^"\\])*)"|('[^']*')|((?:\\.|[^"'\\])+)""")
VARIABLE = re.compile(r"\$(?:\{(\w+)(?:(:[-+])([^}]*))?\}|(\w+))")
DECLARED = re.compile(r"""(\w+)(?:=("[^"]*"|'[^']*'|\S*))?""")
FROM_STAGE = re.compile(r"(?:^|[\s,])(?:--)?from=([\w.-]+)")
DEVELOPMENT = ("development", "dev", "test", "local")
MODES = frozenset(name for entry in registry.ENTRIES for name in entry.modes)
TOOLS = tuple(name for entry in registry.ENTRIES for name in entry.tool_env)
# of every image, and of the shell; listening is decided by PORT
SHELL = ("PATH", "HOME", "PORT", "USER", "PWD", "SHELL", "TERM", "DEBIAN_FRONTEND", "LD_PRELOAD", "MALLOC_CONF")
OWN = (*TOOLS, *SHELL, *variables.BUILDERS)
KEPT = frozenset(name for entry in registry.ENTRIES for name in entry.kept_env)
URLS = re.compile(r"BASE_PATH|ROOT_PATH|URL|URI|PREFIX|PUBLIC|ROUTE|ENDPOINT|SCRIPT_NAME", re.IGNORECASE)
SYSTEM = re.compile(r"/(usr|opt|var|etc|home|root|srv|lib|lib64|bin|sbin|mnt|media|run|nix)(/|$)")
PLACES = re.compile(r"(?:PATH|DIR|DIRECTORY|FOLDER|HOME|FILE|ROOT)S?$")
ANYWHERE = re.compile(r"/(tmp|dev|proc|var/tmp)(/|$)")  # in every image


class Found(Struct, frozen=True):
    """What ENV instructions say: the variables of the image, those of its build alone, and those without a value."""

    run: tuple[Named, ...] = ()
    build: tuple[Named, ...] = ()
    unset: tuple[Stated, ...] = ()
    warnings: tuple[Warning, ...] = ()


class Stage(Struct):
    """A stage that is read: its variables, the arguments that it knows, where it works, and what it is made of.

    `lacking` are arguments without a default, `sources` the stages that it begins with or takes files from.
    """

    env: dict[str, Stated]
    args: dict[str, str]
    workdir: str
    lacking: set[str]
    sources: list[str]


def read(instructions: Iterable[tuple[str, Stated]]) -> Found:
    """The variables of the last stage, and of the stages that it is made of."""
    stages: dict[str, Stage] = {}
    arguments: dict[str, str] = {}
    declared: set[str] = set()
    last: Stage | None = None
    mentioned: list[str] = []
    volumes: list[str] = []
    for name, argument in instructions:
        if name == "ARG":
            given = {
                one[1]: one[2].strip("\"'") if one[2] is not None else None for one in DECLARED.finditer(argument.text)
            }
            known = {key: value if value is not None else arguments.get(key) for key, value in given.items()}
            (arguments if last is None else last.args).update({k: v for k, v in known.items() if v is not None})
            (declared if last is None else last.lacking).update(k for k, v in known.items() if v is None)
        elif name == "FROM" and (made := FROM.match(filled(argument.text, arguments))):
            above = stages.get(made[1].casefold())
            last = Stage(
                dict(above.env) if above else {},
                {},
                above.workdir if above else "",
                set(),
                [made[1].casefold()] if above else [],
            )
            stages |= {f"{len(set(map(id, stages.values())))}": last} | ({made[2].casefold(): last} if made[2] else {})
        elif last is not None and name == "ENV":
            values = {key: one.text for key, one in last.env.items()} | last.args
            last.env |= {key: Stated(text, argument.at) for key, text in pairs(argument.text, values, last.lacking)}
        elif last is not None and name == "WORKDIR":
            below = argument.text.strip("\"'").rstrip("/")
            last.workdir = below if below.startswith("/") else f"{last.workdir}/{below}"
        elif last is not None:
            last.sources += [one.casefold() for one in FROM_STAGE.findall(argument.text)]
            (volumes if name == "VOLUME" else mentioned).append(argument.text)
    if last is None:
        return Found()
    return chosen(last, stages, " ".join(mentioned), " ".join(volumes))


def pairs(text: str, values: Mapping[str, str], lacking: set[str]) -> Iterator[tuple[str, str]]:
    """The names and values of an ENV instruction; one that only the build-args or the base image know has a "$"."""
    first = text.split(maxsplit=1)
    found = PAIR.findall(text) if first and "=" in first[0] else [(first[0], first[1])] if len(first) > 1 else []
    for name, written in found:
        parts = []
        for quoted, literal, bare in PART.findall(written):
            own = literal[1:-1] if literal else expanded(quoted or bare, name, values, lacking)
            parts.append(own if literal else re.sub(r"\\(.)", r"\1", own))
        yield name, "".join(parts)


def expanded(text: str, name: str, values: Mapping[str, str], lacking: set[str]) -> str:
    """A text with the values of variables. One that is nowhere set stays, unless it is the variable itself."""

    def value(one: re.Match[str]) -> str:
        key = one[1] or one[4]
        if one[2] == ":-" and not values.get(key):
            return one[3] or ""
        if one[2] == ":+":
            return one[3] or "" if values.get(key) else ""
        return values[key] if key in values else "" if key == name and key not in lacking else one[0]

    return (
        VARIABLE.sub(value, text).strip(":")
        if f"${name}" in text or f"${{{name}" in text
        else VARIABLE.sub(value, text)
    )


def chosen(last: Stage, stages: Mapping[str, Stage], mentioned: str, volumes: str) -> Found:
    """The variables that are taken: nothing of a Dockerfile for development, whose image is another than ours."""
    mode = next(((name, one) for name, one in last.env.items() if name in MODES and one.text in DEVELOPMENT), None)
    if mode is not None:
        message = f"the Dockerfile is one for development ({mode[0]}={mode[1].text}): its variables are not used"
        hint = "the image is one for production; set what the app needs by the build-arg RUN_ENV_NAME=value"
        return Found(warnings=(Warning("dockerfile-development", message, mode[1].at, hint),))
    run: list[Named] = []
    apart: list[Named] = []
    unset: list[Stated] = []
    for name, one in last.env.items():
        if is_own(name):
            continue
        if "$" in one.text:
            lacks = any(key in last.lacking for key in (match[1] or match[4] for match in VARIABLE.finditer(one.text)))
            unset += [Stated(name, one.at)] if lacks else []
            continue
        text = in_app(one.text, last.workdir)
        if is_secret_name(name):  # also a stand-in for one: only a build may do with that
            unset.append(Stated(name, one.at))
        elif is_elsewhere(name, text, mentioned, volumes):
            apart.append((name, one))
        else:
            run.append((name, Stated(text, one.at)))
    made_of = {id(last): last}
    todo = list(last.sources)
    while todo:
        stage = stages.get(todo.pop())
        if stage is not None and id(stage) not in made_of:
            made_of[id(stage)] = stage
            todo += stage.sources
    build: dict[str, Stated] = {}
    for stage in made_of.values():
        for name, one in stage.env.items():
            text = in_app(one.text, stage.workdir)
            known = (
                (name in last.env and not is_secret_name(name))
                or is_own(name)
                or name in MODES
                or "$" in text
                or is_secret(name, text)
            )
            if not known and not is_elsewhere(name, text, mentioned, ""):
                build.setdefault(name, Stated(text, one.at))
    return Found(tuple(run), tuple(build.items()), tuple(unset), tuple(told_apart(apart)))


def is_own(name: str) -> bool:
    """Whether a variable says something of the Dockerfile's own image, or of what our image decides itself."""
    return name in variables.VERSIONS or (name not in KEPT and name.upper().startswith(OWN))


def in_app(text: str, workdir: str) -> str:
    """A value with paths below WORKDIR as they are in our image."""
    if workdir.strip("/") == "":
        return text
    return re.sub(rf"(?<![\w/.-]){re.escape(workdir)}(?=[/:;,\s]|$)", APP, text)


def is_elsewhere(name: str, text: str, mentioned: str, volumes: str) -> bool:
    """Whether a value is a path that the Dockerfile's image has, and ours has not."""
    path = text.partition(":")[0]
    if not path.startswith("/") or path == "/" or f"{path}/".startswith(f"{APP}/") or ANYWHERE.match(path):
        return False
    top = f"/{path.split('/')[1]}"
    if top in re.split(r"[\s\[\]\",]+", volumes) or path in re.split(r"[\s\[\]\",]+", volumes):
        return False  # mounted where it runs
    if SYSTEM.match(path) or re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w-])", mentioned):
        return True
    return PLACES.search(name) is not None and URLS.search(name) is None


def told_apart(apart: list[Named]) -> Iterator[Warning]:
    """The warning for variables that are paths of another image."""
    if apart:
        names = variables.listed([Stated(name, one.at) for name, one in apart])
        name, first = apart[0]
        message = f"not set, because this image has not the path that the Dockerfile gives them: {names}"
        hint = f"if the app needs it, set the build-arg RUN_ENV_{name} to a path of this image, or of a volume"
        yield Warning("dockerfile-paths", message, first.at, hint)


# --- as settings


def applied(settings: Settings, found: Sequence[Deployment]) -> tuple[Settings, tuple[Warning, ...]]:
    """The settings with the variables of an app's Dockerfile, below all that is stated otherwise; and the doubts."""
    run = variables.choose((pair for one in found for pair in one.env), (name for one in found for name in one.unset))
    build = variables.choose((pair for one in found for pair in one.build_env), ())
    stated = {name for name, _ in settings.run_env}
    of_build = {**dict(build.env), **{name: one for name, one in run.env if name not in RUN_ONLY}}
    merged = structs.replace(
        settings,
        run_env=below(run.env, settings.run_env),
        build_env=below(of_build.items(), settings.build_env),
        candidate_env=tuple(
            (name, Setting(one.text, "platform", one.at)) for name, one in (*run.env, *build.env) if name not in stated
        ),
    )
    return merged, run.warnings


def below(env: Iterable[Named], given: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Variables, those that are given in their place."""
    return tuple({**{name: one.text for name, one in env}, **dict(given)}.items())


def told(whole: Plan, before: Plan, settings: Settings) -> Plan:
    """The plan that says which variables are the Dockerfile's, without those that `before` has by itself."""
    own = dict(before.runtime.env)
    new = [(name, one) for name, one in settings.candidate_env if own.get(name) != one.value and one.at is not None]
    if not new:
        return whole
    from frontend.commands import process

    file = new[0][1].at.file if new[0][1].at is not None else ""
    note = process.followed(file, dict.fromkeys(name for name, _ in new), new[0][1].at)
    evidence = tuple(Evidence(name, file, one.at) for name, one in new)
    return structs.replace(whole, warnings=(note, *whole.warnings), evidence=(*evidence, *whole.evidence))
