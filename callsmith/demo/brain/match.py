"""How well a piece of the prompt suits a slot: by type, by what the slot means, and by the words around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.demo.brain.places import with_state
from callsmith.demo.brain.slots import Meaning, Slot, kind_of
from callsmith.demo.brain.spans import Kind, Span
from callsmith.demo.brain.words import stem, stems
from callsmith.schema.sample_text import described_example

_SUITS: Mapping[Meaning, Mapping[Kind, float]] = {
    "email": {"email": 4},
    "url": {"url": 4},
    "uuid": {"uuid": 4},
    "datetime": {"date": 3, "time": 1.5},
    "date": {"date": 3},
    "time": {"time": 3},
    "place": {"place": 3, "address": 2.2, "name": 1.4, "quoted": 1.2},
    "address": {"address": 3.2, "place": 1.5, "quoted": 1.2, "email": 0.6, "name": 0.8},
    "person": {"name": 2.4, "quoted": 2, "email": 0.8, "place": 0.1},
    "phone": {"phone": 4, "number": 0.4},
    "path": {"path": 3.5, "quoted": 2, "url": 1, "id": 0.8, "name": 0.5},
    "id": {"id": 3, "uuid": 3, "number": 1.6, "quoted": 2, "path": 0.8, "name": 0.6},
    "text": {"quoted": 3, "name": 0.3},
    "other": {"quoted": 2.4, "name": 1.5, "place": 1, "id": 1, "path": 0.8, "url": 0.6, "email": 0.6, "date": 0.3},
}
_CUES: Mapping[str, str] = {
    "to": "to destination target recipient receiver end arrival ship unit address",
    "into": "to destination target unit",
    "from": "from origin source start sender departure begin",
    "in": "location place city country room area region language unit currency state venue",
    "at": "location place address venue time hour rate",
    "near": "location place city address",
    "with": "attendee participant guest people contact ingredient person",
    "by": "author artist owner creator deadline director",
    "on": "date day topic platform",
    "for": "name duration subject customer person year company city",
    "of": "name city company country title",
    "named": "name title",
    "called": "name title",
    "between": "start low from origin",
}
_CUE_STEMS = {word: frozenset(map(stem, names.split())) for word, names in _CUES.items()}
_WINDOW = 4
_MINUTES = {"second": 1 / 60, "minute": 1, "hour": 60, "day": 1440, "week": 10080}
_UNITS = {"sec": "second", "min": "minute", "hr": "hour", "night": "day"}


@dataclass(frozen=True, slots=True)
class Around:
    """The words next to a span, nearest first, as stems, and the preposition right before it."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    cue: str


def around(text: str, spans: list[Span], place: int) -> Around:
    span = spans[place]
    left = spans[place - 1].end if place else 0
    right = spans[place + 1].start if place + 1 < len(spans) else len(text)
    before = re.split(r"[.;?!\n]", text[left : span.start])[-1]
    after = re.split(r"[.;?!\n,]", text[span.end : right])[0]
    words = re.findall(r"[A-Za-z]+", before.lower())
    near = [word for word in reversed(words) if word not in ("the", "a", "an", "my", "our")]
    return Around(
        tuple(reversed(stems(before)))[:_WINDOW],
        tuple(stems(after))[:_WINDOW],
        near[0] if near else "",
    )


def score(slot: Slot, span: Span, near: Around) -> float:
    """0 where the span does not fit at all; about 3 for a good fit; more where the words around say so."""
    base = _base(slot, span)
    if base <= 0 or value_for(slot, span) is None:
        return 0.0
    return base + affinity(slot, near)


def affinity(slot: Slot, near: Around) -> float:
    total = 2.0 if near.cue in _CUE_STEMS and _CUE_STEMS[near.cue] & {*slot.names, *slot.outer} else 0.0
    for words, nearest in ((near.before, 3.0), (near.after, 2.4)):
        for distance, word in enumerate(words, 1):
            if word in slot.names:
                total += nearest / distance
            elif word in slot.outer:
                total += nearest / 2 / distance
            elif word in slot.told[:12]:
                total += nearest / 3 / distance
    return total


