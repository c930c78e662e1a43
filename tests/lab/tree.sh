#!/bin/sh
# tree.sh TREE DATA SOCKETS COMMAND...: runs a command in TREE, a root filesystem, with DATA as /var/lib/lab and SOCKETS
# as /run/lab. Started in a mount and a pid namespace of its own, whose first process this is: it reaps what the command
# leaves behind, and when it ends, so does everything in the namespaces.
set -eu
tree=$1 data=$2 sockets=$3
shift 3
mount --bind "$tree" "$tree"
mount -t proc proc "$tree/proc"
mount --rbind /sys "$tree/sys"
mount --rbind /dev "$tree/dev"
mount -t tmpfs tmpfs "$tree/run"
mount -t tmpfs tmpfs "$tree/tmp"
mount -t tmpfs tmpfs "$tree/var/lib"
mount -t tmpfs tmpfs "$tree/var/log"
mount -t tmpfs tmpfs "$tree/etc/docker"
mkdir -p "$tree/run/lab" "$tree/run/lock" "$tree/var/lib/lab"
mount --bind "$data" "$tree/var/lib/lab"
mount --bind "$sockets" "$tree/run/lab"
[ ! -e /etc/resolv.conf ] || mount --bind "$(readlink -f /etc/resolv.conf)" "$tree/etc/resolv.conf"
mount -o remount,bind,ro "$tree"
# The tree becomes the root of the namespace itself: after a mere chroot, `docker exec` would enter this machine's root.
cd "$tree"
pivot_root . .
umount -l .
env PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp "$@" &
wait
