"""The JSON Schema of setup files, made from the types that are read. docs/setup.schema.json is its text."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any, Literal

from callsmith.schema import text
from callsmith.setup_file import FORMAT, SCHEMA_KEY, VERSION
from callsmith.setup_file_check import PLAIN, Written, shape
from callsmith.setup_file_types import SetupFile, SetupTool
from callsmith.types.answering import Answering, Condition, Fault, Http, Mcp, Player, Reply, Rule, Samples
from callsmith.types.setup import LoopLimits

_SAID: Mapping[tuple[type, str], str] = {
    (SetupFile, "connection"): "Name of the connection, or demo or environment. Left out: the default one.",
    (SetupFile, "model"): "Id of the model. Left out: the connection's default one.",
    (SetupFile, "wire"): "The wire format. Left out: the one that loses least of what the model does.",
    (SetupFile, "system"): "The system prompt.",
    (SetupFile, "variables"): "Values of {{name}} in the system prompt and in messages.",
    (SetupFile, "prompt"): "The first message of a run.",
    (SetupFile, "options"): "Everything else that is sent. What is left out is not sent.",
    (SetupFile, "loop"): "Where a turn that runs by itself ends.",
    (SetupFile, "budget"): "US dollars that the conversation may cost before nothing more is asked by itself.",
    (SetupTool, "parameters"): "The JSON Schema of the arguments.",
    (SetupTool, "output_schema"): "The JSON Schema of the results. Not sent.",
    (SetupTool, "grammar"): "What the text of a custom tool must fit.",
    (SetupTool, "on"): "false: kept, but not offered to the model.",
    (SetupTool, "answering"): "Who answers the calls of this tool. Not sent.",
    (Answering, "by"): "The way in use.",
    (Answering, "auto"): "Whether the page answers without asking. The run command never asks.",
    (Answering, "mocks"): "Results saved under a name, to pick by hand.",
    (Answering, "rules"): "The first rule whose conditions all hold gives the result.",
    (Rule, "when"): "Conditions on the arguments. Left out: the rule for everything else.",
    (Condition, "at"): "JSON path into the arguments, such as $.city. Left out: all of them.",
    (Reply, "content"): "The result: text, or an object or list that is taken as its JSON text. May quote arguments.",
    (Reply, "delay"): "Seconds.",
    (Samples, "edges"): "At the limits of the output schema.",
    (Fault, "seconds"): "How long a timeout lasts.",
    (Http, "result_at"): "JSON path of the part of the response that is the result.",
    (Mcp, "headers"): "Secrets stand in them as {{NAME}}.",
    (Player, "connection"): "Name of the connection whose model plays the tool.",
    (LoopLimits, "steps"): "Exchanges with the model.",
    (LoopLimits, "cost"): "US dollars.",
}


def schema() -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    file = _object(SetupFile, definitions)
    own = {
        SCHEMA_KEY: {"type": "string"},
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Callsmith setup file",
        "description": "How a conversation asks and who answers its tools. See docs/setup-file.md.",
        "type": "object",
        "properties": {**own, **file["properties"]},
        "required": ["format", "version"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    return text.write(schema()) + "\n"


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    properties, required = {}, []
    for name, entry in shape(kind).items():
        said = _SAID.get((kind, name))
        properties[name] = {**({"description": said} if said else {}), **_of(entry.kind, definitions, entry.written)}
        required += [name] if entry.required else []
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": required} if required else made


def _of(kind: Any, definitions: dict[str, Any], written: Written = PLAIN) -> dict[str, Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if is_dataclass(kind):
        made = typing.cast(type, kind)
        if made.__name__ not in definitions:
            definitions[made.__name__] = {}
            definitions[made.__name__] = _object(made, definitions)
        return {"$ref": f"#/$defs/{made.__name__}"}
    if origin in (typing.Union, types.UnionType):
        inner = next(one for one in arguments if one is not types.NoneType)
        return {"anyOf": [_of(inner, definitions, written), {"type": "null"}]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _of(arguments[1], definitions)}
    if kind is Any:
        return {}
    if written.choices:
        return {"enum": ["", *written.choices]}
    if written.json:
        return {"type": ["string", "object", "array"]}
    made_type = {"type": {str: "string", bool: "boolean", int: "integer", float: "number"}[kind]}
    return made_type if written.least is None else {**made_type, "minimum": written.least}
