"""The steps of a Ruby build, and the image: the gems in /app/vendor/bundle, the app beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontend.languages.ruby import bundle, hanami, rails, system_packages, versions
from frontend.languages.ruby.bundle import Bundle
from frontend.languages.ruby.facts import Facts
from frontend.languages.ruby.servers import EXEC
from frontend.plan.model import (
    CacheMount,
    Exec,
    FromContext,
    FromStep,
    ImageRef,
    Input,
    Layer,
    Runtime,
    SecretMount,
    SharedLibraries,
    Step,
    StepRef,
    TextFile,
)
from frontend.rules import base_images, cleanup
from frontend.settings.model import Settings

if TYPE_CHECKING:
    from frontend.languages.node.front_end import FrontEnd

INSTALL, BUILD = "install", "build"
BASE_PATH = "/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SECRETS = (SecretMount("bundle-config", "/root/.bundle/config"), SecretMount("netrc", "/root/.netrc"))
OURS = ("vendor/bundle", ".bundle")  # what Bundler leaves in a checkout
# in no image: what compiling extensions leaves, the history of gems from git
CLEAN_UP = f"""\
rm -rf {bundle.PATH}/ruby/*/bundler/gems/*/.git
[ ! -d {bundle.PATH} ] ||
  find {bundle.PATH} -type f '(' -name '*.o' -o -name mkmf.log -o -name gem_make.out ')' -delete"""
# what Rails, and some configurations of puma, write there goes where it can be written on a read-only root; nothing of
# the build ships with it
TEMPORARY = Exec(("ln", "-sfn", "/tmp", "tmp"), "tmp is /tmp", offline=True)  # noqa: S108
PRODUCTION = (("RACK_ENV", "production"), ("APP_ENV", "production"))
# read by the configuration of puma that Rails writes and others copy: a read-only root has no other place for it
PIDFILE = (("PIDFILE", "/tmp/server.pid"),)  # noqa: S108
RAILS = (
    ("RAILS_ENV", "production"),
    ("RAILS_LOG_TO_STDOUT", "1"),
    ("RAILS_SERVE_STATIC_FILES", "1"),
    *PIDFILE,
    ("DISABLE_SPRING", "1"),
)


def image(facts: Facts, slim: bool) -> str:
    """The base image: the full one builds, the slim one runs."""
    return base_images.image(versions.IMAGE, facts.version.value, facts.suite, slim=slim)


def steps(facts: Facts, settings: Settings) -> tuple[Step, ...]:
    """All steps, each after those it uses; () for an app that installs and builds nothing."""
    found = [install(facts, facts.bundle)] if facts.bundle is not None else []
    programs = building(facts, settings)
    if programs:
        base = StepRef(INSTALL) if found else ImageRef(image(facts, slim=False))
        env = (*settings_of_bundler(facts), *production(facts))
        inputs: tuple[Input, ...] = sources(facts, OURS)
        if facts.front_end is not None:
            env, inputs = with_node(env, facts.front_end), (*inputs, *facts.front_end.tools)
        found.append(Step(BUILD, base, "what the app itself needs built", (), inputs, env, programs))
    return (*(facts.front_end.steps if facts.front_end is not None else ()), *found)


def with_node(env: tuple[tuple[str, str], ...], front: FrontEnd) -> tuple[tuple[str, str], ...]:
    """The variables of a step that runs Node.js too."""
    path = dict(env).get("PATH", BASE_PATH)
    return tuple({**dict(env), **dict(front.env), **({"PATH": f"{front.path}:{path}"} if front.path else {})}.items())


def sources(facts: Facts, exclude: tuple[str, ...]) -> tuple[Input, ...]:
    """The app's files, with what its front end's build made if it has one; without a `tmp` that it uses."""
    exclude = (*exclude, *(("tmp",) if facts.own_tmp else ()))
    if facts.front_end is None or not facts.front_end.built:
        files = facts.front_end.files if facts.front_end is not None else ()
        return (FromContext(root=facts.root, exclude=exclude), *files)
    return (FromStep(facts.front_end.built, "/app", exclude=(*exclude, *facts.front_end.exclude)),)


def install(facts: Facts, gems: Bundle) -> Step:
    """The gems, from manifests and lockfile alone: a change of the code installs nothing again."""
    downloads = CacheMount(f"{facts.gem_home}/cache", f"bundle/{versions.abi(facts.version.value)}", "locked")
    program = Exec(
        ("sh", "-ec", f"bundle install\n{CLEAN_UP}"),
        "bundle install",
        caches=(downloads,),
        secrets=SECRETS,
        fetches=True,
        at=gems.at,
        hint="see the output above; if the lockfile is out of date, run bundle lock and commit it",
        git=gems.git,
    )
    return Step(
        INSTALL,
        ImageRef(image(facts, slim=False)),
        "the gems, without those for development",
        packages=facts.build_packages,
        inputs=(FromContext(gems.inputs, root=facts.root),),
        env=(*settings_of_bundler(facts), ("BUNDLE_JOBS", "4"), ("BUNDLE_RETRY", "3")),
        run=(
            program,
            *unpacked(gems),
            *((bootsnap(facts),) if facts.rails is not None and facts.rails.bootsnap else ()),
        ),
    )


def unpacked(gems: Bundle) -> tuple[Exec, ...]:
    """The first start of each program that unpacks itself; whether it runs is for the app to see."""
    return tuple(
        Exec((*EXEC, "ruby", "-e", f'system("{program}", "--version")'), f"unpack {program}", offline=True)
        for gem, program in system_packages.UNPACK.items()
        if gem in gems.names
    )


def bootsnap(facts: Facts) -> Exec:
    """The program that compiles the code of the gems ahead: on a read-only root each start would do it again."""
    args = ("bundle", "exec", "bootsnap", "precompile", "--gemfile")
    return Exec(args, "bootsnap precompile --gemfile", (("BOOTSNAP_CACHE_DIR", rails.CACHE_DIR),), offline=True)


def settings_of_bundler(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Bundler's settings, of a build and of the image; () without a Gemfile.

    They are variables, and its directory for an app's settings is one without any: `.bundle/config` would win.
    """
    gems = facts.bundle
    if gems is None:
        return ()
    return (
        ("PATH", f"{facts.gem_home}/bin:{BASE_PATH}"),
        ("GEM_HOME", facts.gem_home),
        ("BUNDLE_PATH", bundle.PATH),
        ("BUNDLE_APP_CONFIG", bundle.PATH),
        ("BUNDLE_WITHOUT", ":".join(gems.without)),
        *((("BUNDLE_WITH", ":".join(gems.optional)),) if gems.optional else ()),
        *((("BUNDLE_DEPLOYMENT", "1"),) if gems.lock is not None else ()),
        *((("BUNDLE_GEMFILE", f"/app/{gems.gemfile.path}"),) if gems.gemfile.path != "Gemfile" else ()),
        ("BUNDLE_SILENCE_ROOT_WARNING", "1"),
    )


