"""What native code needs on a base image that is not the language's own: libraries by their sonames, and packages.

The base has no package manager, and its libraries may be anywhere the loader looks. So the step that runs here sees the
base read-only, and copies from its own filesystem what is not there under the same soname, with its links, to the same
multiarch directory. Of Debian packages it copies their own files (without documentation), those of packages that they
stand for or that hold their data, and those of each package that one of their libraries needs: what is loaded by name,
as modules are, is in no ELF file's NEEDED.

glibc itself is never copied: a second one ends in crashes. Native code that needs a newer one than the base has, or
any on a base with musl, would fail when the app starts: it is an error here. Sources: ld.so(8), ldd(1), elf(5).
"""

import llb
from frontend.lower.libraries import FIND, SHARED
from frontend.lower.script import BASE_DIR, OUT_DIR, written
from frontend.lower.target import Target
from frontend.plan.model import SharedLibraries

GLIBC = "|".join(  # patterns of a shell's case
    (
        *("ld-linux*", "libc.so.*", "libm.so.*", "libpthread.so.*", "libdl.so.*", "librt.so.*", "libutil.so.*"),
        *("libresolv.so.*", "libanl.so.*", "libmvec.so.*", "libnss_*", "libBrokenLocale.so.*", "libthread_db.so.*"),
        "libc_malloc_debug.so.*",
    )
)
DOCUMENTS = "|".join(
    f"/usr/share/{name}/*" for name in ("doc", "doc-base", "man", "info", "lintian", "locale", "bug", "bash-completion")
)

WRONG = 3  # the exit status where native code does not fit the C library of the base

