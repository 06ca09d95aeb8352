"""Where what the editor edits is kept: a tool of the library, or the reply schema of a conversation.

A reply schema is edited like a tool (name, description, fields, strict), so it travels as one.
"""

from __future__ import annotations

from dataclasses import replace

from callsmith.store import ToolChange
from callsmith.types.features import ResponseSchema
from callsmith.types.tool import Tool
from components import services
from components.chat import session

_RESPONSE = "reply-schema-"
_EMPTY = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


def response_id() -> str:
    """The id under which the editor opens the reply schema of the conversation in view."""
    return _RESPONSE + (session.current().conversation.id or "new")


def is_response(tool_id: str) -> bool:
    return tool_id.startswith(_RESPONSE)


def kept(tool_id: str) -> Tool | None:
    """None where the tool is not in the library."""
    if not is_response(tool_id):
        record = services.store().tool(tool_id)
        return None if record is None else record.tool
    response = session.current().setup.options.response or ResponseSchema(_EMPTY)
    return Tool(response.name, response.description, response.schema, response.strict)


def keep(tool_id: str, tool: Tool, how: ToolChange = "edited", *, same_step: bool = False) -> None:
    """``same_step``: the change goes on with the one before, so that both are one version."""
    if not is_response(tool_id):
        old = kept(tool_id)
        # Where a tool came from is no part of what is edited.
        tool = replace(tool, origin=old.origin if old else None)
        services.store().save_tool(tool, tool_id, how=how, same_step=same_step)
        return
    setup = session.current().setup
    schema = tool.parameters if tool.parameters is not None else {}
    before = setup.options.response
    response = ResponseSchema(schema, tool.name, tool.description, tool.strict, before.on if before else True)
    session.save_setup(replace(setup, options=replace(setup.options, response=response)))
