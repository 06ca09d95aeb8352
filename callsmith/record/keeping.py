"""What was written, as the store keeps it."""

from __future__ import annotations

from datetime import UTC, datetime

from callsmith.record.checked import bytes_of
from callsmith.record.written import WrittenConversation, WrittenExchange, WrittenTool
from callsmith.store.records import ExchangeInfo, ToolRecord, ToolVersion
from callsmith.store.records_io import BESIDE, KeptConversation, KeptExchange, KeptTool
from callsmith.types.exchange import Exchange, HttpRequest


def kept_conversation(read: WrittenConversation) -> KeptConversation:
    beside = {name: getattr(read, name) for name in BESIDE}
    return KeptConversation(
        id=read.id,
        title=read.title,
        setup=read.setup,
        head=read.head,
        created_at=read.created_at,
        updated_at=read.updated_at,
        nodes=read.messages,
        forked_from=read.forked_from,
        hidden=read.hidden,
        beside={name: list(value) if isinstance(value, tuple) else value for name, value in beside.items()},
    )


def kept_exchange(written: WrittenExchange) -> KeptExchange:
    request, response = written.request, written.response
    exchange = Exchange(
        id=written.id,
        connection=written.connection,
        wire=written.wire,
        model=written.model,
        request=HttpRequest(request.method, request.url, request.headers, bytes_of(request.body, request.body_base64)),
        stream=written.stream,
        marks=written.marks,
        status=response.status,
        headers=response.headers,
        body=bytes_of(response.body, response.body_base64),
        attempts=written.attempts,
    )
    info = ExchangeInfo(
        id=written.id,
        state=written.state,
        connection=written.connection,
        wire=written.wire,
        model=written.model,
        marks=written.marks,
        attempts=written.attempts,
        usage=written.usage,
        finish=written.finish,
        problem=written.problem,
        parent_id=written.parent,
        node_id=written.node,
        plays=written.plays,
    )
    return KeptExchange(exchange, info, written.calls)


def kept_tool(tool: WrittenTool) -> KeptTool:
    record = ToolRecord(
        id=tool.id,
        tool=tool.tool,
        position=0,
        updated_at=datetime.fromtimestamp(tool.updated_at, UTC),
        tags=tool.tags,
        folder=tool.folder,
        conversation_id=tool.conversation_id,
        copy_of=tool.copy_of,
        answering=tool.answering,
    )
    versions = [
        ToolVersion(tool.id, one.number, one.tool, one.name, one.how, datetime.fromtimestamp(one.created_at, UTC))
        for one in tool.versions
    ]
    return KeptTool(record, tuple(versions))
