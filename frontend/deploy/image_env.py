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
from frontend.deploy.tools import tool_of
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
LISTENS = re.compile(
    r"PORT$|BIND|LISTEN|ADDR(ESS)?$|CMD_ARGS$", re.IGNORECASE
)  # of the app, where EXPOSE has that port
HOST = re.compile(
    r"(?:(?:SERVER|APP|API|HTTP|WEB|LISTEN|BIND)_)?(?:HOST(?:NAME)?|ADDR(?:ESS)?|BIND|LISTEN)", re.IGNORECASE
)
LOOPBACK = re.compile(r"(?:localhost|127\.0\.0\.1|\[?::1\]?)(?::\d+)?")  # which nothing outside of a container reaches
SERVES = re.compile(r"(?:SERVER|RUN|APP|HTTP|WEB|LISTEN)_PORT$")
OWN_LOCALES = frozenset(tool for entry in registry.ENTRIES if entry.own_locales for tool in entry.tools)
ANYWHERE = re.compile(r"/(tmp|dev|proc|var/tmp)(/|$)")  # in every image


class Found(Struct, frozen=True):
    """What ENV instructions say: the variables of the image, those of its build alone, and those without a value."""

    run: tuple[Named, ...] = ()
    build: tuple[Named, ...] = ()
    unset: tuple[Stated, ...] = ()
    warnings: tuple[Warning, ...] = ()


class Stage(Struct):
    """A stage that is read: the image it is of, its variables, the arguments that it knows, and where it works.

    `lacking` are arguments without a default, `sources` the stages that it begins with or takes files from.
    """

    image: str
    env: dict[str, Stated]
    workdir: str
    sources: list[str]
    args: dict[str, str] = {}
    lacking: set[str] = set()

    @property
    def values(self) -> dict[str, str]:
        """What its instructions may name."""
        return self.args | {name: one.text for name, one in self.env.items()}


def read(instructions: Iterable[tuple[str, Stated]]) -> Found:
    """The variables of the last stage, and of the stages that it is made of."""
    stages: dict[str, Stage] = {}
    arguments: dict[str, str] = {}
    last: Stage | None = None
    mentioned: list[str] = []
    volumes: list[str] = []
    exposed: list[str] = []
    broken: list[Warning] = []
    for name, argument in instructions:
        if name == "ARG":
            for one in DECLARED.finditer(argument.text):
                value = one[2].strip("\"'") if one[2] is not None else arguments.get(one[1])
                if value is not None:
                    (arguments if last is None else last.args)[one[1]] = value
                elif last is not None:
                    last.lacking.add(one[1])
        elif name == "FROM" and (made := FROM.match(filled(argument.text, arguments))):
            above = stages.get(made[1].casefold())
            last = (
                Stage(above.image, dict(above.env), above.workdir, [made[1].casefold()])
                if above is not None
                else Stage(made[1], {}, "", [])
            )
            stages |= {f"{len(set(map(id, stages.values())))}": last} | ({made[2].casefold(): last} if made[2] else {})
        elif last is not None and name == "ENV" and (mark := unclosed(argument.text)):
            broken.append(not_closed(mark, argument))
        elif last is not None and name == "ENV":
            found = pairs(argument.text, last.values, last.lacking)
            last.env |= [(key, Stated(text, argument.at)) for key, text in found]
        elif last is not None and name == "WORKDIR":
            below = expanded(argument.text.strip("\"'"), "", last.values, last.lacking).rstrip("/")
            last.workdir = below if below.startswith("/") else f"{last.workdir}/{below}"
        elif last is not None and name == "EXPOSE":
            exposed += re.findall(r"\d+", expanded(argument.text, "", last.values, last.lacking))
        elif last is not None:
            last.sources += [one.casefold() for one in FROM_STAGE.findall(argument.text)]
            (volumes if name == "VOLUME" else mentioned).append(argument.text)
    if last is None:
        return Found()
    own = last.env.get(variables.PORT)
    ports = frozenset((*exposed, *((own.text,) if own is not None else ())))
    env = chosen(last, stages, " ".join(mentioned), " ".join(volumes), ports)
    return structs.replace(env, warnings=(*broken, *env.warnings)) if broken else env


def unclosed(text: str) -> str:
    """The quote that an ENV instruction does not close, "" for none: behind a backslash one is part of the value."""
    mark, escaped = "", False
    for one in text:
        if escaped:
            escaped = False
        elif one == "\\" and mark != "'":
            escaped = True
        elif one == mark:
            mark = ""
        elif not mark and one in "\"'":
            mark = one
    return mark


def not_closed(mark: str, argument: Stated) -> Warning:
    """The warning for an ENV instruction that no builder would read."""
    return Warning(
        "dockerfile-env",
        f"an ENV of the Dockerfile has a {mark} that is not closed: its variables are not used",
        argument.at,
        f"close the {mark}, or write \\{mark} where it is part of the value",
    )


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


