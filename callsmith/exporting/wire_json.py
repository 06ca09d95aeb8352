"""Tools as JSON: the entries that the app itself sends in each wire format, MCP's definition, our own document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from callsmith.exporting.types import Note
from callsmith.schema import text
from callsmith.schema.tool_document import document_of
from callsmith.types.options import Options
from callsmith.types.tool import Tool
from callsmith.wire import anthropic_tools, chat_tools, gemini_tools, responses_tools
from callsmith.wire.custom import as_function
from callsmith.wire.profile import Profile

_PROFILE = Profile(custom_tools=True)
_OPTIONS = Options()
# MCP's own order of a tool's fields (schema 2025-11-25).
_MCP_ORDER = (
    "name",
    "title",
    "description",
    "icons",
    "inputSchema",
    "execution",
    "outputSchema",
    "annotations",
    "_meta",
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def entry(tool: Tool, target: str) -> dict[str, Any]:
    """The definition. What an import from the same shape could not place in a tool comes back."""
    made = _BUILDERS[target](tool)
    origin = tool.origin
    if origin is None or origin.kind != target:
        return made
    made = {**{k: v for k, v in origin.extra.items() if k not in made}, **made}
    order = _MCP_ORDER if target == "mcp" else tuple(_BUILDERS[target](tool))
    known = {key: made[key] for key in order if key in made}
    return {**known, **made}


def lost(tool: Tool, target: str) -> list[Note]:
    """What of the tool this shape has no place for."""
    notes = []
    if target != "json" and tool.type == "custom" and target not in ("openai-chat", "openai-responses"):
        notes.append(Note("", "Free text is offered as one text argument; its grammar is told in words"))
    if tool.strict is not None and target in ("gemini", "mcp"):
        notes.append(Note("", "strict has no place here"))
    if tool.output_schema is not None and target not in ("mcp", "json"):
        notes.append(Note("", "The schema of the result has no place here"))
    return notes


def written(document: Any) -> str:
    """The text of a document; half a surrogate pair, which no file can hold, is escaped."""
    return without_halves(text.write(_plain(document))) + "\n"


def without_halves(written: str) -> str:
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", written)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _chat(tool: Tool) -> dict[str, Any]:
    made: dict[str, Any] = chat_tools.tools_offered([tool], _OPTIONS, _PROFILE)["tools"][0]
    return made


def _responses(tool: Tool) -> dict[str, Any]:
    made: dict[str, Any] = responses_tools.tools_offered([tool], _OPTIONS, _PROFILE)["tools"][0]
    return made


def _anthropic(tool: Tool) -> dict[str, Any]:
    return anthropic_tools.tools_offered([tool], _OPTIONS)[0]


def _gemini(tool: Tool) -> dict[str, Any]:
    made: dict[str, Any] = gemini_tools.tools_offered([tool], _OPTIONS, combines=False)["tools"][0]
    declaration: dict[str, Any] = made["functionDeclarations"][0]
    return declaration


def _mcp(tool: Tool) -> dict[str, Any]:
    """``inputSchema`` is an object's, and there even where nothing is asked for."""
    known = as_function(tool)
    out: dict[str, Any] = {"name": known.name}
    if known.description:
        out["description"] = known.description
    schema = known.parameters if known.parameters is not None else {"type": "object", "properties": {}}
    out["inputSchema"] = schema if schema.get("type") == "object" else {**schema, "type": "object"}
    if known.output_schema is not None:
        out["outputSchema"] = known.output_schema
    return out


_BUILDERS: Mapping[str, Callable[[Tool], dict[str, Any]]] = {
    "openai-chat": _chat,
    "openai-responses": _responses,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "mcp": _mcp,
    "json": document_of,
}
JSON_TARGETS = frozenset(_BUILDERS)
