"""Enums and yes-or-no slots: read from the words of the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callsmith.demo.brain.slots import Slot
from callsmith.demo.brain.words import stem, stems
from callsmith.schema.sample_text import name_words

_NOT = re.compile(
    r"\b(?:no|not|non|without|don['’]?t|never|exclude|excluding|disable[d]?|off|skip)\W+(?:\w+\W+){0,2}$", re.I
)
_ALIASES = {"celsius": ("°c", "centigrade", "metric"), "fahrenheit": ("°f", "imperial"), "metric": ("celsius",)}


def enum_values(values: list[Any], text: str) -> list[Any]:
    """The values that the text names, in its order; longer names win over shorter ones within them."""
    found: list[tuple[int, int, Any]] = []
    for value in values:
        for start, end in _places(value, text):
            found.append((start, end, value))
    kept = [
        (start, value)
        for start, end, value in found
        if not any(other[0] <= start and end <= other[1] and other[1] - other[0] > end - start for other in found)
    ]
    kept.sort(key=lambda item: item[0])
    seen: list[Any] = []
    for _, value in kept:
        if value not in seen:
            seen.append(value)
    return seen


def _places(value: Any, text: str) -> Iterator[tuple[int, int]]:
    if isinstance(value, bool) or value is None or value == "":
        return
    spelled = str(value)
    forms = {spelled.lower(), " ".join(name_words(spelled)), *_ALIASES.get(spelled.lower(), ())}
    for form in forms:
        if not form or (len(form) == 1 and form.isalpha()):
            continue
        pattern = rf"(?<!\w){re.escape(form)}(?:s|es|ed|ing)?(?!\w)"
        yield from ((match.start(), match.end()) for match in re.finditer(pattern, text.lower()))


def enum_by_stem(values: list[Any], text: str) -> Any:
    """The value whose words all occur in the text in some form ("opened" for ``open``); None where none does."""
    there = set(stems(text))
    for value in values:
        words = {stem(word) for word in name_words(str(value))} if isinstance(value, str) else set()
        if words and words <= there:
            return value
    return None


def yes_or_no(slot: Slot, text: str) -> bool | None:
    """True where the text has the slot's words, False where it denies them, None where it is silent."""
    words = [word for word in name_words(slot.name) if word not in ("is", "has", "include", "with", "should", "allow")]
    for word in words:
        if len(word) < 4:
            continue
        match = re.search(rf"\b{re.escape(word)}\w{{0,3}}\b", text, re.IGNORECASE)
        if match:
            return _NOT.search(text[: match.start()]) is None
    return None
