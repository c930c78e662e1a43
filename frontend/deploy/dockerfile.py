"""A Dockerfile's last stage, as a candidate for how an app starts.

Source: https://docs.docker.com/reference/dockerfile/
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from posixpath import join, normpath

from msgspec import DecodeError, Struct, json, structs

from frontend.commands import given_text, run_instruction
from frontend.commands.words import quoted
from frontend.context.tree import SourceTree
from frontend.deploy.model import Deployment, Named, Stated
from frontend.deploy.tools import tool_of
from frontend.languages import registry
from frontend.paths import within
from frontend.plan.model import Warning
from frontend.rules import writes
from frontend.settings.model import Copied

CONTINUES = re.compile(r"\\[ \t]*$")
FROM = re.compile(r"(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?\s*$", re.IGNORECASE)
ARG = re.compile(r"""(\w+)=("[^"]*"|'[^']*'|\S*)""")
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))")
DOWNLOADS = re.compile(r"\b(?:curl|wget)\b[^|;&]*https?://")
PROGRAM = re.compile(r"/usr/(?:local/)?s?bin/([A-Za-z][\w.-]*)")
UNPACKS = re.compile(r"(?:-\w*C|-d|--directory)[ =]?/usr/(?:local/)?bin\b")
ADDRESS = re.compile(r"https?://[^\s\"'|;]*/([A-Za-z]+(?:-[A-Za-z]+)?)[^/\s\"'|;]*(?=[\s\"'|;]|$)")
# of containers, not of apps: what starts others and waits for them, shells, and the languages' own programs
OF_CONTAINERS = frozenset(
    "tini dumb-init gosu su-exec catatonit dockerize wait-for-it wait-for-it.sh wait-for wait bash sh sudo apt".split()
) | {name for entry in registry.ENTRIES for name in (*entry.programs, *entry.tools)}
COPIED = re.compile(r"--from=([\w.-]+)")
HEREDOC = re.compile(r"""<<-?["']?(\w+)["']?""")
APP = "/app"
SUFFIXES = tuple({end: None for entry in registry.ENTRIES for one in entry.interpreters for end in one.suffixes})
INSTRUCTIONS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL USER VOLUME WORKDIR".split()
)
INITS = ("tini", "dumb-init", "/sbin/tini", "/usr/bin/tini", "/usr/bin/dumb-init", "--")  # process 1 of a container
RUNS = ("RUN", "COPY", "ADD", "CMD", "ENTRYPOINT")
SCHEDULES = re.compile(
    r"/cron(?:tabs|\.d|\.daily|\.hourly)/|(?<![\w-])(?:crontab|crond|supercronic)(?![\w.-])|\bcron\W+-f\b"
)
SHELL = ("/bin/sh", "/bin/bash", "sh", "bash")
APT = ("apt-get", "apt", "aptitude")
APK = "apk"
# packages that builds use, and what of them a command names: those that the last of several stages installs and does
# not use itself are for the app that runs
TOOLS = {"git": ("git",), "openssh-client": ("ssh", "scp", "ssh-keygen", "ssh-keyscan"), "zip": ("zip",)}
DEVELOPS = re.compile(r"dev|test|debug|builder", re.IGNORECASE)  # in the name of a stage
PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")
Row = tuple[int, str]
"""A line of a Dockerfile, and its number in the file."""


class Stage(Struct, frozen=True):
    """A stage: the image that it is made from, where WORKDIR says to be, how it starts, what apt or apk installs in it,
    which directories it has volumes for, which programs it downloads, its RUN instructions.

    `sources` are the stages, by name or number, that it copies files from.
    `has_cmd` says that `cmd` is of the stage itself, and not of the one that it is made from, `exposes` that it has an
    EXPOSE of its own. `above` is the stage that it is made from, "" for an image. `below` is the one
    directory of the context that it copies to WORKDIR, "" for the whole of it or none; `whole` is where it copies the
    whole context to, "" for nowhere.
    """

    image: Stated
    workdir: str = ""
    entrypoint: Stated | None = None
    cmd: Stated | None = None
    packages: tuple[Stated, ...] = ()
    volumes: tuple[Stated, ...] = ()
    programs: tuple[Stated, ...] = ()
    runs: tuple[Stated, ...] = ()
    sources: tuple[str, ...] = ()
    has_cmd: bool = False
    exposes: bool = False
    above: str = ""
    below: str = ""
    whole: str = ""


