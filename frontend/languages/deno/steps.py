"""The steps of a Deno build, and the image: what is imported in Deno's cache, the app beside it.

Deno keeps what it fetches, and what it makes of TypeScript, in one directory. It is part of the image, so nothing is
fetched and nothing is written when the app runs. Its databases are left out: they hold what an analysis found, and on
a read-only root an app starts as quickly without them (measured: 0.11-0.18 s without, 0.21-0.24 s with them).
"""

from __future__ import annotations

from frontend.languages.deno import first, registries, versions
from frontend.languages.deno.facts import Facts
from frontend.paths import escaped
from frontend.plan.model import (
    Exec,
    FromContext,
    FromStep,
    ImageRef,
    Input,
    Layer,
    Runtime,
    SecretMount,
    Step,
    StepRef,
    TextFile,
)
from frontend.rules import base_images, cleanup
from frontend.rules.versions import at_least
from frontend.settings.model import Settings

NAME = "deno"
INSTALL, BUILD = "install", "build"
CACHE = "/deno-dir"
OWN = "gen/file"  # of the cache: what was made of the app's own modules
DATABASES = ("*_cache_v*",)
# what a registry says of all versions of a package, of which the lockfile has the one; no file of a package itself
PACKUMENTS = ("npm/*/*/registry.json", "npm/*/@*/*/registry.json")
BARE = "debian:trixie-slim"  # has what a compiled program is linked with
NEVER = ("**/node_modules", "**/.git", "**/.npmrc")
ENV = (("DENO_DIR", CACHE), ("DENO_NO_UPDATE_CHECK", "1"), ("DENO_NO_PROMPT", "1"))
SECRETS = (SecretMount("npmrc", "/root/.npmrc"), SecretMount("deno-auth-tokens", env="DENO_AUTH_TOKENS"))


def image(facts: Facts) -> str:
    """The image that builds, and that runs."""
    return base_images.image(versions.IMAGE, facts.version.value, "")


def steps(facts: Facts, settings: Settings) -> tuple[Step, ...]:
    """All steps: what manifests name is fetched first, so that a change of the code fetches nothing again."""
    found = [install(facts)] if installs(facts) else []
    base = StepRef(INSTALL) if found else ImageRef(image(facts))
    exclude = NEVER if not facts.config.vendor else (*NEVER, "vendor")
    run = (*(program(one, facts) for one in facts.builds), *cached(facts), *checked(facts, settings))
    return (
        *found,
        Step(
            BUILD,
            base,
            "the app's modules, and all that they import",
            inputs=(FromContext(root=facts.root, exclude=exclude if found else NEVER), *of_registries(facts)),
            env=environment(facts),
            run=run,
        ),
    )


def installs(facts: Facts) -> bool:
    """Whether a configuration names what is imported."""
    config = facts.config
    if not at_least(facts.version.value, versions.SECOND):
        return False
    return bool(config.imports or config.package.get("dependencies") or config.members)


def install(facts: Facts) -> Step:
    """What the configuration imports, from manifests and lockfile alone."""
    return Step(
        INSTALL,
        ImageRef(image(facts)),
        "what deno.json and package.json name",
        inputs=(FromContext(facts.manifests, root=facts.root), *of_registries(facts)),
        env=environment(facts),
        run=(
            Exec(
                ("deno", "install", *imports(facts), *(facts.locked if facts.whole else ())),
                "deno install",
                secrets=SECRETS,
                fetches=True,
                at=facts.lock.at if facts.lock is not None else facts.config.at(),
                hint="see the output above; if deno.lock is out of date, run deno install and commit it",
            ),
        ),
    )


def imports(facts: Facts) -> tuple[str, ...]:
    """The option that lets Deno fetch modules of any host: the app's own code names them."""
    return tuple(one for one in facts.options if one == "--allow-import")


def resolved(facts: Facts) -> tuple[str, ...]:
    """The options by which the app's imports are looked up as its start does."""
    own = any(one.startswith(("--lock", "--no-lock")) for one in facts.options)
    return (*facts.options, *(() if own else facts.locked))


