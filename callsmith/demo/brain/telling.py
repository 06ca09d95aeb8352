"""What tool results held, in one or two sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.schema.sample_text import name_words
from callsmith.types.parts import ToolCall, ToolResult

MAX_QUOTE = 280
_BODY_KEYS = ("text", "content", "body", "summary", "snippet", "answer", "message")
_TITLE_KEYS = ("title", "name", "label", "subject", "product", "id")
_SKY_KEYS = ("conditions", "condition", "description", "weather", "forecast", "summary")
_PLACE_KEYS = ("location", "city", "place")
_CURRENCIES = ("usd", "eur", "gbp", "jpy", "cny", "chf")
_DEGREES = {"celsius": "°C", "c": "°C", "fahrenheit": "°F", "f": "°F", "kelvin": "K", "k": "K"}


def tell(answered: Sequence[tuple[ToolCall, ToolResult]]) -> str:
    """One sentence or two for each result, in call order; errors are said as such."""
    return " ".join(_one(call, result) for call, result in answered)


def read_json(text: str) -> Any:
    """The content as JSON; the text itself where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _one(call: ToolCall, result: ToolResult) -> str:
    content = read_json(result.content)
    if result.is_error:
        return f"{call.name} failed: {_error(content)}"
    if isinstance(content, Mapping):
        return _object(call, content)
    if isinstance(content, list):
        return _list(f"{call.name} found", content)
    if content in ("", None):
        return f"{call.name} returned nothing."
    return f"{call.name} returned {_quoted(str(content))}"


def _error(content: Any) -> str:
    error = content.get("error") if isinstance(content, Mapping) else content
    if isinstance(error, Mapping):
        error = error.get("message", error)
    text = error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
    return f"{_cut(text).rstrip('.')}."


def _object(call: ToolCall, content: Mapping[str, Any]) -> str:
    weather = _weather(call, content)
    if weather:
        return weather
    if not content:
        return f"{call.name} returned an empty object."
    inside = next(iter(content.values()))
    if len(content) == 1 and isinstance(inside, Mapping) and inside:
        return _object(call, inside)
    body = next((key for key in _BODY_KEYS if isinstance(content.get(key), str) and content[key]), None)
    if body:
        title = next((content[key] for key in _TITLE_KEYS if isinstance(content.get(key), str)), None)
        return f"“{title}” says: {_quoted(content[body])}" if title else f"{call.name} says: {_quoted(content[body])}"
    lists = [(key, value) for key, value in content.items() if isinstance(value, list)]
    scalars = [(key, value) for key, value in content.items() if not isinstance(value, list | Mapping)]
    told = [_list(f"{call.name} found", value, _words(key)) for key, value in lists[:2]]
    if scalars and len(scalars) <= 8 and not (lists and len(scalars) > 3):
        told.insert(0, f"{call.name} returned {_enumerated([_pair(k, v) for k, v in scalars])}.")
    nested = [_words(key) for key, value in content.items() if isinstance(value, Mapping)]
    if not told:
        told.append(f"{call.name} returned {_enumerated(nested or [_words(key) for key in content])}.")
    return " ".join(told)


def _weather(call: ToolCall, content: Mapping[str, Any]) -> str | None:
    degrees = next((content[key] for key in ("temperature", "temp", "degrees") if key in content), None)
    if not isinstance(degrees, int | float | str) or isinstance(degrees, bool):
        return None
    given = call.parsed()
    asked = getattr(given, "value", {})
    asked = asked if isinstance(asked, Mapping) else {}
    unit = str(content.get("unit") or content.get("units") or asked.get("unit") or "").lower()
    sky = next((str(content[key]) for key in _SKY_KEYS if isinstance(content.get(key), str)), "")
    place = next((str(given[key]) for given in (content, asked) for key in _PLACE_KEYS if given.get(key)), "")
    number = f"{degrees}{' ' + _DEGREES[unit] if unit in _DEGREES else ' degrees' if not unit else ' ' + unit}"
    if isinstance(degrees, str) and re.search(r"[°A-Za-z]", degrees):
        number = degrees
    return f"It is {number}{' and ' + _lowered(sky) if sky else ''}{' in ' + place if place else ''}."


def _list(start: str, items: Sequence[Any], what: str = "") -> str:
    what = what or "results"
    if not items:
        return f"{start} no {what}."
    shown = [_label(item) for item in items[:3]]
    more = f" and {len(items) - 3:,} more" if len(items) > 3 else ""
    what = what.removesuffix("s") if len(items) == 1 and not what.endswith("ss") else what
    what = what.removesuffix("e") if what in ("matche", "boxe") else what
    return f"{start} {len(items):,} {what}: {', '.join(shown)}{more}."


def _label(item: Any) -> str:
    if isinstance(item, Mapping):
        title = next((item[key] for key in _TITLE_KEYS if isinstance(item.get(key), str | int)), None)
        return _cut(str(title)) if title is not None else _cut(json.dumps(item, ensure_ascii=False), 80)
    return _cut(item if isinstance(item, str) else json.dumps(item, ensure_ascii=False), 80)


def _pair(key: str, value: Any) -> str:
    """``total_eur: 842.5`` is "total 842.5 EUR"."""
    words = name_words(key)
    if len(words) > 1 and words[-1] in _CURRENCIES:
        return f"{' '.join(words[:-1])} {_scalar(value)} {words[-1].upper()}"
    return f"{_words(key)} {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return _cut(str(value), 120)


def _enumerated(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _words(key: str) -> str:
    return " ".join(name_words(key)) or key


def _quoted(text: str) -> str:
    """The first two sentences, in quotation marks unless they hold some."""
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(text.split()))
    short = _cut(" ".join(sentences[:2]))
    return f"“{short}”" if short.endswith((".", "!", "?", "…")) else f"“{short}”."


def _cut(text: str, length: int = MAX_QUOTE) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
