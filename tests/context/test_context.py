"""The build context: what is asked of the client, and what a language then sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import pytest

import llb
from frontend import detect
from frontend.context import local
from frontend.context import open as context
from frontend.context.config_file import SyntaxFile
from frontend.context.ignored import FilteredTree, Ignore, patterns
from frontend.context.load import Load, LocalLoad
from frontend.context.local import METADATA_ONLY, LocalTree
from frontend.context.patterns import parse
from frontend.context.solved import METADATA_FILE, SMALL_BYTES, RefTree
from frontend.context.tree import DictTree, SourceTree
from frontend.errors import ConfigError, DetectionError, GatewayError, Location, SourceError
from frontend.gateway.client import Caps, Pending, Ref, Stat
from frontend.gateway.pb.stat_pb2 import Stat as StatMessage
from frontend.paths import escaped
from frontend.settings.model import Settings
from frontend.settings.options import BuildOptions
from frontend.texts import TextFile
from llb.wire import fields
from tests.errors import check, fails

if TYPE_CHECKING:
    from frontend.gateway.client import Gateway

Files = dict[str, str]  # path: text; a text "-> target" is a symbolic link, a path that ends in "/" an empty directory

APP = {
    "package.json": '{"name": "app"}',
    "server.js": "x",
    "src/main.py": "print(1)",
    "src/deep/er/file.py": "",
    "apps/web/package.json": "{}",
    "apps/api/package.json": "{}",
    "apps/[slug]/page.tsx": "page",
    "node_modules/a/index.js": "",
    "linked.json": "-> conf/deep/down/real.json",
    "conf/deep/down/real.json": "{}",
    "web": "-> apps/web",
    "dangling": "-> nowhere",
    "circle": "-> circle",
    "outside": "-> ../../etc/passwd",
    "a-dir.json/x": "",
    "empty/": "",
}


def directories(paths: Iterable[str]) -> set[str]:
    return {"/".join(path.split("/")[:i]) for path in paths for i in range(1, path.count("/") + 1)}


class FakeClient:
    """A client with files, and BuildKit's file calls on what it sent. `asked` lists the requests."""

    session_id = "session"
    name = "context"

    def __init__(self, files: Files, *, caps: tuple[str, ...] = (METADATA_ONLY,)) -> None:
        self.files = {path: text for path, text in files.items() if not path.endswith("/")}
        self.dirs = directories([*files, *(path + "x" for path in files if path.endswith("/"))])
        self.caps = Caps((), caps)
        self.opts: dict[str, str] = {}
        self.asked: list[tuple[tuple[str, ...], bool]] = []
        self.calls: list[str] = []
        self.sent: dict[str, tuple[Files, set[str]]] = {}

    # the client's side
    def start(
        self,
        *,
        follow: tuple[str, ...],
        exclude: tuple[str, ...],
        number: int,
        contents: bool,
        held: tuple[str, ...] = (),
    ) -> Pending[Ref]:
        self.asked.append((follow, contents))
        ref = f"ref-{number}"

        def result() -> Ref:
            wanted, unwanted = self._rules(follow or ("*",)), Ignore(parse("\n".join(exclude)))
            files = {p: t for p, t in self.files.items() if wanted.ignored(p) and not unwanted.ignored(p)}
            dirs = {p for p in self.dirs if wanted.ignored(p) and not unwanted.ignored(p)} | directories(files)
            if contents:
                self.sent[ref] = files, dirs
            else:
                with_contents = Ignore(parse("\n".join(held)))
                kept = {path: text for path, text in files.items() if with_contents.ignored(path)}
                self.sent[ref] = {METADATA_FILE: self._names(files, dirs), **kept}, directories(kept)
            return Ref(ref)

        return Pending(result)

    def _rules(self, follow: tuple[str, ...]) -> Ignore:
        """The paths, and all that is linked to on the way; a matcher that says "ignored" for what is asked for."""
        found = list(follow)
        for path in found:
            parts = path.replace("\\", "").split("/")
            for depth in range(1, len(parts) + 1):
                here = "/".join(parts[:depth])
                if (target := self._link(here)) is not None:
                    found += {here, "/".join((target, *parts[depth:]))}.difference(found)
        return Ignore(parse("\n".join(found)))

    def _link(self, path: str) -> str | None:
        text = self.files.get(path, "")
        if not text.startswith("-> "):
            return None
        from posixpath import dirname, join, normpath

        return normpath(join(dirname(path), text[3:])).lstrip("./")

    def _names(self, files: Files, dirs: set[str]) -> str:
        data = b""
        for stat in [self._stat(path, path, files) for path in sorted({*files, *dirs})]:
            mode = 1 << 31 if stat.kind == "dir" else 1 << 27 if stat.kind == "link" else 0o644
            message = StatMessage(path=stat.path, mode=mode, size=stat.size, linkname=stat.linkname).SerializeToString()
            data += len(message).to_bytes(4, "little") + message
        return data.decode("latin-1")

    # BuildKit's side
    def start_read_dir(self, ref: Ref, path: str = "") -> Pending[tuple[Stat, ...] | None]:
        return Pending(lambda: self.read_dir(ref, path))

    def start_read_file(self, ref: Ref, path: str) -> Pending[bytes | None]:
        self.calls.append(f"{ref.id} asks for {path}")
        return Pending(lambda: self.read_file(ref, path))

    def read_dir(self, ref: Ref, path: str = "", *, include: str = "") -> tuple[Stat, ...] | None:
        self.calls.append(f"{ref.id} dir {path}")
        files, dirs = self.sent[ref.id]
        path = self._resolved(ref, path)
        if files.get(path, "").startswith("-> "):
            raise GatewayError("rpc error: too many links", method="ReadDir")
        if path and path not in dirs:
            return None
        prefix = f"{path}/" if path else ""
        names = sorted({p for p in {*files, *dirs} if p.startswith(prefix) and "/" not in p[len(prefix) :]} - {path})
        return tuple(self._stat(p[len(prefix) :], p, files) for p in names)

    def read_file(self, ref: Ref, path: str) -> bytes | None:
        self.calls.append(f"{ref.id} file {path}")
        files, dirs = self.sent[ref.id]
        path = self._resolved(ref, path)
        text = files.get(path)
        if path in dirs:
            raise GatewayError(f"read {path}: is a directory", method="ReadFile")
        return None if text is None or text.startswith("-> ") else text.encode("latin-1")

    def _resolved(self, ref: Ref, path: str, hops: int = 8) -> str:
        files, _ = self.sent[ref.id]
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            here = "/".join(parts[:depth])
            if files.get(here, "").startswith("-> ") and hops:
                target = self._link(here)
                return self._resolved(ref, "/".join((str(target), *parts[depth:])), hops - 1)
        return path

    def _stat(self, shown: str, path: str, files: Files) -> Stat:
        text = files.get(path)
        if text is None:
            return Stat(shown, "dir", 0o755, 0, "", 0, 0, 0)
        link = text[3:] if text.startswith("-> ") else ""
        return Stat(shown, "link" if link else "file", 0o644, len(link or text), link, 0, 0, 0)