COPY = f"""
set -eu
work=$(mktemp -d)
base=$1; shift
# $@ is directories, "--", packages
: >"$work/roots"; : >"$work/packages"
into=roots
for word; do
  if [ "$word" = -- ]; then into=packages; continue; fi
  echo "$word" >>"$work/$into"
done

# directories where the loader of the base looks
for dir in /lib /usr/lib /lib64 /usr/lib64 /usr/local/lib /lib/*-linux-gnu* /usr/lib/*-linux-gnu* \\
  /usr/local/lib/*-linux-gnu*; do
  [ -d "{BASE_DIR}$dir" ] && echo "$dir"
done >"$work/loader" || true
in_base() {{
  while read -r dir; do [ -e "{BASE_DIR}$dir/$1" ] || [ -L "{BASE_DIR}$dir/$1" ] && return 0; done <"$work/loader"
  return 1
}}
inside() {{
  while read -r path; do case $1 in "$path"/*) return 0 ;; esac; done <"$work/roots"
  return 1
}}
is_elf() {{ [ "$(head -c 4 "$1" 2>/dev/null | tail -c 3)" = ELF ]; }}
# a file, or a link and what it leads to, at the same places; a directory by its real path, for /lib is a link
copy() {{
  dir=$(readlink -f "$(dirname "$1")")
  at=$dir/$(basename "$1")
  [ -e "{OUT_DIR}$at" ] || [ -L "{OUT_DIR}$at" ] && return 0
  mkdir -p "{OUT_DIR}$dir"
  if [ -L "$at" ]; then
    real=$(readlink -f "$at")
    [ -f "$real" ] || return 0
    to=$real
    [ "$(dirname "$real")" != "$dir" ] || to=$(basename "$real")
    ln -s "$to" "{OUT_DIR}$at"
    copy "$real"
  elif [ -f "$at" ]; then
    cp -p "$at" "{OUT_DIR}$at"
    echo "$at"
    is_elf "$at" && echo "$at" >>"$work/elf" || true
  fi
}}

: >"$work/elf"
while read -r path; do
  [ -e "$path" ] || continue
  find "$path" -type f \\( {FIND} \\) -size +3k
done <"$work/roots" >"$work/candidates"
while read -r file; do is_elf "$file" && echo "$file"; done <"$work/candidates" >>"$work/elf" || true

# the files of the packages, and of those that they need
: >"$work/known"
real_name() {{
  if dpkg-query -W "$1" >/dev/null 2>&1 && dpkg-query -L "$1" >/dev/null 2>&1; then echo "$1"; return; fi
  dpkg-query -W -f '${{Package}}:${{Architecture}} ${{Provides}}\\n' | awk -v name="$1" '
    {{ for (i = 2; i <= NF; i++) {{ sub(/,$/, "", $i); if ($i == name) {{ print $1; exit }} }} }}'
}}
files_of() {{
  dpkg-query -L "$1" 2>/dev/null | while read -r file; do
    case $file in {DOCUMENTS}) continue ;; esac
    [ ! -d "$file" ] || [ -L "$file" ] || continue
    [ -e "$file" ] && echo "$file" || true
  done
}}
depends_of() {{
  dpkg-query -W -f '${{Pre-Depends}}, ${{Depends}}\\n' "$1" | tr ',' '\\n' |
    sed 's/|.*//; s/(.*//; s/:any//; s/ //g; /^$/d'
}}
has_elf() {{ while read -r file; do is_elf "$file" && return 0; done; return 1; }}
owner() {{
  for path in "$1" "$(readlink -f "$1")" "/usr$1" "${{1#/usr}}"; do dpkg-query -S "$path" 2>/dev/null || true; done |
    sed -n 's/: .*//p' | head -n 1
}}
while [ -s "$work/packages" ]; do
  sort -u "$work/packages" >"$work/now"; : >"$work/packages"
  while read -r name; do
    package=$(real_name "$name")
    [ -n "$package" ] || continue
    grep -qxF "$package" "$work/known" && continue
    echo "$package" >>"$work/known"
    files_of "$package" >"$work/files"
    if [ ! -s "$work/files" ]; then depends_of "$package" >>"$work/packages"; continue; fi
    while read -r file; do
      case $(basename "$file") in
        {GLIBC}) continue ;;
        *.so.*) in_base "$(basename "$file")" && continue ;;
      esac
      if [ -e "{BASE_DIR}$file" ]; then continue; fi
      copy "$file" >>"$work/copied"
      is_elf "$file" && ldd "$file" 2>/dev/null | awk '$2 == "=>" && $3 ~ "^/" {{ print $3 }}' >>"$work/needed" || true
    done <"$work/files"
    for need in $(depends_of "$package"); do
      need=$(real_name "$need")
      [ -n "$need" ] || continue
      files_of "$need" >"$work/data"
      has_elf <"$work/data" || grep -qxF "$need" "$work/known" || {{
        echo "$need" >>"$work/known"
        while read -r file; do
          [ -e "{BASE_DIR}$file" ] || copy "$file" >>"$work/copied"
        done <"$work/data"
      }}
    done
  done <"$work/now"
  if [ -s "$work/needed" ]; then
    sort -u "$work/needed" | while read -r library; do
      case $(basename "$library") in {GLIBC}) continue ;; esac
      in_base "$(basename "$library")" || owner "$library"
    done >>"$work/packages"
    : >"$work/needed"
  fi
done
# names in PATH that a package's scripts made: /usr/bin/convert -> /etc/alternatives/convert -> /usr/bin/convert-im7
for link in /usr/bin/* /usr/sbin/*; do
  case $(readlink "$link" 2>/dev/null || true) in
    /etc/alternatives/*)
      real=$(readlink -f "$link")
      [ -f "{OUT_DIR}$real" ] && [ ! -e "{OUT_DIR}$link" ] && ln -s "$real" "{OUT_DIR}$link" || true ;;
  esac
done

# what native code needs in turn
xargs -r ldd <"$work/elf" 2>/dev/null | awk '$2 == "=>" && $3 ~ "^/" {{ print $3 }}' |
  sort -u >"$work/libraries" || true
while read -r library; do
  name=$(basename "$library")
  case $name in {GLIBC}) continue ;; esac
  inside "$(readlink -f "$(dirname "$library")")/$name" && continue
  in_base "$name" || copy "$library"
done <"$work/libraries"

# glibc of the base has to be as new as what all of this was made with
libc=
while read -r dir; do
  for file in "{BASE_DIR}$dir"/libc.so.6; do [ -f "$file" ] && libc=$file; done
done <"$work/loader"
symbols() {{ grep -aohE "$1_[0-9]+(\\.[0-9]+)+" "$2" 2>/dev/null | sort -uV | tail -n 1; }}
newest=$( [ -z "$libc" ] || symbols GLIBC "$libc" )
: >"$work/wrong"
sort -u "$work/elf" | while read -r file; do
  needs=$(symbols GLIBC "$file")
  [ -n "$needs" ] || continue
  if [ -z "$libc" ]; then
    echo "$file is built for glibc, which the base image $base does not have"
  elif [ "$(printf '%s\\n' "$needs" "$newest" | sort -V | tail -n 1)" != "$newest" ]; then
    echo "$file needs $needs, but the base image $base has $newest"
  fi
done >"$work/wrong"
if [ -s "$work/wrong" ]; then
  head -n 5 "$work/wrong" >&2
  exit {WRONG}
fi
rm -rf "$work"
""".strip()
"""Its arguments are the base's name, the directories to search, "--", and packages. Prints what it copies."""


def layer(step: llb.State, shared: SharedLibraries, rootfs: llb.State, base: str, target: Target) -> llb.State:
    """What native code below the paths of a step's filesystem needs and the base lacks, and the packages' files."""
    args = ("libraries", base, *shared.paths, "--", *shared.packages)
    return written(step, COPY, *args, rootfs=rootfs, name=SHARED, target=target)
