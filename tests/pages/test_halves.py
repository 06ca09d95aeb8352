"""Half characters in everything a model says: the conversation is kept, shown and exported without one, and the bytes
stay as they came."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from callsmith import connections as known
from callsmith.conversation import say
from callsmith.jobs import Jobs
from callsmith.play import Ask, Play, added
from callsmith.record import lines
from callsmith.record.calls import rows
from callsmith.record.frame import to_csv, to_parquet
from callsmith.redaction import RedactingFilter
from callsmith.store import Store
from callsmith.transport import Transport
from callsmith.types.connection import Target
from callsmith.types.halves import has_half
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from callsmith.wire.registry import WIRES
from tests.engine.loop.kit import until
from tests.engine.record.kit import document
from tests.pages.test_hostile_import import draws
from tests.pages.test_page_export import made
from tests.pages.test_page_export import opened as page_to_send
from tests.wire.test_whole import ERRORS, HIGH, STREAMS, WHOLE, stream

# What a format goes by; a half in these makes another document of it.
STRUCTURE = {
    "type",
    "role",
    "object",
    "status",
    "outcome",
    "language",
    "mimeType",
    "data",
    "finishReason",
    "stop_reason",
}


def hurt(value: Any) -> Any:
    """Every text with half a character at its end."""
    if isinstance(value, str):
        return value + HIGH
    if isinstance(value, dict):
        return {name: item if name in STRUCTURE else hurt(item) for name, item in value.items()}
    return [hurt(item) for item in value] if isinstance(value, list) else value


@dataclass
class Answered:
    conversation_id: str
    bodies: list[bytes]


@pytest.fixture
def answered(store: Store) -> Iterator[Answered]:
    """One turn of each format, whole, streamed and refused, through the very job that asks a provider."""
    replies: list[tuple[str, bool, int, bytes]] = []
    for wire in WIRES:
        replies.append((wire, False, 200, json.dumps(hurt(WHOLE[wire])).encode()))
        replies.append((wire, True, 200, stream(hurt(list(STREAMS[wire])))))
        replies.append((wire, False, 400, json.dumps(hurt(ERRORS[wire])).encode()))
    waiting = list(replies)

    def provider(request: httpx.Request) -> httpx.Response:
        _, streams, status, body = waiting.pop(0)
        kind = "text/event-stream" if streams else "application/json"
        return httpx.Response(status, headers={"content-type": kind}, content=body)

    transport = Transport(mounts={known.DEMO.base_url.removesuffix("/v1"): httpx.MockTransport(provider)})
    play = Play(store, Jobs(), transport, lambda name: None, RedactingFilter())
    conversation_id = store.create(Setup(model="demo-instant"))
    for wire, streams, _, _ in replies:
        before = store.load(conversation_id)
        assert before is not None
        after = say(before, "Go on")
        ask = Ask(Target(known.DEMO, wire, "demo-instant"), "", (), Options(stream=streams))
        asked = play.ask(after, ask, None, added(before.nodes, after)).exchange_id
        until(partial(_is_over, store, conversation_id, asked))
    assert not waiting
    yield Answered(conversation_id, [body for *_, body in replies])
    transport.close()


def _is_over(store: Store, conversation_id: str, exchange_id: str) -> bool:
    return store.exchange_turn_info(conversation_id)[exchange_id].state != "running"


@pytest.mark.slow
def test_they_are_kept_and_shown_whole_and_the_bytes_stay(store: Store, answered: Answered) -> None:
    conversation = store.load(answered.conversation_id)
    assert conversation is not None
    replies = [node.message for node in conversation.path() if node.message.role == "assistant"]
    assert len(replies) >= 8 and all("\ufffd" in reply.text and reply.calls for reply in replies)
    assert not has_half(list(conversation.nodes.values()))
    infos = store.exchange_turn_info(answered.conversation_id)
    assert len(infos) == 12 and not has_half(list(infos.values()))
    for page in ("pages/playground.py", "pages/present.py"):
        draws(page, conversation=answered.conversation_id)
    for page in ("pages/conversations.py", "pages/usage.py"):
        draws(page)
    kept = [exchange.body for exchange in map(store.exchange, infos) if exchange is not None]
    assert kept == answered.bodies


@pytest.mark.slow
def test_they_are_exported_whole(store: Store, answered: Answered) -> None:
    exported = json.loads(document(store, answered.conversation_id).decode("utf-8"))
    assert not has_half(exported) and "\ufffd" in json.dumps(exported, ensure_ascii=False)
    told = [json.loads(line) for line in b"".join(lines.export(store)).splitlines()]
    assert len(told) == 12
    assert "\ufffd" in made(page_to_send(answered.conversation_id))
    calls = list(rows(store))
    assert calls and not has_half(calls)
    b"".join(to_csv(calls)).decode("utf-8")
    to_parquet(calls, io.BytesIO())
