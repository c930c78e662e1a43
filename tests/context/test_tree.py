"""What a language may ask about an app, and what it is told when a file is not what it should be."""

import json
import os
from pathlib import Path

import pytest

from frontend.context.tree import DictTree, DirTree, SourceTree
from frontend.errors import Location, SourceError
from tests.errors import fails

FILES: dict[str, str | bytes | None] = {
    "package.json": '{\n  "name": "x",\n  "engines": { "node": ">=20" }\n}\n',
    "src/a.py": "a",
    "src/b.py": "b",
    "src/deep/c.py": "c",
    "empty": None,
}


@pytest.fixture(params=["dict", "dir"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> SourceTree:
    if request.param == "dict":
        return DictTree(FILES)
    for path, text in FILES.items():
        target = tmp_path / path
        if text is None:
            target.mkdir()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode() if isinstance(text, str) else text)
    return DirTree(tmp_path)


def test_entries_has_and_is_dir(tree: SourceTree) -> None:
    assert list(tree.entries()) == ["empty", "package.json", "src"]
    assert list(tree.entries("nowhere")) == []
    assert tree.has("package.json")
    assert not tree.has("src")
    assert not tree.has("absent")
    assert tree.is_dir("src")
    assert tree.is_dir("empty")
    assert not tree.is_dir("package.json")
    assert tree.first("absent", "src/b.py") == "src/b.py"


def test_glob_matches_within_one_part(tree: SourceTree) -> None:
    assert tree.glob("src/*.py") == ("src/a.py", "src/b.py")
    assert tree.glob("*/*/c.py") == ("src/deep/c.py",)
    assert tree.glob("*.py") == ()


def test_absent_is_a_value(tree: SourceTree) -> None:
    assert tree.read_bytes("absent") is None
    assert tree.read_text("absent") is None
    assert tree.read_json("absent") is None
    assert tree.read_toml("absent") is None
    assert tree.read_yaml("absent") is None


def test_a_glance_at_a_file_ends_no_build() -> None:
    tree = DictTree({"a.yml": b"# caf\xe9\nb: 1\n", "dir/a.yml": "c"})
    assert tree.glance("a.yml") == "# caf\ufffd\nb: 1\n"
    assert tree.glance("absent") == tree.glance("dir") == ""
    assert tree.under("dir").glance("a.yml") == "c"


def test_a_place_in_a_file(tree: SourceTree) -> None:
    assert tree.line_of("package.json", '"engines"', '"node"') == Location("package.json", 3)
    assert tree.line_of("package.json", '"nothing"') == Location("package.json")


def test_a_directory_as_a_tree_keeps_places_of_the_whole(tree: SourceTree) -> None:
    src = tree.under("src")
    assert list(src.entries()) == ["a.py", "b.py", "deep"]
    assert src.read_text("a.py") == "a"
    assert src.line_of("a.py", "a") == Location("src/a.py", 1)


def test_escapes_that_stand_in_pairs_are_a_character() -> None:
    assert DictTree({"a.json": '{"a": "\\ud83d\\ude00"}'}).read_json("a.json") == {"a": "\U0001f600"}


@pytest.mark.parametrize(
    ("content", "shown", "line"),
    [
        ("{", "JSON", 1),
        ("[]", "JSON", 1),
        ("{}".encode("utf-16"), "UTF-16", 1),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 38\n", "Git LFS", 1),
        ("[" * 100_000, "package.json", 1),
        ('{\n"a": ' + "9" * 5000 + "}", "package.json", 2),
        ('{\n"a": "\\ud800"}', "\\ud800", 2),
        (" " * (20 << 20), "20.0 MiB", 0),
    ],
)
def test_a_file_that_is_not_the_json_it_should_be(content: str | bytes, shown: str, line: int) -> None:
    at = f"package.json:{line}" if line else "package.json"
    with fails(SourceError, shown, "hint: ", at=at):
        DictTree({"package.json": content}).read_json("package.json")


def test_json_in_another_encoding() -> None:
    with fails(SourceError, "0xff", "hint: ", at="package.json:2"):
        DictTree({"package.json": b'{\n"a": "\xff"}'}).read_json("package.json")


@pytest.mark.parametrize("name", ["requirements.txt", "Procfile", "api/Procfile", ".nvmrc", ".python-version"])
def test_what_only_we_read_may_be_written_by_powershell(name: str) -> None:
    assert DictTree({name: "web: node a.js\r\n".encode("utf-16")}).read_lines(name) == ["web: node a.js"]


@pytest.mark.parametrize("name", ["server.js", "src/main.ts", "index.html"])
def test_what_node_and_browsers_read_in_any_encoding_is_no_error(name: str) -> None:
    assert DictTree({name: b"// caf\xe9"}).read_text(name) == "// caf\ufffd"


def test_a_lockfile_may_be_longer_than_what_people_write() -> None:
    packages = {f"node_modules/{number}": {"integrity": "x" * 500} for number in range(20_000)}
    text = json.dumps({"packages": packages})
    assert len(text) > 8 << 20
    assert DictTree({"web/package-lock.json": text}).read_json("web/package-lock.json") == {"packages": packages}
    with fails(SourceError, "the limit is 8 MiB", at="package.json"):
        DictTree({"package.json": text}).read_json("package.json")
    with fails(SourceError, "the limit is 64 MiB", at="package-lock.json"):
        DictTree({"package-lock.json": " " * (65 << 20)}).read_json("package-lock.json")


def test_long_json_is_read_as_short_json_is() -> None:
    text = '{"a": "%s", "n": [1.5, 12345678901234567890123, NaN], "a": 2}' % ("x" * (2 << 20))
    assert repr(DictTree({"yarn.json": text}).read_json("yarn.json")) == repr(json.loads(text))
    with fails(SourceError, "is not JSON", at="a.json:2"):
        DictTree({"a.json": '{"a": "%s",\n}' % ("x" * (2 << 20))}).read_json("a.json")


def test_a_byte_order_mark_is_no_error() -> None:
    assert DictTree({"package.json": b'\xef\xbb\xbf{"a": 1}'}).read_json("package.json") == {"a": 1}


def test_a_dockerfile_may_be_in_a_code_page_of_windows() -> None:
    text = "FROM node:24\n# Másold át\nENV CITY=Pécs\n"
    assert DictTree({"web/Dockerfile": text.encode("cp1252")}).read_text("web/Dockerfile") == text
    assert DictTree({"Dockerfile": text.encode("utf-16")}).read_text("Dockerfile") == text
    with fails(SourceError, "not UTF-8", at="Dockerfile.toml:2"):
        DictTree({"Dockerfile.toml": text.encode("cp1252")}).read_text("Dockerfile.toml")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_file_may_be_utf16_with_a_byte_order_mark(encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    tree = DictTree({"requirements.txt": f"{mark}flask\r\nrich\r\n".encode(encoding), "half.txt": b"\xff\xfea"})
    assert tree.read_lines("requirements.txt") == ["flask", "rich"]
    assert tree.line_of("requirements.txt", "rich") == Location("requirements.txt", 2)
    with pytest.raises(SourceError, match="half\\.txt"):
        tree.read_text("half.txt")


def test_toml_and_yaml_errors_name_the_line() -> None:
    with pytest.raises(SourceError) as toml:
        DictTree({"pyproject.toml": "[project]\nname = \n"}).read_toml("pyproject.toml")
    assert toml.value.at == Location("pyproject.toml", 2)
    with pytest.raises(SourceError) as yaml:
        DictTree({"pnpm-lock.yaml": "a: [1,\nb: }\n"}).read_yaml("pnpm-lock.yaml")
    assert yaml.value.at is not None
    assert yaml.value.at.line == 2


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: 1\nb: !!int abc\n", "abc is not a valid int", 2),
        ("a: 1\nb: !!int ''\n", " is not a valid int", 2),
        ("a: !!bool abc\n", "abc is not a valid bool", 1),
        ("a: !!float abc\n", "abc is not a valid float", 1),
        ("a:\n- " + "9" * 5000, "9… is not a valid int", 2),
        ("a: !foo b\n", "could not determine a constructor", 1),
        ("\n" + "[" * 100_000, "a.yaml", 2),
        ("- " * 60_000 + "a", "a.yaml", 1),
        ('["]", ' * 20_000, "a.yaml", 1),
        ("{[a]: b}", "found unhashable key", 1),
    ],
)
def test_yaml_that_is_no_plain_data(text: str, message: str, line: int) -> None:
    with pytest.raises(SourceError) as caught:
        DictTree({"a.yaml": text}).read_yaml("a.yaml")
    assert message in caught.value.message
    assert caught.value.at == Location("a.yaml", line)
    assert len(str(caught.value)) < 400