def tree_of(files: Files, **client: Any) -> tuple[LocalTree, FakeClient]:
    fake = FakeClient(files, **client)
    return LocalTree(cast("Gateway", fake), cast("LocalLoad", fake)), fake


# asking


def test_announced_paths_come_in_one_request() -> None:
    tree, client = tree_of(APP)
    tree.need("package.json", "Gemfile", "apps/web/package.json", "package.json")
    assert client.asked == [(("package.json", "Gemfile", "apps/web/package.json"), True)]
    assert client.calls == []  # nothing was waited for
    assert tree.has("package.json")
    assert not tree.has("Gemfile")
    assert tree.read_json("apps/web/package.json") == {}
    assert len(client.asked) == 1


def test_announced_patterns_are_asked_for_together_when_one_is_used() -> None:
    tree, client = tree_of(APP)
    tree.need("*.js", "*.mjs", "apps/*/package.json", "src/*.py", "lib/*")
    assert client.asked == []
    assert tree.glob("*.js") == ("server.js",)
    assert client.asked == [(("*.js", "*.mjs"), True), (("apps/*", "src/*", "lib/*"), False)]
    assert tree.glob("*.mjs") == ()
    assert tree.glob("src/*.py") == ("src/main.py",)
    assert tree.glob("lib/*") == ()
    assert len(client.asked) == 2
    assert tree.glob("apps/*/package.json") == ("apps/api/package.json", "apps/web/package.json")
    assert tree.read_json("apps/web/package.json") == {}
    assert len(client.asked) == 4  # one of the names has a sign of a pattern in it, and goes apart


