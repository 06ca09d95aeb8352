"""Values to JSON and back, for the store and for exports.

Only fields that differ from their default are written, so what is kept stays small and readable, and
a field added later reads old documents. ``from_json(to_json(x)) == x`` for every value here.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
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
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return value


def from_json(kind: type[T], data: Any) -> T:
    """The value of type ``kind`` written by ``to_json``. ValueError where the shape is not its own."""
    return typing.cast(T, _read(kind, data))


def _is_default(field: dataclasses.Field[Any], item: Any) -> bool:
    if field.default is not dataclasses.MISSING:
        return bool(item == field.default)
    if field.default_factory is not dataclasses.MISSING:
        return bool(item == field.default_factory())
    return False


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _read(kind: Any, data: Any) -> Any:
    if kind is Any or data is None:
        return data
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(typing.cast(type, kind), data)
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return _read_union(typing.get_args(kind), data)
    if origin is tuple:
        return _read_tuple(typing.get_args(kind), data)
    if kind is bytes:
        return data.encode("utf-8", "surrogateescape")
    return data


def _read_dataclass(kind: type, data: Any) -> Any:
    if not isinstance(data, Mapping):
        raise ValueError(f"{kind.__name__} is written as an object, not as {type(data).__name__}")
    hints = _hints(kind)
    known = {field.name for field in dataclasses.fields(kind)}
    try:
        return kind(**{name: _read(hints[name], item) for name, item in data.items() if name in known})
    except TypeError as error:
        raise ValueError(f"{kind.__name__} cannot be read: {error}") from error


def _read_tuple(arguments: tuple[Any, ...], data: Any) -> Any:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_read(arguments[0], item) for item in data)
    return tuple(_read(kind, item) for kind, item in zip(arguments, data, strict=True))


def _read_union(kinds: tuple[Any, ...], data: Any) -> Any:
    """A union of dataclasses is told apart by ``kind``; any other union has one type besides None."""
    classes = [kind for kind in kinds if dataclasses.is_dataclass(kind)]
    if isinstance(data, Mapping) and "kind" in data:
        for kind in classes:
            if typing.get_args(_hints(typing.cast(type, kind))["kind"]) == (data["kind"],):
                return _read(kind, data)
        raise ValueError(f"Unknown kind {data['kind']!r}")
    rest = [kind for kind in kinds if kind is not types.NoneType]
    return _read(rest[0], data) if len(rest) == 1 else data
