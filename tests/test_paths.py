"""Path arithmetic, and where a place in a directory of the context is."""

import pytest

from frontend import paths
from frontend.context.tree import DictTree
from frontend.errors import Location


@pytest.mark.parametrize(
    ("dir", "path", "expected"),
    [
        ("", "a", "a"), ("a", "", "a"), ("a/b", "./c", "a/b/c"), ("a/b", "../c", "a/c"), ("a", "../../b", "b"),
        ("", "..", ""), ("a", "b//c/.", "a/b/c"),
    ],
)  # fmt: skip
def test_a_path_as_it_is_written_in_a_directory(dir: str, path: str, expected: str) -> None:
    assert paths.joined(dir, path) == expected


def test_the_rest_of_the_arithmetic() -> None:
    assert [paths.within("", "a"), paths.within("a", ""), paths.within("a", "b")] == ["a", "a", "a/b"]
    assert [paths.relative("", "a/b"), paths.relative("a", "a/b"), paths.relative("a/b", "a/b")] == ["a/b", "b", ""]
    assert [paths.parents(""), paths.parents("a"), paths.parents("a/b")] == [(), ("",), ("a", "")]
    assert [paths.beside("a/b.txt", "../c"), paths.beside("b.txt", "../c")] == ["c", "../c"]


def test_a_place_is_relative_to_the_context_whatever_the_directory() -> None:
    tree = DictTree({"a/b/c.txt": "x"})
    assert tree.at("a/b/c.txt", 1) == Location("a/b/c.txt", 1)
    assert tree.under("a").under("b").at("c.txt", 1, 2) == Location("a/b/c.txt", 1, 2)
