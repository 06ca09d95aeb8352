"""How fast the record goes out and comes in: conversations of a few exchanges with bodies of usual size."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path

from bench.report import line
from callsmith.conversation import Node, node_id
from callsmith.record import document, lines
from callsmith.record.calls import rows
from callsmith.record.frame import to_csv
from callsmith.record.take import take
from callsmith.store import Store
from callsmith.types.exchange import Exchange, HttpRequest, Marks
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Text, ToolCall
from callsmith.types.setup import Setup
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage

CONVERSATIONS, EXCHANGES, BODY = 200, 5, 20_000


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        full, empty = (Store(f"sqlite:///{Path(folder) / name}.db") for name in ("full", "empty"))
        _fill(full)
        started = time.perf_counter()
        data = b"".join(document.export(full))
        size = len(data) / 1_000_000
        line("record: size", size, "MB")
        line("record: export as JSON", size / (time.perf_counter() - started), "MB/s")
        started = time.perf_counter()
        report = take(empty, io.BytesIO(data))
        assert len(report.added) == CONVERSATIONS
        line("record: import of JSON into an empty database", size / (time.perf_counter() - started), "MB/s")
        started = time.perf_counter()
        assert take(empty, io.BytesIO(data)).there == CONVERSATIONS
        line("record: import of what is there already", size / (time.perf_counter() - started), "MB/s")
        started = time.perf_counter()
        exchanges = sum(len(piece) for piece in lines.export(full)) / 1_000_000
        line("record: export as JSON lines", exchanges / (time.perf_counter() - started), "MB/s")
        started = time.perf_counter()
        b"".join(to_csv(rows(full)))
        line("record: calls as CSV", CONVERSATIONS * EXCHANGES / (time.perf_counter() - started), "rows/s")
        full.close()
        empty.close()


def _fill(store: Store) -> None:
    answer = Turn((Text("x" * 500), ToolCall("c", "weather", '{"city": "Bern"}')), "finished", "stop", Usage(100, 20))
    for number in range(CONVERSATIONS):
        conversation_id = store.create(Setup())
        parent: str | None = None
        for step in range(EXCHANGES):
            asked = Message("user", (Text(f"Question {step} of {number}"),))
            question = Node(node_id(asked, parent), parent, asked)
            request = HttpRequest("POST", "http://x/v1", (), b'{"messages": "' + b"m" * BODY + b'"}')
            exchange = Exchange(
                f"{number}-{step}", "Demo", "openai-chat", "m", request, True, Marks(1.7e9 + step), 200, (), b"d" * BODY
            )
            store.begin_exchange(exchange, conversation_id, question.id, nodes=[question])
            message = answer.message(Origin(exchange.id, "Demo", "openai-chat", "m"))
            assert message is not None
            reply = Node(node_id(message, question.id), question.id, message)
            store.finish_exchange(exchange, answer, reply)
            parent = reply.id
