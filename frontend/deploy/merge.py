"""What the files of other platforms state, as settings below the user's own: of each the first file that states it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from frontend.commands import owner, process, procfile, secret
from frontend.commands.procfile import WEB
from frontend.commands.script import parse
from frontend.context.tree import SourceTree
from frontend.deploy import variables
from frontend.deploy.model import Deployment, Named, Stated
from frontend.errors import BuildError, Location
from frontend.languages import registry
from frontend.paths import joined as joined_path
from frontend.paths import within
from frontend.plan.model import Evidence, ForPlatform, Plan, Warning
from frontend.secrets.masking import shown
from frontend.settings.model import Setting, Settings

if TYPE_CHECKING:
    from frontend.deploy.rebased import Rebased

RUN_ONLY = frozenset(name for entry in registry.ENTRIES for name in entry.run_only)
RELEASE = "release"  # the process that runs before a new version serves
FRONT_END = "front end"  # what evidence for one is called
OUTSIDE = "build-outside"  # the code of a warning that a language's plan may make idle
# servers of files, which are in a container's own image
SERVES_FILES = frozenset(("nginx", "httpd", "apache2", "apache2-foreground", "lighttpd", *registry.STATIC.programs))
DEVELOPS = frozenset(("runserver", "--reload", "--debug", "--watch", "dev", "nodemon"))  # commands for development
# one of a container: the image has another; and a socket for a server beside it
FIXED_PORT = re.compile(r"(?::|port[= ]|-p )\d{2,5}\b|unix:")


class Merged(Struct, frozen=True):
    """The settings of a build with what files for other platforms state, and what there is to say of it."""

    settings: Settings
    evidence: tuple[Evidence, ...] = ()
    warnings: tuple[Warning, ...] = ()
    platform: ForPlatform | None = None


def merge(tree: SourceTree, settings: Settings, deployments: Sequence[Deployment], app: str) -> Merged:
    """The settings of the app in a directory, with what files state of it. `tree` is the whole context."""
    found = [of_app(tree, one, app) for one in deployments]
    own = [one for one in found if one is not None]
    if not own:
        return Merged(settings)
    before = named_before(tree.under(app), settings)
    serves = any(one.process(WEB) is not None for one in own)  # then what a site's file builds is another part
    build = next((command for one in own for command in one.build if one.output is None or not serves), None)
    whole = next((one.whole for one in own if one.whole is not None), None)
    processes = {name: command for one in reversed(own) for name, command in one.processes if name not in before}
    chosen = variables.choose([pair for one in own for pair in one.env], [name for one in own for name in one.unset])
    versions = {tool: value for one in reversed(own) for tool, value in one.versions} | chosen.versions
    merged = structs.replace(
        settings,
        app=settings.app or (Setting(app, "platform", place(own)) if app else None),
        likely=next((setting(one) for d in own for one in reversed(d.languages) if registry.named(one.text)), None),
        build_command=settings.build_command or (setting(build) if build is not None else None),
        whole_build=setting(whole) if whole is not None else None,
        output_dir=settings.output_dir or published(own),
        outside=next((setting(one.outside) for one in own if one.outside is not None), None),
        processes=tuple((name, setting(command)) for name, command in processes.items()),
        versions={**{tool: setting(value) for tool, value in versions.items()}, **settings.versions},
        build_env=values((pair for pair in chosen.env if pair[0] not in RUN_ONLY), settings.build_env),
        run_env=values(chosen.env, settings.run_env),
        build_packages=names((one for d in own for one in d.build_packages), settings.build_packages),
        run_packages=names((one for d in own for one in d.run_packages), settings.run_packages),
    )
    told = (warning for one in own for warning in one.warnings)
    followed = tuple(note for one in own if (note := taken(one, merged)) is not None)
    packages = (package for one in own for package in (*one.build_packages, *one.run_packages))
    found_in = [*((name, value.at) for name, value in chosen.env), *((one.text, one.at) for one in packages)]
    directory = [(f"app {app}", merged.app.at)] if merged.app is not None and merged.app is not settings.app else []
    shown_at = ((what, at) for what, at in (*directory, *found_in) if at is not None)
    return Merged(
        merged,
        tuple(dict.fromkeys(Evidence(what, at.file, at) for what, at in shown_at)),
        (*followed, *told, *differing(own, {WEB: processes.get(WEB), **before}), *chosen.warnings),
        for_platform(own),
    )


def for_platform(own: Sequence[Deployment]) -> ForPlatform | None:
    """What files say to the platform that runs the image: of each part the first that states it; None for nothing."""
    first = next((one.platform for one in own if one.platform is not None), None)
    health = next((one.health.text for one in own if one.health is not None), "")
    return structs.replace(first or ForPlatform(), health_path=health) if health else first


def without_locales(merged: Merged, asked: Settings) -> Merged:
    """What is merged without the locales that a file sets and an image has not: a program that finds none takes ASCII.

    For a language that takes its locale from the system. What the user `asked` for stays, and what a Dockerfile says:
    its image is known.
    """
    own = {name for name, _ in (*asked.run_env, *merged.settings.candidate_env)}
    left = {
        name: value
        for name, value in merged.settings.run_env
        if variables.LOCALE.fullmatch(name) and not variables.C.fullmatch(value) and name not in own
    }
    if not left:
        return merged
    envs = (merged.settings.run_env, merged.settings.build_env)
    run, build = (tuple(pair for pair in env if pair[0] not in left) for env in envs)
    name, value = next(iter(left.items()))
    english = all(one.startswith(variables.ENGLISH) for one in left.values())
    told = Warning(
        "platform-locale",
        f"not set, because this image does not have the locale {value}: {', '.join(left)}",
        next((one.at for one in merged.evidence if one.what in left), None),
        f"set the build-args RUN_PACKAGES=locales-all and RUN_ENV_{name}={value}",
    )
    return structs.replace(
        merged,
        settings=structs.replace(merged.settings, run_env=run, build_env=build),
        evidence=tuple(one for one in merged.evidence if one.what not in left),
        warnings=(*without(merged.warnings, left), *((told,) if not english else ())),
    )


def without(warnings: Iterable[Warning], names: Iterable[str]) -> Iterator[Warning]:
    """Warnings whose lists of what is taken from a file lack some names; one of them alone is left out."""
    for one in warnings:
        file, _, listed = one.message.partition(": ")
        kept = [name for name in listed.split(", ") if name not in names]
        if one.code != "deploy-file":
            yield one
        elif kept:
            yield structs.replace(one, message=f"{file}: {', '.join(kept)}")


def with_candidates(tree: SourceTree, settings: Settings, found: Sequence[Deployment], app: str) -> Settings:
    """The settings with what files of containers state of the app in a directory."""
    whole = [candidate(one, port=True) for one in found if one.dir == app]
    written = tuple(setting(web) for one in whole if (web := one.process(WEB)) is not None)
    own = [candidate(one) for one in whole]
    command = next((one.process(WEB) for one in own if one.process(WEB) is not None), None)
    versions = {tool: setting(value) for one in reversed(own) for tool, value in one.versions}
    start = setting(command) if command is not None else None
    packages = tuple(setting(one) for found in own for one in found.run_packages)
    copies = tuple(
        structs.replace(one, dir=within(app, one.dir), output=within(app, one.output)) for d in own for one in d.copies
    )
    return structs.replace(
        settings,
        candidate=start,
        candidate_texts=written,
        candidate_processes=tuple((name, setting(one)) for d in own for name, one in d.processes if name != WEB),
        candidate_versions=versions,
        candidate_packages=packages,
        candidate_runs=tuple(setting(one) for found in own for one in found.runs),
        candidate_copies=copies,
    )


def candidate(found: Deployment, *, port: bool = False) -> Deployment:
    """What a file of containers states, without commands that cannot be read, have a secret, or run a server of files
    that is in the container's own image; and but for `port` without one that fixes the port of what serves."""
    kept = [
        (name, command)
        for name, command in found.processes
        if is_readable(command) and (port or name != WEB or not FIXED_PORT.search(command.text))
    ]
    return structs.replace(found, processes=tuple(kept))


