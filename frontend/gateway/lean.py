"""Keeps modules out of the process that our dependencies import but that nothing we do ever uses.

Each row was measured (DECISIONS.md) and is tested against the pinned versions: `tests/gateway/test_lean.py` does what
the frontend does, with them out. `start` is for the frontend's own process, before anything else is imported; a program
that imports our packages as libraries gets everything whole.
"""

import sys
from _thread import allocate_lock
from types import ModuleType, SimpleNamespace

Names = dict[str, object]

# With its C implementation (upb) protobuf imports these parts of the pure-Python one all the same. What takes their
# places holds just the names that the importers bind.
PROTOBUF: dict[str, Names] = {
    "google.protobuf.internal.python_message": {},
    "google.protobuf.internal.well_known_types": {"WKTBASES": {}},  # Python methods for Timestamp, Any, Struct
    "google.protobuf.text_encoding": {},
    "google.protobuf.descriptor_database": {"DescriptorDatabase": object},
    # compares the version of the stubs with the library's: a test of ours does, once
    "google.protobuf.runtime_version": {
        "Domain": SimpleNamespace(PUBLIC=1),
        "ValidateProtobufRuntimeVersion": lambda *_version: None,
    },
}
# msgspec knows these types at import, for fields of ours that do not exist. Out of the way only while it is imported:
# whoever asks for them later (pydantic does) gets the real ones. None: it is content without.
MSGSPEC: dict[str, Names | None] = {
    "typing_extensions": None,
    "uuid": {"UUID": type("UUID", (), {}), "SafeUUID": SimpleNamespace(unknown=None)},
    "decimal": {"Decimal": type("Decimal", (), {})},
    "msgspec._json_schema": {"schema": None, "schema_components": None},
    "msgspec.inspect": {},
    "msgspec.msgpack": {},
    "msgspec.toml": {},
    "msgspec.yaml": {},
}


# protobuf makes locks for threads, which we have not, and warns of old ways to use it.
STANDARD: dict[str, Names | None] = {
    "threading": {"Lock": allocate_lock},
    "warnings": {"warn": lambda *_about, **_more: None},
}


started = False


def start() -> None:
    """Puts the substitutes in place, and imports msgspec."""
    global started
    started = True
    for name, names in PROTOBUF.items():
        sys.modules[name] = substitute(name, names)
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]  # None: "cannot be imported"
    modules["_hashlib"] = None  # OpenSSL's hashes, which the image has not: hashlib looks for them three times
    import typing

    real = typing.ForwardRef
    # msgspec tries it, which compiles a text and so has Python make the 124 classes of its syntax
    typing.ForwardRef = lambda *_text, **_more: None  # type: ignore[assignment,misc]
    try:
        import_without("msgspec", MSGSPEC)
    finally:
        typing.ForwardRef = real  # type: ignore[misc]


def protobuf() -> None:
    """Imports protobuf, if it was not."""
    name = "google.protobuf.symbol_database"
    if started and name not in sys.modules:
        import_without(name, STANDARD)


def import_without(module: str, out: dict[str, Names | None]) -> None:
    """Imports a module while others are out of the way; whoever imports these later gets the real ones."""
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    before = {name: modules[name] for name in out if name in modules}
    for name, names in out.items():
        modules[name] = None if names is None else substitute(name, names)
    try:
        __import__(module)
    finally:
        for name in out:
            del modules[name]
        modules.update(before)


def substitute(name: str, names: Names) -> ModuleType:
    """A module of that name with those names in it."""
    module = ModuleType(name)
    module.__dict__.update(names)
    return module
