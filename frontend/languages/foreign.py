"""Languages that cannot be built yet, as far as an error has to know them.

An app of one of these must not be built as something else because it has a package.json or a requirements.txt for its
tools: the image would start the wrong program, or none.
"""

from typing import NamedTuple

from frontend.context.tree import SourceTree


class Foreign(NamedTuple):
    """A language: the files that say an app is written in it, and `certain` ones that no tooling alone leaves.

    `programs` start its apps; a Procfile names them.
    """

    title: str
    manifests: tuple[str, ...]
    certain: tuple[str, ...]
    programs: tuple[str, ...]


FOREIGN = (
    Foreign("Go", ("go.mod",), ("main.go", "cmd/*/main.go"), ("go",)),
    Foreign(
        "Ruby",
        ("Gemfile", "config.ru"),
        ("config.ru", "bin/rails", "_config.yml"),
        ("bundle", "rails", "rackup", "puma", "ruby", "jekyll"),
    ),
    Foreign(
        "PHP",
        ("composer.json", "artisan", "wp-config.php", "wp-login.php"),
        ("artisan", "public/index.php", "wp-login.php"),
        ("php", "vendor", "heroku-php-apache2", "heroku-php-nginx", "frankenphp"),
    ),
    Foreign("Rust", ("Cargo.toml",), ("src/main.rs",), ("cargo",)),
    Foreign(
        "Java",
        ("pom.xml", "build.gradle", "build.gradle.kts"),
        ("src/main/java", "src/main/kotlin", "src/main/resources"),
        ("java", "mvn", "mvnw", "gradle", "gradlew"),
    ),
    Foreign(".NET", ("*.csproj", "*.fsproj", "*.sln", "*.slnx"), ("Program.cs", "Program.fs"), ("dotnet",)),
    Foreign("Elixir", ("mix.exs",), ("mix.exs",), ("mix", "elixir")),
    Foreign("Scala", ("build.sbt",), ("build.sbt",), ("sbt",)),
    Foreign("Clojure", ("project.clj", "deps.edn"), ("project.clj",), ("lein", "clojure", "clj")),
    Foreign("Deno", ("deno.json", "deno.jsonc"), (), ("deno",)),
)
MARKERS = tuple(dict.fromkeys(path for one in FOREIGN for path in (*one.manifests, *one.certain)))


def found(tree: SourceTree, *, certain: bool) -> tuple[Foreign, str] | None:
    """The first language whose manifest a directory has, with the file that says so; None for none.

    `certain` asks for a file beside it that only an app of this language has.
    """
    for one in FOREIGN:
        manifest = next((path for pattern in one.manifests for path in matching(tree, pattern)), None)
        if manifest is not None and (
            not certain or any(tree.is_dir(path) or matching(tree, path) for path in one.certain)
        ):
            return one, manifest
    return None


def matching(tree: SourceTree, pattern: str) -> tuple[str, ...]:
    """The files of a pattern, or the one file of a plain path."""
    if "*" in pattern:
        return tree.glob(pattern)
    return (pattern,) if tree.has(pattern) else ()


def of_program(program: str) -> Foreign | None:
    """The language whose apps a program starts: "bundle", "vendor/bin/heroku-php-nginx", "./gradlew"."""
    first = program.removeprefix("./").partition("/")[0]
    return next((one for one in FOREIGN if first in one.programs), None)
