"""The record of conversations as one JSON document, written as it is read from the store.

One conversation, and one tool, stands on each line, so that a file that was damaged or cut off can be read around the
damage. Exchanges come from the store a few at a time: their number does not matter. Keys are not in the store, so none
is in the document.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from callsmith.record.written import (
    FORMAT,
    VERSION,
    WrittenConversation,
    WrittenExchange,
    WrittenRequest,
    WrittenResponse,
    WrittenTool,
    WrittenVersion,
)
from callsmith.store import Store
from callsmith.store.records_io import KeptConversation, KeptExchange, KeptTool
from callsmith.types.codec import to_json
from callsmith.types.problem import Problem

_STILL_RUNNING = Problem("interrupted", "The exchange was still running when it was exported")


def unheard(done: int) -> None:
    """For those who do not ask how far it is."""


def export(store: Store, ids: Collection[str] | None = None, begun: Callable[[int], None] = unheard) -> Iterator[bytes]:
    """The document in pieces: these conversations with their tools, or everything with the whole library. Ids that
    are not there are left out. ``begun`` is told before each conversation how many are done."""
    wanted = store.kept_ids() if ids is None else list(dict.fromkeys(ids))
    yield f'{{"format": "{FORMAT}", "version": {VERSION}, "tools": ['.encode()
    before = b"\n"
    for tool in _tools(store, wanted, begun, everything=ids is None):
        yield before + dumps(to_json(written_tool(tool)))
        before = b",\n"
    yield b'\n], "conversations": ['
    before = b"\n"
    for done, conversation_id in enumerate(wanted):
        begun(done)
        kept = store.kept_conversation(conversation_id)
        if kept is not None and not kept.deleted:
            yield before
            yield from _conversation(store, kept)
            before = b",\n"
    yield b"\n]}\n"


def _conversation(store: Store, kept: KeptConversation) -> Iterator[bytes]:
    """Its exchanges come last, each when its turn comes."""
    yield dumps(to_json(written_conversation(kept)))[:-1] + b', "exchanges": ['
    known = frozenset(node.id for node in kept.nodes)
    before = b""
    for exchange in store.kept_exchanges(kept.id):
        yield before + dumps(to_json(written_exchange(exchange, known)))
        before = b", "
    yield b"]}"


def whole(store: Store, kept: KeptConversation) -> WrittenConversation:
    """A kept conversation with its exchanges, as it is written."""
    known = frozenset(node.id for node in kept.nodes)
    exchanges = tuple(written_exchange(exchange, known) for exchange in store.kept_exchanges(kept.id))
    return replace(written_conversation(kept), exchanges=exchanges)


def _tools(
    store: Store, wanted: Collection[str], begun: Callable[[int], None], *, everything: bool
) -> Iterator[KeptTool]:
    """In the user's order, without the deleted ones."""
    used: set[str] = set(store.kept_tool_ids()) if everything else set()
    for conversation_id in wanted if not everything else ():
        begun(0)
        if store.stamp(conversation_id) is not None:
            used.update(use.tool_id for use in store.setup(conversation_id).tools)
    for tool in store.kept_tools(used).values():
        if not tool.deleted:
            yield tool


def written_conversation(kept: KeptConversation) -> WrittenConversation:
    """Without its exchanges."""
    beside: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept.beside.items()
    }
    return WrittenConversation(
        id=kept.id,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
        title=kept.title,
        setup=kept.setup,
        head=kept.head,
        forked_from=kept.forked_from,
        hidden=kept.hidden,
        messages=kept.nodes,
        **beside,
    )


def written_exchange(kept: KeptExchange, known: Collection[str]) -> WrittenExchange:
    """``known``: the messages that are there; an exchange that points to another points nowhere."""
    exchange, info = kept.exchange, kept.info
    body, body_base64 = _text_of(exchange.request.body)
    answer, answer_base64 = _text_of(exchange.body)
    return WrittenExchange(
        id=exchange.id,
        state="interrupted" if info.state == "running" else info.state,
        connection=exchange.connection,
        wire=exchange.wire,
        model=exchange.model,
        marks=exchange.marks,
        request=WrittenRequest(
            exchange.request.method, exchange.request.url, exchange.request.headers, body, body_base64
        ),
        response=WrittenResponse(exchange.status, exchange.headers, answer, answer_base64),
        stream=exchange.stream,
        parent=info.parent_id if info.parent_id in known else None,
        node=info.node_id if info.node_id in known else None,
        plays=info.plays,
        calls=kept.calls,
        finish=info.finish,
        problem=_STILL_RUNNING if info.state == "running" else info.problem,
        usage=info.usage,
        attempts=exchange.attempts,
    )


def written_tool(kept: KeptTool) -> WrittenTool:
    record = kept.record
    return WrittenTool(
        id=record.id,
        tool=record.tool,
        updated_at=record.updated_at.timestamp(),
        answering=record.answering,
        tags=record.tags,
        folder=record.folder,
        conversation_id=record.conversation_id,
        copy_of=record.copy_of,
        versions=tuple(
            WrittenVersion(one.number, one.tool, one.how, one.created_at.timestamp(), one.name) for one in kept.versions
        ),
    )


def _text_of(data: bytes) -> tuple[str, str]:
    """Bytes as text, or in base64 where they are none."""
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        return "", base64.b64encode(data).decode()


def dumps(value: Any) -> bytes:
    """JSON on one line, in UTF-8. A lone surrogate travels as an escape; what JSON cannot say is null."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False).encode()
    except ValueError:
        return dumps(_finite(value))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
