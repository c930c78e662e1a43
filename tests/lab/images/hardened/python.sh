#!/bin/sh
# python.sh MINOR: makes /tree/usr of the Python MINOR in /usr/local, its own texts and bytecode included.
set -eu
minor=$1
mkdir -p /tree/usr/bin /tree/usr/lib
cd /tree/usr
cp -a /usr/local/include .
cp -a "/usr/local/lib/python$minor" lib/
find /usr/local/lib -maxdepth 1 -name 'libpython*' -exec cp -a '{}' lib/ ';'
for program in python python3 "python$minor" pip pip3 "pip$minor"; do
    cp -a "/usr/local/bin/$program" bin/
done
if [ -d /usr/share/python-wheels ]; then
    mkdir share
    cp -a /usr/share/python-wheels share/
fi
find . -name '*tkinter*.so' -delete # the slim image has no libraries of Tk
find . -name __pycache__ -prune -exec rm -r '{}' +
grep -rIl --null /usr/local . | xargs -0 sed -i 's#/usr/local#/usr#g'
