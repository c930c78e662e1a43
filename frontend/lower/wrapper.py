"""What starts the program of a step: a file that is mounted into it, so that the user's log shows the program alone.

It reaches the network as the user wants: certificates come as the optional secret `ca-certificates`, proxies that need
a password as `http-proxy` and `https-proxy`. Whether a build has them is only known while the step runs, and a variable
that names a missing file breaks the programs that read it, so the variables are set only where the secret is there.

It looks at the output where the program fails: clients show the last lines of a step, and the line that says what went
wrong stands further up. The first of the known patterns that matches is repeated, with what to do; some have
further patterns, for the app's own place in a backtrace, of which the first that matches is told too. What the program
writes is passed on as it is, and its exit status is kept: that of one killed by a signal is 128 and the signal's
number, as BuildKit reports it. The output goes through pipes before and after, so no program sees another kind of
file. A daemon that a program leaves behind holds its end of a pipe: it is not waited for. Signals to end, which the
kernel does not act on for process 1, are passed on to the program.

The patterns come behind the first line of the FTP proxy. A step's proxies are the one thing it is given without a
session that BuildKit leaves out of the step's cache key: another pattern, or a better hint, runs no step again. No
program sees that: its own variable is restored first.

A program that ended by a crash of its own, which the registry knows and which a second run seldom meets, is run once
more, in what the first run left: package managers go on from there. Where what it kept from other builds may be the
reason, that is emptied before.
"""

from collections.abc import Mapping
from functools import cache

import llb
from frontend.languages import registry
from frontend.lower import failures

SECRET_ID = "ca-certificates"
SECRET_PATH = "/run/secrets/ca-certificates"
PROXY_IDS = ("http-proxy", "https-proxy")
DIR = "/run/migetpacks-step"  # read-only: the files below
WORK_DIR = "/run/migetpacks"  # a tmpfs: certificates, pipes, the end of the output
AGAIN = "the program crashed by a known fault of its own: it is run once more"
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
HIDDEN = "ftp"  # the proxy that carries the patterns: programs that read one of their own get it back
RESTORE = f"""
step_line='
'
step_hints=${{{HIDDEN}_proxy#*"$step_line"}}
{HIDDEN}_proxy=${{{HIDDEN}_proxy%%"$step_line"*}}
export {HIDDEN.upper()}_PROXY="${HIDDEN}_proxy"
[ -n "${HIDDEN}_proxy" ] || unset {HIDDEN}_proxy {HIDDEN.upper()}_PROXY
"""
ARCHIVED = ("stretch", "buster")
# In the background a program would ignore the signals of a keyboard, and read nothing: both are undone. A `wait` that
# ends by a signal has to be repeated.
RUN = f"""
for step_tool in mkfifo rm tee tail grep cut; do
  command -v "$step_tool" >/dev/null || exec "$@"
done
step_run() {{
  rm -f {WORK_DIR}/out {WORK_DIR}/err {WORK_DIR}/both
  mkfifo {WORK_DIR}/out {WORK_DIR}/err {WORK_DIR}/both 2>/dev/null || exec "$@"
  exec 3<>{WORK_DIR}/both
  tail -c {KEPT_BYTES} <{WORK_DIR}/both >{WORK_DIR}/end 3>&- & step_end=$!
  tee {WORK_DIR}/both <{WORK_DIR}/out 3>&- & step_out=$!
  tee {WORK_DIR}/both <{WORK_DIR}/err 3>&- >&2 & step_err=$!
  step_signals='env --default-signal=INT,QUIT'
  $step_signals true 2>/dev/null || step_signals=
  exec 4<&0
  step_program=
  for step_signal in TERM INT HUP; do
    trap "step_caught=1 step_early=$step_signal; kill -$step_signal \\$step_program 2>/dev/null" "$step_signal"
  done
  $step_signals "$@" >{WORK_DIR}/out 2>{WORK_DIR}/err <&4 3>&- 4<&- & step_program=$!
  [ -z "$step_early" ] || kill -"$step_early" "$step_program"
  step_caught=1
  while [ -n "$step_caught" ]; do
    step_caught= step_code=0
    wait "$step_program" || step_code=$?
  done
  (sleep {LINGER_S}; kill "$step_out" "$step_err") >/dev/null 2>&1 3>&- & step_late=$!
  wait "$step_out"
  wait "$step_err"
  kill "$step_late" 2>/dev/null
  exec 3>&-
  [ "$step_code" -eq 0 ] || wait "$step_end"
}}
step_crashed() {{
  [ "$step_code" -ne 0 ] && [ -z "$step_early" ] || return
  printf '%s\\n' "$step_hints" | while IFS='	' read -r pattern of kept; do
    [ "$pattern" = ! ] || continue
    [ "$of" = "=$step_code" ] || grep -a -q -E -e "$of" {WORK_DIR}/end || continue
    if [ -n "$kept" ]; then
      eval "kept=\\${{$kept:-/nowhere}}"
      rmdir "$kept"/* 2>/dev/null
      set -- "$kept"/*
      [ -e "$1" ] || continue
      rm -rf "$@"
    fi
    echo yes
  done
}}
step_early=
step_run "$@"
if [ -n "$(step_crashed)" ]; then
  printf '\\n%s\\n' '{AGAIN}' >&2
  step_run "$@"
fi
if [ "$step_code" -ne 0 ]; then
  printf '%s\\n' "$step_hints" | while IFS='	' read -r pattern hint places; do
    case $pattern in
      !) continue ;;
      =|="$step_code") printf '\\nhint: %s\\n' "$hint" >&2; break ;;
      =*) continue ;;
    esac
    if line=$(grep -a -E -m 1 -e "$pattern" {WORK_DIR}/end); then
      found=
      for place in $places; do
        found=$(grep -a -o -E -m 1 -e "$place" {WORK_DIR}/end) && break
      done
      line=$(printf '%s' "$line" | cut -c 1-300) found=${{found%%"$step_line"*}}
      found=${{found#/app/}}
      printf '\\n%s\\n%shint: %s\\n' "$line" "${{found:+  $found$step_line}}" "$hint" >&2
      break
    fi
  done
fi
exit "$step_code"
"""

