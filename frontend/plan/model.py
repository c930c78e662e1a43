"""The plan: what will be built and why, as plain data.

A language describes a build with these values and performs nothing. `lower` turns a plan into LLB; the same plan prints
as JSON, reloads and has a published JSON Schema (`frontend.plan.serial`). Every path inside an image is
absolute; every path of the app is relative to the context root, `/` between parts. Sequences keep their order: nothing
here is sorted on the way out, so a language sorts what comes out of a set.
"""

from typing import Literal

from msgspec import Struct, field

from frontend.errors import Location
from frontend.paths import HOME

PLAN_VERSION = 1


class Evidence(Struct, frozen=True, omit_defaults=True):
    """Why a choice was made: `what` was chosen or found, `because` in words, `at` the file and line that said so."""

    what: str
    because: str
    at: Location | None = None


class ToolVersion(Struct, frozen=True, omit_defaults=True):
    """A version and who asked for it.

    `value` is what is used (an image tag's version part, e.g. "24" or "3.13.1"), `asked` the text as written (">=20"),
    `by` who wrote it: "default", "file", "platform" (a file for another platform), "config" or "build-arg". `exact`
    says that the app refuses to run on another patch release. `absent` is what to do where there is no image of it.
    """

    tool: str
    value: str
    asked: str = ""
    by: Literal["default", "file", "platform", "config", "build-arg"] = "default"
    at: Location | None = None
    exact: bool = False
    absent: str = ""


class Warning(Struct, frozen=True, omit_defaults=True):
    """A doubt a user should know of; `code` is stable (kebab-case), `message` one line, `hint` what to do."""

    code: str
    message: str
    at: Location | None = None
    hint: str = ""


# --- what is copied -----------------------------------------------------------------------------------------------


class FromContext(Struct, frozen=True, omit_defaults=True, tag="context", tag_field="from"):
    """Files of the app, copied to the directory `to`, keeping their path relative to the context root (or `root`).

    `paths` are relative to `root`, () for everything below it; with `patterns`, what these match is copied besides.
    Patterns, and those of `exclude`, have the rules of a .dockerignore file, relative to `root`. A path that does not
    exist is passed over.
    """

    paths: tuple[str, ...] = ()
    to: str = "/app"
    root: str = ""
    exclude: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


class FromStep(Struct, frozen=True, omit_defaults=True, tag="step", tag_field="from"):
    """What a step made: its `path` (file or directory, absolute) copied to the same place, or to `to`.

    The contents of a directory are copied, `exclude` patterns (rules of a .dockerignore file) relative to it.
    A path that does not exist is an error unless `optional`.
    """

    step: str
    path: str
    to: str = ""
    exclude: tuple[str, ...] = ()
    optional: bool = False


class FromImage(Struct, frozen=True, omit_defaults=True, tag="image", tag_field="from"):
    """A file or directory of another image, e.g. a tool's binary."""

    image: str
    path: str
    to: str = ""


class TextFile(Struct, frozen=True, omit_defaults=True, tag="text", tag_field="from"):
    """A small file made by us (rendered from templates/), never holding a secret."""

    path: str
    text: str
    mode: int = 0o644


class Link(Struct, frozen=True, omit_defaults=True, tag="link", tag_field="from"):
    """A symbolic link at `path` to `target`."""

    path: str
    target: str


class Directory(Struct, frozen=True, omit_defaults=True, tag="directory", tag_field="from"):
    """An empty directory, for a runtime that writes there."""

    path: str
    mode: int = 0o755


Input = FromContext | FromStep | FromImage | TextFile | Link | Directory

# --- what is run --------------------------------------------------------------------------------------------------


class CacheMount(Struct, frozen=True, omit_defaults=True):
    """A directory kept between builds and in no layer. `id` is scoped by the lowering; `sharing` as in BuildKit.

    `of` says whose it is: a tool's, with downloads that all apps share, or the app's own, with what its build made of
    its sources. A step that is to run without BuildKit's cache does not get an app's. `only` are the names in an app's
    that are kept; () for all. `packages` are the names of directories that its tool does not look for changes in.
    `by_content` says that its tool finds what is in it by the content of what that was made of.
    """

    path: str
    id: str
    sharing: Literal["shared", "private", "locked"] = "shared"
    of: Literal["tool", "app"] = "tool"
    only: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    by_content: bool = False