def test_what_a_pattern_found_is_read_in_one_request() -> None:
    tree, client = tree_of({f"src/{name}.py": name for name in "abc"})
    assert tree.glob("src/*.py") == ("src/a.py", "src/b.py", "src/c.py")
    assert [tree.read_text(f"src/{name}.py") for name in "abc"] == ["a", "b", "c"]
    assert client.asked == [(("src/*",), False), (("src/a.py", "src/b.py", "src/c.py"), True)]


def test_what_a_build_looks_at_first_comes_in_one_request() -> None:
    tree, client = tree_of(
        {**APP, "src/a.js": "1", "src/main/java/X.java": "", ".do/app.yaml": "2", "large.bin": "x" * 99}
    )
    tree.look(
        "package.json", "*.js", ".do/app.yaml", "src/main/java", "apps/*/package.json", names=("src/*.js", "*.bin")
    )
    assert client.asked == [((), False)]
    assert tree.read_text("package.json") == '{"name": "app"}'
    assert tree.glob("*.js") == ("server.js",)
    assert tree.read_text("server.js") == "x"
    assert tree.read_text(".do/app.yaml") == "2"
    assert tree.is_dir("src/main/java")
    assert tree.glob("src/*.js") == ("src/a.js",)
    assert list(tree.entries("apps")) == ["[slug]", "api", "web"]
    assert set(tree.entries()) >= {"package.json", "large.bin", "empty", "node_modules"}
    assert not tree.has("Gemfile")
    assert len(client.asked) == 1
    sent, _ = client.sent["ref-1"]
    assert set(sent) == {METADATA_FILE, "package.json", "server.js", ".do/app.yaml"}
    names = sent[METADATA_FILE]
    assert "a.js" in names
    assert not any(path in names for path in ("X.java", "index.js", "er/file.py", "page.tsx"))


def test_small_files_of_that_request_are_read_at_the_same_time() -> None:
    lockfile = "x" * (SMALL_BYTES + 1)
    tree, client = tree_of({**APP, "yarn.lock": lockfile, "Procfile": "web: node ."})
    tree.look("package.json", "Procfile", "Gemfile", "yarn.lock")
    assert tree.has("package.json")
    assert sorted(client.calls[2:]) == ["ref-1 asks for Procfile", "ref-1 asks for package.json"]
    assert (tree.read_text("Procfile"), tree.read_text("yarn.lock")) == ("web: node .", lockfile)
    assert client.calls[4:] == ["ref-1 file Procfile", "ref-1 asks for yarn.lock", "ref-1 file yarn.lock"]


def test_what_that_request_tells_by_name_alone_is_read_by_another() -> None:
    tree, client = tree_of({**APP, "src/a.js": "1", "src/b.js": "2"})
    tree.look("package.json", names=("src/*.js", "uv.lock"))
    assert [tree.read_text(path) for path in tree.glob("src/*.js")] == ["1", "2"]
    assert tree.read_text("server.js") == "x"
    assert tree.read_text("uv.lock") is None
    assert client.asked == [((), False), (("src/a.js", "src/b.js"), True), (("server.js",), True)]


def test_links_in_the_first_answer_are_followed() -> None:
    tree, _ = tree_of({**APP, "package.json": "-> conf/deep/down/real.json", "config": "-> conf", "conf/app.rb": "3"})
    tree.look("package.json", "config/app.rb", "circle", "outside")
    assert tree.read_text("package.json") == "{}"
    assert tree.read_text("config/app.rb") == "3"
    for path in ("circle", "outside"):
        with fails(SourceError, "symbolic link", at=path):
            tree.read_text(path)


def test_a_name_with_the_sign_of_a_pattern_goes_apart() -> None:
    tree, client = tree_of(APP)
    tree.look("package.json", "apps/[slug]/page.tsx", "apps/[slug]/*.js")
    assert client.asked == [((), False), (("apps/\\[slug\\]/page.tsx",), True)]
    assert tree.read_text("apps/[slug]/page.tsx") == "page"
    assert tree.glob("apps/[slug]/*.js") == ()


def test_an_older_buildkit_is_asked_as_ever() -> None:
    tree, client = tree_of(APP, caps=())
    tree.look("package.json", "*.js", "src/*.py", names=("uv.lock",))
    assert client.asked == [(("package.json",), True), (("*.js",), True), (("src/*",), True)]


