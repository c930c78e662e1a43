#!/bin/sh
# chisel.sh ROOT PACKAGE...: the libraries, certificates and zone information of Debian packages, under ROOT, with the
# accounts and directories of a chiseled image. No documentation, no program.
set -eu
root=$1
shift
for name in bin lib lib64 sbin; do
    mkdir -p "$root/usr/$name"
    ln -sfn "usr/$name" "$root/$name"
done
for package in "$@"; do
    dpkg -L "$package" | while read -r path; do
        case $path in
            */lib/* | */lib64/* | /etc/ssl/* | /usr/share/ca-certificates/* | /usr/share/zoneinfo/*) ;;
            *) continue ;;
        esac
        real=$(readlink -f "$(dirname "$path")")/$(basename "$path")
        [ ! -d "$path" ] || [ -L "$path" ] || { mkdir -p "$root$real"; continue; }
        [ -e "$real" ] || [ -L "$real" ] || continue
        mkdir -p "$root$(dirname "$real")"
        cp -P "$real" "$root$real"
    done
done
loader=$(readlink -f /lib64/ld-linux-x86-64.so.2)
[ -e "$root$loader" ] && ln -sfn "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" "$root/usr/lib64/ld-linux-x86-64.so.2"
case " $* " in *" ca-certificates "*) mkdir -p "$root/etc/ssl/certs"; cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" ;; esac
mkdir -p "$root/etc" "$root/root" "$root/home/app"
mkdir -p -m 1777 "$root/tmp"
chown 1654:1654 "$root/home/app"
printf 'root:x:0:0:root:/root:/bin/false\napp:x:1654:1654::/home/app:/bin/false\n' >"$root/etc/passwd"
printf 'root:x:0:\napp:x:1654:\n' >"$root/etc/group"
