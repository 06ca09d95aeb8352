"""The shape of one input item of a Responses request, and what its content says (wire-format notes, 3.2)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.wires.openai_checks import invalid_value, missing, wrong_type
from callsmith.demo.wires.responses_words import check_fields, text_at
from callsmith.types.parts import Media, Part, Refusal, Text

MAX_CALL_ID = 64
ROLES = ("assistant", "system", "developer", "user")
# Call items, each with its output item; and how the refusals call them.
OUTPUTS: Mapping[str, str] = {"function_call_output": "function_call", "custom_tool_call_output": "custom_tool_call"}
_ITEM = ("type", "id", "status")
_MCP = (*_ITEM, "server_label", "name", "arguments")
_CALL = (*_ITEM, "call_id", "name", "caller", "namespace")
_FIELDS: Mapping[str, frozenset[str]] = {
    "message": frozenset((*_ITEM, "role", "content", "phase")),
    "reasoning": frozenset((*_ITEM, "summary", "content", "encrypted_content")),
    "function_call": frozenset((*_CALL, "arguments")),
    "custom_tool_call": frozenset((*_CALL, "input")),
    "function_call_output": frozenset((*_CALL, "output")),
    "custom_tool_call_output": frozenset((*_CALL, "output")),
    "web_search_call": frozenset((*_ITEM, "action")),
    "mcp_list_tools": frozenset((*_ITEM, "server_label", "tools", "error")),
    "mcp_call": frozenset((*_MCP, "output", "error", "approval_request_id")),
    "mcp_approval_request": frozenset(_MCP),
    "mcp_approval_response": frozenset((*_ITEM, "approval_request_id", "approve", "reason")),
    "item_reference": frozenset(("type", "id")),
}
_STRINGS: Mapping[str, tuple[str, ...]] = {
    "function_call": ("call_id", "name", "arguments"),
    "custom_tool_call": ("call_id", "name", "input"),
    "function_call_output": ("call_id",),
    "custom_tool_call_output": ("call_id",),
    "mcp_list_tools": ("server_label",),
    "mcp_call": ("server_label", "name", "arguments"),
    "mcp_approval_request": ("id", "server_label", "name", "arguments"),
    "mcp_approval_response": ("approval_request_id",),
    "reasoning": ("id",),
    "item_reference": ("id",),
}
PREFIXES: Mapping[str, str] = {
    "message": "msg",
    "reasoning": "rs",
    "function_call": "fc",
    "custom_tool_call": "ctc",
    "web_search_call": "ws",
    "mcp_list_tools": "mcpl",
    "mcp_call": "mcp",
    "mcp_approval_request": "mcpr",
}
_SAID = {"output_text": "text", "refusal": "refusal"}
_INPUTS = ("input_text", "input_image", "input_file")
_DATA_URL = re.compile(r"data:([\w.+/-]+)(?:;[\w=.-]+)*;base64,(.*)", re.DOTALL)
_PNG = "data:image/png;base64,aW1nIGJ5dGVzIGhlcmU="
_PLAIN = "data:text/plain;base64,SGVsbG8sIFdvcmxkIQ=="


def kind_of(item: Any, at: str) -> str:
    """The item's type, once its fields are right. Raises ``Refused``."""
    if not isinstance(item, Mapping):
        raise wrong_type(at, "an object", item)
    kind = item.get("type") or ("message" if "role" in item else None)
    if kind is None:
        raise missing(f"{at}.type")
    if not isinstance(kind, str) or kind not in _FIELDS:
        raise invalid_value(at, kind, tuple(_FIELDS))
    check_fields(item, _FIELDS[kind], at)
    for name in _STRINGS.get(kind, ()):
        text_at(item, name, at)
    call_id = item.get("call_id")
    if isinstance(call_id, str) and len(call_id) > MAX_CALL_ID:
        raise Refused(
            f"Invalid '{at}.call_id': string too long. Expected a string with maximum length {MAX_CALL_ID}, "
            f"but got a string with length {len(call_id)} instead.",
            param=f"{at}.call_id",
            code="string_above_max_length",
        )
    _check_id(item, kind, at)
    if kind == "message":
        if item.get("role") not in ROLES:
            raise invalid_value(f"{at}.role", item.get("role"), ROLES)
        read_content(item, at)
    elif kind in OUTPUTS:
        read_output(item, at)
    elif kind == "mcp_approval_response" and not isinstance(item.get("approve"), bool):
        raise (
            missing(f"{at}.approve")
            if "approve" not in item
            else wrong_type(f"{at}.approve", "a boolean", item["approve"])
        )
    elif kind == "reasoning" and not isinstance(item.get("summary"), list):
        raise missing(f"{at}.summary")
    return kind


