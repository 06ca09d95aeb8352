"""One turn set going: conversation, setup and connection in; a running job out, everything kept.

The only place where the pure conversation, the store and the jobs meet. A page calls ``Play`` from its
callbacks, so that the request leaves before the page draws itself again.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from callsmith.connections import MissingSecret, fill
from callsmith.conversation import Conversation, Node, may_ask, node_id
from callsmith.job import Job
from callsmith.jobs import Jobs
from callsmith.redaction import RedactingFilter, Redactor, filled
from callsmith.store import Store
from callsmith.transport import Transport
from callsmith.types.connection import Target
from callsmith.types.exchange import Exchange, HttpRequest, Marks
from callsmith.types.message import Message, Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import NO_EXTRA, Text
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn
from callsmith.variables import filled_thread
from callsmith.wire.registry import WIRES


class CannotAsk(ValueError):
    """The request cannot be made now; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Everything one exchange asks with, beside the conversation itself."""

    target: Target
    system: str
    tools: Sequence[Tool]
    options: Options
    variables: Mapping[str, str] = field(default_factory=lambda: NO_EXTRA)


def build(ask: Ask, conversation: Conversation) -> HttpRequest:
    """The request that would be sent now, exactly."""
    return _request(ask, tuple(node.message for node in conversation.path()))


def _request(ask: Ask, messages: tuple[Message, ...]) -> HttpRequest:
    thread = filled_thread(Thread(ask.system, messages), ask.variables)
    return WIRES[ask.target.wire].request(ask.target, thread, ask.tools, ask.options.active())


class Play:
    """``secret`` reads a variable or secret by name; ``logs`` learns every key that is used."""

    def __init__(
        self, store: Store, jobs: Jobs, transport: Transport, secret: Callable[[str], str | None], logs: RedactingFilter
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._transport = transport
        self._secret = secret
        self._logs = logs

    def ask(
        self,
        conversation: Conversation,
        ask: Ask,
        key: str | None,
        new: Sequence[Node] = (),
        *,
        seen: int | None = None,
    ) -> Job:
        """Start the exchange at the head. ``new`` holds nodes not yet in the store; they are kept with it. ``seen``:
        the stamp that the conversation must still have.

        Raises ``CannotAsk`` when calls wait for results, the key or a header's secret is missing, and ``Changed``.
        """
        reason = may_ask(conversation)
        if reason:
            raise CannotAsk(reason)
        exchange, outgoing, used = self._prepared(ask, build(ask, conversation), key)
        self._store.begin_exchange(exchange, conversation.id, conversation.head, nodes=new, seen=seen)
        return self._started(exchange, outgoing, used, ask, _StoreSink(self._store, conversation.head))

    def aside(self, conversation_id: str, ask: Ask, key: str | None, prompt: str, plays: str) -> Job:
        """Start an exchange beside the conversation, in which a model plays the tool ``plays``. It sees ``prompt`` and
        nothing of the conversation, and leaves no message.

        Raises ``CannotAsk`` as ``ask`` does, ``NotFound`` where there is no such conversation.
        """
        request = _request(ask, (Message("user", (Text(prompt),)),))
        exchange, outgoing, used = self._prepared(ask, request, key)
        self._store.begin_played(exchange, conversation_id, plays)
        return self._started(exchange, outgoing, used, ask, _StoreSink(self._store, None))

    def _prepared(self, ask: Ask, request: HttpRequest, key: str | None) -> tuple[Exchange, HttpRequest, list[str]]:
        """The exchange as it is kept, the request as it goes out, and the secrets in it, which the log now knows."""
        connection = ask.target.connection
        if connection.key.source != "none" and not key:
            raise CannotAsk(_missing_key(ask.target))
        used = [key] if key else []
        if key and (bad := next((at for at, char in enumerate(key, 1) if not "!" <= char <= "~"), 0)):
            raise CannotAsk(
                f"The key of {connection.name} holds a character at position {bad} that no header may hold "
                "(a space, a line break or a typographic quote); copy it again"
            )

        def secret(name: str) -> str | None:
            found = self._secret(name)
            used.extend([found] if found else [])
            return found

        try:
            outgoing = filled(request, key, lambda value: fill(value, secret))
        except MissingSecret as error:
            raise CannotAsk(str(error)) from error
        exchange = Exchange(
            id=uuid.uuid4().hex,
            connection=connection.name,
            wire=ask.target.wire,
            model=ask.target.model,
            request=request,
            stream=ask.options.stream,
            marks=Marks(started=time.time()),
        )
        self._logs.learn(used)
        return exchange, outgoing, used

    def _started(self, exchange: Exchange, outgoing: HttpRequest, used: list[str], ask: Ask, sink: _StoreSink) -> Job:
        job = Job(
            exchange,
            WIRES[ask.target.wire],
            outgoing,
            ask.options.limits,
            self._transport,
            sink,
            Redactor(used),
        )
        return self._jobs.start(job)


def added(before: Mapping[str, Node], after: Conversation) -> tuple[Node, ...]:
    """The nodes a pure operation added, in order."""
    return tuple(node for key, node in after.nodes.items() if key not in before)


def _missing_key(target: Target) -> str:
    connection = target.connection
    if connection.key.source == "environment":
        return (
            f"{connection.name} needs a key: set {connection.key.name} in the environment, .env or secrets.toml, "
            "or type a key for this session on the Connections page"
        )
    return f"{connection.name} needs a key: type one for this session on the Connections page"


class _StoreSink:
    def __init__(self, store: Store, parent: str | None) -> None:
        self._store = store
        self._parent = parent

    def append(self, exchange: Exchange, data: bytes) -> None:
        self._store.append_body(exchange.id, data, exchange.marks, status=exchange.status, headers=exchange.headers)

    def finish(self, exchange: Exchange, turn: Turn) -> None:
        self._store.finish_exchange(exchange, turn, reply_node(exchange, turn, self._parent))


def reply_node(exchange: Exchange, turn: Turn, parent: str | None) -> Node | None:
    """The node a finished exchange leaves in the conversation; None when nothing arrived."""
    message = turn.message(Origin(exchange.id, exchange.connection, exchange.wire, exchange.model))
    return None if message is None else Node(node_id(message, parent), parent, message)
