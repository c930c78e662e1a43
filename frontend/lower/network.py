"""How a step that fetches reaches the network: the user's certificates, proxies and package registry settings.

Certificates come as the optional secret `ca-certificates`, proxies that need a password as `http-proxy` and
`https-proxy`. Whether a build has them is only known while the step runs, and a variable that names a missing file
breaks the programs that read it, so a few lines of shell set the variables only where the secret is there, and are then
replaced by the program.
"""

import llb
from frontend.languages import registry

SECRET_ID = "ca-certificates"
SECRET_PATH = "/run/secrets/ca-certificates"
PROXY_IDS = ("http-proxy", "https-proxy")
BUNDLE_DIR = "/run/migetpacks"
BUNDLE_PATH = f"{BUNDLE_DIR}/ca.pem"

TRUST = (  # variable, who reads it; all get the system's certificates and the user's in one file
    ("SSL_CERT_FILE", "OpenSSL, and what goes by its variable"),
    ("CURL_CA_BUNDLE", "curl"),
    ("GIT_SSL_CAINFO", "git"),
    *(row for entry in registry.ENTRIES for row in entry.certificates),
)

PROXIES = tuple(
    f"if [ -s /run/secrets/{ident} ]; then {low}=$(cat /run/secrets/{ident}); export {low} {low.upper()}=${low}; fi"
    for ident in PROXY_IDS
    for low in (ident.replace("-", "_"),)
)
FETCH = "\n".join(
    (
        *PROXIES,
        f"ca={SECRET_PATH}",
        'if [ -s "$ca" ]; then',
        f'  cat /etc/ssl/certs/ca-certificates.crt "$ca" > {BUNDLE_PATH} 2>/dev/null || cat "$ca" > {BUNDLE_PATH}',
        *(f"  export {name}={BUNDLE_PATH}" for name, _ in TRUST),
        "fi",
        'exec "$@"',
    )
)

# apt reads no variable, so it gets options; the lists are a cache mount, what else it writes about itself goes
APT = "\n".join(
    (
        "set -e",
        *PROXIES,
        "export DEBIAN_FRONTEND=noninteractive",
        f"trust=; if [ -s {SECRET_PATH} ]; then trust='-o Acquire::https::CAInfo={SECRET_PATH}'; fi",
        "apt-get $trust -q update",
        'apt-get $trust -q -y --no-install-recommends install "$@"',
        "rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache "
        "/var/cache/debconf/*-old /var/lib/dpkg/*-old /var/lib/apt/extended_states.save",
    )
)


def fetching(args: tuple[str, ...]) -> tuple[str, ...]:
    """The argument list that runs `args` with the user's certificates, where there are any."""
    return ("/bin/sh", "-c", FETCH, "fetch", *args)


def apt_install(packages: tuple[str, ...]) -> tuple[str, ...]:
    """The argument list that installs Debian packages and leaves no log and no cache behind."""
    return ("/bin/sh", "-c", APT, "apt", *packages)


def mounts() -> list[llb.AnyMount]:
    """What a program that fetches finds: the certificates and proxies as secrets, where there are any."""
    return [
        llb.secret(SECRET_PATH, id=SECRET_ID, optional=True),
        *(llb.secret(f"/run/secrets/{ident}", id=ident, optional=True) for ident in PROXY_IDS),
        llb.tmpfs(BUNDLE_DIR),
    ]