@pytest.mark.parametrize(
    ("paths", "dirs", "rows"),
    [
        (["a"], [], ["*/*"]),
        (["a/b"], ["d"], ["*/*", "!a/b", "!d/*", "*/*/*"]),
        (["a/b/c/d"], [], ["*/*", "*/*/*", "*/*/*/*", "!a/b/c/d", "*/*/*/*/*"]),
        ([], ["d/e"], ["*/*", "*/*/*", "!d/e/*", "*/*/*/*"]),
    ],
)
def test_what_is_below_the_root_is_left_out_but_for_exceptions(
    paths: list[str], dirs: list[str], rows: list[str]
) -> None:
    assert local.all_but(paths, dirs) == rows


def test_a_pattern_without_a_sign_is_a_path() -> None:
    tree, _ = tree_of(APP)
    assert tree.glob("apps/web/package.json") == ("apps/web/package.json",)
    assert tree.glob("apps/web/absent.json") == ()


def test_a_path_that_an_announced_pattern_covers_is_not_asked_for_apart() -> None:
    tree, client = tree_of(APP)
    tree.need("*.js")
    assert tree.has("server.js")
    assert not tree.has("other.js")
    assert client.asked == [(("*.js",), True)]


def test_patterns_do_not_go_into_what_is_ignored() -> None:
    tree, client = tree_of({"node_modules/x/package.json": "", "web/package.json": "", "web/node_modules/y/a": ""})
    app = context.in_tree(BuildOptions(), tree, FakeLoad())
    assert app.tree.glob("*/package.json") == ("web/package.json",)
    assert app.tree.glob("*/*/package.json") == ()
    assert not any("node_modules" in path for follow, _ in client.asked for path in follow)


def test_what_is_known_is_not_asked_again() -> None:
    tree, client = tree_of(APP)
    tree.need("package.json", "Gemfile")
    tree.need("package.json", "Gemfile")
    for _ in range(3):
        assert tree.has("package.json")
        assert tree.read_bytes("package.json") == b'{"name": "app"}'
        assert not tree.has("Gemfile")
        assert not tree.has("package.json/below")
        assert not tree.has("Gemfile/below")
    assert len(client.asked) == 1
    assert sorted(client.calls) == ["ref-1 asks for package.json", "ref-1 dir ", "ref-1 file package.json"]


def test_an_unannounced_question_is_answered_right() -> None:
    tree, _ = tree_of(APP)
    tree.need("package.json")
    assert tree.read_text("src/main.py") == "print(1)"
    assert tree.is_dir("src")
    assert not tree.has("src")
    assert tree.is_dir("empty")
    assert not tree.is_dir("missing")
    assert tree.first("nope", "server.js") == "server.js"
    assert tree.under("apps/web").has("package.json")
    assert tree.under("apps").glob("*/package.json") == ("api/package.json", "web/package.json")


def test_a_directory_is_never_transferred_with_what_is_in_it() -> None:
    tree, client = tree_of(APP)
    assert tree.is_dir("node_modules")
    assert tree.is_dir("src")
    for files, _ in client.sent.values():
        assert not any(path.startswith(("node_modules/", "src/")) for path in files)


def test_a_listing_is_complete_and_takes_no_contents_where_buildkit_can() -> None:
    tree, client = tree_of(APP)
    tree.need("package.json")
    roots = sorted({path.partition("/")[0] for path in APP})
    assert list(tree.entries()) == roots
    assert list(tree.entries("src")) == ["deep", "main.py"]
    assert list(tree.entries("src/deep")) == ["er"]
    assert tree.entries("missing") == {}
    assert tree.entries("package.json") == {}
    assert tree.entries()["package.json"].size == len(APP["package.json"])
    assert [contents for _, contents in client.asked[1:]].count(True) <= 2  # only the questions what these paths are
    assert tree.read_text("server.js") == "x"  # known by name so far


def test_a_listing_on_an_older_buildkit_comes_with_contents() -> None:
    tree, client = tree_of(APP, caps=())
    assert "server.js" in tree.entries()
    assert all(contents for _, contents in client.asked)
    count = len(client.asked)
    assert tree.read_text("server.js") == "x"
    assert len(client.asked) == count


