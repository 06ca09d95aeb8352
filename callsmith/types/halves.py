"""Half characters: lone surrogates, which some models send. JSON can write them; UTF-8, and so a page, cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")
_FIELDS: dict[type, tuple[str, ...]] = {}
_HALF = re.compile("[\ud800-\udfff]")


def whole(value: T) -> T:
    """A text, or all the text in a value of JSON or of our types, with U+FFFD in place of half characters; two halves
    that make a character become it. The very value where it has none."""
    return _mended(value) if has_half(value) else value


def has_half(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if not one.isascii() and _HALF.search(one):
                return True
        elif isinstance(one, Mapping):
            waiting += one
            waiting += one.values()
        elif isinstance(one, list | tuple):
            waiting += one
        elif names := _names(one):
            waiting += [getattr(one, name) for name in names]
    return False


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if has_half(value) else value
    if isinstance(value, Mapping):
        return {_mended(name): _mended(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        mended = map(_mended, value)
        return list(mended) if isinstance(value, list) else tuple(mended)
    changed: Any = {name: _mended(getattr(value, name)) for name in _names(value)}
    return replace(value, **changed) if changed else value


def _names(value: Any) -> tuple[str, ...]:
    """The fields of one of our types; none for anything else."""
    kind = type(value)
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(field.name for field in fields(value)) if is_dataclass(value) else ()
    return _FIELDS[kind]
