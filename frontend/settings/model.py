"""What a user may set, each value with who set it. `precedence` makes it from the config file and the build-args."""

from typing import Literal

from msgspec import Struct

from frontend.errors import Location

DEFAULT_PORT = 5000
DHI = "dhi.io"  # the registry of the hardened images
FLAVOURS = ("standard", "hardened")
KEY = "migetpacks"  # of a manifest that holds our config


class Setting(Struct, frozen=True, omit_defaults=True):
    """A text a user set: in the config file or a file for another platform (`at` says where), or by a build-arg."""

    value: str
    by: Literal["platform", "config", "build-arg"] = "config"
    at: Location | None = None


class Imported(Struct, frozen=True):
    """A package that a started file imports, as the built image has it, and where it does."""

    name: str
    at: Location


class Copied(Struct, frozen=True):
    """What a Dockerfile copies from a stage: `output`, a directory that a build in `dir` or below it makes, to where.

    `dir` and `output` are directories of the context, `to` is one of the Dockerfile's stage.
    """

    dir: str
    output: str
    to: str
    at: Location


class Settings(Struct, frozen=True, omit_defaults=True):
    """Every setting of a build; the defaults are those of a user who set nothing.

    `app` is the app's directory in the context ("" is the root, no leading or trailing slash), `project` the one of
    its projects that is built, where a language builds one of several. `versions` maps a tool ("node", "python",
    "pnpm") to the version asked for. `build_command` and `run_command` are the user's text, not parsed. `whole_build`
    is the build command of a file for another platform as it is written: `build_command` has of it what no build does
    by itself, `outside` what works outside of the app's directory, as it is written for the root of the context.
    `output_dir` is the directory of a site, relative to the app: what its build makes, or files as they are.
    `likely` is a language that is chosen where the app may be one of it. `processes` are commands by name, "web" is
    what serves; a Procfile's go before them. `deploy_files` says that a Procfile and files for other platforms are
    read. `candidate` is the command of a Dockerfile, `candidate_texts` those of it and of compose.yaml, also where
    they fix a port, `candidate_processes` those of services that compose.yaml runs
    beside it, and `candidate_versions` what its images are made for: they count where the app's own files say nothing;
    `candidate_packages` are those that apt installs in it, which are told, `candidate_runs` its RUN instructions,
    `candidate_copies` what it copies from its stages, `candidate_env` the variables of the image and the build that are
    its own.
    `keep` are patterns that the clean-up leaves alone, `dependency_groups` what is installed besides the dependencies,
    `skip` the names of our own steps that are left out. Environments are in the user's order. `git_known_hosts` are
    lines of an OpenSSH known_hosts file. `target` is the process that the image is for, "" for all of them.

    `flavour` is one of FLAVOURS, `runtime_base` an image of any kind for the app to run in, `runtime_user` the account
    of such a base that it runs as: a name, or a uid, with a gid behind a ":". `dhi_mirror` is what the names of
    hardened images begin with.

    Two are no one's setting: `imported` are packages that a first build left out, and its started files import,
    `platforms` those that the image is made for ("linux/arm64"), () where that is not known.
    """

    language: Setting | None = None
    app: Setting | None = None
    project: Setting | None = None
    port: int = DEFAULT_PORT
    run_command: Setting | None = None
    build_command: Setting | None = None
    output_dir: Setting | None = None
    whole_build: Setting | None = None
    outside: Setting | None = None
    likely: Setting | None = None
    processes: tuple[tuple[str, Setting], ...] = ()
    deploy_files: bool = True
    candidate: Setting | None = None
    candidate_texts: tuple[Setting, ...] = ()
    candidate_processes: tuple[tuple[str, Setting], ...] = ()
    candidate_versions: dict[str, Setting] = {}
    candidate_packages: tuple[Setting, ...] = ()
    candidate_runs: tuple[Setting, ...] = ()
    candidate_copies: tuple[Copied, ...] = ()
    candidate_env: tuple[tuple[str, Setting], ...] = ()
    versions: dict[str, Setting] = {}
    build_packages: tuple[str, ...] = ()
    run_packages: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    dependency_groups: tuple[Setting, ...] = ()
    skip: tuple[str, ...] = ()
    build_env: tuple[tuple[str, str], ...] = ()
    run_env: tuple[tuple[str, str], ...] = ()
    git_known_hosts: str = ""
    flavour: Setting | None = None
    runtime_base: Setting | None = None
    runtime_user: Setting | None = None
    dhi_mirror: str = DHI
    target: str = ""
    imported: tuple[Imported, ...] = ()
    platforms: tuple[str, ...] = ()
