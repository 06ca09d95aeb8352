"""A conversation with a server through everything the page goes through: store, play, job, transport, wire format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callsmith.calls import judge
from callsmith.conversation import Conversation, answer, pending_calls, say
from callsmith.job import Job
from callsmith.jobs import Jobs
from callsmith.play import Ask, Play, added
from callsmith.redaction import RedactingFilter
from callsmith.store import Store
from callsmith.transport import Transport
from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.exchange import Exchange
from callsmith.types.options import Options
from callsmith.types.parts import ToolCall, ToolResult
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn
from tests.servers.served import KEY, Served

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Engine:
    store: Store
    play: Play


@contextmanager
def engine(folder: Path) -> Iterator[Engine]:
    store, transport = Store(f"sqlite:///{folder / 'servers.db'}"), Transport()
    yield Engine(store, Play(store, Jobs(), transport, lambda name: None, RedactingFilter()))
    transport.close()
    store.close()


def connection(server: Served, headers: Mapping[str, str] | None = None) -> Connection:
    """As the page makes one for all formats: one base URL, one key."""
    return Connection("s", server.name, f"{server.url}/v1", key=KeyRef("session"), headers=headers or {})


class Player:
    """``ask`` may be changed between turns, as a user does."""

    def __init__(self, engine: Engine, ask: Ask, key: str = KEY) -> None:
        self.ask = ask
        self.key = key
        self._engine = engine
        self._conversation = engine.store.create(Setup())

    @property
    def conversation(self) -> Conversation:
        found = self._engine.store.load(self._conversation)
        assert found is not None
        return found

    @property
    def waiting(self) -> tuple[ToolCall, ...]:
        return pending_calls(self.conversation)

    def say(self, text: str) -> Turn:
        return self.finished(self.begin(text))

    def answer(self, *contents: str, error: bool = False) -> Turn:
        """One content for each waiting call, in order; ``error``: each is sent as the tool's failure."""
        calls = zip(self.waiting, contents, strict=True)
        results = [ToolResult(call.id, content, is_error=error, name=call.name) for call, content in calls]
        return self.finished(self._start(answer(self.conversation, results)))

    def begin(self, text: str) -> Job:
        return self._start(say(self.conversation, text))

    def finished(self, job: Job) -> Turn:
        assert job.committed.wait(PATIENCE), f"no end within {PATIENCE:g} s: {job.snapshot().turn}"
        return job.snapshot().turn

    def exchanges(self) -> list[Exchange]:
        """Everything that went over the wire, oldest first, as it was kept."""
        rows = sorted(self._engine.store.usage_rows(self._conversation), key=lambda row: row.marks.started)
        found = [self._engine.store.exchange(row.exchange_id) for row in rows]
        return [exchange for exchange in found if exchange is not None]

    def _start(self, conversation: Conversation) -> Job:
        new = added(self.conversation.nodes, conversation)
        return self._engine.play.ask(conversation, self.ask, self.key, new)


def asking(
    server: Served,
    wire: str,
    *,
    tools: Sequence[Tool] = (),
    options: Options | None = None,
    headers: Mapping[str, str] | None = None,
    model: str = "tiny",
    system: str = "",
) -> Ask:
    return Ask(Target(connection(server, headers), wire, model), system, tools, options or Options())


def assert_finished(turn: Turn) -> None:
    """The reply reached its own end, and nothing in it was left unread."""
    assert (turn.state, turn.problem) == ("finished", None)
    assert turn.unknown == ()


def assert_calls(turn: Turn, tools: Sequence[Tool], count: int) -> None:
    """So many calls, told apart by their ids, each of a tool on offer and with arguments that fit its schema."""
    assert_finished(turn)
    assert len(turn.calls) == count
    assert len({call.id for call in turn.calls} - {""}) == count
    known = {tool.name: tool for tool in tools}
    verdicts = [judge(call, known) for call in turn.calls]
    assert [(verdict.known, verdict.valid, verdict.notes) for verdict in verdicts] == [(True, True, ())] * count


def made(turn: Turn) -> list[tuple[str, Any]]:
    """The calls without what differs from reply to reply."""
    return [(call.name, call.arguments) for call in turn.calls]
