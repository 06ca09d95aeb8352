"""Values to JSON and back, for the store and for exports.

Only fields that differ from their default are written, so what is kept stays small and readable, and
a field added later reads old documents. ``from_json(to_json(x)) == x`` for every value here.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """Dataclasses become objects, tuples become lists, mappings become plain dicts."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        out: dict[str, Any] = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if field.name == "kind" or not _is_default(field, item):
                out[field.name] = to_json(item)
        return out
    if isinstance(value, Mapping):
        # Loops, since before Python 3.12 a comprehension costs a stack frame of its own at each level.
        made = {}
        for key, item in value.items():
            made[key] = to_json(item)
        return made
    if isinstance(value, list | tuple):
        items = []
        for item in value:
            items.append(to_json(item))
        return items
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return value


def from_json(kind: type[T], data: Any) -> T:
    """The value of type ``kind`` written by ``to_json``. ValueError where the shape is not its own."""
    return typing.cast(T, data if data is None else _reader(typing.cast(Any, kind))(data))


def _is_default(field: dataclasses.Field[Any], item: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(item == field.default)
    if field.default_factory is not dataclasses.MISSING:
        return bool(item == field.default_factory())
    return False


def _same(data: Any) -> Any:
    return data


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """How a value of this type is read, worked out once: a long conversation reads thousands of them."""
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(typing.cast(type, kind))
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _union_reader(typing.get_args(kind))
    if origin is tuple:
        return _tuple_reader(typing.get_args(kind))
    if kind is bytes:
        return lambda data: data.encode("utf-8", "surrogateescape")
    return _same


def _dataclass_reader(kind: type) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}

    def read(data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValueError(f"{kind.__name__} is written as an object, not as {type(data).__name__}")
        try:
            return kind(
                **{
                    name: item if item is None else readers[name](item)
                    for name, item in data.items()
                    if name in readers
                }
            )
        except TypeError as error:
            raise ValueError(f"{kind.__name__} cannot be read: {error}") from error

    return read


def _tuple_reader(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    readers = [_reader(kind) for kind in arguments if kind is not Ellipsis]
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return lambda data: tuple([readers[0](item) for item in data])
    return lambda data: tuple(read(item) for read, item in zip(readers, data, strict=True))


def _union_reader(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    """One type besides None is that type; of several, ``kind`` tells the dataclasses apart."""
    rest = [kind for kind in kinds if kind is not types.NoneType]
    if len(rest) == 1:
        return _reader(rest[0])
    readers = {
        typing.get_args(typing.get_type_hints(kind)["kind"])[0]: _reader(typing.cast(Any, kind))
        for kind in rest
        if dataclasses.is_dataclass(kind)
    }

    def read(data: Any) -> Any:
        if not readers or not isinstance(data, Mapping) or "kind" not in data:
            return data
        if data["kind"] not in readers:
            raise ValueError(f"Unknown kind {data['kind']!r}")
        return readers[data["kind"]](data)

    return read
