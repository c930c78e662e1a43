""".do/app.yaml: the components of an app.

Source: https://docs.digitalocean.com/products/app-platform/reference/app-spec/
"""

from msgspec import structs

from frontend.deploy.model import Deployment, Stated
from frontend.deploy.reading import Item
from frontend.deploy.shapes import COMMANDS, TEXT, Keys
from frontend.deploy.values import commands, processes
from frontend.paths import joined

SECRET = "SECRET"
COMPONENT: Keys = {
    **dict.fromkeys(("source_dir", "environment_slug", "output_dir", "kind", "dockerfile_path"), TEXT),
    **dict.fromkeys(("build_command", "run_command"), COMMANDS),
    "health_check": {"http_path": TEXT},
    "envs": [{"key": TEXT, "value": TEXT, "type": TEXT}],
}
SHAPE: Keys = {
    **{key: [COMPONENT] for key in ("services", "static_sites", "workers", "jobs")},
    "envs": [{"key": TEXT, "value": TEXT, "type": TEXT}],
}


def read(file: Item) -> tuple[Deployment, ...]:
    """The services, each with the workers of its directory; static sites come last. Where there is neither, the workers
    of each directory, built as the first one is."""
    shared = file.get("envs").items
    services, sites = file.get("services").items, file.get("static_sites").items
    sourced = [one for one in services if not one.get("image").pairs] or services
    if not sourced and not sites:
        first = {directory(one): one for one in reversed(file.get("workers").items)}
        found = (component(file, one, shared, beside(file, one)) for one in first.values())
        return tuple(structs.replace(one, processes=one.processes[1:]) for one in found)
    return (
        *(component(file, one, shared, beside(file, one)) for one in sourced),
        *(component(file, one, shared, (), one.get("output_dir").only or Stated("", one.at)) for one in sites),
    )


def component(
    file: Item, item: Item, shared: tuple[Item, ...], more: tuple[tuple[str, Item], ...], output: Stated | None = None
) -> Deployment:
    """A component that is built from its sources."""
    variables = (*shared, *item.get("envs").items)
    slug = item.get("environment_slug").only
    stated = [(one.get("key").text, one) for one in variables if one.get("key").text]
    plain = [(name, one.get("value").only) for name, one in stated if one.get("type").text != SECRET]
    env = {name: value for name, value in plain if value is not None}
    return Deployment(
        file.at.file,
        name=item.get("name").text,
        dir=directory(item),
        root=item.get("source_dir").only,
        build=commands(item.get("build_command")),
        processes=processes(("web", item.get("run_command")), *more),
        languages=(Stated(slug.text.replace("-js", "js"), slug.at),) if slug is not None else (),
        env=tuple(env.items()),
        unset=tuple(Stated(name, one.at) for name, one in stated if name not in env),
        output=output,
        dockerfile=item.get("dockerfile_path").only,
        health=item.get("health_check", "http_path").only,
    )


def beside(file: Item, service: Item) -> tuple[tuple[str, Item], ...]:
    """The workers of a service's directory, and what runs before a new version serves."""
    here = [one for one in file.get("workers").items if directory(one) == directory(service)]
    jobs = [one for one in file.get("jobs").items if one.get("kind").text == "PRE_DEPLOY"]
    own = [("release", one) for one in jobs if directory(one) == directory(service)]
    named = (*((one.get("name").text, one) for one in here), *own[:1])
    return tuple((name, one.get("run_command")) for name, one in named)


def directory(item: Item) -> str:
    """The directory of the context that a component is built in."""
    return joined("", item.get("source_dir").text)
