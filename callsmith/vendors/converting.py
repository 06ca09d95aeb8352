"""A tool turned into the JSON of one wire format, made legal where that can be done without changing its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.schema.changes import Change
from callsmith.types.tool import Tool
from callsmith.vendors.compiling import VENDORS, compile_tool, verdicts
from callsmith.vendors.mending import mended
from callsmith.vendors.places import walked
from callsmith.vendors.rules import Verdict
from callsmith.vendors.sending import WIRES

# Who judges a tool in each format: without strict, and with it.
_JUDGES: Mapping[str, tuple[str, str]] = {
    "openai-chat": ("openai", "openai-strict"),
    "openai-responses": ("openai", "openai-strict"),
    "anthropic": ("anthropic", "anthropic-strict"),
    "gemini": ("gemini-json-schema", "gemini-json-schema"),
    "mcp": ("mcp", "mcp"),
}
_WITH_CUSTOM = ("openai-chat", "openai-responses")


@dataclass(frozen=True, slots=True)
class Conversion:
    """``tool`` is the entry of a request's ``tools``, None where ``refused`` says why it cannot be sent. ``verdicts``
    are on the schema after ``changes``."""

    tool: dict[str, Any] | None
    refused: str
    changes: tuple[Change, ...]
    verdicts: tuple[Verdict, ...]


def convert(tool: Tool, wire: str, *, strict: bool = False) -> Conversion:
    """``strict`` sends the schema as a strict one; to fit it for that is another step, before this one."""
    if wire not in _JUDGES:
        raise ValueError(f'There is no format "{wire}"; there are {", ".join(WIRES)}')
    is_function = tool.type == "function"
    is_strict = is_function and (strict or tool.strict is True)
    tool, changes = mended(tool, wire, strict=is_strict)
    if not is_function and wire not in _WITH_CUSTOM:
        changes += (Change("/type", "There are no free-text tools here: it became a function with one text argument."),)
    own, walk = _JUDGES[wire][is_strict], walked(tool)
    done = compile_tool(tool, own, wire, walk)
    judged = [*done.verdicts]
    for vendor in _others(wire, own, is_strict):
        judged += verdicts(tool, vendor, walk)
    return Conversion(None if done.refused else done.wire, done.refused, changes, tuple(judged))


def _others(wire: str, own: str, is_strict: bool) -> list[str]:
    """Further vendors who take tools in this format: those of its strict mode where that is asked for."""
    return [
        vendor
        for vendor, table in VENDORS.items()
        if vendor != own and wire in table.wires and table.strict in (is_strict, None)
    ]
