"""Refusals in Anthropic's words: most as reports of 400s quote them, those marked unverified in its manner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from callsmith.demo.ask import Refused

DOCS = "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
NAME = "^[a-zA-Z0-9_-]{1,128}$"
ID = "^[a-zA-Z0-9_-]+$"
_TTLS = ("5m", "1h")


def need(value: Mapping[str, Any], name: str, at: str) -> Any:
    """A field that must be there."""
    if value.get(name) is None:
        raise Refused(f"{join(at, name)}: Field required")
    return value[name]


def need_text(value: Mapping[str, Any], name: str, at: str) -> str:
    found = need(value, name, at)
    if not isinstance(found, str):
        raise Refused(f"{join(at, name)}: Input should be a valid string")
    return found


def need_list(value: Any, at: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refused(f"{at}: Input should be a valid list")
    return value


def need_object(value: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused(f"{at}: Input should be a valid dictionary")
    return value


def check_pattern(value: str, pattern: str, at: str) -> None:
    if not re.search(pattern, value):
        raise Refused(f"{at}: String should match pattern '{pattern}'")


def check_tag(value: Mapping[str, Any], at: str, expected: tuple[str, ...]) -> str:
    """The ``type`` that tells which kind of thing this is."""
    kind = value.get("type")
    if kind not in expected:
        listed = ", ".join(f"'{name}'" for name in sorted(expected))
        raise Refused(f"{at}: Input tag '{kind}' found using 'type' does not match any of the expected tags: {listed}")
    return str(kind)


def one_of(value: Any, at: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        quoted = [f"'{name}'" for name in allowed]
        listed = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
        raise Refused(f"{at}: Input should be {listed}")
    return str(value)


def no_extra(value: Mapping[str, Any], known: Iterable[str], at: str = "") -> None:
    for name in value:
        if name not in known:
            raise Refused(f"{join(at, name)}: Extra inputs are not permitted")


def check_cache(value: Mapping[str, Any], at: str) -> int:
    """1 where a cache breakpoint is set, else 0."""
    control = value.get("cache_control")
    if control is None:
        return 0
    at = f"{at}.cache_control" if at else "cache_control"
    control = need_object(control, at)
    one_of(control.get("type"), f"{at}.type", ("ephemeral",))
    if "ttl" in control:
        one_of(control["ttl"], f"{at}.ephemeral.ttl", _TTLS)
    return 1


def check_closed(schema: Any, at: str) -> None:
    """What strict tools and asked schemas must say of every object."""
    if isinstance(schema, list):
        for item in schema:
            check_closed(item, at)
    if not isinstance(schema, Mapping):
        return
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        raise Refused(f"{at}: For 'object' type, 'additionalProperties' must be explicitly set to false")
    for name, item in schema.items():
        if name == "properties" and isinstance(item, Mapping):
            for part in item.values():
                check_closed(part, at)
        elif name not in ("enum", "const", "default", "examples"):
            check_closed(item, at)


def join(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
