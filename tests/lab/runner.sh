#!/bin/sh
# runner.sh PROGRAMS HOME COMMAND...: runs a command as the user `runner`, with PROGRAMS in front of its PATH and HOME as
# its home directory. Started as root in a mount namespace of its own: this machine gets no user and no range of ids.
set -eu
programs=$1 home=$2
shift 2
exec 3<"$programs" 4<"$home" # either may be below a directory that is hidden now
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir /mnt/etc /mnt/home /mnt/programs
cp -a /etc/. /mnt/etc/
for file in passwd group subuid subgid; do
    [ ! -e "/etc/$file" ] || sed '/^runner:/d' "/etc/$file" >"/mnt/etc/$file"
done
echo 'runner:x:1001:1001::/mnt/home:/bin/sh' >>/mnt/etc/passwd
echo 'runner:x:1001:' >>/mnt/etc/group
echo 'runner:200000:65536' >>/mnt/etc/subuid
echo 'runner:200000:65536' >>/mnt/etc/subgid
mount --bind /mnt/etc /etc
mount --no-canonicalize --bind /proc/self/fd/3 /mnt/programs
mount --no-canonicalize --bind /proc/self/fd/4 /mnt/home
exec 3<&- 4<&-
cd /mnt/home/app
exec setpriv --reuid 1001 --regid 1001 --clear-groups --inh-caps=-all "$@"
