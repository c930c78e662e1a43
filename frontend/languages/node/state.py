"""What frameworks keep in files: a container's files end with it, and its root may be read-only."""

from msgspec import Struct

from frontend.context.tree import SourceTree
from frontend.languages.node.manifest import Manifest, line
from frontend.plan.model import Warning


class Kept(Struct, frozen=True):
    """What a framework keeps: each with the dependencies that bring it ("" for always) and those that move it away.

    A name that ends in "-" is the beginning of one. `what` is said in a sentence, `instead` is what to do about it.
    """

    package: str
    title: str
    what: str
    instead: str
    brought: str = ""
    moved: str = ""


SQLITE = "connect it to a database server"
# sources: https://docs.strapi.io/cms/deployment, https://payloadcms.com/docs/database/sqlite,
# https://payloadcms.com/docs/upload/storage-adapters, https://docs.directus.io/self-hosted/config-options,
# https://docs.medusajs.com/resources/infrastructure-modules/file/local, https://docs.n8n.io/hosting/
KEPT = (
    Kept(
        "@strapi/strapi", "Strapi", "uploads in public/uploads", "add an upload provider",
        moved="@strapi/provider-upload-",
    ),
    Kept("@strapi/strapi", "Strapi", "its SQLite database in .tmp", SQLITE, brought="better-sqlite3"),
    Kept(
        "payload", "Payload", "uploads in the directories of its collections", "add a storage adapter",
        moved="@payloadcms/storage-",
    ),
    Kept("payload", "Payload", "its SQLite database in a file", SQLITE, brought="@payloadcms/db-sqlite"),
    Kept("directus", "Directus", "uploads in uploads/", "set STORAGE_LOCATIONS to an object storage"),
    Kept("directus", "Directus", "its SQLite database in a file", SQLITE, brought="sqlite3"),
    Kept("@medusajs/medusa", "Medusa", "uploads in static/", "add a file module", moved="@medusajs/file-"),
    Kept("node-red", "Node-RED", "flows in ~/.node-red", "name another directory by --userDir"),
    Kept("n8n", "n8n", "workflows and its key in ~/.n8n", "set N8N_USER_FOLDER, N8N_ENCRYPTION_KEY and DB_TYPE"),
)  # fmt: skip


def warnings(tree: SourceTree, app: Manifest) -> tuple[Warning, ...]:
    """The warnings for what an app's framework keeps in files."""
    found = (one for one in KEPT if one.package in app.dependencies)
    kept = (one for one in found if (not one.brought or has(app, one.brought)) and not has(app, one.moved))
    return tuple(
        Warning(
            "state",
            f"{one.title} keeps {one.what}, which end with the container",
            line(tree, app, one.brought or one.package),
            f"mount a volume there, or {one.instead}",
        )
        for one in kept
    )


def has(app: Manifest, name: str) -> bool:
    """Whether an app depends on a package, or on one whose name begins so."""
    own = app.dependencies
    return name in own or (name.endswith("-") and any(one.startswith(name) for one in own))
