"""The front end of an app in another language: its assets are built by Node.js, and served by the other."""

from msgspec import Struct, structs

from frontend.context.tree import SourceTree
from frontend.languages.node import builds, facts, frameworks, image, steps, versions, workspaces
from frontend.languages.node.manifest import line, read
from frontend.paths import relative
from frontend.plan.model import Evidence, FromContext, Process, Step, StepRef, ToolVersion, Warning
from frontend.rules.versions import end_of_life, suite
from frontend.settings.model import Settings

PREFIX = "front-end"


class FrontEnd(Struct, frozen=True):
    """The steps that build it. The files of step `built` at /app are the whole app, with the assets where the
    front end's build puts them; `exclude` are the patterns of what must not be taken from there (node_modules, …).
    """

    steps: tuple[Step, ...]
    built: str
    exclude: tuple[str, ...]
    versions: tuple[ToolVersion, ...]
    evidence: tuple[Evidence, ...]
    warnings: tuple[Warning, ...] = ()


def front_end(tree: SourceTree, settings: Settings, app: str = "", dir: str = "", today: str = "") -> FrontEnd | None:
    """How the front end in the directory `dir` of the app in `app` is built; both are relative to the context's root.

    None when there is no package.json there, or nothing in it builds. The app's directory is /app in the steps, so a
    build that writes beside the front end's own directory reaches the app. Raises BuildError as `plan` does.
    """
    manifest = read(tree, dir)
    if manifest is None:
        return None
    project = structs.replace(workspaces.find(tree, dir, manifest), home=f"/app/{relative(app, dir)}".rstrip("/"))
    here = tree.under(project.root)
    commands = builds.commands(here, structs.replace(settings, build_command=None), project)
    if not commands:
        return None
    repository, doubts = facts.found(tree, settings, project)
    _, _, manager, locked, version = repository
    hooks = builds.own_hooks(here, project)
    known = facts.Facts(
        project=project,
        manager=manager,
        version=version,
        suite=suite(versions.RELEASES, version.value),
        locked=locked,
        framework=frameworks.find(manifest),
        web=Process("web", ()),
        others=(),
        env=(),
        builds=commands,
        hooks=hooks,
        full=True,
        pruned=True,
        standalone=False,
        dist="",
        sites=(),
        moved=(),
        generated=(),
        native=facts.natives(project, locked),
        compiled=False,
        nested_installs=any(one.fetches for one in (*commands, *hooks)),
        warnings=(),
        evidence=(),
    )
    made = [renamed(step) for step in steps.steps(here, known) if step.name != steps.PRODUCTION]
    built = made[-1]
    made[-1] = structs.replace(built, inputs=(FromContext(root=app, exclude=steps.NEVER),))
    late = end_of_life(versions.TITLE, versions.RELEASES, version, today)
    script = commands[0].args[-1]
    told = Evidence("front end", f"the script {script} of package.json", line(here, project.app, "scripts", script))
    return FrontEnd(
        steps=tuple(made),
        built=built.name,
        exclude=("**/node_modules", *image.INSTALLED[1:], *image.BUILD_CACHES),
        versions=(version, *((manager.version,) if manager.version else ())),
        evidence=(told,),
        warnings=(*doubts, *((late,) if late else ())),
    )


def renamed(step: Step) -> Step:
    """A step under the name it has beside those of another language."""
    base = StepRef(f"{PREFIX}-{step.base.step}") if isinstance(step.base, StepRef) else step.base
    return structs.replace(step, name=f"{PREFIX}-{step.name}", base=base)