def read(tree: SourceTree, path: str) -> tuple[Deployment, ...]:
    """The start command of the last stage, and the versions of what the stages are made from."""
    return of_instructions(tree, path, instructions(tree, path))


def of_instructions(
    tree: SourceTree, path: str, read_instructions: Sequence[tuple[str, Stated]]
) -> tuple[Deployment, ...]:
    """What the instructions of a file say, as `read` has it.

    A volume below its WORKDIR is where the app writes, which a container may not let it: a warning.
    """
    stages: dict[str, Stage] = {}
    last: Stage | None = None
    defaults: dict[str, str] = {}
    began = 0
    for name, argument in read_instructions:
        began = line_of(argument) if name == "FROM" else began
        if name == "ARG" and last is None:
            defaults |= [(one[1], one[2].strip("\"'")) for one in ARG.finditer(argument.text)]
        if name == "FROM" and (found := FROM.match(filled(argument.text, defaults))):
            above = stages.get(found[1].casefold(), Stage(Stated(found[1], argument.at)))
            stages[(found[2] or f"{len(stages)}").casefold()] = last = based(above, found[1], stages)
        elif last is not None and name in ("WORKDIR", "ENTRYPOINT", "CMD", "RUN", "VOLUME", "EXPOSE"):
            last = stages[next(reversed(stages))] = with_instruction(last, name, argument)
        elif last is not None and name in ("COPY", "ADD"):
            last = stages[next(reversed(stages))] = with_copy(tree, last, argument.text)
    if last is None:
        return without_from(tree, path, read_instructions)
    last = serving(stages, last)
    command = started(last)
    if command is not None and any(name in ("COPY", "ADD") for name, _ in read_instructions):
        from frontend.deploy import placed

        command = placed.command(tree, path, read_instructions, command)
    dir = last.below or entered(last)
    command = moved(tree, dir, command) if command is not None and dir else command
    copies: tuple[Copied, ...] = ()
    if len(stages) > 1:
        from frontend.deploy import copied

        copies = copied.read(tree, path, read_instructions)
    found_env = None
    if any(name == "ENV" for name, _ in read_instructions):
        from frontend.deploy import image_env

        found_env = image_env.read(read_instructions)
    return (
        Deployment(
            tree.at(path).file,
            processes=(("web", command),) if command is not None else (),
            run_packages=for_running(last, began if len(stages) > 1 else None),
            runs=runs_of(stages, last),
            copies=copies,
            env=found_env.run if found_env is not None else (),
            build_env=found_env.build if found_env is not None else (),
            unset=found_env.unset if found_env is not None else (),
            warnings=(
                *on_schedule(programs_left(last.programs), read_instructions),
                *(writes.doubt(writes.Place(one.text, "", 0), one.at, ()) for one in last.volumes),
                *(found_env.warnings if found_env is not None else ()),
            ),
            versions=tuple(version for one in stages.values() if (version := of_image(one.image)) is not None),
        ),
    )


def based(above: Stage, name: str, stages: Mapping[str, Stage]) -> Stage:
    """A stage that begins as another one, or an image, of a name."""
    stage = name.casefold() if name.casefold() in stages else ""
    return structs.replace(above, has_cmd=False, exposes=False, above=stage)


