#!/bin/sh
# python.sh MINOR: installs Debian's Python MINOR, and makes /tree of it with the layout of the real image: prefix
# /usr/local, a shared libpython, `site-packages`, pip, a working ensurepip, no marker that keeps pip out. /packages
# names what it needs.
set -eu
minor=$1
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends "python$minor" "python$minor-venv" "python$minor-dev"
{
    echo ca-certificates netbase tzdata
    apt-cache depends --no-recommends --no-suggests --important \
        "libpython$minor-minimal" "libpython$minor-stdlib" "python$minor-minimal" |
        sed -n 's/^ *|\{0,1\}\(Pre\)\{0,1\}Depends: \([a-z][^<]*\)$/\2/p' | grep -v python | sort -u
} >/packages

local=/tree/usr/local
library=$local/lib/python$minor
mkdir -p "$local/bin" "$local/include" "$local/lib" /tree/usr/share
cp -p "/usr/bin/python$minor" "$local/bin/"
cp -a "/usr/lib/python$minor" "$local/lib/"
cp -a "/usr/include/python$minor" "$local/include/"
mkdir -p "$local/include/x86_64-linux-gnu"
cp -a "/usr/include/x86_64-linux-gnu/python$minor" "$local/include/x86_64-linux-gnu/"
cp -a /usr/lib/x86_64-linux-gnu/libpython"$minor".so* "$local/lib/"
cp -a /usr/share/python-wheels /tree/usr/share/
ln -s "python$minor" "$local/bin/python3"
ln -s python3 "$local/bin/python"
cd "$library"
rm -rf EXTERNALLY-MANAGED config-* sitecustomize.py test
find . -name '*.py' -path '*distutils*' -o -name sysconfig.py -o -path './sysconfig/__init__.py' \
    -o -path ./ensurepip/__init__.py | while read -r file; do
    sed -i -e "s/prefix_scheme = 'posix_local'/prefix_scheme = 'posix_prefix'/" \
        -e "s/^    _ensurepip_is_disabled_in_debian_for_system()/    pass/" "$file"
done
sed -i "s#'/usr/\(bin\|include\|lib/python\)#'/usr/local/\1#g" _sysconfigdata_*.py
mkdir -p site-packages
ln -s site-packages dist-packages  # the directory's name is in a module that is frozen into the interpreter
rm -rf "/usr/local/lib/python$minor"
cp -a /tree/. /
"/usr/local/bin/python$minor" -m compileall -q -x lib2to3 "/usr/local/lib/python$minor" 
cp -a "/usr/local/lib/python$minor/." "$library/"
"/usr/local/bin/python$minor" -m ensurepip --root /tree
[ -e "$local/bin/pip" ] || ln -s pip3 "$local/bin/pip"
"/usr/local/bin/python$minor" - <<'EOF'
import os, site, sys, sysconfig
expected = f"/usr/local/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
found = sysconfig.get_path("purelib"), sys.prefix, sysconfig.get_path("include"), sysconfig.get_path("purelib", "posix_prefix", {"base": "/x"})
assert found[0] == expected and expected in map(os.path.realpath, site.getsitepackages()) and sys.prefix == "/usr/local", found
assert found[2].startswith("/usr/local/include/") and found[3].startswith("/x/lib/python"), found
EOF
