"""Checks of a Responses request beside those that OpenAI's formats share: this one refuses fields it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.wires.openai_checks import missing, wrong_type


def unsupported(at: str) -> Refused:
    return Refused(
        f"Unsupported parameter: '{at}' is not supported with this model.", param=at, code="unsupported_parameter"
    )


def check_fields(given: Mapping[str, Any], allowed: frozenset[str], at: str = "") -> None:
    for name in given:
        if name not in allowed:
            where = f"{at}.{name}" if at else name
            raise Refused(f"Unknown parameter: '{where}'.", param=where, code="unknown_parameter")


def text_at(given: Mapping[str, Any], name: str, at: str) -> str:
    """A string that must be there."""
    value = given.get(name)
    if value is None:
        raise missing(f"{at}.{name}")
    if not isinstance(value, str):
        raise wrong_type(f"{at}.{name}", "a string", value)
    return value


def flag(document: Mapping[str, Any], name: str, default: bool) -> bool:
    value = document.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise wrong_type(name, "a boolean", value)
    return value


def object_at(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object, empty where there is none."""
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise wrong_type(name, "an object", value)
    return value