def test_names_with_signs_of_patterns_are_taken_literally() -> None:
    tree, _ = tree_of(APP)
    assert tree.read_text("apps/[slug]/page.tsx") == "page"
    assert not tree.has("apps/s/page.tsx")
    assert tree.glob("apps/[slug]/*") == ("apps/[slug]/page.tsx",)
    assert escaped("a[b]*?\\") == "a\\[b\\]\\*\\?\\\\"


# links


def test_a_link_is_followed_also_to_what_did_not_come_with_it() -> None:
    tree, _ = tree_of(APP)
    tree.need("linked.json", "*.json")
    assert tree.has("linked.json")
    assert tree.read_json("linked.json") == {}


def test_a_link_to_a_directory_is_followed() -> None:
    tree, _ = tree_of(APP)
    assert tree.has("web/package.json")
    assert tree.read_text("web/package.json") == "{}"
    assert list(tree.entries("web")) == ["package.json"]


def test_a_link_to_a_directory_is_no_file() -> None:
    tree, _ = tree_of(APP)
    tree.need("web", "apps/web")
    with fails(SourceError, "web"):
        tree.read_bytes("web")


def test_patterns_do_not_go_through_links() -> None:
    tree, _ = tree_of(APP)
    assert tree.glob("circle/*") == ()
    assert tree.glob("*/package.json") == ()
    assert tree.glob("*/web/package.json") == ("apps/web/package.json",)


@pytest.mark.parametrize("path", ["dangling", "circle", "outside"])
def test_a_link_to_nothing_is_an_error_that_says_so(path: str) -> None:
    tree, _ = tree_of(APP)
    assert tree.has(path)
    with fails(SourceError, path, at=path):
        tree.read_bytes(path)


def test_a_directory_in_the_place_of_a_file_is_an_error() -> None:
    tree, _ = tree_of(APP)
    with pytest.raises(SourceError, match="a\\-dir\\.json"):
        tree.read_json("a-dir.json")


def test_a_huge_file_is_refused_by_its_size_before_it_is_read() -> None:
    tree, client = tree_of({"package.json": "x" * (20 << 20)})
    with fails(SourceError, "20.0 MiB", "8 MiB", at="package.json"):
        tree.read_json("package.json")
    assert not any("file" in call for call in client.calls)


# the whole


class FakeLoad(Load):
    """Notes what a State is made of."""

    made: dict[str, bytes]

    def state(self, tree: FilteredTree) -> Any:
        self.made = dict(tree.revised)
        return object()


def opened(files: Files, options: BuildOptions | None = None) -> context.Context:
    tree, _ = tree_of(files)
    return context.in_tree(options or BuildOptions(), tree, FakeLoad())


def test_what_is_loaded_ahead_is_what_the_steps_ask_for() -> None:
    asked: list[tuple[bytes, bool]] = []

    class Solving(FakeClient):
        def start_solve(self, definition: bytes, *, evaluate: bool) -> None:
            asked.append((definition, evaluate))

    fake = Solving({**APP, ".npmrc": "a=b\n_auth=abcdef\n"})
    tree = LocalTree(cast("Gateway", fake), cast("LocalLoad", fake))
    app = context.in_tree(BuildOptions(), tree, LocalLoad(cast("Gateway", fake), BuildOptions(), "context"))
    app.begin("linux/arm64")
    ((definition, evaluate),) = asked
    assert evaluate
    ahead = fields(definition)
    later = fields(app.state.file(llb.rm("/x")).marshal(platform="linux/arm64").to_bytes())
    operations = [data for tag, data in ahead if tag == 1][:-1]  # the last one names the result
    assert len(operations) == 2
    assert operations == [data for tag, data in later if tag == 1][:2]


def test_the_ignore_file_decides_what_a_language_sees() -> None:
    app = opened({**APP, ".dockerignore": "src\n!src/main.py\napps", ".env": "S=1"})
    assert app.tree.ignore_file is not None
    assert app.tree.ignore_file.path == ".dockerignore"
    assert app.tree.has("src/main.py")
    assert not app.tree.has("apps/web/package.json")
    assert app.tree.glob("apps/*/package.json") == ()
    assert app.tree.read_text(".env") is None
    assert app.tree.listing() == tuple(
        sorted(
            ["node_modules/", "package.json", "server.js", "src/", "conf/", "a-dir.json/", ".dockerignore", "empty/"]
        )
        + ["x"] * 0
    ) or set(app.tree.listing()) >= {"src/", "package.json"}


