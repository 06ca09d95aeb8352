"""A tool as the user keeps it, and how a turn may use tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the text of a custom tool must fit."""

    syntax: Literal["lark", "regex"]
    definition: str


@dataclass(frozen=True, slots=True)
class HttpArgument:
    """Where one argument of a call goes in its HTTP request: the property of the parameters, the place, and the
    name it has there. ``body`` with an empty ``name`` is the whole body."""

    property: str
    place: Literal["path", "query", "header", "cookie", "body"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class HttpCall:
    """The HTTP request a tool was made from, kept so that the tool can be run later.

    ``url`` holds ``{name}`` for each path argument. ``headers`` are the constant ones; a secret in them is
    written ``{{NAME}}``, never as its value.
    """

    method: str
    url: str
    arguments: tuple[HttpArgument, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a tool was imported from. Never sent.

    ``kind`` is the kind of import (``openai-chat``, ``openapi``, ``mcp``, ``curl``, ``python``, ...). ``name`` is the
    name it has there, where that differs. ``source`` names the file, address, document or server. ``extra`` holds
    the fields of its definition that have no place in a ``Tool``, so that an export to the same shape loses nothing.
    """

    kind: str
    name: str = ""
    source: str = ""
    http: HttpCall | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tool:
    """``parameters`` is the JSON Schema exactly as the user keeps it, key order included.

    None means the tool takes no arguments. ``strict`` None means the field is not sent. A ``custom`` tool is
    called with free text instead of arguments, held to ``grammar`` where it has one.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] | None = None
    strict: bool | None = None
    output_schema: Mapping[str, Any] | None = None
    type: Literal["function", "custom"] = "function"
    grammar: Grammar | None = None
    origin: Origin | None = None


# The formats that know no custom tools offer one as a function that takes its text as this one argument.
CUSTOM_AS_FUNCTION: Mapping[str, Any] = {
    "type": "object",
    "properties": {"input": {"type": "string"}},
    "required": ["input"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """``named`` needs ``name``. ``allowed`` limits auto, required and validated to some of the tools; empty means
    all. ``validated`` is Gemini's: text, or a call checked against its schema; elsewhere it is auto."""

    mode: Literal["auto", "none", "required", "named", "validated"] = "auto"
    name: str = ""
    allowed: tuple[str, ...] = ()
