"""Lists in a prompt: names in a row ("Ana, Ben and Chloe"), and things with numbers ("2 lamps and 3 chairs")."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callsmith.demo.brain.spans import Span

_JOINT = re.compile(
    r"^\s*(?:,?\s*(?:and|or|&|as well as|plus)|,)\s*(?:also\s+)?"
    r"(?:(?:in|for|the|of|at|to|with|then)\s+){0,2}$",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"^(?:bags?|box(?:es)?|bottles?|packs?|packets?|pieces?|units?|cups?|cans?|kilos?|pounds?|"
    r"loaves|slices?|pairs?) of\s+",
    re.I,
)
_THING_END = re.compile(
    r"\s*(?:[.;?!\n]|,|\band\b|\bplus\b|\b(?:to|from|for|at|in|on|by|with|ship|deliver|send|please|using|via)\b|$)",
    re.I,
)


def rows(text: str, spans: Sequence[Span]) -> list[list[Span]]:
    """Neighbouring spans of one kind joined by commas and "and"; single ones make rows of one."""
    found: list[list[Span]] = []
    for span in spans:
        last = found[-1][-1] if found else None
        if last is not None and last.kind == span.kind and _JOINT.match(text[last.end : span.start]):
            found[-1].append(span)
        else:
            found.append([span])
    return found


def counted_things(text: str, spans: Sequence[Span]) -> list[tuple[Span, str]]:
    """Numbers with what they count: "3 bags of coffee beans" gives 3 and "coffee beans"."""
    found: list[tuple[Span, str]] = []
    for place, span in enumerate(spans):
        if span.kind != "number" or span.unit in ("", "%") or not isinstance(span.value, int):
            continue
        stop = next((other.start for other in spans[place + 1 :] if other.kind in ("number", "address")), len(text))
        after = text[span.end : stop].lstrip(" -")
        end = _THING_END.search(after)
        thing = _MEASURE.sub("", after[: end.start()] if end else after).strip()
        if thing:
            found.append((span, thing))
    return found


def words_in_row(phrase: str) -> list[str]:
    """ "tomatoes, lettuce and the onions" as a list of words."""
    parts = re.split(r"\s*,\s*(?:and\s+)?|\s+(?:and|or|&)\s+", phrase)
    return [part for part in (re.sub(r"^(?:the|a|an|some)\s+", "", part.strip()) for part in parts) if part]