def seen(files: Files) -> context.ContextTree:
    return context.seen(DictTree(dict(files)), BuildOptions()).tree


def test_a_directory_can_be_seen_as_a_build_gets_it() -> None:
    tree = seen({".dockerignore": "b", "a": "", "b": "", ".npmrc": "x=y\n_auth=abcd\n"})
    assert list(tree.entries()) == [".dockerignore", ".npmrc", "a"]
    assert tree.read_text(".npmrc") == "x=y\n"
    assert seen({"node_modules/a": "", "b": ""}).listing() == ("b",)


def test_without_an_ignore_file_the_defaults_hold() -> None:
    app = opened(APP)
    assert app.tree.patterns == patterns(None)
    assert app.tree.ignore_file is None
    assert "node_modules/" not in app.tree.listing()


def test_the_config_file_is_read_even_where_it_is_ignored() -> None:
    app = opened({"migetpacks.yaml": "port: 80", ".dockerignore": "*.yaml"})
    assert app.config == TextFile("migetpacks.yaml", "port: 80")
    assert not app.tree.has("migetpacks.yaml")
    assert app.quote("migetpacks.yaml", 1) == b"port: 80"


def test_two_config_files_are_an_error() -> None:
    with pytest.raises(ConfigError, match="migetpacks\\.yaml"):
        opened({"migetpacks.yaml": "", "migetpacks.yml": ""})


def test_a_named_config_file_has_to_be_there() -> None:
    assert opened({"x/a.yaml": "port: 1"}, BuildOptions(filename="x/a.yaml")).config == TextFile("x/a.yaml", "port: 1")
    with pytest.raises(ConfigError, match="x/b\\.yaml"):
        opened({"x/a.yaml": ""}, BuildOptions(filename="x/b.yaml"))


def test_settings_of_package_managers_come_without_credentials() -> None:
    text = "legacy-peer-deps=true\n//registry.npmjs.org/:_authToken=npm_secret\n"
    app = opened({".npmrc": text, ".yarnrc.yml": "nodeLinker: node-modules\n", "a": ""})
    assert app.tree.read_text(".npmrc") == "legacy-peer-deps=true\n"
    assert app.tree.read_text(".yarnrc.yml") == "nodeLinker: node-modules\n"
    assert app.tree.revised == {
        ".npmrc": b"legacy-peer-deps=true\n",
        ".yarnrc.yml": b"nodeLinker: node-modules\n",  # left out wherever nobody looks at it, so put back
    }
    assert not opened({"sub/.yarnrc.yml": "npmAuthToken: abcdef\n", "sub/a": ""}).tree.has("sub/.yarnrc.yml")


def test_settings_in_toml_come_without_credentials() -> None:
    files = dict.fromkeys(("uv.toml", "bunfig.toml", "web/poetry.toml", "auth.toml"), 'a = 1\ntoken = "abcdef"\n')
    load = FakeLoad()
    app = context.in_tree(BuildOptions(settings={"PROJECT_PATH": "web"}), tree_of(files)[0], load)
    assert app.state is not None
    assert load.made == dict.fromkeys(files, b"a = 1\n")


def test_credentials_are_taken_out_of_what_is_built_also_when_nobody_asks() -> None:
    load = FakeLoad()
    files = {".yarnrc.yml": "npmAuthToken: abcdef\nnodeLinker: pnp\n", "web/.npmrc": "a=b\n_auth=abcdef\n"}
    app = context.in_tree(BuildOptions(settings={"PROJECT_PATH": "web"}), tree_of(files)[0], load)
    assert app.state is app.state
    assert load.made == {".yarnrc.yml": b"nodeLinker: pnp\n", "web/.npmrc": b"a=b\n"}


def test_an_error_about_a_file_shows_no_secret_of_it() -> None:
    files = {"a.env.yaml": "PORT: 1\nAPI_TOKEN: abcdef123\nurl: postgres://u:pw@h/d\n", "bun.lockb": "bun\n\0\1\0"}
    app = opened(files)
    assert app.quote("a.env.yaml", 3) == b"PORT: 1\nAPI_TOKEN:****\nurl: postgres://****@h/d\n"
    assert app.quote("missing", 1) is None
    assert app.quote("bun.lockb", 1) is None