def test_yaml_has_the_types_of_json() -> None:
    text = "a: 2024-01-13\nb: 2024-13-45\nc: true\nd: 1\ne: 1.5\nf:\ng: !!timestamp abc\nh: {<<: {i: 1}}\n"
    assert DictTree({"a.yaml": text}).read_yaml("a.yaml") == {
        "a": "2024-01-13",
        "b": "2024-13-45",
        "c": True,
        "d": 1,
        "e": 1.5,
        "f": None,
        "g": "abc",
        "h": {"i": 1},
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = " + "9" * 5000, 2),
        ("a = 1\nb = " + "9_9" * 5000, 2),
        ("a = " + "[" * 100_000, 1),
    ],
)
def test_toml_that_python_does_not_read(text: str, line: int) -> None:
    with fails(SourceError, "hint: ", at=f"a.toml:{line}"):
        DictTree({"a.toml": text}).read_toml("a.toml")


def test_the_line_shown_has_no_secret_in_it() -> None:
    text = "a: [1\nDB_PASSWORD: hunter2 }\n"
    with pytest.raises(SourceError) as caught:
        DictTree({"a.yaml": text}).read_yaml("a.yaml")
    assert caught.value.snippet == "DB_PASSWORD:****"


def test_a_directory_or_a_dangling_link_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "package.json").mkdir()
    os.symlink("nowhere", tmp_path / "Procfile")
    os.symlink("/etc/passwd", tmp_path / "outside")
    tree = DirTree(tmp_path)
    for path in ("package.json", "Procfile", "outside"):
        with fails(SourceError, "hint: ", at=path):
            tree.read_bytes(path)
