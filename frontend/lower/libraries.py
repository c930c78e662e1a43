"""The shared libraries that native code needs at run time.

A native extension is built in the build image and loaded in the runtime image. The step that runs here lists what the
loader finds for every ELF file below given paths (the closure of their NEEDED entries, rpaths honoured), and copies
those libraries the runtime filesystem lacks to the same place, under the name they are loaded by. A directory is
named by its real path: `/lib` is a symbolic link, and a layer that made it a directory would break the image.
"""

import llb
from frontend.languages import registry
from frontend.lower.script import BASE_DIR, OUT_DIR, written
from frontend.lower.target import Target

NATIVE = ("*.so", "*.so.*", *(name for entry in registry.ENTRIES for name in entry.native))  # names of native code
FIND = " -o ".join((*(f"-name '{name}'" for name in NATIVE), "-perm -100"))
COPY = f"""
set -eu
for path in "$@"; do
  [ -e "$path" ] || continue
  find "$path" -type f \\( {FIND} \\) -size +3k -print0
done | xargs -0 -r -n 200 sh -c '
  for file; do [ "$(head -c 4 "$file" | tail -c 3)" = ELF ] && printf "%s\\0" "$file"; done; true' sh |
  xargs -0 -r ldd 2>/dev/null | awk '$2 == "=>" && $3 ~ "^/" {{ print $3 }}' | sort -u | while read -r library; do
  dir=$(readlink -f "$(dirname "$library")")
  name=$(basename "$library")
  inside=
  for path in "$@"; do case "$dir/" in "$path"/*) inside=1 ;; esac; done
  if [ -z "$inside" ] && [ ! -e "{BASE_DIR}$dir/$name" ]; then
    mkdir -p "{OUT_DIR}$dir"
    cp -L "$library" "{OUT_DIR}$dir/$name"
    echo "$dir/$name"
  fi
done
""".strip()
"""Its arguments are the directories to search. Prints what it copies. Source: ld.so(8), ldd(1)."""


def layer(step: llb.State, paths: tuple[str, ...], rootfs: llb.State, target: Target) -> llb.State:
    """The libraries that native code below `paths` of a step's filesystem needs and the image lacks, as a layer."""
    return written(step, COPY, "libraries", *paths, rootfs=rootfs, name="shared libraries", target=target)
