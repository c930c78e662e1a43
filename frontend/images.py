"""The images a plan is built from, resolved: digests and configs from the registry, checked."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import json

from frontend.errors import GatewayError, OptionError
from frontend.gateway.client import Gateway, Pending, ResolvedImage
from frontend.plan.images import image_names, native_images, tool_image
from frontend.plan.model import Plan
from frontend.settings.options import BuildOptions

if TYPE_CHECKING:
    from frontend.lower.target import Base

Key = tuple[str, str]  # name as the plan has it, platform
SCHEME = "docker-image://"


def start(
    gateway: Gateway, options: BuildOptions, plan: Plan, platforms: Iterable[str], native: str
) -> dict[Key, Pending[ResolvedImage]]:
    """All images the plan names, being resolved at the same time, by (name, platform).

    Build tools run on the platform `native`. Raises OptionError for a named context that replaces one and is no image.
    """
    keys = [(name, platform) for platform in platforms for name in image_names(plan)]
    keys += [(name, native) for name in (tool_image(plan), *native_images(plan))]
    return {(name, platform): ask(gateway, options, name, platform) for name, platform in dict.fromkeys(keys)}


def ask(gateway: Gateway, options: BuildOptions, name: str, platform: str) -> Pending[ResolvedImage]:
    """An image being resolved; asked for again, the same one. Raises OptionError as `start` does."""
    return gateway.start_resolve_image(
        replaced(options, reference(name), platform),
        platform=platform,
        resolve_mode=options.resolve_mode,
        log_name=f"[internal] load metadata for {name}",
    )


def finish(pending: Mapping[Key, Pending[ResolvedImage]], plan: Plan) -> "dict[Key, Base]":
    """The images, once the registry has answered. Raises GatewayError for one that cannot be used.

    Of those the NoImageError is for one that the registry does not have.
    """
    images = {key: base(key[0], answer, plan) for key, answer in pending.items()}
    for (name, platform), image in images.items():
        check_platform(name, platform, image)
    return images


def replaced(options: BuildOptions, name: str, platform: str) -> str:
    """The image to use for a base image: another where a named context, NAME=docker-image://OTHER, says so.

    Raises OptionError for a context that is no image.
    """
    for key, value in options.contexts.items():
        wanted, _, only = key.partition("::")
        if reference(wanted) == name and only in ("", platform):
            image = value.removeprefix(SCHEME)
            if image == value:
                raise OptionError(
                    f"the named context {key} replaces a base image, but is of the kind {value.partition(':')[0]}",
                    hint=f"write it as {wanted}={SCHEME}registry.example.com/{wanted}",
                )
            return reference(image)
    return name


def reference(name: str) -> str:
    """An image name in full: "node:24" is docker.io/library/node:24."""
    first, slash, _ = name.partition("/")
    if not slash:
        return f"docker.io/library/{name}"
    return name if "." in first or ":" in first or first == "localhost" else f"docker.io/{name}"


def base(name: str, answer: Pending[ResolvedImage], plan: Plan) -> "Base":
    """A resolved image. Raises GatewayError that names who asked for a version whose image does not exist."""
    from frontend.lower.target import Base

    try:
        resolved = answer.result()
    except GatewayError as error:
        from frontend.result.explanation import unresolved

        raise unresolved(name, reference(name).partition("/")[0], error, plan) from error
    scheme, _, found = resolved.identifier.partition("://")  # a source policy may have put another in its place
    if f"{scheme}://" != SCHEME or not resolved.config:
        raise GatewayError(
            f"the base image {name} is replaced by {resolved.identifier}, which is not an image",
            hint="a source policy can replace an image only with another image",
        )
    return Base(found.partition("@")[0], resolved.digest, json.decode(resolved.config))


def check_platform(name: str, platform: str, image: "Base") -> None:
    """Raises GatewayError for an image of another platform: a registry may give it where it has only that one."""
    system, architecture, *_ = platform.split("/")
    given = (image.config.get("os") or system, image.config.get("architecture") or architecture)
    if given != (system, architecture):
        raise GatewayError(
            f"the base image {name} is for {'/'.join(given)}, but {platform} was requested",
            hint="check that the registry (or its mirror) has the image for this platform",
        )
