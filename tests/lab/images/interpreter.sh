#!/bin/sh
# interpreter.sh MINOR PREFIX: makes the Python in /usr/local, built for PREFIX, one of /usr/local: its own texts, pip and
# what comes with it by ensurepip, bytecode. /packages names the Debian packages with the libraries that it needs.
set -eu
minor=$1 prefix=$2
grep -rIl --null "$prefix" /usr/local | xargs -0 sed -i "s#$prefix#/usr/local#g"
ldconfig
# of tkinter the real slim image has no libraries either
find /usr/local -name '*.so*' -type f ! -name '*tkinter*' -exec ldd {} + | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u |
    grep -v ^/usr/local/ | while read -r library; do
        dpkg-query -S "$library" "$(readlink -f "$library")" "/usr$library" 2>/dev/null | grep -v "^diversion " | head -1
    done | sed 's/:.*//' | sort -u >/libraries
{
    echo ca-certificates netbase tzdata
    cat /libraries
} >/packages
[ "$(wc -l </libraries)" -gt 8 ]

python=/usr/local/bin/python$minor
"$python" -m ensurepip
for program in python pip; do
    [ -e "/usr/local/bin/$program" ] || ln -s "${program}3" "/usr/local/bin/$program"
done
"$python" -m compileall -q -x lib2to3 "/usr/local/lib/python$minor"
"$python" - <<'END'
import sys, sysconfig
expected = "/usr/local/lib/python%d.%d/site-packages" % sys.version_info[:2]
assert sys.prefix == "/usr/local" and sysconfig.get_path("purelib") == expected, (sys.prefix, sysconfig.get_path("purelib"))
assert sysconfig.get_config_var("Py_ENABLE_SHARED") == 1 and sysconfig.get_config_var("LIBDIR") == "/usr/local/lib"
try:
    import setuptools
except ImportError:
    setuptools = None
assert (setuptools is not None) == (sys.version_info < (3, 12)), setuptools
END
