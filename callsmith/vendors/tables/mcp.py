"""A tool as an MCP server lists it: any JSON Schema whose top is an object (wire-format notes, 8.1)."""

from __future__ import annotations

from callsmith.vendors import keywords as k
from callsmith.vendors.rules import Lack, Table, ToolRule, dropped, kept, on, refused, rewritten
from callsmith.vendors.tables import shared
from callsmith.vendors.when import is_object_at_top, no_object_at_top, untyped_top

_NOTES = "notes 8.1"
_SPECIFICATION = "MCP specification, Tool.inputSchema"
_KEPT = "A server lists the schema as it stands."
_OBJECT = "The top of inputSchema has to be of type object."
_NAMES = "MCP takes it; a client renames it where the model's vendor does not."

MCP = Table(
    id="mcp",
    label="MCP",
    wires=("mcp",),
    strict=None,
    rules={
        **on(k.KNOWN, kept(_KEPT, _NOTES)),
        **on(
            "type",
            refused(_OBJECT, _SPECIFICATION, when=no_object_at_top, certain=True),
            kept("The top has to be an object, and is.", _SPECIFICATION, when=is_object_at_top),
            kept(_KEPT, _NOTES),
        ),
    },
    unknown=kept(_KEPT, _NOTES),
    broken=kept("Servers list such schemas all the same; few clients can use them.", _NOTES),
    lost=kept("This reference leads nowhere in the document; a server lists it all the same.", _NOTES),
    anything=kept(_KEPT, _NOTES),
    nothing=kept(_KEPT, _NOTES),
    tool=(
        ToolRule("name", lambda tool: bool(tool.name), kept(_NAMES, _NOTES)),
        ToolRule("name", lambda tool: True, refused("A tool has a name.", _SPECIFICATION, certain=True)),
        shared.description_kept(_SPECIFICATION, False),
        ToolRule(
            "output_schema", lambda tool: tool.output_schema is not None, kept("Sent as outputSchema.", _SPECIFICATION)
        ),
        ToolRule("strict", lambda tool: tool.strict is not None, dropped("MCP has no strict.", _SPECIFICATION)),
        *shared.as_function(_SPECIFICATION, False),
    ),
    lacks=(Lack("(root)", untyped_top, rewritten('Callsmith adds "type": "object".', _SPECIFICATION)),),
)
