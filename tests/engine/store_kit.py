"""Made-up values for the store's tests."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from callsmith.conversation import Node, node_id
from callsmith.store import Store
from callsmith.types.exchange import Attempt, Exchange, HttpRequest, Marks
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Text, ToolCall
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'data' / 'callsmith.db'}"


@contextmanager
def raw(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database of ``url_in(folder)`` behind the store's back."""
    with closing(sqlite3.connect(folder / "data" / "callsmith.db")) as connection, connection:
        yield connection


class Stores:
    """Opens stores on one database, as several processes would, and closes them all."""

    def __init__(self, folder: Path) -> None:
        self.url = url_in(folder)
        self._open: list[Store] = []

    def __call__(self, owner: str = "local") -> Store:
        self._open.append(Store(self.url, owner))
        return self._open[-1]

    def close(self) -> None:
        for store in self._open:
            store.close()


def exchange(exchange_id: str = "e1", *, started: float | None = None, body: bytes = b"", model: str = "m") -> Exchange:
    return Exchange(
        id=exchange_id,
        connection="Demo",
        wire="openai-chat",
        model=model,
        request=HttpRequest("POST", "http://x/v1", (("Authorization", "Bearer {{api_key}}"),), b'{"a": 1}'),
        stream=True,
        marks=Marks(time.time() if started is None else started, sent=0.1, first_byte=0.2, first_token=0.3, done=1.3),
        status=200,
        headers=(("content-type", "text/event-stream"), ("x-request-id", "r1")),
        body=body,
        attempts=(Attempt(0.0, 429, Problem("http", "slow down", 429, retryable=True), 0.5), Attempt(0.5, 200)),
    )


def said(text: str = "Hello", parent: str | None = None) -> Node:
    message = Message("user", (Text(text),))
    return Node(node_id(message, parent), parent, message)


def turn(text: str = "Hi", *calls: ToolCall, usage: Usage | None = None, state: str = "finished") -> Turn:
    return Turn((Text(text), *calls), state, "stop", usage)  # type: ignore[arg-type]


def reply(asked: Exchange, to: Node, answer: Turn) -> Node:
    message = answer.message(Origin(asked.id, asked.connection, asked.wire, asked.model))
    assert message is not None
    return Node(node_id(message, to.id), to.id, message)


def exchanged(
    store: Store, text: str = "Hello", answer: Turn | None = None, exchange_id: str = "e1", setup: Setup | None = None
) -> str:
    """A conversation with one question and, unless the exchange stays open, its reply."""
    conversation_id = store.create(setup or Setup())
    question = said(text)
    asked = exchange(exchange_id)
    unanswered = replace(asked, status=None, headers=(), attempts=())
    store.begin_exchange(unanswered, conversation_id, question.id, nodes=[question])
    if answer is not None:
        store.finish_exchange(asked, answer, reply(asked, question, answer))
    return conversation_id
