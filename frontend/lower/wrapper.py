"""What starts the program of a step: a file that is mounted into it, so that the user's log shows the program alone.

It reaches the network as the user wants: certificates come as the optional secret `ca-certificates`, proxies that need
a password as `http-proxy` and `https-proxy`. Whether a build has them is only known while the step runs, and a variable
that names a missing file breaks the programs that read it, so the variables are set only where the secret is there.

It looks at the output where the program fails: clients show the last lines of a step, and the line that says what went
wrong stands further up. The first of the known patterns that matches is repeated, with what to do. What the program
writes is passed on as it is, and its exit status is kept: that of one killed by a signal is 128 and the signal's
number, as BuildKit reports it. The output goes through pipes before and after, so no program sees another kind of
file. A daemon that a program leaves behind holds its end of a pipe: it is not waited for.
"""

from functools import cache

import llb
from frontend.languages import registry
from frontend.lower import failures

SECRET_ID = "ca-certificates"
SECRET_PATH = "/run/secrets/ca-certificates"
PROXY_IDS = ("http-proxy", "https-proxy")
DIR = "/run/migetpacks-step"  # read-only: the files below
WORK_DIR = "/run/migetpacks"  # a tmpfs: certificates, pipes, the end of the output
KEPT_BYTES = 1 << 20  # of the output: enough for the longest list of a package manager's errors
LINGER_S = 2  # how long the output of what a program left behind is waited for

TRUST = (  # variable, who reads it; all get the system's certificates and the user's in one file
    ("SSL_CERT_FILE", "OpenSSL, and what goes by its variable"),
    ("CURL_CA_BUNDLE", "curl"),
    ("GIT_SSL_CAINFO", "git"),
    *(row for entry in registry.ENTRIES for row in entry.certificates),
)

NETWORK = "\n".join(
    (
        *(
            f"if [ -s /run/secrets/{ident} ]; then\n"
            f"  {low}=$(cat /run/secrets/{ident})\n"
            f"  export {low} {low.upper()}=${low}\n"
            "fi"
            for ident in PROXY_IDS
            for low in (ident.replace("-", "_"),)
        ),
        f"step_ca={SECRET_PATH} step_pem={WORK_DIR}/ca.pem",
        'if [ -s "$step_ca" ]; then',
        '  cat /etc/ssl/certs/ca-certificates.crt "$step_ca" >"$step_pem" 2>/dev/null || cat "$step_ca" >"$step_pem"',
        f"  export {' '.join(f'{name}=$step_pem' for name, _ in TRUST)}",
        "fi",
        "unset step_ca step_pem",
    )
)
RUN = f"""
for step_tool in mkfifo tee tail grep cut; do
  command -v "$step_tool" >/dev/null || exec "$@"
done
mkfifo {WORK_DIR}/out {WORK_DIR}/err {WORK_DIR}/both 2>/dev/null || exec "$@"
exec 3<>{WORK_DIR}/both
tail -c {KEPT_BYTES} <{WORK_DIR}/both >{WORK_DIR}/end 3>&- & step_end=$!
tee {WORK_DIR}/both <{WORK_DIR}/out 3>&- & step_out=$!
tee {WORK_DIR}/both <{WORK_DIR}/err 3>&- >&2 & step_err=$!
step_code=0
"$@" >{WORK_DIR}/out 2>{WORK_DIR}/err 3>&- || step_code=$?
(sleep {LINGER_S}; kill "$step_out" "$step_err") >/dev/null 2>&1 3>&- & step_late=$!
wait "$step_out"
wait "$step_err"
kill "$step_late" 2>/dev/null
exec 3>&-
if [ "$step_code" -ne 0 ]; then
  wait "$step_end"
  while IFS='	' read -r pattern hint; do
    if line=$(grep -a -E -m 1 -e "$pattern" {WORK_DIR}/end); then
      printf '\\n%s\\nhint: %s\\n' "$(printf '%s' "$line" | cut -c 1-300)" "$hint" >&2
      break
    fi
  done <{DIR}/hints
fi
exit "$step_code"
"""

# apt reads no variable, so it gets options; the lists are a cache mount, what else it writes about itself goes
APT = f"""#!/bin/sh
set -e
export DEBIAN_FRONTEND=noninteractive
trust=; if [ -s {SECRET_PATH} ]; then trust='-o Acquire::https::CAInfo={SECRET_PATH}'; fi
apt-get $trust -q update
apt-get $trust -q -y --no-install-recommends install "$@"
rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache \\
  /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/lib/apt/extended_states.save
"""

HINTS = "".join(
    f"{pattern}\t{hint}\n"
    for pattern, hint in (
        *failures.NETWORK,
        *(row for entry in registry.ENTRIES for row in entry.failures),
        *failures.FAILURES,
    )
)
FILES = {"start": f"#!/bin/sh\n{NETWORK}{RUN}", "apt": APT, "hints": HINTS}


def started(args: tuple[str, ...]) -> tuple[str, ...]:
    """The argument list that runs `args` as described above."""
    return ("/bin/sh", f"{DIR}/start", *args)


def apt_install(packages: tuple[str, ...]) -> tuple[str, ...]:
    """The argument list that installs Debian packages and leaves no log and no cache behind."""
    return started(("/bin/sh", f"{DIR}/apt", *packages))


@cache
def files() -> llb.State:
    """The filesystem that is mounted at DIR: the same value for every step of a build."""
    written = (llb.mkfile(f"/{name}", text.encode(), 0o644) for name, text in FILES.items())
    return llb.scratch().file(*written, name="[internal] what starts the steps")


def mounts(*, fetches: bool) -> list[llb.AnyMount]:
    """What a program that is started so needs; one that `fetches` gets certificates and proxies, if there are any."""
    secrets = [
        llb.secret(SECRET_PATH, id=SECRET_ID, optional=True),
        *(llb.secret(f"/run/secrets/{ident}", id=ident, optional=True) for ident in PROXY_IDS),
    ]
    return [*(secrets if fetches else ()), llb.tmpfs(WORK_DIR), llb.bind(DIR, files(), readonly=True)]
