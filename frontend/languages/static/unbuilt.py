"""Configurations of generators beside which nothing says what makes the site: each is an error of its own."""

from frontend.context.tree import SourceTree
from frontend.errors import DetectionError
from frontend.paths import within
from frontend.plan.model import Warning
from frontend.texts import yaml_root

NAMES = "add the package.json that names {}"
PAGE = "index.html"
POSTS = ("_posts", "_layouts", "_includes")  # directories of Jekyll's sources, which no finished site has
FRONT_MATTER = "---\n"  # what the source of a page begins with: https://jekyllrb.com/docs/front-matter/
PACKAGES = "add a requirements.txt that names {}"
ELSEWHERE = "{} is not among what can be built: build the site elsewhere, and commit what it makes"
COMMITTED = {"mdBook": "book", "Quarto": "_site"}  # where these put a site
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
    ("bridgetown.config.yml", "Bridgetown", 'add a Gemfile with gem "bridgetown", and run bundle lock'),
    ("nanoc.yaml", "nanoc", 'add a Gemfile with gem "nanoc", and run bundle lock'),
    ("book.toml", "mdBook", ELSEWHERE.format("mdBook")),
    ("_quarto.yml", "Quarto", ELSEWHERE.format("Quarto")),
    ("antora-playbook.yml", "Antora", "add a package.json that names antora, with a build script that runs it"),
    *(
        (f"{name}.{end}", title, NAMES.format(package))
        for name, title, package in (
            ("astro.config", "Astro", "astro"),
            ("docusaurus.config", "Docusaurus", "@docusaurus/core"),
            ("gatsby-config", "Gatsby", "gatsby"),
            ("eleventy.config", "Eleventy", "@11ty/eleventy"),
            (".eleventy", "Eleventy", "@11ty/eleventy"),
            ("vite.config", "Vite", "vite"),
        )
        for end in ("mjs", "ts", "js", "cjs")
    ),
)


def check(tree: SourceTree) -> None:
    """Raises DetectionError for a site whose generator nothing names, SourceError for a configuration that cannot be
    read. What a generator made that cannot be built here is served where it is committed."""
    found = first(tree)
    if found is None or tree.has(within(COMMITTED.get(found[1], found[0]), PAGE)):
        return
    file, title, hint = found
    if file.endswith((".yml", ".yaml")):
        yaml_root(tree.at(file).file, tree.read_text(file) or "")
    elif file.endswith(".toml"):
        tree.read_toml(file)
    raise DetectionError(f"nothing installs {title}, which makes the site of {file}", at=tree.at(file, 1), hint=hint)


def first(tree: SourceTree) -> tuple[str, str, str] | None:
    """The first configuration of a generator, what it is of, and how its packages are named; None for none."""
    tree.need(*(file for file, _, _ in FILES), *(within(dir, PAGE) for dir in COMMITTED.values()))
    found = next((one for one in FILES if tree.has(one[0])), None)
    if found is not None and found[1] == "Jekyll" and tree.is_dir("source/_posts"):
        return found[0], "Hexo", NAMES.format("hexo, its theme and its renderers")
    return found


def beside(tree: SourceTree) -> tuple[Warning, ...]:
    """The warning for a site whose files are served as they are, beside the configuration of a generator.

    Raises DetectionError for the sources of Jekyll, and SourceError as `check` does.
    """
    found = first(tree)
    if found is None:
        return ()
    file, title, hint = found
    if title == "Jekyll":
        tree.need_entries("")
        if any(tree.is_dir(name) for name in POSTS) or (tree.read_text(PAGE) or "").startswith(FRONT_MATTER):
            check(tree)
        return ()  # a theme alone, for the host's list of files
    told = f"the pages of {title} ({file}) are not in the image: nothing installs it, and {PAGE} is served as it is"
    return (Warning("site-unbuilt", told, tree.at(file, 1), f"{hint}; LANGUAGE=static silences this warning"),)
