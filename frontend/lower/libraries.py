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
from frontend.plan.model import Runtime, SharedLibraries

NATIVE = ("*.so", "*.so.*", *(name for entry in registry.ENTRIES for name in entry.native))  # names of native code
SHARED = "shared libraries"  # what progress shows
FIND = " -o ".join((*(f"-name '{name}'" for name in NATIVE), "-perm -100"))
COPY = f"""
set -eu
for path in "$@"; do
  [ -e "$path" ] || continue
  find "$path" -type f \\( {FIND} \\) -size +3k -print0
done | LC_ALL=C xargs -0 -r grep -lZa "^$(printf '\\177ELF')" |
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


def reason(shared: SharedLibraries) -> str:
    """Why the layer is one of its own."""
    paths, packages = (", ".join(names) for names in (shared.paths, shared.packages))
    parts = (
        f"shared libraries that native code in {paths} needs" if paths else "",
        f"files of {packages}" * bool(packages),
    )
    return ", ".join(filter(None, parts))


def layer(step: llb.State, shared: SharedLibraries, rootfs: llb.State, target: Target, runtime: Runtime) -> llb.State:
    """The libraries that native code of a step's filesystem needs and the image lacks, as a layer.

    What a base that is not the language's own holds is not known: `closure` looks for it by name.
    """
    if runtime.flavour == "standard":
        return written(step, COPY, "libraries", *shared.paths, rootfs=rootfs, name=SHARED, target=target)
    from frontend.lower import closure

    return closure.layer(step, shared, rootfs, runtime.base, target)
