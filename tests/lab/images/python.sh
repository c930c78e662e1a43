#!/bin/sh
# python.sh MINOR [PACKAGE...]: installs Debian's Python MINOR under the names of the real image.
set -eu
minor=$1
shift
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends ca-certificates netbase tzdata "python$minor" "python$minor-venv" "$@"
rm -rf /var/lib/apt/lists/* "/usr/lib/python$minor/EXTERNALLY-MANAGED"
for name in python python3 "python$minor"; do
    ln -sf "/usr/bin/python$minor" "/usr/local/bin/$name"
done
packages=/usr/local/lib/python$minor/dist-packages
mkdir -p "$packages"
python3 -m zipfile -e /usr/share/python-wheels/pip-*.whl "$packages"
for name in pip pip3 "pip$minor"; do
    printf '#!/usr/local/bin/python3\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n' \
        >"/usr/local/bin/$name"
    chmod 755 "/usr/local/bin/$name"
done
pip --version
