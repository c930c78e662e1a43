#!/bin/sh
# tree.sh PACKAGE... -- FILE...: makes /tree a root filesystem without a shell and without programs of Debian: the files
# of the packages and of libc, the libraries that the FILEs (of /tree) are linked with, CA bundle, accounts.
# ACCOUNT is the unprivileged one as NAME:UID.
set -eu
packages="libc6 libgcc-s1"
while [ "$1" != -- ]; do
    packages="$packages $1"
    shift
done
shift
export DEBIAN_FRONTEND=noninteractive
apt-get update
# shellcheck disable=SC2086  # a list
apt-get install -y --no-install-recommends ca-certificates $packages

mkdir -p /tree
cd /tree
mkdir -p dev etc/ssl/certs home proc root run sys usr/bin usr/lib usr/lib64 usr/sbin var/lib var/tmp
for name in bin lib lib64 sbin; do
    ln -s "usr/$name" "$name"
done
# shellcheck disable=SC2086  # a list
dpkg -L $packages | grep -E '^/(etc|usr/lib|usr/lib64|usr/share/zoneinfo)(/|$)' | grep -v /gconv | sort -u |
    tar --create --no-recursion --files-from=- | tar --extract
if [ $# -gt 0 ]; then # a library is copied with the links that lead to it
    ldd "$@" >/linked
    ! grep 'not found' /linked
    sed -n 's/.* => \(\/[^ ]*\) (.*/\1/p' /linked | grep -v -e ^/tree -e ^/usr/local | sort -u | while read -r library; do
        for path in "$(realpath "$(dirname "$library")")/$(basename "$library")" "$(realpath "$library")"; do
            [ -e ".$path" ] || cp -a --parents "$path" .
        done
    done
fi
cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/
cp /usr/lib/os-release usr/lib/
ln -s ../usr/lib/os-release etc/os-release
mkdir -p usr/lib/locale
cp -a /usr/lib/locale/C.utf8 usr/lib/locale/
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >etc/nsswitch.conf
printf 'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n' >etc/passwd
printf 'root:x:0:\nnobody:x:65534:\n' >etc/group
name=${ACCOUNT%:*} id=${ACCOUNT#*:}
echo "$name:x:$id:$id:$name:/home/$name:/sbin/nologin" >>etc/passwd
echo "$name:x:$id:" >>etc/group
mkdir -m 700 "home/$name"
chown "$id:$id" "home/$name"
chmod 700 root
mkdir -m 1777 tmp
chmod 1777 var/tmp
ldconfig -r /tree
rm -rf var/cache