def chosen(last: Stage, stages: Mapping[str, Stage], mentioned: str, volumes: str, ports: frozenset[str]) -> Found:
    """The variables that are taken: nothing of a Dockerfile for development, whose image is another than ours."""
    mode = next(((name, one) for name, one in last.env.items() if name in MODES and one.text in DEVELOPMENT), None)
    if mode is not None:
        message = f"the Dockerfile is one for development ({mode[0]}={mode[1].text}): its variables are not used"
        hint = "the image is one for production; set what the app needs by the build-arg RUN_ENV_NAME=value"
        return Found(warnings=(Warning("dockerfile-development", message, mode[1].at, hint),))
    run: list[Named] = []
    apart: list[Named] = []
    kept: list[Named] = []
    fixed: list[Named] = []
    inside: list[Named] = []
    locales: list[Named] = []
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
        elif HOST.fullmatch(name) and LOOPBACK.fullmatch(text):
            inside.append((name, one))
        elif is_port(name, text, ports):
            fixed.append((name, one))
        elif variables.LOCALE.fullmatch(name) and not has_locale(text, last.image):
            locales += [(name, one)] if not text.startswith(variables.ENGLISH) else []
        elif is_elsewhere(name, text, mentioned, volumes):
            apart.append((name, one))
        else:
            run.append((name, Stated(text, one.at)))
            kept += [(name, Stated(text, one.at))] if is_mounted(text, volumes) else []
    told = (*told_inside(inside), *told_fixed(fixed), *told_apart(apart), *told_mounted(kept, volumes))
    build = of_build(last, stages, mentioned)
    return Found(tuple(run), tuple(build.items()), tuple(unset), (*told, *told_locales(locales)))


def of_build(last: Stage, stages: Mapping[str, Stage], mentioned: str) -> dict[str, Stated]:
    """The variables of a build alone: those of the stages that the last one is made of."""
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
                or (HOST.fullmatch(name) is not None and LOOPBACK.fullmatch(text) is not None)
                or "$" in text
                or is_secret(name, text)
            )
            if not known and not is_elsewhere(name, text, mentioned, ""):
                build.setdefault(name, Stated(text, one.at))
    return build


TEMPORARY, TMP = ("TMPDIR", "TEMP", "TMP"), "/tmp/"  # noqa: S108


def is_own(name: str) -> bool:
    """Whether a variable says something of the Dockerfile's own image, or of what our image decides itself."""
    return name in variables.VERSIONS or (name not in KEPT and name.upper().startswith(OWN))


def is_port(name: str, text: str, ports: frozenset[str]) -> bool:
    """Whether a variable says where the app listens: that is for PORT, which the running container has."""
    if ports and LISTENS.search(name):
        return not ports.isdisjoint(re.findall(r"\d+", text))
    return text.isdigit() and SERVES.search(name) is not None


def told_fixed(fixed: list[Named]) -> Iterator[Warning]:
    """The warning for ports that the Dockerfile fixes."""
    if fixed:
        names = variables.listed([Stated(name, one.at) for name, one in fixed])
        name, one = fixed[0]
        message = f"not set, because the app is to listen on PORT: {names}"
        hint = f"have it read PORT, or set the build-args PORT and RUN_ENV_{name} to the same port"
        yield Warning("dockerfile-port", message, one.at, hint)


def told_inside(inside: list[Named]) -> Iterator[Warning]:
    """The warning for addresses to listen on that nothing outside of a container reaches."""
    if inside:
        names = variables.listed([Stated(name, one.at) for name, one in inside])
        name, one = inside[0]
        message = f"not set, because nothing outside of a container reaches {one.text}: {names}"
        yield Warning("dockerfile-host", message, one.at, f"remove it, or set the build-arg RUN_ENV_{name}={one.text}")


def in_app(text: str, workdir: str) -> str:
    """A value with paths below WORKDIR as they are in our image."""
    if workdir.strip("/") == "":
        return text
    return re.sub(rf"(?<![\w/.-]){re.escape(workdir)}(?=[/:;,\s]|$)", APP, text)


def is_elsewhere(name: str, text: str, mentioned: str, volumes: str) -> bool:
    """Whether a value is a path that the Dockerfile's image has, and ours has not."""
    path = text.partition(":")[0]
    if name in TEMPORARY:  # the image has a place for these that can be written
        return not f"{path}/".startswith(TMP)
    if not path.startswith("/") or path == "/" or f"{path}/".startswith(f"{APP}/") or ANYWHERE.match(path):
        return False
    if is_mounted(path, volumes):
        return False
    if SYSTEM.match(path) or re.search(rf"(?<![\w./-]){re.escape(path)}(?![\w-])", mentioned):
        return True
    return PLACES.search(name) is not None and URLS.search(name) is None


def is_mounted(text: str, volumes: str) -> bool:
    """Whether a value is a path in a volume of the Dockerfile: it is there once one is mounted."""
    return volume_of(text, volumes) != ""


def volume_of(text: str, volumes: str) -> str:
    """The volume of the Dockerfile that a value is a path in, "" for none."""
    path = text.partition(":")[0]
    below = (one.rstrip("/") for one in re.split(r"[\s\[\]\",]+", volumes) if one.startswith("/"))
    return next((one for one in below if one and f"{path}/".startswith(f"{one}/")), "")


def has_locale(text: str, image: str) -> bool:
    """Whether our image has a locale: that of C, or any where the language brings its own."""
    found = (tool_of(part) for part in image.partition(":")[0].split("/"))
    return variables.C.fullmatch(text) is not None or any(tool is not None and tool[0] in OWN_LOCALES for tool in found)


def told_mounted(kept: list[Named], volumes: str) -> Iterator[Warning]:
    """The warning for variables that are paths of volumes."""
    if kept:
        names = variables.listed([Stated(name, one.at) for name, one in kept])
        path = volume_of(kept[0][1].text, volumes)
        message = f"paths in a volume of the Dockerfile, which this image has no directory for: {names}"
        yield Warning("dockerfile-volume", message, kept[0][1].at, f"mount a volume that the app can write at {path}")


def told_locales(locales: list[Named]) -> Iterator[Warning]:
    """The warning for locales that the image does not have."""
    if locales:
        name, one = locales[0]
        names = variables.listed([Stated(name, one.at) for name, one in locales])
        message = f"not set, because this image does not have the locale {one.text}: {names}"
        hint = f"set the build-args RUN_PACKAGES=locales-all and RUN_ENV_{name}={one.text}"
        yield Warning("dockerfile-locale", message, one.at, hint)


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