def _base(slot: Slot, span: Span) -> float:
    if slot.shape == "number" or (slot.item is not None and kind_of(slot.item) in ("number", "integer")):
        if span.kind == "duration":
            return 2.5 if _wants_time(slot) else 0.8
        if span.kind == "date":
            return 1.2 if stem("year") in slot.names else 0.0
        return 2.0 if span.kind == "number" else 0.0
    return _SUITS[slot.meaning].get(span.kind, 0.0)


def _wants_time(slot: Slot) -> bool:
    told = {*slot.names, *slot.told}
    return bool(told & {stem(word) for word in (*_MINUTES, "duration", "length", "month", "year", "time", "night")})


def value_for(slot: Slot, span: Span) -> Any:
    """What the span says, in the slot's own type and notation; None where that cannot be."""
    flat = slot.item if slot.item is not None else slot.flat
    kind = kind_of(flat)
    if kind in ("number", "integer"):
        return _number(slot, flat, span, whole=kind == "integer")
    if kind != "string":
        return None
    description = str(flat.get("description") or slot.flat.get("description") or "")
    if span.kind == "place" and ("state" in description.lower() or _example_has_state(description)):
        return with_state(str(span.value))
    if span.kind == "date":
        return _written_date(str(span.value), description) if slot.meaning == "date" else str(span.value)
    if span.kind == "time" and slot.flat.get("format") != "time":
        return str(span.value)[:5]
    if span.kind in ("number", "duration"):
        return span.text
    if span.kind == "time":
        return f"{span.value}Z"
    return span.value if isinstance(span.value, str) else None


def _example_has_state(description: str) -> bool:
    return re.search(r", [A-Z]{2}\b", described_example(description) or "") is not None


def _written_date(iso: str, description: str) -> str:
    """``2026-03-14`` as the description asks for it ("MM/DD/YYYY")."""
    wanted = re.search(r"\b(?:YYYY|MM|DD)([-/.])(?:MM|DD)\1(?:YYYY|MM|DD)\b", description, re.IGNORECASE)
    if wanted is None:
        return iso
    year, month, day = iso.split("-")
    return wanted.group().upper().replace("YYYY", year).replace("MM", month).replace("DD", day)


def _number(slot: Slot, flat: Mapping[str, Any], span: Span, *, whole: bool) -> float | int | None:
    value = span.value
    if span.kind == "date":
        value = int(str(value)[:4])
    elif span.kind == "duration":
        value = _in_unit(slot, float(value), span.unit)
    elif span.kind != "number":
        return None
    if span.unit == "%" and not whole and _wants_fraction(slot, flat):
        value = round(value / 100, 10)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if whole and not isinstance(value, int):
        return None
    low, high = flat.get("minimum"), flat.get("maximum")
    if (isinstance(low, int | float) and value < low) or (isinstance(high, int | float) and value > high):
        return None
    return value if isinstance(value, int | float) else None


def _wants_fraction(slot: Slot, flat: Mapping[str, Any]) -> bool:
    high = flat.get("maximum")
    return (isinstance(high, int | float) and high <= 1) or bool(
        {"rate", "decimal", "fraction"} & {*slot.names, *slot.told}
    )


def _in_unit(slot: Slot, amount: float, unit: str) -> float:
    """A duration in the unit that the slot's name or description asks for; as it stands where neither says."""
    given = unit.lower().removesuffix("s")
    given = _UNITS.get(given, given)
    wanted = next((name for name in _MINUTES if stem(name) in (*slot.names, *slot.told)), None)
    if wanted is None or given not in _MINUTES:
        return amount
    return round(amount * _MINUTES[given] / _MINUTES[wanted], 6)
