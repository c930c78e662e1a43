"""`python -m proto.describe`: every message, field and enum value of our stubs as JSON, for comparison with BuildKit's.

Shape: {"messages": {full name: {field: {"number", "type", "label", "oneof"}}}, "enums": {full name: {name: number}}}.
`type` is the scalar's name, or the full name of the message or enum; `label` is "one", "many" or "map".
"""

import json
import sys
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, FileDescriptor

from frontend.gateway.pb import apicaps_pb2, gateway_pb2, stat_pb2, status_pb2, worker_pb2
from llb.pb import ops_pb2  # noqa: TID251  # the stubs are what is described

MODULES = (ops_pb2, apicaps_pb2, gateway_pb2, stat_pb2, status_pb2, worker_pb2)
SCALARS: dict[int, str] = {
    value: name.removeprefix("TYPE_").lower()
    for name, value in vars(FieldDescriptor).items()
    if name.startswith("TYPE_")
}
Json = dict[str, Any]


def describe() -> Json:
    """What all our stubs declare, sorted."""
    messages: Json = {}
    enums: Json = {}
    for module in MODULES:
        file: FileDescriptor = module.DESCRIPTOR
        for message in file.message_types_by_name.values():
            add_message(message, messages, enums)
        for enum in file.enum_types_by_name.values():
            add_enum(enum, enums)
    return {"messages": dict(sorted(messages.items())), "enums": dict(sorted(enums.items()))}


def add_message(message: Descriptor, messages: Json, enums: Json) -> None:
    """Adds a message and those within it; the entries of maps are part of their fields."""
    messages[message.full_name] = {
        field.name: field_of(field) for field in sorted(message.fields, key=lambda f: f.name)
    }
    for enum in message.enum_types:
        add_enum(enum, enums)
    for inner in message.nested_types:
        if not inner.GetOptions().map_entry:
            add_message(inner, messages, enums)


def add_enum(enum: EnumDescriptor, enums: Json) -> None:
    """Adds an enum."""
    enums[enum.full_name] = {value.name: value.number for value in enum.values}


def field_of(field: FieldDescriptor) -> Json:
    """A field's row."""
    entry = field.message_type if field.message_type and field.message_type.GetOptions().map_entry else None
    if entry is not None:
        kinds = [type_of(entry.fields_by_name[name]) for name in ("key", "value")]
        kind, label = f"map<{', '.join(kinds)}>", "map"
    else:
        kind, label = type_of(field), "many" if field.is_repeated else "one"
    oneof = field.containing_oneof.name if field.containing_oneof else ""
    return {"number": field.number, "type": kind, "label": label, "oneof": oneof}


def type_of(field: FieldDescriptor) -> str:
    """The name of a field's type."""
    if field.message_type is not None:
        return field.message_type.full_name
    if field.enum_type is not None:
        return field.enum_type.full_name
    return SCALARS[field.type]


if __name__ == "__main__":
    json.dump(describe(), sys.stdout, indent=1)
    sys.stdout.write("\n")
