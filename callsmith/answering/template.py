"""Arguments quoted in a reply: ``{{city}}``, ``{{items[0].name}}``, ``{{$..price}}``.

What stands between the braces is a JSON path into the arguments, and nothing else: no variable or secret is ever looked
up. A path with wildcards or filters gives the list of all it finds.

- In a reply that is JSON, ``{{count}}`` outside quotation marks becomes the argument as JSON, of its own type:
  ``{"n": {{count}}}`` gives ``{"n": 5}``. Inside them it becomes text, escaped as JSON wants it:
  ``{"n": "{{count}}"}`` gives ``{"n": "5"}``.
- In any other reply, and where the quote is all there is, a text becomes itself, and everything else its JSON.

A name that the call does not have is left as it stands, with a note. What came from an argument is not read again, so
a model cannot have anything quoted that the reply does not quote.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from callsmith.answering.arguments import SURROGATE, as_json
from callsmith.answering.jsonpath import PathError, find, single
from callsmith.answering.jsonpath import check as check_path

MAX_FILLED = 1_000_000
"""Characters a reply may grow to; quotes that would make it longer are left as they stand."""

_QUOTE = re.compile(r"\{\{([^{}\n]{1,300})\}\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """``notes`` say what was left as it stands, and why."""

    text: str
    notes: tuple[str, ...] = ()


class _Left(Exception):
    """Why a quote is left as it stands."""


def fill(text: str, arguments: Any) -> Filled:
    """``text`` with its quotes replaced from ``arguments`` (the value, not its JSON text)."""
    inside = _inside_strings(text)
    pieces: list[str] = []
    notes: dict[str, None] = {}
    end, room = 0, MAX_FILLED - len(text)
    for match, quoted in zip(_QUOTE.finditer(text), inside or _plain(text), strict=True):
        pieces.append(text[end : match.start()])
        end = match.end()
        try:
            piece = _piece(match[1].strip(), arguments, quoted)
            if len(piece) > room:
                raise _Left(f"the reply would have more than {MAX_FILLED:,} characters")
            room -= len(piece)
        except _Left as why:
            piece = match[0]
            notes[f"{match[0]} is left as it stands: {why}."] = None
        pieces.append(piece)
    return Filled("".join([*pieces, text[end:]]), tuple(notes))


def quoted(text: str) -> tuple[str, ...]:
    """The paths that ``text`` quotes, each once, in order."""
    return tuple(dict.fromkeys(match[1].strip() for match in _QUOTE.finditer(text)))


def check(text: str) -> str:
    """Why a quote in ``text`` cannot work; empty when all can."""
    for path in quoted(text):
        reason = check_path(path) if path else "Nothing stands between the braces."
        if reason:
            return f"{{{{{path}}}}}: {reason}"
    return ""


def _plain(text: str) -> list[None]:
    return [None for _ in _QUOTE.finditer(text)]


def _inside_strings(text: str) -> list[bool]:
    """For each quote of a reply that is JSON, whether it stands inside a string. Empty where it is not JSON."""
    inside: list[bool] = []
    pieces: list[str] = []
    end, within = 0, False
    for match in _QUOTE.finditer(text):
        between = text[end : match.start()]
        within ^= _turns(between)
        inside.append(within)
        pieces += [between, "x" if within else "0"]
        end = match.end()
    skeleton = "".join([*pieces, text[end:]])
    return inside if inside and skeleton.strip() != "0" and _reads(skeleton) else []


def _turns(text: str) -> bool:
    """Whether ``text`` leads into a string, or out of one."""
    unescaped = re.sub(r"\\.", "", text, flags=re.DOTALL)
    return unescaped.count('"') % 2 == 1


def _reads(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _piece(path: str, arguments: Any, in_string: bool | None) -> str:
    """``in_string`` None: the reply is not JSON."""
    value = _value(path, arguments)
    try:
        written = as_json(value)
    except (RecursionError, ValueError, TypeError):
        raise _Left("the argument is nested too deeply") from None
    text = value if isinstance(value, str) else written
    if in_string is None:
        return SURROGATE.sub("\ufffd", text)
    if not in_string:
        return written
    return written[1:-1] if isinstance(value, str) else as_json(text)[1:-1]


def _value(path: str, arguments: Any) -> Any:
    if not path:
        raise _Left("nothing stands between the braces")
    try:
        found = find(path, arguments)
        one = single(path)
    except PathError as error:
        raise _Left(str(error).rstrip(".")) from None
    if not found:
        raise _Left("the call has no such argument")
    return found[0] if one else list(found)