# apt reads no variable, so it gets options; the lists are a cache mount, what else it writes about itself goes. The
# packages of a Debian that is no longer served are in its archive, whose lists are past their date.
APT = f"""#!/bin/sh
set -e
export DEBIAN_FRONTEND=noninteractive
trust=; if [ -s {SECRET_PATH} ]; then trust='-o Acquire::https::CAInfo={SECRET_PATH}'; fi
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null || :)
case $suite in {"|".join(ARCHIVED)})
  printf 'deb http://archive.debian.org/%s %s main\\n' \\
    debian "$suite" debian-security "$suite/updates" >{WORK_DIR}/sources
  trust="$trust -o Dir::Etc::SourceList={WORK_DIR}/sources -o Dir::Etc::SourceParts=-"
  trust="$trust -o Acquire::Check-Valid-Until=false"
esac
apt-get $trust -q update
apt-get $trust -q -y --no-install-recommends install "$@"
rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache \\
  /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/lib/apt/extended_states.save
"""

FIRST = (  # rows in the order in which they decide; between these two are those of the language whose program it is
    *(("!", *crash) for entry in registry.ENTRIES for crash in entry.crashes),
    *failures.NETWORK,
)
LAST = (
    *(row for entry in registry.ENTRIES for row in entry.failures),
    *failures.FAILURES,
    *((f"={status}", hint) for status, hint in failures.STATUSES.items()),
)
FILES = {"start": f"#!/bin/sh\n{RESTORE}{NETWORK}{RUN}", "apt": APT}


@cache
def hints(language: registry.Entry | None) -> str:
    """The rows for a program of a language, None where its name says none, as the wrapper reads them."""
    own = language.own_failures if language is not None else ()
    return "\n".join("\t".join(row) for row in (*FIRST, *own, *LAST))


def proxy(settings: Mapping[str, str], program: str, hint: str = "") -> dict[str, str]:
    """The proxies of a step by scheme, with the patterns for its program, and at their end a `hint` for any other
    failure."""
    last = f"\n=\t{hint}" if hint else ""
    rows = hints(registry.of_program(program))
    return {**settings, HIDDEN: f"{settings.get(HIDDEN, '')}\n{rows}{last}"}


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
