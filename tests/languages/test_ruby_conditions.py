"""Conditions of Ruby files: what holds in production."""

import pytest

from frontend.languages.ruby import conditions

GIVEN = {"ON": "1", "OFF": "false", "NAME": "x"}
ROWS: list[tuple[str, bool | None]] = [
    ('ENV["ON"]', True),
    ("ENV['ON'].present?", True),
    ('ENV["MISSING"]', False),
    ('ENV["OFF"]', False),
    ('!ENV["MISSING"]', True),
    ('ENV.fetch("NAME") == "x"', True),
    ('ENV.fetch("NAME", "y") != "x"', False),
    ('ENV.fetch("MISSING", "true") == "true"', True),
    ('ENV.fetch("MISSING") { true }', True),
    ('ENV.fetch("RAILS_ENV", "development") == "production"', True),
    ('ENV["RAILS_ENV"] == "development"', False),
    ('ENV["RACK_ENV"] != "development"', True),
    ("%w[production staging].include?(ENV.fetch('RAILS_ENV', 'development'))", True),
    ('["staging"].include?(ENV["RAILS_ENV"])', False),
    ("Rails.env.production?", True),
    ("Rails.env.local?", False),
    ("!(Rails.env.development?)", True),
    ('Rails.env == "production"', True),
    ('ENV["MISSING"] || Rails.env.production?', True),
    ('ENV["ON"] && Rails.env.development?', False),
    ("something?", None),
    ('something? || ENV["ON"]', True),
    ('something? && ENV["ON"]', None),
]


@pytest.mark.parametrize(("text", "held"), ROWS, ids=[row[0] for row in ROWS])
def test_a_condition_in_production(text: str, held: bool | None) -> None:
    assert conditions.holds(text, GIVEN) is held


def test_the_condition_of_a_line_is_its_own_or_that_of_its_block() -> None:
    lines = ('if ENV["A"] # here', "  workers 2", "", "  plugin :x", "  plugin :y unless b?", "end", "plugin :z")
    assert [conditions.of_line(lines, number) for number in (4, 5, 7)] == ['ENV["A"]', "!(b?)", ""]


def test_the_variables_of_a_condition_are_those_that_a_user_can_set() -> None:
    assert list(conditions.variables('ENV["A"] || ENV.fetch("RAILS_ENV", "x") == "y" || ENV["A"]')) == ["A"]
