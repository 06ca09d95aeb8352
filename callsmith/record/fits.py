"""Does what a file says fit the types it is read into? The first place where it does not is said.

The codec trusts what the store wrote; a file comes from anywhere. The rules and the JSON Schema of the record come from
the same types, so neither can say more than the other.
"""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal

from callsmith.wire.registry import WIRES

MOST_DEPTH = 200
# The last second of the year 9999, after which no date can be shown.
LATEST = 253_402_300_799
_LARGEST = 2**63 - 1
_TIMES = frozenset(("created_at", "updated_at", "started"))
_SMALL = frozenset(("status", "calls", "number"))
_SMALLEST, _MOST = 0, 1_000_000_000

Check = Callable[[Any], None]


class Misfit(ValueError):
    """``path`` is a JSON pointer into what was read."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def inside(self, name: object) -> Misfit:
        return Misfit(self.message, f"/{name}{self.path}")


def fits(kind: Any, data: Any) -> None:
    """Raises ``Misfit``."""
    _check(kind)(data)


@cache
def _check(kind: Any) -> Check:
    if is_dataclass(kind):
        return _object(typing.cast(type, kind))
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(arguments)
    if origin is tuple:
        return _list(arguments)
    if origin is Literal:
        return _one_of(arguments)
    if origin is not None:
        return _mapping(arguments)
    if kind is Any:
        return _anything
    return _PLAIN[kind]


def _object(kind: type) -> Check:
    hints = typing.get_type_hints(kind)
    checks = {field.name: _field(field.name, hints[field.name]) for field in fields(kind)}
    required = required_of(kind)

    def check(data: Any) -> None:
        if not isinstance(data, Mapping):
            raise Misfit(f"must be an object, not {said(data)}")
        for name in required:
            if name not in data:
                raise Misfit(f"has no {name}")
        for name, value in data.items():
            if name in checks:
                try:
                    checks[name](value)
                except Misfit as misfit:
                    raise misfit.inside(name) from None

    return check


def required_of(kind: type) -> tuple[str, ...]:
    made = typing.cast(Any, kind).__dataclass_fields__.values()
    return tuple(one.name for one in made if one.default is MISSING and one.default_factory is MISSING)


def _field(name: str, hint: Any) -> Check:
    inner = _check(hint)
    if name in _TIMES:
        return _bounded(inner, 0, LATEST, "a time from 1970 to 9999, in seconds")
    if name in _SMALL:
        return _bounded(inner, _SMALLEST, _MOST, f"from 0 to {_MOST:,}")
    if name == "wire":
        return _wire
    return inner


def _bounded(inner: Check, low: float, high: float, words: str) -> Check:
    def check(data: Any) -> None:
        inner(data)
        if data is not None and not low <= data <= high:
            raise Misfit(f"must be {words}")

    return check


def _wire(data: Any) -> None:
    _text(data)
    if data and data not in WIRES:
        raise Misfit(f"names the wire format {data[:60]!r}, which is not known here")


def _union(kinds: tuple[Any, ...]) -> Check:
    may_be_none = types.NoneType in kinds
    rest = [kind for kind in kinds if kind is not types.NoneType]
    if len(rest) == 1:
        inner = _check(rest[0])
    else:
        inner = _tagged({typing.get_args(typing.get_type_hints(kind)["kind"])[0]: _check(kind) for kind in rest})

    def check(data: Any) -> None:
        if data is None and may_be_none:
            return
        inner(data)

    return check


def _tagged(checks: Mapping[str, Check]) -> Check:
    def check(data: Any) -> None:
        if not isinstance(data, Mapping):
            raise Misfit(f"must be an object, not {said(data)}")
        kind = data.get("kind")
        if not isinstance(kind, str) or kind not in checks:
            raise Misfit(f"has the kind {said(kind)}, which is not known here; known are {', '.join(checks)}")
        checks[kind](data)

    return check


def _list(arguments: tuple[Any, ...]) -> Check:
    many = len(arguments) == 2 and arguments[1] is Ellipsis
    checks = [_check(kind) for kind in arguments if kind is not Ellipsis]

    def check(data: Any) -> None:
        if not isinstance(data, list | tuple):
            raise Misfit(f"must be a list, not {said(data)}")
        if not many and len(data) != len(checks):
            raise Misfit(f"must have {len(checks)} entries, not {len(data)}")
        for place, value in enumerate(data):
            try:
                checks[0 if many else place](value)
            except Misfit as misfit:
                raise misfit.inside(place) from None

    return check


def _mapping(arguments: tuple[Any, ...]) -> Check:
    inner = _check(arguments[1])

    def check(data: Any) -> None:
        if not isinstance(data, Mapping):
            raise Misfit(f"must be an object, not {said(data)}")
        for name, value in data.items():
            try:
                inner(value)
            except Misfit as misfit:
                raise misfit.inside(str(name)[:60]) from None

    return check


def _one_of(values: tuple[Any, ...]) -> Check:
    def check(data: Any) -> None:
        if not isinstance(data, str) or data not in values:
            raise Misfit(f"is {said(data)}, but must be one of {', '.join(values)}")

    return check


def _anything(data: Any) -> None:
    """Any JSON, not nested without end."""
    level, depth = [data], 0
    while level:
        if depth > MOST_DEPTH:
            raise Misfit(f"is nested more than {MOST_DEPTH} levels deep")
        deeper: list[Any] = []
        for value in level:
            if isinstance(value, Mapping):
                deeper += value.values()
            elif isinstance(value, list):
                deeper += value
        level, depth = deeper, depth + 1


def _text(data: Any) -> None:
    if not isinstance(data, str):
        raise Misfit(f"must be text, not {said(data)}")


def _whole(data: Any) -> None:
    if isinstance(data, bool) or not isinstance(data, int) or abs(data) > _LARGEST:
        raise Misfit(f"must be a whole number, not {said(data)}")


def _number(data: Any) -> None:
    if isinstance(data, bool) or not isinstance(data, int | float) or not abs(data) <= _LARGEST or math.isnan(data):
        raise Misfit(f"must be a number, not {said(data)}")


def _bool(data: Any) -> None:
    if not isinstance(data, bool):
        raise Misfit(f"must be true or false, not {said(data)}")


_PLAIN: Mapping[Any, Check] = {str: _text, int: _whole, float: _number, bool: _bool, bytes: _text}


def said(data: Any) -> str:
    """A value in a few words, for a message."""
    if isinstance(data, Mapping):
        return "an object"
    if isinstance(data, list | tuple):
        return "a list"
    if data is None or isinstance(data, bool):
        return {None: "null", True: "true", False: "false"}[data]
    if isinstance(data, int) and abs(data) > _LARGEST:
        return "a number with too many digits"
    return repr(data) if len(repr(data)) <= 60 else f"{repr(data)[:60]}…"
