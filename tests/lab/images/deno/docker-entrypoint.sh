#!/bin/sh
# What is no program is a verb of deno's.
if command -v "$1" >/dev/null; then
    exec "$@"
fi
exec deno "$@"
