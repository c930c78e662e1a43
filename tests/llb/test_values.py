"""Records: tuples with named fields."""

import copy
import pickle
from typing import Any

import pytest

from llb.values import Record


class Device(Record):
    """A record with a default."""

    __slots__ = ()

    name: str
    optional: bool = False


def test_a_record_is_a_tuple_with_names() -> None:
    device = Device("gpu", optional=True)
    assert (device.name, device.optional, Device("gpu").optional) == ("gpu", True, False)
    assert tuple(device) == ("gpu", True)
    assert repr(device) == "Device(name='gpu', optional=True)"
    assert {device: 1}[Device("gpu", True)] == 1


def test_a_record_does_not_change() -> None:
    device = Device(name="gpu")
    for name in ("name", "other"):
        with pytest.raises(AttributeError):
            setattr(device, name, "x")
    assert device._replace(optional=True) == Device("gpu", True)
    assert device == Device("gpu")


def test_a_record_is_copied_and_pickled() -> None:
    device = Device("gpu", True)
    for twin in (copy.deepcopy(device), pickle.loads(pickle.dumps(device))):
        assert (type(twin), twin) == (Device, device)


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), (("a", True, 1), {}), (("a",), {"name": "b"}), (("a",), {"nothing": 1})]
)
def test_a_record_has_each_field_once(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Device is made of name, optional"):
        Device(*values, **named)
