"""Numbers, calls and states in words. Every number has its unit; what is unknown says so."""

from __future__ import annotations

import re

from callsmith.speed import tokens_per_second
from callsmith.spoken import count, joined, money, seconds, with_words
from callsmith.types.exchange import Marks
from callsmith.types.parts import ToolCall
from callsmith.types.usage import Usage

__all__ = ["count", "joined", "measured", "money", "plain", "seconds", "spoken"]

# An underscore inside a word is no emphasis and stays, so that names read well aloud.
_SPECIAL = re.compile(r"([\\`*{}\[\]<>#|~$:]|(?<!\w)_|_(?!\w))")
_HALF = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """Text that shows as itself inside markdown. A half character, which some models send, no page can show."""
    return _SPECIAL.sub(r"\\\1", text if text.isascii() else _HALF.sub("\ufffd", text))


def spoken(call: ToolCall) -> str:
    """A call said in one sentence of markdown, for someone who does not read JSON."""
    return f"The model asks for **{plain(call.name or 'a tool without a name')}**{with_words(call, plain)}."


def measured(usage: Usage | None, marks: Marks | None, usd: float | None = None) -> str:
    """One line of markdown for one reply: tokens in and out, its cost where that is known and not nothing, times,
    speed."""
    facts = [_tokens(usage)]
    if usd:
        facts.append(plain(money(usd)))
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
