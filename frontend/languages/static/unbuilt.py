"""Configurations of generators beside which nothing says what makes the site: each is an error of its own."""

from frontend.context.tree import SourceTree
from frontend.errors import DetectionError
from frontend.texts import yaml_root

PACKAGES = "add a requirements.txt that names {}"
ELSEWHERE = "{} is not among what can be built: build the site elsewhere, and commit what it makes"
# a file, what it is of, how its packages are named
FILES = (
    ("mkdocs.yml", "MkDocs", PACKAGES.format("mkdocs, its theme and its plugins")),
    ("mkdocs.yaml", "MkDocs", PACKAGES.format("mkdocs, its theme and its plugins")),
    ("docs/conf.py", "Sphinx", PACKAGES.format("sphinx, its theme and its extensions")),
    ("docs/source/conf.py", "Sphinx", PACKAGES.format("sphinx, its theme and its extensions")),
    ("source/conf.py", "Sphinx", PACKAGES.format("sphinx, its theme and its extensions")),
    ("conf.py", "Sphinx", PACKAGES.format("sphinx, its theme and its extensions")),
    ("pelicanconf.py", "Pelican", PACKAGES.format("pelican, and markdown")),
    (
        "_config.yml",
        "Jekyll",
        'add a Gemfile: source "https://rubygems.org" and gem "jekyll" (or gem "github-pages"), and run bundle lock',
    ),
    ("book.toml", "mdBook", ELSEWHERE.format("mdBook")),
    ("_quarto.yml", "Quarto", ELSEWHERE.format("Quarto")),
    ("antora-playbook.yml", "Antora", "add a package.json that names antora, with a build script that runs it"),
    *(
        (f"{name}.config.{end}", title, f"add the package.json that names {package}")
        for name, title, package in (
            ("astro", "Astro", "astro"),
            ("docusaurus", "Docusaurus", "@docusaurus/core"),
            ("vite", "Vite", "vite"),
        )
        for end in ("mjs", "ts", "js")
    ),
)


def check(tree: SourceTree) -> None:
    """Raises DetectionError for a site whose generator nothing names, SourceError for a configuration that cannot be
    read."""
    tree.need(*(file for file, _, _ in FILES))
    found = next((one for one in FILES if tree.has(one[0])), None)
    if found is None:
        return
    file, title, hint = found
    if file.endswith((".yml", ".yaml")):
        yaml_root(tree.at(file).file, tree.read_text(file) or "")
    elif file.endswith(".toml"):
        tree.read_toml(file)
    raise DetectionError(f"nothing installs {title}, which makes the site of {file}", at=tree.at(file, 1), hint=hint)