def production(facts: Facts) -> tuple[tuple[str, str], ...]:
    """The variables that say that an app is in production."""
    if facts.rails is not None:
        return (*PRODUCTION, *RAILS)
    puma = facts.bundle is not None and "puma" in facts.bundle.names
    return (*PRODUCTION, *(PIDFILE if puma else ()), *hanami.env(facts.bundle))


def building(facts: Facts, settings: Settings) -> tuple[Exec, ...]:
    """The programs that need the sources: the user's build command, and those of Rails."""
    run: list[Exec] = []
    if facts.own_tmp:
        run.append(TEMPORARY)
    if facts.build_command:
        args = facts.build_command
        shown = args[2] if args[:2] == ("/bin/sh", "-c") else " ".join(args)
        run.append(
            Exec(
                args,
                shown,
                rails.loading(facts.rails, settings) if facts.rails is not None else (),
                secrets=(rails.MASTER_KEY,) if facts.rails is not None else (),
                fetches=True,
                at=facts.build_command_at,
            )
        )
    if facts.rails is not None and facts.rails.assets:
        run.append(rails.precompile(facts.rails, settings))
    run += [facts.hanami_assets] if facts.hanami_assets is not None else []
    return tuple(run)


def runtime(facts: Facts, settings: Settings) -> Runtime:
    """The image: the gems as one layer, the app as another."""
    gems = facts.bundle
    layers = []
    if gems is not None:
        downloads = f"{facts.gem_home.removeprefix(f'{bundle.PATH}/')}/cache"
        files = FromStep(INSTALL, bundle.PATH, exclude=(downloads,))
        layers.append(Layer("dependencies", f"the gems in {bundle.PATH}", (files,)))
        if facts.rails is not None and facts.rails.bootsnap:  # layers are compressed and pushed side by side
            ahead = FromStep(INSTALL, rails.CACHE_DIR)
            layers.append(Layer("dependencies", "the code of the gems as bootsnap compiled it", (ahead,)))
    exclude = (*cleanup.excludes("ruby", keep=settings.keep), *OURS, "vendor/bootsnap")
    if facts.front_end is not None and facts.front_end.tools:
        exclude = (*exclude, *facts.front_end.exclude)
    built = bool(building(facts, settings))
    if facts.rails is not None and facts.rails.reproducible:
        compiled = f"/app/{rails.COMPILED}"
        # BuildKit finds a copy of the same content in its cache, so a change of the code leaves the layer as it is
        layers.append(Layer("application", "compiled assets", (FromStep(BUILD, compiled, optional=True),)))
        exclude = (*exclude, rails.COMPILED)
    app: list[Input] = [FromStep(BUILD, "/app", exclude=exclude)] if built else [*sources(facts, exclude)]
    app += [TextFile(f"/app/{path}", text, 0o644 if path.endswith(".rb") else 0o755) for path, text in facts.scripts]
    if gems is not None and gems.lock is None:
        app.append(FromStep(INSTALL, f"/app/{gems.gemfile.lockfile}"))
    layers.append(Layer("application", "the app", tuple(app)))
    env = (*settings_of_bundler(facts), *frozen(facts), *production(facts), ("MALLOC_ARENA_MAX", "2"))
    if facts.rails is not None and facts.rails.bootsnap:
        env = (*env, *rails.COMPILED_GEMS)
    return Runtime(
        base=image(facts, slim=True),
        layers=tuple(layers),
        processes=facts.processes,
        packages=facts.run_packages,
        libraries=(SharedLibraries(INSTALL, (bundle.PATH,)),) if gems is not None else (),
        env=tuple(dict((*env, *facts.env)).items()),
        port=settings.port,
    )


def frozen(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What keeps Bundler from writing in a running container."""
    if facts.bundle is None:
        return ()
    return (("BUNDLE_FROZEN", "1"), ("BUNDLE_USER_HOME", "/tmp/bundle"))  # noqa: S108 - HOME cannot be written