def serving(stages: Mapping[str, Stage], last: Stage) -> Stage:
    """The stage that is the app: the last, or of several that each start something, as a worker and a task do, the one
    that says where it listens."""
    used = {name for one in stages.values() for name in (one.above, *one.sources)}
    ends = {name: one for name, one in stages.items() if name not in used and one.has_cmd}
    found = [one for name, one in ends.items() if one.exposes and not DEVELOPS.search(name)]
    return found[0] if last in ends.values() and not last.exposes and len(found) == 1 else last


def runs_of(stages: Mapping[str, Stage], last: Stage) -> tuple[Stated, ...]:
    """The RUN instructions of the last stage, after those of the stages that it copies files from."""
    numbered = {str(number): stage for number, stage in enumerate(stages.values())}
    found: dict[Stated, None] = {}
    left, seen = [last], []
    while left:
        stage = left.pop()
        if stage in seen:
            continue
        seen.append(stage)
        found = dict.fromkeys((*stage.runs, *found))
        left += [one for name in stage.sources if (one := stages.get(name) or numbered.get(name)) is not None]
    return tuple(found)


def without_from(tree: SourceTree, path: str, found: Sequence[tuple[str, Stated]]) -> tuple[Deployment, ...]:
    """The warning for a Dockerfile that no builder would read; nothing for a file of that name without instructions:
    our own settings may be in it."""
    at = next((one.at for name, one in found if name in INSTRUCTIONS), None)
    if at is None:
        return ()
    file = tree.at(path).file
    message = f"nothing of {file} is used: it has no FROM that can be read"
    hint = "begin it with FROM and an image, as a builder requires, or remove the file"
    return (Deployment(file, warnings=(Warning("dockerfile-from", message, at, hint),)),)


def filled(text: str, defaults: Mapping[str, str]) -> str:
    """What stands behind FROM, with the defaults of the arguments before the first stage: `node:${NODE_VERSION}-slim`.

    One without a default stays as it is written.
    """
    return VARIABLE.sub(lambda one: defaults.get(one[1] or one[3], one[2] or one[0]), text)


def instructions(tree: SourceTree, path: str, rows: Sequence[Row] | None = None) -> list[tuple[str, Stated]]:
    """The instructions of a Dockerfile with their arguments, lines that continue put together."""
    found: list[tuple[str, Stated]] = []
    text, first, until = "", 0, ""
    for number, line in rows if rows is not None else enumerate(tree.read_lines(path) or (), 1):
        if until:  # in a heredoc
            until = "" if line.strip() == until else until
            continue
        if line.lstrip().startswith("#") or (text and not line.strip()):
            continue
        first = first if text else number
        text += CONTINUES.sub(" ", line)
        if CONTINUES.search(line):
            continue
        name, _, argument = text.strip().replace("\t", " ").partition(" ")
        found.append((name.upper(), Stated(argument.strip(), tree.at(path, first))))
        here = HEREDOC.search(argument) if name.upper() in ("RUN", "COPY", "ADD") else None
        until = here[1] if here is not None else ""
        text = ""
    return found


def with_instruction(stage: Stage, name: str, argument: Stated) -> Stage:
    """A stage after an instruction. An entrypoint replaces the command of the base image, not of the stage."""
    if name == "WORKDIR":
        below = argument.text.strip('"').rstrip("/")
        return structs.replace(stage, workdir=below if below.startswith("/") else f"{stage.workdir}/{below}")
    if name == "ENTRYPOINT":
        return structs.replace(stage, entrypoint=argument, cmd=stage.cmd if stage.has_cmd else None)
    if name == "EXPOSE":
        return structs.replace(stage, exposes=True)
    if name == "VOLUME":
        return structs.replace(stage, volumes=(*stage.volumes, *kept(stage.workdir, argument)))
    if name == "RUN":
        packages, programs = (*stage.packages, *installed(argument)), (*stage.programs, *downloaded(argument))
        return structs.replace(stage, packages=packages, programs=programs, runs=(*stage.runs, argument))
    return structs.replace(stage, cmd=argument, has_cmd=True)


