"""Debian packages of native libraries: one list, in the names of the suite."""

from frontend.rules.native import packages


def test_lists_are_one_sorted_list_in_the_names_of_the_suite() -> None:
    lists = [("libb2", "liba1"), ("libb2",)]
    renamed = {"bookworm": {"libb2": "libb1"}}
    assert packages(lists, "trixie", renamed) == ("liba1", "libb2")
    assert packages(lists, "bookworm", renamed) == ("liba1", "libb1")
    assert packages(lists, "bookworm") == ("liba1", "libb2")
