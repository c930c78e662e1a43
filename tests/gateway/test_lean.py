"""The modules kept out of the frontend's process: nothing it does needs them, and they come back for those who do."""

import subprocess
import sys

import pytest

PRELUDE = "import sys; from frontend.gateway import lean; lean.start(); "
NEVER = {"asyncio", "dataclasses", "grpc", "inspect", "jinja2", "logging", "pydantic", "ssl", "typing_extensions"}


def run(program: str) -> str:
    """What a program prints in a fresh process, started lean."""
    done = subprocess.run([sys.executable, "-c", PRELUDE + program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_client_is_imported_without_what_it_does_not_need() -> None:
    printed = run("import frontend.gateway.client; print(*sys.modules)")
    assert not NEVER & set(printed.split())


def test_messages_with_well_known_types_are_written_and_read() -> None:
    printed = run(
        "from frontend.gateway.pb import gateway_pb2 as pb, status_pb2\n"
        "answer = pb.ResolveSourceMetaResponse(); answer.HTTP.LastModified.seconds = 7\n"
        "again = pb.ResolveSourceMetaResponse.FromString(answer.SerializeToString(deterministic=True))\n"
        "status = status_pb2.Status(code=2); status.details.add(type_url='t', value=b'v')\n"
        "request = pb.ReturnRequest(); request.error.ParseFromString(status.SerializeToString())\n"
        "request.result.metadata['k'] = b'v'; request.result.refs.refs['p'].id = 'r'\n"
        "print(again.HTTP.LastModified.seconds, request.error.details[0].type_url)"
    )
    assert printed == "7 t"


def test_wrong_fields_and_broken_messages_are_still_errors() -> None:
    printed = run(
        "from frontend.gateway.pb import gateway_pb2 as pb\n"
        "from google.protobuf.message import DecodeError\n"
        "found = []\n"
        "for wrong in (lambda: pb.SolveRequest(Nothing=1), lambda: pb.SolveRequest.FromString(b'\\xff\\xff')):\n"
        "    try: wrong()\n"
        "    except (ValueError, DecodeError) as error: found.append(type(error).__name__)\n"
        "print(*found)"
    )
    assert printed == "ValueError DecodeError"


def test_structs_work() -> None:
    printed = run(
        "from typing import Optional; import msgspec\n"
        "class Part(msgspec.Struct, frozen=True, omit_defaults=True, tag=True):\n"
        "    name: str\n    sizes: tuple[int, ...] = ()\n    parent: Optional['Part'] = None\n"
        "part = Part('a', (1, 2), Part('b'))\n"
        "text = msgspec.json.encode(part)\n"
        "assert msgspec.json.decode(text, type=Part) == part\n"
        "assert msgspec.to_builtins(part)['sizes'] == (1, 2)\n"
        "assert msgspec.structs.replace(part, name='c').name == 'c'\n"
        'try: msgspec.json.decode(b\'{"name": 1, "type": "Part"}\', type=Part)\n'
        "except msgspec.ValidationError as error: print(error)"
    )
    assert printed == "Expected `str`, got `int` - at `$.name`"


COMPILED = """\
import builtins
compile, texts = builtins.compile, []
def noted(text, *more, **options):
    if isinstance(text, str): texts.append(text)
    return compile(text, *more, **options)
builtins.compile = noted
from frontend.gateway import lean
lean.start()
import frontend.build, frontend.languages.node, llb
print(texts)
"""


def test_no_text_is_compiled_that_a_type_is_written_as() -> None:
    """The first one has Python make the 124 classes of its syntax, which takes 2 ms."""
    done = subprocess.run([sys.executable, "-c", COMPILED], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("import uuid; print(uuid.UUID(int=1).int)", "1"),
        ("import decimal; print(decimal.Decimal('1.5'))", "1.5"),
        ("import typing_extensions; print(typing_extensions.TypedDict.__name__)", "TypedDict"),
        (
            "import pydantic\nclass M(pydantic.BaseModel):\n    n: int\nprint(M.model_validate_json('{\"n\": 1}').n)",
            "1",
        ),
    ],
)
def test_what_was_out_of_the_way_is_there_again(program: str, printed: str) -> None:
    assert run(program) == printed
