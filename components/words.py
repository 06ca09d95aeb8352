"""Numbers, calls and states in words. Every number has its unit; what is unknown says so."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from callsmith.speed import tokens_per_second
from callsmith.types.exchange import Marks
from callsmith.types.parts import Parsed, ToolCall
from callsmith.types.usage import Usage

# An underscore inside a word is no emphasis and stays, so that names read well aloud.
_SPECIAL = re.compile(r"([\\`*{}\[\]<>#|~$:]|(?<!\w)_|_(?!\w))")


def plain(text: str) -> str:
    """Text that shows as itself inside markdown."""
    return _SPECIAL.sub(r"\\\1", text)


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def seconds(value: float | None) -> str:
    if value is None:
        return "unknown"
    if value < 0.095:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 100 else f"{value / 60:.1f} min"


def money(usd: float | None) -> str:
    """US dollars, with two digits that say something where it is little."""
    if usd is None:
        return "price unknown"
    if usd <= 0 or usd >= 1:
        return f"${usd:,.2f}" if usd > 0 else "$0"
    if usd < 1e-6:
        return "less than $0.000001"
    digits = max(4, 1 - math.floor(math.log10(usd)))
    whole, _, rest = f"{usd:.{digits}f}".rstrip("0").partition(".")
    return f"${whole}.{rest.ljust(2, '0')}"


def joined(items: list[str], last: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def spoken(call: ToolCall) -> str:
    """A call said in one sentence of markdown, for someone who does not read JSON."""
    name = f"**{plain(call.name or 'a tool without a name')}**"
    parsed = call.parsed()
    if call.type == "custom":
        return f"The model asks for {name} with free text."
    if not isinstance(parsed, Parsed):
        return f"The model asks for {name}, but its arguments are not readable as JSON."
    if not isinstance(parsed.value, dict):
        return f"The model asks for {name} with {_said(parsed.value)}."
    if not parsed.value:
        return f"The model asks for {name}, without arguments."
    return f"The model asks for {name} with {joined([f'{plain(k)} {_said(v)}' for k, v in parsed.value.items()])}."


def _said(value: Any, depth: int = 0) -> str:
    match value:
        case str():
            shown = value if len(value) <= 80 else value[:77] + "..."
            return f'"{plain(shown)}"'
        case bool():
            return "yes" if value else "no"
        case None:
            return "nothing"
        case int() | float():
            return f"{value:,}" if isinstance(value, float) or abs(value) >= 10_000 else str(value)
        case list() if value and all(isinstance(item, str | int | float) for item in value) and len(value) <= 4:
            return joined([_said(item, depth) for item in value])
        case list():
            return f"({count(len(value), 'entry') if len(value) == 1 else f'{len(value)} entries'})"
        case dict():
            if not 0 < len(value) <= 4 or depth == 3:
                return f"({len(value)} fields)" if value else "(empty)"
            return f"({joined([f'{plain(k)} {_said(v, depth + 1)}' for k, v in value.items()])})"
        case _:
            return plain(json.dumps(value))


def measured(usage: Usage | None, marks: Marks | None) -> str:
    """One line for one reply: tokens in and out, times, speed."""
    facts = [_tokens(usage)]
    if marks is not None:
        if marks.first_token is not None:
            facts.append(f"first token {seconds(marks.first_token)}")
        if marks.done is not None:
            facts.append(f"total {seconds(marks.done)}")
        speed = tokens_per_second(usage, marks)
        if speed is not None:
            facts.append(f"{speed:,.0f} tokens/s")
    return " · ".join(facts)


def _tokens(usage: Usage | None) -> str:
    if usage is None or (usage.input is None and usage.output is None):
        return "tokens not reported"
    shown = []
    for number, way, parts in (
        (usage.input, "in", ((usage.cache_read, "cached"), (usage.cache_write, "written to the cache"))),
        (usage.output, "out", ((usage.reasoning, "reasoning"),)),
    ):
        if number is None:
            shown.append(f"{way} not reported")
        else:
            inside = ", ".join(f"{part:,} {name}" for part, name in parts if part)
            shown.append(f"{count(number, 'token')} {way}{f' ({inside})' if inside else ''}")
    return ", ".join(shown)