def is_readable(command: Stated) -> bool:
    """Whether a command of a container can be read, has no secret, and is neither for development nor a server of
    files."""
    try:
        secret.check(command.text, parse(command.text, command.at), command.at)
    except BuildError:
        return False
    return set(re.split(r"[\s\[\],\"';&|]+", command.text)).isdisjoint(DEVELOPS | SERVES_FILES)


def named_before(tree: SourceTree, settings: Settings) -> dict[str, Stated | None]:
    """The processes that go before those of files: the setting's, which nothing is told of, and the Procfile's."""
    entries: dict[str, Stated | None] = {
        one.name: Stated(one.script.text, one.at) for one in procfile.read(tree) if one.at is not None
    }
    return entries if settings.run_command is None else {**entries, WEB: None}


def differing(own: Sequence[Deployment], used: Mapping[str, Stated | None]) -> Iterator[Warning]:
    """The warnings for files that state another start or build command than the one that is used."""
    serves = any(one.process(WEB) is not None for one in own)
    builds = [one.build[0] for one in own if one.build and (one.output is None or not serves)]
    stated = [(used.get(WEB), command) for one in own if (command := one.process(WEB)) is not None]
    for what, pairs in (("start", stated), ("build", [(builds[0], one) for one in builds[1:]])):
        for first, other in pairs:
            if first is not None and first.text.split() != other.text.split():
                message = f"{other.at.file} states another {what} command than {first.at.file}, whose is used: "
                yield Warning(
                    "files-differ", f"{message}{shown(other.text)}", other.at, "remove the one that is out of date"
                )


