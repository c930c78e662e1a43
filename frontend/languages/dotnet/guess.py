"""What MSBuild will most likely say of the one project of a repository, read from its text.

The plan that follows from it is never built: its steps are begun while MSBuild is asked, and found begun if it agrees.
"""

import re

from frontend.context.tree import SourceTree
from frontend.languages.dotnet import inputs, sources
from frontend.languages.dotnet.projects import PROJECTS
from frontend.languages.dotnet.question import PROPERTIES, SOURCE

PROPERTY = re.compile(r"<(\w+)>([^<]*)</\1>")
REFERENCE = re.compile(r"""<(PackageReference|FrameworkReference)\b[^>]*?\bInclude\s*=\s*["']([^"'$]+)["']""")
MORE = re.compile(r"<Import\b|\bCondition\s*=|<ProjectReference\b|\$\(", re.IGNORECASE)
BESIDE = ("Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props")
FILES = (*inputs.ABOVE, *inputs.TOOLS, inputs.LOCK)
FRAMEWORKS = {"": ("Microsoft.NETCore.App",), ".Web": ("Microsoft.NETCore.App", "Microsoft.AspNetCore.App")}


def guess(tree: SourceTree, paths: tuple[str, ...]) -> str:
    """An answer as `question.parse` takes it; "" where there is more to an evaluation than the project's own text.

    `paths` are the files that evaluations begin with.
    """
    found = [path for path in paths if path.endswith(PROJECTS)]
    if len(found) != 1 or "/" in found[0] or any(tree.has(name) for name in BESIDE):
        return ""
    text = sources.text(tree, found[0])
    sdk = inputs.PLAIN.search(text)
    written = dict(PROPERTY.findall(text))
    if sdk is None or MORE.search(text) or inputs.LOOKS.search(text) or "TargetFramework" not in written:
        return ""
    web = "web" in sdk[0].casefold()
    facts = {
        "AssemblyName": found[0].rpartition(".")[0],
        "OutputType": "Exe" if web or "worker" in sdk[0].casefold() else "Library",
        "IsPublishable": "true",
        **({"UsingMicrosoftNETSdkWeb": "true"} if web else {}),
        **{name: value.strip() for name, value in written.items() if name in PROPERTIES},
    }
    references = [*REFERENCE.findall(text), *(("FrameworkReference", one) for one in FRAMEWORKS[".Web" if web else ""])]
    lines = (
        *(f"file={name}" for name in sorted((*found, *(name for name in FILES if tree.has(name))))),
        f"project={SOURCE}/{found[0]}",
        *(f"{name}={value}" for name, value in facts.items()),
        *(f"{kind}={name}" for kind, name in references),
    )
    return "\n".join((*lines, ""))
