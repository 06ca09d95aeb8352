"""How Google refuses a Gemini request, and how it names its fields: in camel case, or as the proto has them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.demo.ask import Refused

STATUS_WORDS: Mapping[int, str] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_TYPES = "type.googleapis.com/google.ai.generativelanguage.v1beta."
STRUCT = "type.googleapis.com/google.protobuf.Struct"
_UNDERSCORE = re.compile(r"_([a-z0-9])")


def camel(name: str) -> str:
    return _UNDERSCORE.sub(lambda found: found[1].upper(), name)


def at_proto(at: str, problem: str) -> Refused:
    """A rule of the request as a whole: the full name of the field, a colon, what is wrong."""
    return Refused(f"* GenerateContentRequest.{at}: {problem}\n")


def invalid_value(at: str, kind: str, value: Any) -> Refused:
    """A value that its field cannot hold. ``kind`` is the proto's type."""
    return Refused(f"Invalid value at '{at}' ({kind}), {json.dumps(value, ensure_ascii=False)}")


def enum_value(at: str, name: str, value: Any, allowed: Sequence[str]) -> str:
    """One of an enum's names. ``name`` is the enum's own."""
    if not isinstance(value, str) or value not in allowed:
        raise invalid_value(at, _TYPES + name, value)
    return value


def unknown_names(names: Sequence[str], at: str) -> Refused:
    where = f" at '{at}'" if at else ""
    lines = [f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.' for name in names]
    return Refused("\n".join(lines))


def fields(value: Any, allowed: frozenset[str], at: str) -> dict[str, Any]:
    """An object's fields by their camel-case names; those that are null are left out, as the proto does."""
    if not isinstance(value, Mapping):
        raise invalid_value(at, STRUCT, value)
    unknown = [name for name in value if camel(name) not in allowed]
    if unknown:
        raise unknown_names(unknown, at)
    return {camel(name): held for name, held in value.items() if held is not None}


def listed(value: Any, at: str) -> list[Any]:
    """A repeated field; one element may stand for itself."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def number(value: Any, at: str, *, whole: bool = False) -> float:
    """A number, also as text, as the proto takes it."""
    try:
        if not isinstance(value, bool) and isinstance(value, int | float | str):
            return int(value) if whole else float(value)
    except ValueError:
        pass
    raise invalid_value(at, "TYPE_INT32" if whole else "TYPE_FLOAT", value)
