"""LLB for Python: build graphs for BuildKit, byte for byte as its Go client makes them.

>>> import llb
>>> base = llb.image("node:24-slim").dir("/app")
>>> state = base.run(["npm", "ci"], mounts=[llb.cache("/root/.npm", id="npm")], name="install")
>>> definition = state.marshal().to_bytes()
"""

from llb.errors import LLBError
from llb.exec import AnyMount, Device, Mount, Proxy, Ulimit, bind, cache, scratch_mount, secret, ssh, tmpfs, ulimit
from llb.file import FileAction, FileActions, copy, mkdir, mkfile, rm, symlink
from llb.marshal import Definition
from llb.meta import ProgressGroup, Resources
from llb.places import Location, SourceMap
from llb.reader import from_definition, read
from llb.sources import git, http, image, image_blob, local, oci_blob, oci_layout
from llb.state import ExecState, State, diff, merge, op_digest, passthrough, scratch, shell

__all__ = [
    "AnyMount",
    "Definition",
    "Device",
    "ExecState",
    "FileAction",
    "FileActions",
    "LLBError",
    "Location",
    "Mount",
    "ProgressGroup",
    "Proxy",
    "Resources",
    "SourceMap",
    "State",
    "Ulimit",
    "bind",
    "cache",
    "copy",
    "diff",
    "from_definition",
    "git",
    "http",
    "image",
    "image_blob",
    "local",
    "merge",
    "mkdir",
    "mkfile",
    "oci_blob",
    "oci_layout",
    "op_digest",
    "passthrough",
    "read",
    "rm",
    "scratch",
    "scratch_mount",
    "secret",
    "shell",
    "ssh",
    "symlink",
    "tmpfs",
    "ulimit",
]
