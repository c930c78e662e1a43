"""Tuples with named fields that are cheap to define."""

from operator import itemgetter
from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Record(tuple[Any, ...]):
    """A tuple of the fields that a class annotates, with their defaults. Used and made as a NamedTuple is.

    `NamedTuple` compiles a constructor and each annotation, which takes 0.2 ms a class: more than a program that only
    runs for a tenth of a second has for values that it may never make.
    """

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        names = cls._fields = tuple(cls.__annotations__)
        cls._defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
        for index, name in enumerate(names):
            setattr(cls, name, property(itemgetter(index)))

    def __new__(cls, *values: Any, **named: Any) -> Self:
        fields = cls._fields
        if named or len(values) != len(fields):
            given = cls._defaults | dict(zip(fields, values, strict=False)) | named
            if len(values) > len(fields) or given.keys() ^ fields or named.keys() & fields[: len(values)]:
                raise TypeError(f"{cls.__name__} is made of {', '.join(fields)}")
            values = tuple([given[name] for name in fields])
        return tuple.__new__(cls, values)

    def __getnewargs__(self) -> tuple[Any, ...]:
        """For `copy` and `pickle`."""
        return tuple(self)

    def __repr__(self) -> str:
        fields = zip(self._fields, self, strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"

    def _replace(self, **changes: Any) -> Self:
        """The same with other values for some fields."""
        return type(self)(**dict(zip(self._fields, self, strict=True)) | changes)
