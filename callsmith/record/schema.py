"""The JSON Schema of the record, made from the types that are read. docs/record.schema.json is its text."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal

from callsmith.conversation import Node
from callsmith.record.fits import required_of
from callsmith.record.written import (
    FORMAT,
    VERSION,
    WrittenConversation,
    WrittenExchange,
    WrittenRequest,
    WrittenResponse,
    WrittenTool,
)
from callsmith.schema import text
from callsmith.types.exchange import Marks
from callsmith.types.message import Message
from callsmith.types.parts import Made, Opaque, ToolCall, ToolResult
from callsmith.types.tool import Origin as ToolOrigin
from callsmith.wire.registry import WIRES

_PLAIN: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    Any: {},
}
_SAID: Mapping[tuple[type, str], str] = {
    (WrittenConversation, "messages"): "The tree with all its arms. A parent stands before its children.",
    (WrittenConversation, "head"): "The id of the message at the end of the arm in view.",
    (WrittenConversation, "forked_from"): "The id of the conversation this one was begun as a copy of.",
    (WrittenConversation, "hidden"): "Left out of the lists: a copy made to try something.",
    (WrittenConversation, "created_at"): "Unix time in seconds.",
    (Node, "id"): "A hash of the message and its parent.",
    (Message, "cut"): "The reply did not reach its own end.",
    (Message, "finish"): "The provider's own word.",
    (ToolCall, "arguments"): "The text that the model sent, never repaired.",
    (ToolResult, "made"): "Who made the result, and how long it took. Never sent.",
    (Made, "started"): "Unix time in seconds.",
    (Made, "exchange_id"): "The exchange of a model that played the tool.",
    (Opaque, "data"): "A provider's block that goes back unread.",
    (Marks, "started"): "Unix time in seconds; the others are seconds after it.",
    (WrittenExchange, "parent"): "The id of the message it asked below.",
    (WrittenExchange, "node"): "The id of the message it left.",
    (WrittenExchange, "plays"): "The tool that a model played in it; left out for a turn of the conversation.",
    (WrittenExchange, "calls"): "How many calls the reply made.",
    (
        WrittenExchange,
        "usage",
    ): "Tokens. Left out or null: not reported. input holds the cached ones, output the reasoning.",
    (WrittenRequest, "headers"): "A secret stands as its placeholder, such as {{api_key}}.",
    (WrittenRequest, "body"): "The bytes as sent, where they are UTF-8; else body_base64 stands.",
    (WrittenResponse, "status"): "Left out: no answer began.",
    (WrittenTool, "conversation_id"): "The conversation this tool is a copy for; left out for a tool of the library.",
    (WrittenTool, "versions"): "Oldest first; the last is the tool as it is.",
}


def schema() -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    lists = {
        "tools": {"type": "array", "items": _shape(WrittenTool, definitions)},
        "conversations": {"type": "array", "items": _shape(WrittenConversation, definitions)},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Callsmith record",
        "description": "Conversations with their messages, exchanges and tools. See docs/record.md.",
        "type": "object",
        "properties": {"format": {"const": FORMAT}, "version": {"const": VERSION}, **lists},
        "required": ["format", "version", "tools", "conversations"],
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    return text.write(schema()) + "\n"


def _shape(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if is_dataclass(kind):
        return _object(typing.cast(type, kind), definitions)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        shapes = [_shape(one, definitions) for one in arguments if one is not types.NoneType]
        return {"anyOf": [*shapes, {"type": "null"}] if len(shapes) < len(arguments) else shapes}
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return {"type": "array", "items": _shape(arguments[0], definitions)}
        entries = [_shape(one, definitions) for one in arguments]
        return {"type": "array", "prefixItems": entries, "items": False, "minItems": len(entries)}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is not None:
        return {"type": "object", "additionalProperties": _shape(arguments[1], definitions)}
    return dict(_PLAIN[kind])


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    name = _name(kind)
    if name not in definitions:
        definitions[name] = {}
        hints = typing.get_type_hints(kind)
        properties: dict[str, Any] = {}
        for one in fields(kind):
            shape = _shape(hints[one.name], definitions)
            if one.name == "wire":
                shape = {"enum": [*([] if one.name in required_of(kind) else [""]), *WIRES]}
            elif one.name == "kind" and len(shape.get("enum", ())) == 1:
                shape = {"const": shape["enum"][0]}
            said = _SAID.get((kind, one.name))
            properties[one.name] = {"description": said, **shape} if said else shape
        required = [*required_of(kind), *(["kind"] if "const" in properties.get("kind", {}) else [])]
        made = {"type": "object", "properties": properties, "required": required}
        definitions[name] = made if required else {key: value for key, value in made.items() if key != "required"}
    return {"$ref": f"#/$defs/{name}"}


def _name(kind: type) -> str:
    """Two types are called ``Origin``: a message's, and a tool's. A tool as it is kept holds the tool as it is sent."""
    if kind is WrittenTool:
        return "LibraryTool"
    place = "Tool" if kind is ToolOrigin else ""
    return place + kind.__name__.removeprefix("Written")