@pytest.mark.parametrize(
    ("files", "shown", "at"),
    [
        ({}, "", None),
        ({".dockerignore": "*"}, ".dockerignore", Location(".dockerignore", 1)),
        (
            {".dockerignore": "dist\n\n# all\n**\n!absent\n", "a.js": ""},
            ".dockerignore",
            Location(".dockerignore", 4),
        ),
        (
            {"Dockerfile": "FROM x", "compose.yaml": "", ".git/HEAD": ""},
            ".git, Dockerfile, compose.yaml",
            None,
        ),
        (
            {f"Dockerfile.{i:02}": "" for i in range(14)},
            ", ".join(f"Dockerfile.{i:02}" for i in range(12)),
            None,
        ),
    ],
)
def test_a_context_without_an_app_is_told_by_what_there_is(files: Files, shown: str, at: Location | None) -> None:
    error = opened(files).tree.nothing_left()
    check(error, DetectionError, shown, "hint: ")
    assert error.at == at


def test_a_manifest_that_the_ignore_file_leaves_out_is_told_at_its_line() -> None:
    tree = opened({".dockerignore": "obj\n*.vbproj\n", "Hello.vbproj": "<Project />", "appsettings.json": "{}"}).tree
    with fails(DetectionError, ".dockerignore", "Hello.vbproj", at=".dockerignore:2"):
        detect.choose(tree, Settings())


def test_a_directory_may_begin_with_dots() -> None:
    tree, _ = tree_of({"..a/b.js": "1", "c": ""})
    assert tree.read_text("..a/b.js") == "1"


@pytest.mark.parametrize("text", ["no local sources enabled", 'rpc error: no access allowed to dir "context"'])
def test_no_context_is_told_with_how_to_give_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, client = tree_of(APP)

    def refuse(*_args: object, **_options: object) -> None:
        raise GatewayError(text, method="ReadDir")

    monkeypatch.setattr(client, "read_dir", refuse)
    with fails(DetectionError, "--local context=DIR"):
        tree.has("package.json")


# a syntax file


def syntax_file(files: Files, context_files: Files, **options: Any) -> context.Context:
    asked = BuildOptions(cmdline="miget/migetpacks", **options)
    own: SourceTree = tree_of(files)[0]
    file = SyntaxFile(asked.filename or "Dockerfile", own)
    return context.in_tree(asked, tree_of(context_files)[0], FakeLoad(), file)


def test_the_file_with_the_syntax_line_is_the_config_file() -> None:
    app = syntax_file({"app.yaml": "# syntax=x\nport: 80"}, {"a": ""}, filename="app.yaml")
    assert app.config == TextFile("app.yaml", "# syntax=x\nport: 80")


def test_a_file_with_nothing_but_the_syntax_line_leaves_the_config_file_its_place() -> None:
    app = syntax_file({"Dockerfile": "# syntax=x\n"}, {"migetpacks.yaml": "port: 1"})
    assert app.config == TextFile("migetpacks.yaml", "port: 1")


def test_its_own_ignore_file_wins() -> None:
    files = {"Dockerfile": "# syntax=x\n", "Dockerfile.dockerignore": "b"}
    app = syntax_file(files, {"a": "", "b": "", ".dockerignore": "a"})
    assert app.tree.ignore_file == TextFile("Dockerfile.dockerignore", "b")
    assert app.tree.has("a")
    assert not app.tree.has("b")


def test_a_syntax_build_arg_leaves_an_ordinary_dockerfile_alone() -> None:
    assert syntax_file({"Dockerfile": "FROM x"}, {"a": ""}, syntax_arg=True).config is None
    assert syntax_file({}, {"migetpacks.yml": "port: 2"}, syntax_arg=True).config == TextFile(
        "migetpacks.yml", "port: 2"
    )


def test_a_syntax_file_that_is_gone_is_an_error() -> None:
    with pytest.raises(ConfigError, match="app\\.yaml"):
        syntax_file({}, {"a": ""}, filename="app.yaml")


def test_a_solved_filesystem_is_read_as_it_is() -> None:
    client = FakeClient(APP)
    client.sent["whole"] = (client.files, client.dirs)
    tree = RefTree(cast("Gateway", client), Pending(lambda: Ref("whole")))
    assert tree.read_json("linked.json") == {}
    assert tree.has("apps/web/package.json")
    assert not tree.has("server.js/x")
    assert list(tree.entries("web")) == ["package.json"]