def of_app(tree: SourceTree, found: Deployment, app: str) -> Deployment | None:
    """What a file states of the app in a directory, in that directory's terms; None for nothing.

    Raises PlanError for a secret in a command.
    """
    from frontend.deploy import containers, rebased
    from frontend.deploy.values import joined

    found = containers.without(found)
    processes: list[Named] = []
    build: list[Stated] = []
    doubts: list[Warning] = []
    outside: list[Stated] = []
    for name, command in found.processes:
        secret.check(command.text, parse(command.text, command.at), command.at)
        text = rebased.started(command, found.dir, app)
        if text:
            processes.append((name, Stated(text, command.at)))
    if found.dir != app and found.process(WEB) is not None and WEB not in dict(processes):
        return None
    for command in found.build if found.output is None or is_of_app(found) else ():
        secret.check(command.text, parse(command.text, command.at), command.at)
        own = rebased.built(tree, command, found.dir, app)
        build += [Stated(own.text, command.at)] if own.text else []
        outside += [Stated(own.elsewhere, command.at)] if own.elsewhere else []
        doubts += doubts_of(own, command, app) if found.output is None else ()
        if own.migrations and RELEASE not in dict(found.processes):
            processes.append((RELEASE, Stated(own.migrations, command.at)))
    return structs.replace(
        found,
        processes=tuple(processes),
        build=(joined(tuple(build)),) if build else (),
        whole=joined(found.build) if found.build and found.output is None else None,
        outside=joined(tuple(outside)) if outside else None,
        warnings=(*found.warnings, *doubts),
    )


def is_of_app(site: Deployment) -> bool:
    """Whether a site's build may be that of an app that serves: it runs a program of some language."""
    return any(owner.of_script(parse(command.text, command.at)) is not None for command in site.build)


def doubts_of(found: "Rebased", command: Stated, app: str) -> Iterator[Warning]:
    """The warnings for parts of a build command that are not run, or in vain."""
    if found.outside:
        message = f"not run, because it works outside of the app's directory {app}: {shown(' && '.join(found.outside))}"
        hint = "set PROJECT_PATH to a directory that has both, or BUILD_COMMAND to what the build needs"
        yield Warning(OUTSIDE, message, command.at, hint)
    if found.migrations:
        message = f"not run in the build, which has no database: {shown(found.migrations)}"
        yield Warning("build-migrates", message, command.at, f'run it before a new version serves: process "{RELEASE}"')
    if found.added:
        message = f"what this installs is not in the image: {shown(' && '.join(found.added))}"
        yield Warning("build-installs", message, command.at, "name the packages in the app's manifest")


def without_done(warnings: Sequence[Warning], plan: Plan) -> tuple[Warning, ...]:
    """The warnings, without those for what works outside of the app's directory that the plan runs after all: its
    evidence for a front end says so."""
    done = [one.at for one in plan.evidence if one.what == FRONT_END]
    return tuple(one for one in warnings if one.code != OUTSIDE or one.at not in done)


def taken(found: Deployment, merged: Settings) -> Warning | None:
    """The note that says what a file decides; None for a file of which nothing is used."""
    used = [("start command" if name == WEB else name, one.at) for name, one in merged.processes]
    used += [("build command", merged.build_command.at)] if merged.build_command is not None else []
    used += [(f"{tool} {one.value}", one.at) for tool, one in merged.versions.items()]
    parts = [what for what, at in used if at is not None and at.file == found.file]
    given = dict(merged.run_env)
    variables = [(name, value.at) for name, value in found.env if given.get(name) == value.text]
    packages = dict.fromkeys(one.text for one in (*found.run_packages, *found.build_packages))
    parts += [name for name, _ in variables] + ([f"packages {' '.join(packages)}"] if packages else [])
    places = (at for _, at in (*used, *variables, *((one.text, one.at) for one in found.build_packages)))
    at = next((at for at in places if at is not None and at.file == found.file), None)
    if not parts:
        return None
    return process.followed(found.file, parts, at)


def published(own: Sequence[Deployment]) -> Setting | None:
    """The directory of a site that a file names, relative to the app; None where one names a program that serves."""
    site = next((one for one in own if one.output is not None), None)
    text = joined_path("", site.output.text) if site is not None and site.output is not None else ""
    if site is None or site.output is None or not text or any(one.process(WEB) is not None for one in own):
        return None
    return Setting(text.removeprefix(f"{site.dir}/"), "platform", site.output.at)


def place(own: Sequence[Deployment]) -> Location:
    """Where a file names the app's directory: by a key, in the start command, or by its Dockerfile."""
    named = (one for found in own for one in (found.root, found.process(WEB)))
    built = (found.dockerfile for found in own)
    return next((one.at for one in (*named, *built) if one is not None), Location(own[0].file))


def setting(stated: Stated) -> Setting:
    """A text of a file as a setting."""
    return Setting(stated.text, "platform", stated.at)


def values(env: Iterable[Named], own: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Variables of a file, those that the user sets in their place."""
    return tuple({**{name: value.text for name, value in env}, **dict(own)}.items())


def names(stated: Iterable[Stated], own: tuple[str, ...]) -> tuple[str, ...]:
    """Packages of files and of the user, each once."""
    return tuple(dict.fromkeys((*(one.text for one in stated), *own)))
