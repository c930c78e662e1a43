"""render.yaml: the services of a repository.

Source: https://render.com/docs/blueprint-spec
"""

from msgspec import structs

from frontend.deploy.model import Deployment, Named, Stated
from frontend.deploy.reading import NOTHING, Item
from frontend.deploy.shapes import COMMANDS, TEXT, Keys, Shape
from frontend.deploy.values import commands, processes, scheduled, volumes
from frontend.paths import joined

WEB = ("web", "pserv")
STATIC = "static"
CRON = "cron"
HOME = "/opt/render/project/src"  # where a service has its sources
IMAGES = ("docker", "image")  # runtimes of services that are not built from their sources
ENTRIES: Shape = [{"key": TEXT, "value": TEXT}]
SERVICE: Keys = {
    **dict.fromkeys(("type", "rootDir", "runtime", "env", "schedule", "staticPublishPath"), TEXT),
    **dict.fromkeys(("dockerfilePath", "healthCheckPath"), TEXT),
    **dict.fromkeys(("buildCommand", "startCommand", "dockerCommand", "preDeployCommand"), COMMANDS),
    "envVars": ENTRIES,
    "disk": {"mountPath": TEXT},
}
PARTS: Keys = {"services": [SERVICE], "envVarGroups": [{"envVars": ENTRIES}]}
SHAPE: Keys = {**PARTS, "projects": [{"environments": [PARTS]}]}


def read(file: Item) -> tuple[Deployment, ...]:
    """The services that serve, each with the workers of its directory as processes; static sites come last. Where
    there is neither, the workers of each directory."""
    projects = (env for one in file.get("projects").items for env in one.get("environments").items)
    services = [one for part in (file, *projects) for one in part.get("services").items]
    groups = {one.get("name").text: one for part in (file, *projects) for one in part.get("envVarGroups").items}
    sites = [one for one in services if is_static(one)]
    served = [one for one in services if one.get("type").text in WEB and one not in sites]
    workers = [one for one in services if one.get("type").text == "worker"]
    beside = [*workers, *(one for one in services if one.get("type").text == CRON)]
    sourced = [one for one in served if runtime(one) not in IMAGES] or served
    if not sourced and not sites:
        dirs = dict.fromkeys(map(root, workers))
        return tuple(work(file, [one for one in workers if root(one) == dir], groups) for dir in dirs)
    return (
        *(service(file, one, [other for other in beside if root(other) == root(one)], groups) for one in sourced),
        *(site(file, one, groups) for one in sites),
    )


def service(file: Item, item: Item, others: list[Item], groups: dict[str, Item]) -> Deployment:
    """A service that serves, and the workers and jobs beside it."""
    workers = [one for one in others if one.get("type").text != CRON]
    jobs = ((one.get("startCommand"), one.get("schedule")) for one in others if one.get("type").text == CRON)
    env, unset = environment(item, groups)
    started = (("web", item.get(key)) for key in ("startCommand", "dockerCommand"))
    beside = ((worker.get("name").text, worker.get("startCommand")) for worker in workers)
    return Deployment(
        file.at.file,
        dir=root(item),
        root=item.get("rootDir").only,
        build=commands(item.get("buildCommand")),
        processes=processes(*started, ("release", item.get("preDeployCommand")), *beside),
        languages=languages(item),
        env=env,
        unset=unset,
        name=item.get("name").text,
        dockerfile=item.get("dockerfilePath").only,
        health=item.get("healthCheckPath").only,
        warnings=(*volumes(item.get("disk", "mountPath"), home=HOME), *scheduled(*jobs)),
    )


def work(file: Item, workers: list[Item], groups: dict[str, Item]) -> Deployment:
    """The workers of a directory in which nothing serves, built as the first one is."""
    stated = ((one.get("name").text, one.get("startCommand")) for one in workers)
    return structs.replace(service(file, workers[0], [], groups), processes=processes(*stated))


def site(file: Item, item: Item, groups: dict[str, Item]) -> Deployment:
    """A static site."""
    env, unset = environment(item, groups)
    return Deployment(
        file.at.file,
        dir=root(item),
        root=item.get("rootDir").only,
        build=commands(item.get("buildCommand")),
        env=env,
        unset=unset,
        output=item.get("staticPublishPath").only or Stated("", item.at),
        name=item.get("name").text,
    )


def environment(item: Item, groups: dict[str, Item]) -> tuple[tuple[Named, ...], tuple[Stated, ...]]:
    """The variables of a service with values, and those that are generated, linked, or asked for when it is made."""
    entries = item.get("envVars").items
    shared = [one for entry in entries for one in groups.get(entry.get("fromGroup").text, NOTHING).get("envVars").items]
    env: dict[str, Stated] = {}
    unset: list[Stated] = []
    for entry in (*shared, *entries):
        name, value = entry.get("key").text, entry.get("value").only
        if name and value is not None:
            env[name] = value
        elif name:
            unset.append(Stated(name, entry.at))
    return tuple(env.items()), tuple(unset)


def root(item: Item) -> str:
    """The directory of the context that a service is built in."""
    return joined("", item.get("rootDir").text)


def runtime(item: Item) -> str:
    """What runs a service; `env` is the older key."""
    return item.get("runtime").text or item.get("env").text


def languages(item: Item) -> tuple[Stated, ...]:
    """The language that a service runs on."""
    named = item.get("runtime").only or item.get("env").only
    return (named,) if named is not None and named.text not in (STATIC, *IMAGES) else ()


def is_static(item: Item) -> bool:
    """Whether a service is a static site."""
    return STATIC in (item.get("type").text, runtime(item))
