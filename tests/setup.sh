#!/bin/sh
# A virtualenv at $1 with the locked dependencies, on a machine that may have nothing but Debian and root.
# $1/.ready says that it is whole. SETUP_PAUSE_S is the pause before a second attempt, 1 unless set.
set -eu
venv=$1
if [ -z "${SETUP_LOCKED:-}" ] && command -v flock >/dev/null; then # one set-up of this checkout at a time
    SETUP_LOCKED=1 exec flock "$0" sh "$0" "$venv"
fi
if [ "$venv/.ready" -nt requirements/dev.txt ]; then # another one has just done it
    exit 0
fi

tried() { # tried PART COMMAND...: four attempts with growing pauses; then one line that names the part
    part=$1 left=3 pause=${SETUP_PAUSE_S:-1}
    shift
    until output=$("$@" 2>&1); do
        if [ "$left" = 0 ]; then
            printf '%s\n' "$output" | tail -n 20 | sed 's/^/  /' >&2
            printf 'error: %s: %s failed (4 attempts)\nhint: run it again\n' "$part" "$(basename "$1")" >&2
            exit 1
        fi
        sleep "$pause"
        left=$((left - 1)) pause=$((pause * 2))
    done
}

install_python() {
    apt-get -q -o DPkg::Lock::Timeout=300 update &&
        DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends \
            install python3 python3-venv ca-certificates
}

python=
for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "setup: installing python3 and python3-venv"
    tried "Debian's python3 and python3-venv" install_python
    python=python3
fi
echo "setup: $venv with $($python --version)"
tried "the virtualenv $venv" "$python" -m venv --clear "$venv"
tried "the packages of requirements/dev.txt" "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
touch "$venv/.ready"