def with_copy(tree: SourceTree, stage: Stage, text: str) -> Stage:
    """A stage after a COPY or ADD: of another stage, or of the context."""
    source = COPIED.search(text)
    if source is not None:
        return structs.replace(stage, sources=(*stage.sources, source[1].casefold()))
    words = [word for word in text.split() if not word.startswith("--")]
    if len(words) == 2 and words[0] in (".", "./", "/"):
        stage = structs.replace(stage, whole=normpath(join(stage.workdir or "/", words[1])))
    dir = brought(tree, stage, text)
    return structs.replace(stage, below=dir) if dir is not None else stage


def entered(stage: Stage) -> str:
    """The directory of the context that WORKDIR enters once all of it is there: `COPY . /app`, `WORKDIR /app/src`."""
    place = normpath(stage.workdir or "/")
    above = f"{stage.whole.rstrip('/')}/"
    return place.removeprefix(above) if stage.whole and place.startswith(above) else ""


def brought(tree: SourceTree, stage: Stage, text: str) -> str | None:
    """The directory of the context that a COPY puts at a stage's WORKDIR, "" for the whole context, or beside another
    one; None for files, and for what goes elsewhere.

    Source: https://docs.docker.com/reference/dockerfile/#copy
    """
    words = [word for word in text.split() if not word.startswith("--")]
    words = listed(" ".join(words)) if words[:1] and words[0].startswith("[") else words
    if "--from=" in text or "$" in text or len(words) < 2:
        return None
    place = stage.workdir or "/"
    if normpath(join(place, words[-1])) != normpath(place):
        return None
    paths = [normpath(word.lstrip("/") or ".") for word in words[:-1]]
    found = [path for path in paths if path == "." or tree.is_dir(path)]
    if not found:
        return None
    return found[0] if found[0] != "." and len(found) == 1 and stage.below in ("", found[0]) else ""


def moved(tree: SourceTree, dir: str, command: Stated) -> Stated:
    """A command in the directory that WORKDIR has a copy of, where it names a file or module there."""
    words = (word.partition(":")[0].removeprefix("./") for word in command.text.split())
    names = [word for word in words if word and not word.startswith("-")]
    paths = [path for name in names for path in (name, *(f"{name.replace('.', '/')}{end}" for end in SUFFIXES))]
    tree.need(*(within(dir, path) for path in paths))
    named = any(tree.has(within(dir, path)) for path in paths)
    return Stated(f"cd {quoted(dir)} && {command.text}", command.at) if named else command


def line_of(stated: Stated) -> int:
    """The line that something is stated at; 0 where that is not known."""
    return stated.at.line if stated.at is not None else 0


def for_running(stage: Stage, began: int | None) -> tuple[Stated, ...]:
    """The packages of a stage that an app may need when it runs: of tools those that the last of several stages, which
    begins at a line, installs and does not use itself."""
    runs = [one for one in stage.runs if began is not None and line_of(one) > began]
    words = [command for one in runs for command in run_instruction.commands(one.text, one.at)]
    used = {command[0] for command in words if command} | {"git" for one in runs if "git+" in one.text}
    return tuple(
        one
        for one in stage.packages
        if one.text not in TOOLS
        or (began is not None and line_of(one) > began and not used.intersection(TOOLS[one.text]))
    )


def kept(workdir: str, argument: Stated) -> tuple[Stated, ...]:
    """The directories below a WORKDIR that a VOLUME instruction names, as they are called in our image."""
    named = [one for text in listed(argument.text) for one in (text.split() if text == argument.text else [text])]
    inside = [one.removeprefix(workdir).strip("/") for one in named if workdir and one.startswith(f"{workdir}/")]
    return tuple(Stated(f"{APP}/{one}", argument.at) for one in inside if one and "$" not in one)


