#!/bin/sh
# sources.sh SUITE: has apt take packages from that suite alone, without the archive of its security updates: versions
# then change with a point release only.
set -eu
cat >/etc/apt/sources.list.d/debian.sources <<END
Types: deb
URIs: http://deb.debian.org/debian
Suites: $1
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
apt-get update
