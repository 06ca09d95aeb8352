"""What a message is made of: a closed union of parts, each with a literal ``kind``.

``extra`` on a part is provider data that must go back unread (signatures, ``extra_content``);
nothing in Callsmith interprets it except the wire format that wrote it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from callsmith.types.halves import whole

Extra = Mapping[str, Any]
NO_EXTRA: Extra = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    extra: Extra = field(default_factory=lambda: NO_EXTRA)
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Thinking:
    """Reasoning the model showed. ``source`` names the wire field it came in, so it can go back there."""

    text: str
    source: str = ""
    extra: Extra = field(default_factory=lambda: NO_EXTRA)
    kind: Literal["thinking"] = "thinking"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model declined, in the provider's own refusal field rather than in text."""

    text: str
    extra: Extra = field(default_factory=lambda: NO_EXTRA)
    kind: Literal["refusal"] = "refusal"


@dataclass(frozen=True, slots=True)
class Parsed:
    """Arguments that are JSON. ``value`` may still be anything: an object is not guaranteed."""

    value: Any


@dataclass(frozen=True, slots=True)
class Malformed:
    """Arguments that are not JSON. ``line`` and ``column`` count from 1."""

    message: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call the model asks for. ``arguments`` is the raw string it sent, never repaired.

    ``original``: what the model had sent where a person changed the arguments afterwards, else None. Never sent.
    """

    id: str
    name: str
    arguments: str
    type: str = "function"
    extra: Extra = field(default_factory=lambda: NO_EXTRA)
    original: str | None = None
    kind: Literal["tool_call"] = "tool_call"

    def parsed(self) -> Parsed | Malformed:
        """The arguments as JSON, or where they stop being JSON (NaN and Infinity are not JSON, nor can a number that no
        double holds be said again). Half a character, which may stand in them as an escape, is U+FFFD in the value."""
        try:
            value = json.loads(self.arguments, parse_constant=_refuse_constant, parse_float=finite)
            return Parsed(whole(value) if "\\u" in self.arguments or not self.arguments.isascii() else value)
        except json.JSONDecodeError as error:
            return Malformed(error.msg, error.lineno, error.colno)
        except _NotJson as error:
            return Malformed(str(error), 1, 1)
        except ValueError:
            return Malformed("A number has more digits than can be read", 1, 1)
        except RecursionError:
            return Malformed("The arguments are nested too deeply to read", 1, 1)


Maker = Literal["hand", "rules", "schema", "fault", "http", "mcp", "model", "refused", "cancelled"]


@dataclass(frozen=True, slots=True)
class Made:
    """Who made a result, and how long it took. Never sent. ``detail`` says which rule, fault, server or model.

    ``started`` is Unix time; ``seconds`` the time it took. ``edited``: a person changed it afterwards.
    ``exchange_id``: the exchange of a model that played the tool.
    """

    by: Maker
    detail: str = ""
    started: float | None = None
    seconds: float | None = None
    edited: bool = False
    exchange_id: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What is sent back for one call. ``content`` is text; JSON results are kept as JSON text."""

    call_id: str
    content: str
    is_error: bool = False
    name: str = ""
    extra: Extra = field(default_factory=lambda: NO_EXTRA)
    made: Made | None = None
    kind: Literal["tool_result"] = "tool_result"


@dataclass(frozen=True, slots=True)
class Media:
    """An image, file or audio clip. ``data`` is base64 without line breaks, or empty when ``url`` says where it is."""

    media_type: str
    data: str = ""
    url: str = ""
    name: str = ""
    extra: Extra = field(default_factory=lambda: NO_EXTRA)
    kind: Literal["media"] = "media"


@dataclass(frozen=True, slots=True)
class Opaque:
    """A provider's block or item that goes back unread, in its place: a server tool's step, redacted thinking,
    an encrypted reasoning item. ``type`` is the provider's word for it; ``data`` is the whole block."""

    type: str
    data: Any
    extra: Extra = field(default_factory=lambda: NO_EXTRA)
    kind: Literal["opaque"] = "opaque"


Part = Text | Thinking | Refusal | ToolCall | ToolResult | Media | Opaque


class _NotJson(ValueError):
    pass


def finite(number: str) -> float:
    """A number of a JSON text. ValueError where it is too large for a double: it would be written as Infinity."""
    value = float(number)
    if math.isinf(value):
        raise _NotJson(f"{number[:40]} is too large for a number")
    return value


def _refuse_constant(name: str) -> Any:
    raise _NotJson(f"{name} is not JSON")