def installed(argument: Stated) -> tuple[Stated, ...]:
    """The packages that a RUN instruction installs by name, as Debian calls them."""
    found: list[Stated] = []
    for words in run_instruction.commands(argument.text, argument.at):
        if any(tool in words for tool in APT) and "install" in words:
            named = words[words.index("install") + 1 :]
            found += [Stated(word, argument.at) for word in named if PACKAGE.fullmatch(word)]
        elif APK in words:
            from frontend.deploy import alpine

            found += [Stated(name, argument.at) for name in alpine.installed(words[words.index(APK) :])]
    return tuple(found)


def downloaded(argument: Stated) -> tuple[Stated, ...]:
    """The programs that a RUN instruction downloads to where programs are: `curl … -o /usr/local/bin/yt-dlp`."""
    if not DOWNLOADS.search(argument.text):
        return ()
    names = [one[1] for one in PROGRAM.finditer(argument.text)]
    if not names and UNPACKS.search(argument.text):
        names = [one[1] for one in ADDRESS.finditer(argument.text)]
    return tuple(Stated(name, argument.at) for name in dict.fromkeys(names) if name not in OF_CONTAINERS)


def programs_left(programs: tuple[Stated, ...]) -> tuple[Warning, ...]:
    """The warning for programs that a Dockerfile downloads, and no image of ours has."""
    if not programs:
        return ()
    names = " ".join(dict.fromkeys(one.text for one in programs))
    message = f"not in the image, although the Dockerfile downloads it: {names}"
    hint = "if the app runs it, commit it to the app, or have it in a base image of your own (RUNTIME_BASE)"
    return (Warning("dockerfile-programs", message, programs[0].at, hint),)


def on_schedule(left: Sequence[Warning], found: Sequence[tuple[str, Stated]]) -> Iterator[Warning]:
    """What is left out already, and the warning that a Dockerfile has cron run something: no image of ours has a second
    program beside the app."""
    yield from left
    at = next((one.at for name, one in found if name in RUNS and SCHEDULES.search(one.text)), None)
    if at is not None:
        message = f"{at.file} has cron run a program on a schedule, which nothing in the image does"
        yield Warning("platform-schedule", message, at, "have the platform that runs the image do it")


def started(stage: Stage) -> Stated | None:
    """What a stage starts as the app has it, with paths below WORKDIR made relative; None where it names others."""
    parts = [one for one in (stage.entrypoint, stage.cmd) if one is not None]
    if not parts:
        return None
    words = [word for one in parts for word in listed(one.text)]
    while words and words[0] in INITS:
        words = words[1:]
    if len(words) == 3 and words[0] in SHELL and words[1] in ("-c", "-lc"):
        bash = words[0].endswith("bash") and given_text.is_of_bash(words[2])
        words = ["bash", "-c", quoted(words[2])] if bash else [words[2]]
    elif len(parts) > 1 or listed(parts[0].text) != [parts[0].text]:
        words = [quoted(word) if word != "$PORT" else word for word in words]
    text = " ".join(words)
    if stage.workdir:
        own = re.escape(stage.workdir)
        text = re.sub(rf"^((?:exec )?['\"]?){own}/(?=[\w.-]+(?:$|[\s'\";&]))", r"\1./", text)  # a program of no PATH
        text = re.sub(rf"(?<![\w/.-]){own}/", "", text)
    return Stated(text, parts[-1].at) if text else None


def listed(text: str) -> list[str]:
    """The words of an instruction in the form of a JSON list; the text itself as the only one in the shell's form."""
    try:
        value = json.decode(text)
    except (DecodeError, UnicodeEncodeError):
        return [text]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else [text]


def of_image(image: Stated) -> Named | None:
    """The tool and the version that an image is of: python:3.11-slim, denoland/deno:alpine-2.5.6; None for others."""
    name, _, tag = image.text.partition("@")[0].rpartition("/")[2].partition(":")
    version = re.match(r"(?:[a-z]+-)?(\d+(?:\.\d+)*)", tag)
    tool = tool_of(name)
    return (tool[0], Stated(version[1], image.at)) if tool is not None and version is not None else None
