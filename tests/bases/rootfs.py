"""A base image's filesystem of a mapping, for tests: path to content; links by their targets."""

from collections.abc import Iterable

from msgspec import Struct

PASSWD = "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n"
GROUP = "root:x:0:\nnonroot:x:65532:\nweb:x:33:\n"
HARDENED = {
    "/etc/passwd": PASSWD,
    "/etc/group": GROUP,
    "/home/nonroot/x": "",
    "/tmp/x": "",
    "/lib64/ld-linux-x86-64.so.2": "\x7fELF",
    "/usr/lib/x86_64-linux-gnu/libc.so.6": "\x7fELF",
    "/usr/share/zoneinfo/UTC": "TZif",
    "/etc/ssl/certs/ca-certificates.crt": "PEM",
}


class Info(Struct, frozen=True):
    kind: str
    mode: int = 0o755
    uid: int = 0
    gid: int = 0


class Rootfs:
    """Files as `result.start.Files` has them."""

    def __init__(self, files: dict[str, str], links: dict[str, str] | None = None) -> None:
        self.files = files
        self.links = links or {}

    def ask(self, paths: Iterable[str]) -> None:
        pass

    def begin(self, paths: Iterable[str], limit: int) -> None:
        pass

    def stat(self, path: str) -> Info | None:
        if path in self.files or path in self.links:
            return Info("file")
        return Info("dir") if any(name.startswith(f"{path.rstrip('/')}/") for name in self.files) else None

    def head(self, path: str) -> bytes:
        return self.files.get(path, "").encode()[:256]

    def names(self, path: str) -> tuple[str, ...]:
        below = f"{path.rstrip('/')}/"
        return tuple(sorted({name[len(below) :].split("/")[0] for name in self.files if name.startswith(below)}))

    def link(self, path: str) -> str:
        return self.links.get(path, "")

    def read(self, paths: Iterable[str], limit: int) -> dict[str, bytes | None]:
        return {path: self.files[path].encode()[:limit] if path in self.files else None for path in paths}
