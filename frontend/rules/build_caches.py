"""What a build keeps for the next one of the same app: caches that tools document as such."""

from frontend.hashes import sha256
from frontend.plan.model import CacheMount


def mount(path: str, tool: str, *app: str, only: tuple[str, ...] = (), packages: tuple[str, ...] = ()) -> CacheMount:
    """The cache of a tool at a path, for one app: `app` are the texts that tell it from others, such as its name and
    its lockfile. `only` are the names in it that are kept, `packages` those of directories that the lockfile tells.

    The id has a digest of the texts: ids are in the provenance of images, and names and paths may be private. Builds
    at the same time have a cache each.
    """
    digest = sha256("\0".join(app).encode()).hexdigest()[:16]
    return CacheMount(path, f"{tool}/{digest}", "private", "app", only, packages)
