"""A tool as the user keeps it, and how a turn may use tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Tool:
    """``parameters`` is the JSON Schema exactly as the user keeps it, key order included.

    None means the tool takes no arguments. ``strict`` None means the field is not sent.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] | None = None
    strict: bool | None = None
    output_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ToolChoice:
    """``named`` needs ``name``; the other modes ignore it."""

    mode: Literal["auto", "none", "required", "named"] = "auto"
    name: str = ""
