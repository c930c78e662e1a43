#!/bin/sh
# An option, a script or what is no program at all is for node; anything else is the program to run.
set -e
case "$1" in
    -*) set -- node "$@" ;;
    *) if ! command -v "$1" >/dev/null || { [ -f "$1" ] && [ ! -x "$1" ]; }; then set -- node "$@"; fi ;;
esac
exec "$@"
