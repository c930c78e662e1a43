"""A plan as JSON: printed, read again, and its JSON Schema."""

from typing import Any

from msgspec import json

from frontend.plan.model import Plan


def to_json(plan: Plan) -> bytes:
    """The plan as indented JSON, keys in field order, a newline at the end."""
    return json.format(json.encode(plan), indent=2) + b"\n"


def from_json(data: bytes) -> Plan:
    """The plan that `to_json` wrote. Raises msgspec.ValidationError on another version or an unknown shape."""
    return json.decode(data, type=Plan)


def schema() -> dict[str, Any]:
    """The plan's JSON Schema (draft 2020-12)."""
    return json.schema(Plan)
