"""Half characters: lone surrogates, which some models send. JSON can write them; UTF-8, and so a page, cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")
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
        elif is_dataclass(one):
            waiting += [getattr(one, field.name) for field in fields(one)]
    return False


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if has_half(value) else value
    if isinstance(value, Mapping):
        return {_mended(name): _mended(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        mended = map(_mended, value)
        return list(mended) if isinstance(value, list) else tuple(mended)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _mended(getattr(value, field.name)) for field in fields(value)})
    return value
