"""The base image that a user chose for a plan: hardened images, or any other."""

from msgspec import structs

from frontend.errors import PlanError
from frontend.languages.registry import Entry, named
from frontend.plan.model import Evidence, Plan, Warning
from frontend.secrets.masking import shown
from frontend.settings.model import Settings

HINT = "name an image for it by the build-arg RUNTIME_BASE, or remove USE_DHI"


def flavoured(plan: Plan, entry: Entry, settings: Settings) -> Plan:
    """The plan with its base image as the settings have it: as it is where they choose none.

    Raises PlanError for a language without hardened images, and for a user of no image but the standard one.
    """
    hardened = settings.flavour is not None and settings.flavour.value == "hardened"
    given = settings.runtime_base
    if not hardened and given is None:
        if settings.runtime_user is not None:
            raise PlanError(
                f'RUNTIME_USER is "{shown(settings.runtime_user.value)}", but the standard image has its own account',
                at=settings.runtime_user.at,
                hint="choose an image that has this user, by USE_DHI=true or RUNTIME_BASE, or remove RUNTIME_USER",
            )
        return plan
    standard = plan.runtime.base
    base = given.value if given is not None else hardened_image(standard, entry, settings)
    at = given.at if given is not None else settings.flavour.at if settings.flavour is not None else None
    runtime = structs.replace(
        plan.runtime,
        base=base,
        standard=standard,
        flavour="hardened" if hardened else "given",
        user=settings.runtime_user.value if settings.runtime_user is not None else "",
        base_at=at,
    )
    because = f"{base}, {'a hardened image' if given is None else 'as the user names it'}"
    return structs.replace(plan, runtime=runtime, evidence=(*plan.evidence, Evidence("base image", because, at)))


def hardened_image(standard: str, entry: Entry, settings: Settings) -> str:
    """The hardened image in place of a standard one: ("node:24-trixie-slim", dhi.io) is "dhi.io/node:24-debian13"."""
    repository, _, tag = standard.rpartition(":")
    names = dict(entry.hardened.images) if entry.hardened is not None else {}
    if entry.hardened is None or repository not in names:
        at = settings.flavour.at if settings.flavour is not None else None
        raise PlanError(f"there is no hardened image for this {entry.title} app", at=at, hint=HINT)
    version = tag.partition("-")[0]
    mirror = settings.dhi_mirror if settings.dhi_mirror.endswith(("/", "-")) else f"{settings.dhi_mirror}/"
    name = names[repository]
    registry = "" if "." in name.partition("/")[0] else mirror
    if ":" in name:
        return f"{registry}{name}"
    return f"{registry}{name}:{entry.hardened.tag.format(version=version)}"


def of_line(plan: Plan) -> Plan | None:
    """The plan on the hardened image of a version's line, which has its newest patch; None where there is no other.

    Of a line only the newest patch is made. Source: https://docs.docker.com/dhi/
    """
    entry, runtime = named(plan.language), plan.runtime
    if runtime.flavour != "hardened" or entry is None or entry.hardened is None:
        return None
    version = runtime.standard.rpartition(":")[2].partition("-")[0]
    chosen = next((one for one in plan.versions if one.value == version), None)
    same = next((one.same for one in entry.interpreters if one.same), 0)
    line = ".".join(version.split(".")[:same])
    exact, newest = (entry.hardened.tag.format(version=text) for text in (version, line))
    if chosen is None or line in ("", version) or not runtime.base.endswith(f":{exact}"):
        return None
    base = f"{runtime.base.removesuffix(exact)}{newest}"
    doubt = Warning(
        "hardened-line",
        f"there is no hardened image of {entry.title} {version}: {base} is used, the newest patch of its line",
        chosen.at,
        "hardened images of older patches are not kept: ask for the line alone",
    )
    return structs.replace(plan, runtime=structs.replace(runtime, base=base), warnings=(*plan.warnings, doubt))
