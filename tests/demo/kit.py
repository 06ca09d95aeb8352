"""Asking the demo provider as a client does, without a network and without its pace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from callsmith.demo.core import DemoProvider, Piece, Reply
from callsmith.types.tool import Tool

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
CHAT = "/v1/chat/completions"


def offered(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """The tools as a request holds them."""
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
        }
        for tool in tools
    ]


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


class Client:
    """Keeps one provider, as an app does."""

    def __init__(self, model: str = "demo-instant") -> None:
        self.model = model
        self.provider = DemoProvider()

    def reply(self, messages: Sequence[Mapping[str, Any]] | str, tools: Sequence[Tool] = (), **more: Any) -> Reply:
        asked = [user(messages)] if isinstance(messages, str) else messages
        body = {"model": self.model, "messages": asked, **({"tools": offered(tools)} if tools else {}), **more}
        return self.post(body)

    def post(self, body: Mapping[str, Any]) -> Reply:
        return self.provider.answer("POST", CHAT, json.dumps(body).encode(), NOW)

    def ask(self, messages: Sequence[Mapping[str, Any]] | str, tools: Sequence[Tool] = (), **more: Any) -> Any:
        reply = self.reply(messages, tools, **more)
        assert reply.status == 200
        return json.loads(written(reply))

    def message(self, messages: Sequence[Mapping[str, Any]] | str, tools: Sequence[Tool] = (), **more: Any) -> Any:
        return self.ask(messages, tools, **more)["choices"][0]["message"]

    def calls(self, messages: Sequence[Mapping[str, Any]] | str, tools: Sequence[Tool] = (), **more: Any) -> list[Any]:
        """The calls as (name, arguments)."""
        calls = self.message(messages, tools, **more).get("tool_calls", [])
        return [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in calls]

    def refusal(self, messages: Any, tools: Sequence[Tool] = (), **more: Any) -> tuple[int, Any]:
        reply = self.reply(messages, tools, **more)
        return reply.status, json.loads(written(reply))["error"]


def written(reply: Reply) -> bytes:
    return b"".join(piece.data for piece in pieces(reply))


def pieces(reply: Reply) -> list[Piece]:
    return list(reply.pieces)


def events(data: bytes) -> list[Any]:
    """The JSON events of a stream, without its end mark."""
    lines = [part.removeprefix(b"data: ") for part in data.split(b"\n\n") if part]
    return [json.loads(line) for line in lines if line != b"[DONE]"]


def answered(message: Mapping[str, Any], *contents: Any) -> list[Mapping[str, Any]]:
    """The assistant's message with the results of its calls."""
    texts = [content if isinstance(content, str) else json.dumps(content) for content in contents]
    calls = zip(message["tool_calls"], texts, strict=True)
    return [message, *({"role": "tool", "tool_call_id": call["id"], "content": text} for call, text in calls)]