class SecretMount(Struct, frozen=True, omit_defaults=True):
    """A BuildKit secret, optional unless `required`: a file at `path`, or the environment variable `env`.

    `id` is the well-known name a user gives it by (`--secret id=npmrc,src=~/.npmrc`).
    """

    id: str
    path: str = ""
    env: str = ""
    required: bool = False


class GitAccess(Struct, frozen=True, omit_defaults=True):
    """How a program reaches git repositories: over https with the secret `git-credentials`, over SSH with the client's
    agent (`--ssh default`) and the secret `known-hosts`; each may be absent.

    `known_hosts` are lines of an OpenSSH known_hosts file that the settings add to those of well-known services.
    `over_ssh` are the servers, as user and host, whose repositories are read over https where no agent is given.
    """

    known_hosts: str = ""
    over_ssh: tuple[str, ...] = ()


class Exec(Struct, frozen=True, omit_defaults=True):
    """One program, one op: an argument list, never shell text unless the user's own command is shell text.

    `name` is what progress shows, `fetches` says that it talks to a package registry: it then gets the CA bundle,
    proxy settings and `secrets`; others run with no network when `offline`. `at` is the line of the user's file that
    asked for it. `hint` is what to do when it fails. `files` are there while it runs, read-only, and in no layer: a
    program of ours is one, so that a user's log shows a short command. `git` says that it clones repositories.
    """

    args: tuple[str, ...]
    name: str
    env: tuple[tuple[str, str], ...] = ()
    caches: tuple[CacheMount, ...] = ()
    secrets: tuple[SecretMount, ...] = ()
    fetches: bool = False
    offline: bool = False
    dir: str = ""
    at: Location | None = None
    hint: str = ""
    files: tuple[TextFile, ...] = ()
    git: GitAccess | None = None


class StepRef(Struct, frozen=True, tag="step", tag_field="from"):
    """The filesystem that an earlier step left, by the step's name."""

    step: str


class ImageRef(Struct, frozen=True, tag="image", tag_field="from"):
    """The filesystem of an image, by its reference: `node:24-trixie`."""

    image: str


class Step(Struct, frozen=True, omit_defaults=True):
    """A filesystem in the making: a base, files copied in, programs run, in this order.

    `packages` are apt packages installed first. Steps that do not depend on each other run side by side. `native` says
    that it runs on the platform of the build environment, for every platform of an image: what it makes is the same.
    """

    name: str
    base: StepRef | ImageRef
    why: str
    packages: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    run: tuple[Exec, ...] = ()
    dir: str = "/app"
    native: bool = False


# --- the image ----------------------------------------------------------------------------------------------------


class Layer(Struct, frozen=True, omit_defaults=True):
    """One layer of the image and the one reason for it to change. Files are owned by 1000:1000 unless kind is
    "packages". The lowering adds the base below, and the user layer itself."""

    kind: Literal["packages", "dependencies", "application"]
    reason: str
    inputs: tuple[Input, ...]


class SharedLibraries(Struct, frozen=True, omit_defaults=True):
    """Native code below `paths` of `step` gets the shared libraries it NEEDs (ELF) that the runtime base lacks.

    They are copied, with what they need in turn, from the step's own filesystem into the dependencies layer, or one
    of their own where there is none. `packages` are Debian packages of the step whose own files are copied too.
    """

    step: str
    paths: tuple[str, ...]
    packages: tuple[str, ...] = ()


class Need(Struct, frozen=True, omit_defaults=True):
    """A file or directory that a command needs: one of `paths` has to be in the image, `what` it is in words.

    Paths are absolute, or relative to the image's working directory.
    """

    what: str
    paths: tuple[str, ...]
    hint: str = ""


class Command(Struct, frozen=True, omit_defaults=True):
    """What is executed; `shell` says that args is `/bin/sh -c exec …`. `needs` are files beside program and script.

    `corrects` says that it stands for a command which names another file: that it is taken is told. `env` and `dir` are
    its own variables and working directory, "" for the image's.
    """

    args: tuple[str, ...]
    shell: bool = False
    needs: tuple[Need, ...] = ()
    corrects: bool = False
    env: tuple[tuple[str, str], ...] = ()
    dir: str = ""


