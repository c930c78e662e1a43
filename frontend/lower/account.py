"""The user `miget`, uid and gid 1000, home /home/miget, whatever accounts the base image brings.

The account files are rewritten by a step that runs in the build image, with the runtime filesystem mounted read-only:
the runtime needs no shell, and what is written is only the files that change. An account of the base that owns the
name or a number 1000 goes, from every group too: `id` must print one user and one group.
"""

import llb
from frontend.lower.script import BASE_DIR, OUT_DIR, written
from frontend.lower.target import Target
from frontend.plan.model import MIGET

UID, GID, NAME, HOME = MIGET.uid, MIGET.gid, MIGET.name, MIGET.home
PLACES = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", HOME)
REASON = f"user {NAME} {MIGET.owner}, {HOME}"
# where what follows the XDG Base Directory Specification keeps its files: a container with a read-only root can write
# to /tmp, not to HOME
STATE = (
    ("XDG_CACHE_HOME", "/tmp/.cache"),  # noqa: S108
    ("XDG_CONFIG_HOME", "/tmp/.config"),  # noqa: S108
    ("XDG_DATA_HOME", "/tmp/.local/share"),  # noqa: S108
    ("XDG_STATE_HOME", "/tmp/.local/state"),  # noqa: S108
)

ACCOUNTS = f"""
set -eu
mkdir -p {OUT_DIR}/etc {OUT_DIR}{HOME} {OUT_DIR}/app
chown {UID}:{GID} {OUT_DIR}{HOME} {OUT_DIR}/app
cd {BASE_DIR}/etc
touch {OUT_DIR}/none
users=passwd; [ -f passwd ] || users={OUT_DIR}/none
groups=group; [ -f group ] || groups={OUT_DIR}/none
gone_users=$(awk -F: '$1 == "{NAME}" || $3 == {UID} {{ printf " %s ", $1 }}' $users)
gone_groups=$(awk -F: '$1 == "{NAME}" || $3 == {GID} {{ printf " %s ", $1 }}' $groups)
# $1 a file, $2 the names to drop from column 1, $3 the names to drop from the last column's list, $4 the line to add
rewrite() {{
  if [ -f "$1" ]; then cp -p "$1" "{OUT_DIR}/etc/$1"; elif [ -n "$5" ]; then touch "{OUT_DIR}/etc/$1"; else return 0; fi
  [ -f "$1" ] && from=$1 || from={OUT_DIR}/none
  awk -F: -v OFS=: -v names="$2" -v members="$3" -v line="$4" '
    index(names, " " $1 " ") {{ next }}
    members != "" {{
      kept = ""; n = split($NF, list, ",")
      for (i = 1; i <= n; i++) if (!index(members, " " list[i] " ")) kept = kept (kept == "" ? "" : ",") list[i]
      if (kept != $NF) $NF = kept
    }}
    {{ print }}
    END {{ print line }}' "$from" > "{OUT_DIR}/etc/$1"
}}
rewrite passwd "$gone_users" "" "{NAME}:x:{UID}:{GID}:{NAME}:{HOME}:/bin/sh" must
rewrite group "$gone_groups" "$gone_users" "{NAME}:x:{GID}:" must
rewrite shadow "$gone_users" "" "{NAME}:!:::::::" ""
rewrite gshadow "$gone_groups" "$gone_users" "{NAME}:!::" ""
rm {OUT_DIR}/none
""".strip()
"""Writes the files below OUT_DIR. Fields: passwd(5), group(5), shadow(5), gshadow(5)."""


def layer(tools: llb.State, rootfs: llb.State, target: Target) -> llb.State:
    """The account files and the home directory for the image so far, as a layer; `tools` has a shell and awk."""
    return written(tools, ACCOUNTS, rootfs=rootfs, name=f"user {NAME}", target=target)
