"""What the demo model is going to say, before any wire format: steps, how they are cut into tokens, how it ends.

A token here is a word with the space before it, or a short run of punctuation; counts are this model's
own and match what it streams: one delta a token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

_PROSE = re.compile(r"\s*\S{1,16}|\s+$")
_JSON = re.compile(r"\w{1,12}|[^\w]{1,4}")


@dataclass(frozen=True, slots=True)
class Think:
    """``redacted``: the provider keeps this thought to itself; only its sealed form travels."""

    text: str
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A page of the demo's own small web: nothing is fetched."""

    url: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """``start`` and ``end`` count characters of the text that ``source`` is given for."""

    start: int
    end: int
    source: Source


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """``arguments`` is free text where ``custom``."""

    id: str
    name: str
    arguments: str
    custom: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """A web search the provider ran itself."""

    id: str
    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Remote:
    """A call of a remote MCP server: made, with its ``output``; or, where that is None, one that asks for leave.
    ``approval`` is the id of the request that leave was given for."""

    id: str
    server: str
    name: str
    arguments: str
    output: str | None
    approval: str = ""


Step = Think | Say | Refuse | Call | Search | Remote


@dataclass(frozen=True, slots=True)
class Script:
    """``ends``: whole; cut in the middle of the bytes, stalled there without a word more, or failed there with an
    error of the format's own. ``stopped`` is the stop text that ended it."""

    steps: tuple[Step, ...]
    finish: Literal["stop", "length", "tool_calls", "pause"] = "stop"
    ends: Literal["whole", "cut", "stall", "error"] = "whole"
    reports_usage: bool = True
    stopped: str = ""


def content(step: Step) -> str:
    return step.arguments if isinstance(step, Call | Remote) else step.text


def tokens(step: Step) -> list[str]:
    """The step cut into what one delta carries; the parts join to the whole again."""
    return (_JSON if isinstance(step, Call | Remote) else _PROSE).findall(content(step))


def count(script: Script) -> int:
    return sum(len(tokens(step)) for step in script.steps)


def reasoning_count(script: Script) -> int:
    return sum(len(tokens(step)) for step in script.steps if isinstance(step, Think))


def limited(script: Script, max_tokens: int | None, stop: tuple[str, ...]) -> Script:
    """The script as far as the stop texts and the token limit let it go."""
    script = _stopped(script, stop)
    if max_tokens is None or count(script) <= max_tokens:
        return script
    return replace(script, steps=tuple(_first(script.steps, max_tokens)), finish="length")


def _stopped(script: Script, stop: tuple[str, ...]) -> Script:
    for number, step in enumerate(script.steps):
        if not isinstance(step, Say):
            continue
        found = [(step.text.find(text), text) for text in stop if text and text in step.text]
        if found:
            at, text = min(found)
            kept = (*script.steps[:number], _cut(step, at))
            return replace(script, steps=kept, finish="stop", stopped=text)
    return script


def _cut(step: Say, length: int) -> Say:
    return Say(step.text[:length], tuple(cited for cited in step.citations if cited.end <= length))


def _first(steps: tuple[Step, ...], left: int) -> Iterator[Step]:
    for step in steps:
        parts = tokens(step)[:left]
        left -= len(parts)
        text = "".join(parts)
        if parts and isinstance(step, Call | Remote):
            yield replace(step, arguments=text)
        elif parts and isinstance(step, Say):
            yield _cut(step, len(text))
        elif parts and isinstance(step, Think | Refuse):
            yield replace(step, text=text)
        elif parts:
            yield step
        if left <= 0:
            return
