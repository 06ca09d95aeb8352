"""The app's own client against the demo provider: a conversation in any wire format, request and reader and all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from callsmith.conversation import Conversation, answer, append, pending_calls, say
from callsmith.demo.core import DemoProvider
from callsmith.reading import Reader
from callsmith.types.connection import Connection, Target
from callsmith.types.exchange import HttpRequest
from callsmith.types.message import Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Media, ToolResult
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


class Talk:
    """``body`` of the last request is kept as a document, to be changed and sent again."""

    def __init__(
        self,
        wire: str,
        model: str = "demo-instant",
        tools: Sequence[Tool] = (),
        options: Options | None = None,
        *,
        system: str = "",
        provider: DemoProvider | None = None,
    ) -> None:
        self.target = Target(Connection("demo", "Demo", "http://demo.test/v1", preset="demo"), wire, model)
        self.tools = tools
        self.options = options or Options()
        self.system = system
        self.provider = provider or DemoProvider()
        self.conversation = Conversation("talk")
        self.request = HttpRequest("POST", "", (), b"{}")

    @property
    def body(self) -> Any:
        return json.loads(self.request.body)

    def say(self, text: str, media: Sequence[Media] = ()) -> Turn:
        self.conversation = say(self.conversation, text, media)
        return self.ask()

    def answer(self, *contents: Any, media: Mapping[str, Sequence[Media]] | None = None) -> Turn:
        """Results for the waiting calls, in call order; an exception is an error."""
        calls = pending_calls(self.conversation)
        results = [
            ToolResult(
                call.id,
                str(content) if isinstance(content, str | Exception) else json.dumps(content),
                is_error=isinstance(content, Exception),
                name=call.name,
            )
            for call, content in zip(calls, contents, strict=True)
        ]
        self.conversation = answer(self.conversation, results, media=media or {})
        return self.ask()

    def ask(self) -> Turn:
        messages = tuple(node.message for node in self.conversation.path())
        wire = WIRES[self.target.wire]
        thread = Thread(self.system, messages)
        self.request = wire.request(self.target, thread, self.tools, self.options.active())
        turn = self.send(self.request.body)
        message = turn.message(Origin("exchange", "demo", self.target.wire, self.target.model))
        if message is not None:
            self.conversation = append(self.conversation, message)
        return turn

    def send(self, body: bytes) -> Turn:
        """A body sent where the last request went, with its headers."""
        status, data = self.raw(body)
        reader = Reader(WIRES[self.target.wire], status, stream=self.options.stream)
        reader.feed(data)
        reader.close()
        return reader.turn()

    def raw(self, body: bytes) -> tuple[int, bytes]:
        url = urlsplit(self.request.url)
        headers = {name.lower(): value for name, value in self.request.headers}
        query = dict(parse_qsl(url.query))
        reply = self.provider.answer(self.request.method, url.path, body, NOW, query=query, headers=headers)
        return reply.status, b"".join(piece.data for piece in reply.pieces)

    def refusal(self, document: Any) -> str:
        """What the provider says to a changed body; it must refuse it with 400."""
        status, data = self.raw(json.dumps(document).encode())
        assert status == 400, data
        return str(json.loads(data)["error"]["message"])
