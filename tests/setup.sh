#!/bin/sh
# A virtualenv at $1 with the locked dependencies, on a machine that may have nothing but Debian and root.
set -eu
venv=$1
python=
for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "setup: installing python3 and python3-venv"
    apt-get -q update >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install python3 python3-venv ca-certificates >/dev/null
    python=python3
fi
echo "setup: $venv with $($python --version)"
"$python" -m venv --clear "$venv"
"$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