def _check_id(item: Mapping[str, Any], kind: str, at: str) -> None:
    identifier, prefix = item.get("id"), PREFIXES.get(kind)
    if identifier is None or prefix is None:
        return
    if not isinstance(identifier, str) or not identifier.startswith(prefix):
        raise Refused(
            f"Invalid '{at}.id': '{identifier}'. Expected an ID that begins with '{prefix}'.",
            param=f"{at}.id",
            code="invalid_value",
        )


def read_content(item: Mapping[str, Any], at: str) -> tuple[Part, ...]:
    """What a message says, in its order."""
    content, said = item.get("content"), item.get("role") == "assistant"
    if isinstance(content, str):
        return (Text(content),) if content else ()
    if content is None:
        raise missing(f"{at}.content")
    if not isinstance(content, list):
        raise wrong_type(f"{at}.content", "one of an array of objects or string", content)
    return _parts(content, f"{at}.content", said=said)


def read_output(item: Mapping[str, Any], at: str) -> tuple[Part, ...]:
    """What a tool's output says."""
    output = item.get("output")
    if isinstance(output, str):
        return (Text(output),)
    if output is None:
        raise missing(f"{at}.output")
    if not isinstance(output, list):
        raise wrong_type(f"{at}.output", "one of an array of objects or string", output)
    return _parts(output, f"{at}.output", said=False)


def _parts(parts: Sequence[Any], at: str, *, said: bool) -> tuple[Part, ...]:
    return tuple(_part(part, f"{at}[{number}]", said=said) for number, part in enumerate(parts))


def _part(part: Any, at: str, *, said: bool) -> Part:
    kind = part.get("type") if isinstance(part, Mapping) else None
    allowed = tuple(_SAID) if said else _INPUTS
    if not isinstance(part, Mapping) or kind not in allowed:
        raise invalid_value(at, kind, allowed)
    if kind == "refusal":
        return Refusal(text_at(part, "refusal", at))
    if kind in ("output_text", "input_text"):
        return Text(text_at(part, "text", at))
    return _image(part, at) if kind == "input_image" else _file(part, at)


def _image(part: Mapping[str, Any], at: str) -> Media:
    if isinstance(part.get("file_id"), str):
        return Media("image/*", url=part["file_id"])
    where, url = f"{at}.image_url", text_at(part, "image_url", at)
    if url.startswith(("http://", "https://")):
        return Media("image/*", url=url)
    found = _DATA_URL.fullmatch(url)
    if found is None:
        message = f"Invalid '{where}'. Expected a valid URL, but got a value with an invalid format."
        raise Refused(message, param=where, code="invalid_value")
    if not _is_base64(found[2]):
        message = (
            f"Invalid '{where}'. Expected a base64-encoded data URL with an image MIME type (e.g. '{_PNG}'), "
            "but got invalid base64-encoded value."
        )
        raise Refused(message, param=where, code="invalid_value")
    return Media(found[1], found[2])


def _file(part: Mapping[str, Any], at: str) -> Media:
    name = str(part.get("filename") or "")
    for field in ("file_url", "file_id"):
        if isinstance(part.get(field), str):
            return Media("application/octet-stream", url=part[field], name=name)
    where, data = f"{at}.file_data", text_at(part, "file_data", at)
    found = _DATA_URL.fullmatch(data)
    if found is None or not _is_base64(found[2]):
        message = (
            f"Invalid file data: '{where}'. Expected a base64-encoded data URL with a valid file MIME type "
            f"(e.g. '{_PLAIN}'), but got invalid base64-encoded value."
        )
        raise Refused(message, param=where, code="invalid_value")
    return Media(found[1], found[2], name=name)


def _is_base64(data: str) -> bool:
    try:
        base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
