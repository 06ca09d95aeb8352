"""An entry of a record made into values, or what is wrong with it and where."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from callsmith.conversation import Node
from callsmith.record.fits import Misfit, fits
from callsmith.record.written import WrittenConversation, WrittenExchange, WrittenTool
from callsmith.types.codec import from_json
from callsmith.types.parts import ToolCall, ToolResult

T = TypeVar("T")
REACHING_OUT = ("http", "mcp", "model")
# Message ids as Callsmith makes them. Pages tell messages apart by their first twelve characters.
_OWN_ID = re.compile("[0-9a-f]{24}")
_TOLD_BY = 12
_METHOD = re.compile("[A-Za-z]{1,20}")


def conversation(value: Any) -> WrittenConversation:
    """Raises ``Misfit``. Messages with ids that are not Callsmith's own get some that follow from them."""
    read = _read(WrittenConversation, value)
    _check_id(read.id, "/id")
    _check_tree(read)
    _check_exchanges(read)
    ids = {node.id for node in read.messages}
    if all(_OWN_ID.fullmatch(one) for one in ids) and len({one[:_TOLD_BY] for one in ids}) == len(ids):
        return read
    return _with_own_ids(read)


def tool(value: Any) -> tuple[WrittenTool, bool]:
    """The tool, and whether it would have answered by itself in a way that reaches out of this program: from a file,
    it does so only once a person says so again. Raises ``Misfit``."""
    read = _read(WrittenTool, value)
    _check_id(read.id, "/id")
    numbers = [version.number for version in read.versions]
    if not numbers or numbers != sorted(set(numbers)) or numbers[0] < 1:
        raise Misfit("must have versions with growing numbers from 1", "/versions")
    if read.versions[-1].tool != read.tool:
        raise Misfit("must end with the tool as it is", "/versions")
    reaches = read.answering.auto and read.answering.by in REACHING_OUT
    return (replace(read, answering=replace(read.answering, auto=False)) if reaches else read), reaches


def _read(kind: type[T], value: Any) -> T:
    try:
        fits(kind, value)
        return from_json(kind, value)
    except RecursionError:
        raise Misfit("is nested too deeply") from None
    except (TypeError, ValueError) as error:
        raise error if isinstance(error, Misfit) else Misfit(f"cannot be read: {error}") from error


def _check_id(identifier: str, at: str) -> None:
    if not 0 < len(identifier) <= 200 or not identifier.isprintable():
        raise Misfit("must be a text of 1 to 200 printable characters", at)


def _check_tree(read: WrittenConversation) -> None:
    """Parents come first, so that no message is its own ancestor."""
    known: set[str] = set()
    for place, node in enumerate(read.messages):
        at = f"/messages/{place}"
        if not node.id or node.id in known:
            raise Misfit("is the id of an earlier message" if node.id else "must not be empty", f"{at}/id")
        if node.parent is not None and node.parent not in known:
            raise Misfit(f"names {node.parent[:60]!r}, which is no message before this one", f"{at}/parent")
        known.add(node.id)
        _check_parts(node, at)
    if read.head is not None and read.head not in known:
        raise Misfit(f"names {read.head[:60]!r}, which is no message here", "/head")


def _check_parts(node: Node, at: str) -> None:
    for place, part in enumerate(node.message.parts):
        role = node.message.role
        if (isinstance(part, ToolCall) and role != "assistant") or (isinstance(part, ToolResult) and role != "tool"):
            raise Misfit(f"does not belong into a message of the role {role}", f"{at}/message/parts/{place}")


def _check_exchanges(read: WrittenConversation) -> None:
    known = {node.id for node in read.messages}
    seen: set[str] = set()
    for place, exchange in enumerate(read.exchanges):
        at = f"/exchanges/{place}"
        _check_id(exchange.id, f"{at}/id")
        if exchange.id in seen:
            raise Misfit("is the id of an earlier exchange", f"{at}/id")
        seen.add(exchange.id)
        if not exchange.wire:
            raise Misfit("must not be empty", f"{at}/wire")
        if not _METHOD.fullmatch(exchange.request.method):
            raise Misfit("must be the word of a method, such as POST", f"{at}/request/method")
        for name, node_id in (("parent", exchange.parent), ("node", exchange.node)):
            if node_id is not None and node_id not in known:
                raise Misfit(f"names {node_id[:60]!r}, which is no message here", f"{at}/{name}")
        _check_bytes(exchange, at)


def _check_bytes(exchange: WrittenExchange, at: str) -> None:
    for name, side in (("request", exchange.request), ("response", exchange.response)):
        if side.body and side.body_base64:
            raise Misfit("has a body and a body_base64", f"{at}/{name}")
        for key, text in (("body", side.body), ("body_base64", side.body_base64)):
            try:
                bytes_of(**{key: text})
            except ValueError as error:
                raise Misfit(f"cannot be read as bytes: {error}", f"{at}/{name}/{key}") from None


def bytes_of(body: str = "", body_base64: str = "") -> bytes:
    """ValueError where the text is none that a body can be."""
    if not body_base64:
        return body.encode()
    try:
        return base64.b64decode(body_base64, validate=True)
    except binascii.Error as error:
        raise ValueError(f"it is not base64 ({error})") from error


def _with_own_ids(read: WrittenConversation) -> WrittenConversation:
    ids: dict[str | None, str] = {
        node.id: hashlib.sha256(node.id.encode("utf-8", "surrogatepass")).hexdigest()[:24] for node in read.messages
    }
    return replace(
        read,
        head=ids.get(read.head),
        messages=tuple(replace(node, id=ids[node.id], parent=ids.get(node.parent)) for node in read.messages),
        exchanges=tuple(replace(one, parent=ids.get(one.parent), node=ids.get(one.node)) for one in read.exchanges),
    )


def renamed(
    read: WrittenConversation, new_id: str, ids: Mapping[str, str], tools: Mapping[str, str]
) -> WrittenConversation:
    """The conversation under another id, with other ids for exchanges and tools. Messages keep theirs."""
    messages = tuple(_renamed_node(node, ids) for node in read.messages) if ids else read.messages
    return replace(
        read,
        id=new_id,
        setup=replace(
            read.setup,
            tools=tuple(replace(use, tool_id=tools.get(use.tool_id, use.tool_id)) for use in read.setup.tools),
        ),
        messages=messages,
        exchanges=_renamed_exchanges(read.exchanges, ids),
    )


def _renamed_exchanges(exchanges: Sequence[WrittenExchange], ids: Mapping[str, str]) -> tuple[WrittenExchange, ...]:
    return tuple(replace(exchange, id=ids.get(exchange.id, exchange.id)) for exchange in exchanges)


def _renamed_node(node: Node, ids: Mapping[str, str]) -> Node:
    message = node.message
    if message.origin is not None and message.origin.exchange_id in ids:
        message = replace(message, origin=replace(message.origin, exchange_id=ids[message.origin.exchange_id]))
    if any(isinstance(part, ToolResult) and part.made and part.made.exchange_id in ids for part in message.parts):
        message = replace(message, parts=tuple(_renamed_part(part, ids) for part in message.parts))
    return node if message is node.message else replace(node, message=message)


def _renamed_part(part: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(part, ToolResult) and part.made is not None and part.made.exchange_id in ids:
        return replace(part, made=replace(part.made, exchange_id=ids[part.made.exchange_id]))
    return part