class Process(Struct, frozen=True, omit_defaults=True):
    """A named way to start the app. `args` is what is executed; `shell` says that args is `/bin/sh -c exec …`.

    Where the install or the build decides what is there, `otherwise` holds further candidates: the first one whose
    program, script and `needs` are in the built image is its command. `env` and `dir` are the process's own variables
    and working directory, where no shell sets them; "" is the image's.
    """

    name: str
    args: tuple[str, ...]
    shell: bool = False
    at: Location | None = None
    needs: tuple[Need, ...] = ()
    otherwise: tuple[Command, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    dir: str = ""


class Imports(Struct, frozen=True, omit_defaults=True):
    """What the files that the processes start may import: they are looked at in the built image.

    `installed` are the packages that the plan installs for them. `spare` are those it leaves out, and which are added,
    by a second plan, where a started file imports them. `plain` says that nothing else finds packages or files for the
    app (a preload, a table of aliases): what is missing is an error. `root` is the directory of the context that
    `/app` is made from.
    """

    installed: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    plain: bool = False
    root: str = ""


class Account(Struct, frozen=True, omit_defaults=True):
    """Whom the processes run as, and who owns the app's files.

    `made` says that the image's account files are written to have it.
    """

    name: str = "miget"
    uid: int = 1000
    gid: int = 1000
    home: str = HOME
    made: bool = True

    @property
    def owner(self) -> str:
        """The account in numbers, "1000:1000": Kubernetes' `runAsNonRoot` accepts no name."""
        return f"{self.uid}:{self.gid}"


MIGET = Account()


class Runtime(Struct, frozen=True, omit_defaults=True):
    """The image that ships. `packages` are apt packages, `processes` hold the start command first: "web", or the one
    that an image is for.

    `flavour` says who chose the base: "standard" is the language's own image, "hardened" one without a shell and a
    package manager, "given" any image that the user names. Of the last two nothing is taken for granted: what the image
    holds decides. `standard` is then the language's own image, where packages can be installed; `account` and `shell`
    are what was found in the base, `user` the account that the user names, `base_at` where the base is named.
    """

    base: str
    layers: tuple[Layer, ...]
    processes: tuple[Process, ...]
    packages: tuple[str, ...] = ()
    libraries: tuple[SharedLibraries, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    port: int = 5000
    dir: str = "/app"
    stop_signal: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    imports: Imports | None = None
    flavour: Literal["standard", "hardened", "given"] = "standard"
    standard: str = ""
    user: str = ""
    base_at: Location | None = None
    account: Account = MIGET
    shell: bool = True

    @property
    def ports(self) -> tuple[str, ...]:
        """The ports that the image exposes: of an image that starts another process than "web" none."""
        return (f"{self.port}/tcp",) if self.processes[0].name == "web" else ()


class Formation(Struct, frozen=True):
    """How many containers of a process a platform starts, and of which size; None is the platform's own."""

    name: str
    quantity: int = 1
    size: str | None = None


class Task(Struct, frozen=True):
    """A command that a platform runs once, such as "postdeploy"."""

    name: str
    command: str
    size: str | None = None


class AddOn(Struct, frozen=True):
    """A service that a platform provides: the name of its plan, the name it is attached as, and its options."""

    plan: str
    attached_as: str | None = field(name="as", default=None)
    options: dict[str, str | None] = {}


class ForPlatform(Struct, frozen=True, omit_defaults=True):
    """What files say to the platform that runs the image; a build does nothing by it.

    `env` are the app's variables: None for one without a value, one that is generated, and a secret. `health_path` is
    the path that answers while the app is well, "" where no file names one.
    """

    env: dict[str, str | None] = {}
    formation: tuple[Formation, ...] = ()
    scripts: tuple[Task, ...] = ()
    addons: tuple[AddOn, ...] = ()
    health_path: str = ""


class Question(Struct, frozen=True, omit_defaults=True):
    """What only the build environment knows of an app: a step, and the file (absolute) in which it leaves the answer.

    `versions` say who asked for the step's image. `guess` is the answer that is expected, "" for none: steps of a plan
    by it are begun while the question is asked.
    """

    step: Step
    file: str
    versions: tuple[ToolVersion, ...] = ()
    guess: str = ""


class Plan(Struct, frozen=True, omit_defaults=True, tag=PLAN_VERSION, tag_field="plan_version"):
    """The whole build. `steps` come in an order in which each names only earlier ones.

    `plan_version` comes first in its JSON; a plan of another version is refused where it is read.
    """

    language: str
    runtime: Runtime
    steps: tuple[Step, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    versions: tuple[ToolVersion, ...] = ()
    warnings: tuple[Warning, ...] = ()
    platform: ForPlatform | None = None
