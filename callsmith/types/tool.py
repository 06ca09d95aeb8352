"""A tool as the user keeps it, and how a turn may use tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the text of a custom tool must fit."""

    syntax: Literal["lark", "regex"]
    definition: str


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
