"""The steps of a Python build, and the image: a virtualenv at /app/.venv, the app beside it."""

from msgspec import structs

from frontend.languages.python import collect, managers, system_packages, versions
from frontend.languages.python.facts import Facts
from frontend.languages.python.serve import SESSION_KEY
from frontend.plan.model import (
    CacheMount,
    Exec,
    FromContext,
    FromStep,
    ImageRef,
    Input,
    Layer,
    Link,
    Runtime,
    SecretMount,
    SharedLibraries,
    Step,
    StepRef,
    TextFile,
    ToolVersion,
)
from frontend.rules import base_images, cleanup
from frontend.rules.programs import written
from frontend.settings.model import Settings

VENV = "/app/.venv"
VENV_PYTHON = f"{VENV}/bin/python"
STAGE = "/stage"
LOCAL_ENVIRONMENTS = (".venv", "venv")
INSTALL, BUILD = "install", "build"
PIP_CACHE = CacheMount("/root/.cache/pip", "pip")
CACHES = {
    "uv": CacheMount("/root/.cache/uv", "uv"),
    "poetry": CacheMount("/root/.cache/pypoetry", "poetry"),
    "pdm": CacheMount("/root/.cache/pdm", "pdm"),
    "pipenv": CacheMount("/root/.cache/pipenv", "pipenv"),
}
CACHES["pylock"] = CACHES["uv"]  # uv installs it: pip knows nothing of its extras and groups
SECRETS = (
    SecretMount("netrc", "/root/.netrc"),
    SecretMount("pip.conf", "/root/.config/pip/pip.conf"),
    SecretMount("uv.toml", "/root/.config/uv/uv.toml"),
    SecretMount("poetry-auth", "/root/.config/pypoetry/auth.toml"),
)
PIP = ("pip", "--python", VENV_PYTHON, "install", "--no-compile")
BUILD_ENV = (
    ("PATH", f"{VENV}/bin:/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ("VIRTUAL_ENV", VENV),
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PYTHONHASHSEED", "0"),
    ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ("PIP_NO_INPUT", "1"),
    ("PIP_ROOT_USER_ACTION", "ignore"),
)
MANAGER_ENV = {
    "uv": (
        ("UV_PROJECT_ENVIRONMENT", VENV),
        ("UV_PYTHON", "/usr/local/bin/python"),  # whatever .python-version says: its version was chosen already
        ("UV_PYTHON_DOWNLOADS", "never"),
        ("UV_LINK_MODE", "copy"),
        ("UV_NO_PROGRESS", "1"),
    ),
    "pylock": (("UV_PYTHON_DOWNLOADS", "never"), ("UV_LINK_MODE", "copy"), ("UV_NO_PROGRESS", "1")),
    "poetry": (("POETRY_VIRTUALENVS_IN_PROJECT", "true"), ("POETRY_NO_INTERACTION", "1")),
    "pdm": (("PDM_CHECK_UPDATE", "0"), ("PDM_CACHE_DIR", "/root/.cache/pdm")),
    "pipenv": (("PIPENV_VENV_IN_PROJECT", "1"), ("PIPENV_NOSPIN", "1"), ("PIPENV_VERBOSITY", "-1")),
}
# Poetry has a git of its own, which knows neither git's configuration nor an agent
GIT_ENV = {"poetry": (("POETRY_SYSTEM_GIT_CLIENT", "true"), ("POETRY_EXPERIMENTAL_SYSTEM_GIT_CLIENT", "true"))}
# bytecode that is never checked against its source: a read-only root could not replace it, and no time is in it
COMPILE = written(
    "compile.py",
    "import compileall, py_compile\n"
    f"compileall.compile_dir('{VENV}/lib', quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)\n",
)
# what installing the app itself put into the virtualenv, apart from its dependencies: it ships with the app; setuptools
# leaves an egg-info in the app's directory, which must not be taken for the installed package: hence `python -I`
COLLECT = written(
    "collect.py",
    "import importlib.metadata as m, pathlib, shutil, sys\n"
    f"venv, stage = pathlib.Path('{VENV}'), pathlib.Path('{STAGE}')\n"
    "stage.mkdir(parents=True, exist_ok=True)\n"
    "for name in m.distribution(sys.argv[1]).files or ():\n"
    "    path = pathlib.Path(name.locate()).resolve()\n"
    "    if venv in path.parents and path.is_file():\n"
    "        target = stage / path.relative_to(venv)\n"
    "        target.parent.mkdir(parents=True, exist_ok=True)\n"
    "        shutil.copy2(path, target)\n",
)
LOCK_HINTS = {
    "pip": "does the package exist for this Python version? The lines above say which one failed",
    "uv": "does uv.lock match pyproject.toml? Run uv lock and commit it",
    "poetry": "does poetry.lock match pyproject.toml? Run poetry lock and commit it",
    "pdm": "does pdm.lock match pyproject.toml? Run pdm lock and commit it",
    "pylock": "does it have files for this Python and for Linux? Lock again and commit it",
    "pipenv": "does Pipfile.lock match Pipfile? Run pipenv lock and commit it",
    "project": "does the package exist for this Python version? The lines above say which one failed",
}


def image(facts: Facts, slim: bool) -> str:
    """The base image: the full one builds, the slim one runs."""
    return base_images.image(versions.IMAGE, facts.version.value, facts.suite, slim=slim)


def steps(facts: Facts) -> tuple[Step, ...]:
    """All steps, each after those it uses; () for an app that installs and builds nothing."""
    found = [install(facts)] if facts.manager is not None or facts.added is not None else []
    programs = building(facts)
    if programs:
        base = StepRef(INSTALL) if found else ImageRef(image(facts, slim=False))
        why = "what the app itself needs built"
        env = (*BUILD_ENV, *facts.build_env)
        given = (sources(facts, LOCAL_ENVIRONMENTS), *served(facts))
        if facts.node is not None:
            given = (*facts.node.inputs, *given)
            env = (("PATH", f"{facts.node.path}:{dict(BUILD_ENV)['PATH']}"), *(one for one in env if one[0] != "PATH"))
        step = Step(BUILD, base, why, () if found else libraries(facts), given, env, programs)
        found.append(structs.replace(step, dir=facts.home) if facts.inside else step)
    fronts = (facts.front_end,) if facts.front_end is not None else (one.front_end for one in facts.beside)
    return (*(step for front in fronts for step in front.steps), *found)


def libraries(facts: Facts) -> tuple[str, ...]:
    """The libraries for programs of the build that import the app: `collectstatic`, and what the user's command runs.

    They are installed before the dependencies, so that they stay cached while those change.
    """
    return system_packages.imported(facts.run_packages) if facts.build_command or collects(facts) else ()


def collects(facts: Facts) -> bool:
    """Whether the build collects Django's static files."""
    return facts.django is not None and facts.django.static is not None and not facts.collects_itself


def served(facts: Facts) -> tuple[Input, ...]:
    """What the builds of front ends in directories of their own made."""
    return tuple(one.files for one in facts.beside)


def sources(facts: Facts, exclude: tuple[str, ...]) -> Input:
    """The app's files, with what its front end's build made if it has one."""
    if facts.front_end is None:
        return FromContext(root=facts.root, exclude=exclude)
    return FromStep(facts.front_end.built, "/app", exclude=(*exclude, *facts.front_end.exclude))


# --- installing


def install(facts: Facts) -> Step:
    """The virtualenv with the dependencies, made from manifests and lockfile alone where they are enough."""
    manager = facts.manager
    kind = manager.kind if manager is not None else "pip"
    run = [tool(one) for one in (facts.pip, manager.version if manager is not None else None) if one is not None]
    run += environment(facts, kind)
    needs = [installed(one) for one in facts.python.needs]
    if manager is not None:
        run += [*installs(facts, kind), *needs] if kind == "uv" else [*needs, *installs(facts, kind)]
    if facts.added is not None:
        run.append(installed("==".join(filter(None, facts.added))))
    if facts.browsers.downloads:
        from frontend.languages.python import browsers

        run.append(browsers.step(facts.browsers))
    if facts.compiles:
        run.append(Exec(("python", COMPILE.path), "compile to bytecode", files=(COMPILE,), offline=True))
    step = Step(
        INSTALL,
        ImageRef(image(facts, slim=False)),
        "the dependencies, without those for development",
        packages=tuple(sorted({*facts.build_packages, *libraries(facts)})),
        inputs=inputs(facts),
        env=(
            *BUILD_ENV,
            *MANAGER_ENV.get(kind, ()),
            *facts.lock_env,
            *GIT_ENV.get(kind if facts.git else "", ()),
            *(facts.build_env if needs_sources(facts) else ()),
        ),
        run=tuple(run),
    )
    return structs.replace(step, dir=facts.home) if facts.inside and not facts.member else step


def environment(facts: Facts, kind: str) -> list[Exec]:
    """The programs that make the virtualenv: with setuptools for the Pythons whose own environments have it.

    It comes from the image's Python, with a pip, which is not needed. uv removes what its lockfile does not have.
    """
    if kind == "uv" or not versions.has_setuptools(facts.version):
        return [Exec(("python", "-m", "venv", "--without-pip", VENV), "python -m venv", offline=True)]
    remove = ("pip", "--python", VENV_PYTHON, "uninstall", "--quiet", "--yes", "pip")
    return [
        Exec(("python", "-m", "venv", VENV), "python -m venv", offline=True),
        Exec(remove, "pip uninstall pip", offline=True),
    ]


def installed(requirement: str) -> Exec:
    """The program that adds a package to the virtualenv."""
    args = (*PIP, requirement)
    return Exec(args, f"pip install {requirement}", caches=(PIP_CACHE,), secrets=SECRETS, fetches=True)


def tool(version: ToolVersion) -> Exec:
    """The program that installs a package manager beside the image's Python."""
    named = managers.requirement(version)
    args = ("pip", "install", "--quiet", named)
    return Exec(args, f"pip install {named}", caches=(PIP_CACHE,), secrets=SECRETS, fetches=True, at=version.at)


def installs(facts: Facts, kind: str) -> list[Exec]:
    """The programs that install the dependencies."""
    manager = facts.manager
    assert manager is not None
    args = install_command(facts, kind)
    if not args:
        return []
    piped = args[: len(PIP)] == PIP
    rest = " ".join(args[len(PIP) :] if piped else args[1:])
    name = f"{'pip install' if piped else args[0]} {'the dependencies of pyproject.toml' if '://' in rest else rest}"
    install = Exec(
        args,
        name,
        caches=(CACHES.get(kind, PIP_CACHE),),
        secrets=SECRETS,
        fetches=True,
        at=manager.at,
        hint=facts.python.hint or LOCK_HINTS[kind],
        git=facts.git,
    )
    if kind == "pdm" and manager.lock and not manager.is_old:
        check = ("pdm", "lock", "--check")
        return [structs.replace(install, args=check, name=" ".join(check)), install]
    return [install]


def install_command(facts: Facts, kind: str) -> tuple[str, ...]:
    """What installs the dependencies; () where a project declares none."""
    assert facts.manager is not None
    locked = bool(facts.manager.lock)
    # the project itself is installed on its own, when its sources are there, unless the dependencies need these too
    itself = facts.project if needs_sources(facts) else ""
    extras, groups = facts.sets.names("extra"), facts.sets.names("group")
    match kind:
        case "uv":
            member = ["--package", facts.member] if facts.member else [] if itself else ["--no-install-project"]
            more = [*(f"--extra={one}" for one in extras), *(f"--group={one}" for one in groups)]
            dev = [] if "dev" in groups else ["--no-dev"]
            return ("uv", "sync", *dev, *member, *more, *(["--locked"] if locked else []))
        case "poetry":
            without = managers.without_development(facts.manager.version, groups)
            more = [f"--extras={one}" for one in extras]
            return ("poetry", "install", *without, *more, *([] if itself else ["--no-root"]), "--no-ansi")
        case "pdm":
            alone = [] if itself else ["--no-self", "--no-editable"]
            more = [f"--group={one}" for one in (*extras, *groups)]
            return (
                "pdm", "install", "--dev" if groups else "--prod", *more, *alone,
                *(["--frozen-lockfile"] if locked else []),
            )  # fmt: skip
        case "pipenv":
            named = facts.sets.names("category")
            others = [one for one in named if one != "dev-packages"]
            more = [f"--categories=packages {' '.join(named)}"] if others else ["--dev"] if named else []
            return ("pipenv", "install", *more, *(["--deploy"] if locked else ["--skip-lock"]))
        case "pylock":
            default = facts.sets.default if groups else ()
            more = [*(f"--extra={one}" for one in extras), *(f"--group={one}" for one in (*default, *groups))]
            return ("uv", "pip", "install", "--python", VENV_PYTHON, *more, "-r", facts.manager.lock)
        case "project":
            static = facts.static_dependencies
            listed = (*(static or (() if declared(facts) else ("--editable", "."))), *more_of(facts))
            return (*PIP, *listed, *facts.companions) if listed else ()
        case _:
            assert facts.requirements is not None
            return (*PIP, "-r", facts.requirements.files[0], *more_of(facts), *facts.companions)


def more_of(facts: Facts) -> tuple[str, ...]:
    """What pip installs of the optional sets of dependencies."""
    files = (word for one in facts.sets.chosen if one.files for word in ("-r", one.name))
    return (*files, *facts.sets.texts)


def declared(facts: Facts) -> bool:
    """Whether pyproject.toml itself lists the dependencies: there are none then, the project alone is installed."""
    return facts.manager is not None and facts.manager.file == "pyproject.toml" and not facts.local


def inputs(facts: Facts) -> tuple[Input, ...]:
    """The files an install reads: the manifests, or everything where the sources are installed with them."""
    manager = facts.manager
    if manager is None:
        return ()
    if needs_sources(facts):
        return (FromContext(root=facts.root, exclude=LOCAL_ENVIRONMENTS),)
    if facts.requirements is not None or manager.kind == "project":
        files = (*(facts.requirements.files if facts.requirements is not None else ()), *facts.sets.files)
        return (FromContext(tuple(dict.fromkeys(files)), root=facts.root),) if files else ()
    names = {
        "uv": ("pyproject.toml", "uv.lock", "uv.toml"),
        "poetry": ("pyproject.toml", "poetry.lock", "poetry.toml"),
        "pdm": ("pyproject.toml", "pdm.lock", "pdm.toml"),
        "pipenv": ("Pipfile", "Pipfile.lock"),
        "pylock": (manager.lock, "uv.toml"),
    }
    return (FromContext(names[manager.kind], root=facts.root),)


def needs_sources(facts: Facts) -> bool:
    """Whether the dependencies cannot be installed without the sources."""
    if facts.local:
        return True
    manager = facts.manager
    return manager is not None and manager.kind == "project" and not facts.static_dependencies and not declared(facts)


# --- building


def building(facts: Facts) -> tuple[Exec, ...]:
    """The programs that need the sources: the app's own installation, the user's build command, collectstatic."""
    run: list[Exec] = []
    if installs_itself(facts):
        args = (*PIP, "--no-deps", "--editable", ".")
        at = facts.manager.at if facts.manager else None
        run.append(Exec(args, "pip install --editable .", caches=(PIP_CACHE,), secrets=SECRETS, fetches=True, at=at))
        collected = ("python", "-I", COLLECT.path, facts.project)
        run.append(Exec(collected, "collect what that installed", files=(COLLECT,), offline=True))
    if facts.build_command:
        shown = (
            facts.build_command[2] if facts.build_command[:2] == ("/bin/sh", "-c") else " ".join(facts.build_command)
        )
        command = Exec(facts.build_command, shown, fetches=True, at=facts.build_command_at)
        if facts.node is not None:
            run += facts.node.programs
            given = {"env": facts.node.env, "caches": facts.node.caches, "secrets": facts.node.secrets}
            command = structs.replace(command, **given)
        run.append(command)
    if facts.django is not None and collects(facts):
        run.append(collect.step(facts.django, f"{facts.home}/{facts.django.root}".rstrip("/")))
    return tuple(run)


def installs_itself(facts: Facts) -> bool:
    """Whether the app is a package of its own that its dependencies' installation left out."""
    return bool(facts.project) and not needs_sources(facts)


# --- the image


def private(facts: Facts) -> tuple[str, ...]:
    """What Flask keeps beside an app, of each place it runs at: its configuration with secrets, its database.

    Source: https://flask.palletsprojects.com/en/stable/config/#instance-folders
    """
    return (f"{facts.inside}/instance".strip("/"),) if facts.is_flask else ()


def runtime(facts: Facts, settings: Settings) -> Runtime:
    """The image: the virtualenv as one layer, the app as another."""
    has_venv = facts.manager is not None or facts.added is not None
    layers = []
    if has_venv:
        layers.append(
            Layer(
                "dependencies",
                "the virtualenv /app/.venv",
                (FromStep(INSTALL, VENV),),
            )
        )
    exclude = (*private(facts), *cleanup.excludes("python", keep=settings.keep), *LOCAL_ENVIRONMENTS)
    if installs_itself(facts) or (facts.project and needs_sources(facts)):
        exclude = (*exclude, "*.egg-info", "src/*.egg-info")  # what the build of the package leaves beside its sources
    if building(facts):
        exclude = (*exclude, *(facts.node.exclude if facts.node is not None else ()))
        if collects(facts) and facts.collected:
            static = f"{facts.home}/{facts.collected}"
            anywhere = tuple(one for one in exclude if one.startswith("**/"))
            files = FromStep(BUILD, static, exclude=anywhere, optional=True)
            # BuildKit finds a copy of the same content in its cache, so a change of the code leaves the layer as it is
            layers.append(Layer("application", "collected static files", (files,)))
            exclude = (*exclude, static.removeprefix("/app/"))
        app: list[Input] = [FromStep(BUILD, "/app", exclude=exclude)]
        if installs_itself(facts):
            app.append(FromStep(BUILD, STAGE, VENV))
    else:
        app = [sources(facts, exclude)]
    app += served(facts)
    app += [TextFile(f"{facts.home}/{one.path}", one.text, 0o755) for one in facts.scripts]
    if facts.session_key is not None:
        app.append(Link(f"{facts.home}/{SESSION_KEY}", f"/tmp/{SESSION_KEY}"))  # noqa: S108  # writable on a read-only root
    layers.append(Layer("application", "the app", tuple(app)))
    base_path = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
    env = [("PATH", f"{VENV}/bin:{base_path}"), ("VIRTUAL_ENV", VENV)] if has_venv else []
    env += [("PYTHONUNBUFFERED", "1"), ("PYTHONDONTWRITEBYTECODE", "1"), *facts.env]
    if facts.python_path:
        env.append(("PYTHONPATH", ":".join(f"{facts.home}/{path}" for path in facts.python_path)))
    made = Runtime(
        base=image(facts, slim=True),
        layers=tuple(layers),
        processes=facts.processes,
        packages=facts.run_packages,
        libraries=(SharedLibraries(INSTALL, (VENV,)),) if has_venv else (),
        env=tuple(dict(env).items()),
        port=settings.port,
    )
    return structs.replace(made, dir=facts.home) if facts.inside else made