def program(one: object, facts: Facts) -> Exec:
    """A command of the build. It may fetch: a bundler's own packages, fonts."""
    from frontend.languages.deno.facts import Build

    assert isinstance(one, Build)
    dir = f"/app/{one.dir}" if one.dir else ""
    return Exec(one.args, one.name, one.env, secrets=SECRETS, fetches=True, dir=dir, at=one.at)


def cached(facts: Facts) -> tuple[Exec, ...]:
    """What the started modules import besides, and all of the app's TypeScript made JavaScript."""
    if not facts.entries:
        return ()
    return (
        Exec(
            ("deno", "cache", *resolved(facts), *facts.entries),
            "deno cache",
            secrets=SECRETS,
            fetches=True,
            at=facts.processes[0].at,
            hint="see the output above; if deno.lock is out of date, run deno cache "
            f"{' '.join(facts.entries)} and commit it",
        ),
    )


def checked(facts: Facts, settings: Settings) -> tuple[Exec, ...]:
    """The same without a network, and with no more settings than the image has: what is then missing, the app would
    miss when it starts."""
    if not facts.entries or not facts.outside:
        return ()
    return (
        Exec(
            ("deno", "cache", *resolved(facts), *facts.entries),
            "deno cache (without a network)",
            registries.given((*facts.env, *settings.run_env)),
            offline=True,
            at=facts.processes[0].at,
            hint="the running app looks for an import in another place than the build: name one registry for both, by "
            "BUILD_ENV_NPM_CONFIG_REGISTRY (BUILD_ENV_JSR_URL for JSR), or install packages in node_modules by "
            '"nodeModulesDir": "auto" in deno.json',
        ),
    )


def of_registries(facts: Facts) -> tuple[Input, ...]:
    """The file that says where packages come from."""
    return (facts.registries,) if facts.registries is not None else ()


def environment(facts: Facts) -> tuple[tuple[str, str], ...]:
    """The variables of the build and of the image."""
    path = (("PATH", f"/app/node_modules/.bin:{PATH}"),) if facts.config.node_modules else ()
    return (*path, *ENV)


PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def runtime(facts: Facts, settings: Settings) -> Runtime:
    """The image: what is imported as one layer, the app as another."""
    if facts.binary:
        return program_alone(facts, settings)
    packages: list[Input] = []
    exclude: tuple[str, ...] = (OWN, *DATABASES)
    if facts.config.node_modules:
        exclude = (*exclude, "npm")  # node_modules has them
    elif facts.lock is not None and facts.lock.version == "5":
        exclude = (*exclude, *PACKUMENTS)
    packages.append(FromStep(BUILD, CACHE, exclude=exclude, optional=True))
    left = [*cleanup.excludes(NAME, keep=settings.keep), *(f"!{escaped(one)}" for one in facts.kept), "node_modules"]
    if facts.config.node_modules:
        packages.append(FromStep(BUILD, "/app/node_modules", exclude=(".cache",), optional=True))
    app: list[Input] = [FromStep(BUILD, "/app", exclude=tuple(left)), FromStep(BUILD, f"{CACHE}/{OWN}", optional=True)]
    app += of_registries(facts)
    if facts.preload:
        app.append(TextFile(first.PATH, first.text(port=facts.port)))
    return Runtime(
        base=image(facts),
        layers=(
            Layer("dependencies", "what the app imports", tuple(packages)),
            Layer("application", "the app", tuple(app)),
        ),
        processes=facts.processes,
        env=tuple({**dict(environment(facts)), **dict(facts.env)}.items()),
        port=settings.port,
        dir=f"/app/{facts.dir}".rstrip("/"),
    )


def program_alone(facts: Facts, settings: Settings) -> Runtime:
    """The image of a program that `deno compile` made: it holds Deno, and all that it imports."""
    path = f"/app/{facts.binary}"
    return Runtime(
        base=BARE,
        layers=(Layer("application", "the compiled app", (FromStep(BUILD, path),)),),
        processes=facts.processes,
        env=(*ENV[1:], *facts.env),
        port=settings.port,
    )
