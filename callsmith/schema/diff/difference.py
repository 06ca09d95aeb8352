"""One difference between two versions of a tool, and many of them in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from callsmith.schema.document import tokens

Kind = Literal["added", "removed", "narrowed", "widened", "changed", "described", "renamed", "moved"]

_PARTS = {
    "items": "items",
    "additionalProperties": "other properties",
    "propertyNames": "names",
    "contains": "contains",
}
_NUMBERED = {"anyOf": "alternative", "oneOf": "alternative", "allOf": "part", "prefixItems": "item", "items": "item"}
_FIELDS = {"parameters": "", "output_schema": "result", "name": "name", "description": "description"}


@dataclass(frozen=True, slots=True)
class Difference:
    """``path`` is a JSON pointer into the new document, or into the old one for what is gone. ``breaking`` None:
    it cannot be told. ``before`` and ``after`` are the values, None where there is none."""

    path: str
    kind: Kind
    message: str
    breaking: bool | None
    before: Any = None
    after: Any = None


def in_words(differences: Sequence[Difference]) -> str:
    """Such as "2 breaking changes, 1 addition"; "No difference" where there is none."""
    sure = [difference for difference in differences if difference.breaking is False]
    added = sum(difference.kind == "added" for difference in sure)
    words = sum(difference.kind in ("described", "moved") for difference in sure)
    counts = (
        (sum(difference.breaking is True for difference in differences), "breaking change", "breaking changes"),
        (sum(difference.breaking is None for difference in differences), "that may break", "that may break"),
        (added, "addition", "additions"),
        (len(sure) - added - words, "compatible change", "compatible changes"),
        (words, "change of wording or order", "changes of wording or order"),
    )
    return ", ".join(f"{number:,} {one if number == 1 else more}" for number, one, more in counts if number) or (
        "No difference"
    )


def place_in_words(path: str) -> str:
    """A place of the tool as people say it: "address › city", "tags › items". Empty at the top."""
    said: list[str] = []
    steps = list(tokens(path))
    if steps and steps[0] in _FIELDS:
        said += [_FIELDS[first]] if _FIELDS[first := steps.pop(0)] else []
    while steps:
        step = steps.pop(0)
        if step in ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas") and steps:
            said.append(steps.pop(0))
        elif step in _NUMBERED and steps and steps[0].isdecimal():
            said.append(f"{_NUMBERED[step]} {int(steps.pop(0)) + 1}")
        elif step in _PARTS:
            said.append(_PARTS[step])
        elif steps:
            said.append(step)
    return " › ".join(said)
