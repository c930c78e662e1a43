"""The Caddyfile of a site, from `frontend/templates/Caddyfile.j2`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontend import templates
from frontend.languages.static.rules import escaped, numbered

if TYPE_CHECKING:
    from frontend.languages.static.own import Wishes
    from frontend.languages.static.site import Site

# names with a hash of their content, as bundlers write them: eight characters of base64 with a capital or a digit in
# them (Vite, Rollup), capitals and digits (esbuild, Angular), or hexadecimal digits (webpack, Parcel)
ANY = r"[\w-]"
HASH = "|".join((*(f"{ANY * place}[0-9A-Z]{ANY * (7 - place)}" for place in range(8)), "[0-9a-f]{16,64}"))
CODE = r"(?:m?js|css|wasm)"
# what a browser asks for as a part of a page: where it is missing, a page in its place would be an error in disguise
ASSETS = (
    r"\.(?:m?js|css|map|json|wasm|xml|txt|webmanifest|ico|svg|png|jpe?g|gif|webp|avif|woff2?|ttf|otf|eot|mp[34]|webm"
    r"|pdf|zip)$"
)


def text(root: str, port: int, site: Site, wishes: Wishes) -> str:
    """The configuration of the server for a site."""
    values = {
        "root": root,
        "port": port,
        "base": site.base,
        "fallback": site.fallback,
        "but": wishes.but,
        "slash": wishes.slash if not site.base else "",
        "missing": wishes.missing,
        "browse": wishes.browse,
        "https": wishes.https,
        "hashed": hashed(site),
        "assets": quoted(ASSETS),
        "headers": wishes.headers,
        "redirects": [numbered(one, index) for index, one in enumerate(wishes.redirects, 1)],
    }
    return templates.render("Caddyfile", values, {"quoted": quoted})


def hashed(site: Site) -> str:
    """The pattern of paths whose content never changes; "" for none. In the root of a site only code has such names."""
    whole = (f"^{escaped(f'{site.base}{path}')}/" for path in site.immutable)
    named = (
        rf"^{escaped(f'{site.base}{path}')}/(?:.*[/.-])?(?:{HASH})\.{'.*' if path else CODE}$" for path in site.hashed
    )
    return "|".join((*whole, *named))


def quoted(text: str) -> str:
    """A text as one word of a Caddyfile. What has a "`", a `"` and a backslash cannot be written as one.

    Source: https://caddyserver.com/docs/caddyfile/concepts#tokens-and-quotes
    """
    return f"`{text}`" if "`" not in text else '"' + text.replace('"', '\\"') + '"'
