"""The files that are read, in the order they are asked; where two state the same, the first wins."""

from msgspec import Struct

from frontend.languages.registry import PROCFILES


class Format(Struct, frozen=True):
    """A format: the platform it is of, the module of this package that reads it, and its files' paths."""

    title: str
    module: str
    paths: tuple[str, ...]


FORMATS = (
    Format("Heroku", "procfile", PROCFILES),
    Format("Railway", "railway", ("railway.json", "railway.toml")),
    Format("Nixpacks", "nixpacks", ("nixpacks.toml", "nixpacks.json")),
    Format("Railpack", "railpack", ("railpack.json",)),
    Format("Render", "render", ("render.yaml", "render.yml")),
    Format("Heroku", "heroku", ("heroku.yml",)),
    Format("Heroku", "heroku", ("app.json",)),
    Format("Fly.io", "fly", ("fly.toml",)),
    Format("DigitalOcean", "digitalocean", (".do/app.yaml", ".do/app.yml")),
    Format("App Engine", "app_engine", ("app.yaml", "app.yml")),
    Format("Cloud Native Buildpacks", "buildpacks", ("project.toml",)),
    Format("Netlify", "sites", ("netlify.toml",)),
    Format("Vercel", "sites", ("vercel.json",)),
    Format("Firebase", "sites", ("firebase.json",)),
)
CANDIDATES = (
    Format("Docker", "dockerfile", ("Dockerfile", "dockerfile")),  # as Docker itself looks for it
    Format("CapRover", "captain", ("captain-definition",)),
    Format("Docker Compose", "compose", ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")),
    Format("Heroku", "aptfile", ("Aptfile",)),
    Format("Community Cloud", "packages_txt", ("packages.txt",)),
)
"""Files of containers, and of packages for them, which count less than an app's own scripts."""

MARKERS = tuple(path for one in (*FORMATS, *CANDIDATES) for path in one.paths)
"""The paths to be asked for beside those of the languages, in the app's directory and in the root of the context."""
