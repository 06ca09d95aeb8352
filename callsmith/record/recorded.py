"""Recorded exchanges, as the recordings format has them, made into conversations.

The answers are read by the wire formats; the requests say what came before. A history that begins as an earlier one
shares its messages, so that the turns of one conversation, and its arms, come out as one tree.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callsmith import bodies
from callsmith.bodies import paired
from callsmith.continuation import MODEL_IN_PATH
from callsmith.conversation import Node, node_id
from callsmith.pasting.body import tools_of
from callsmith.reading import Reader
from callsmith.record.document import dumps
from callsmith.record.entries import Entry
from callsmith.record.fits import Misfit, fits, said
from callsmith.record.harmless import mended
from callsmith.record.written import WrittenConversation, WrittenExchange, WrittenRequest, WrittenResponse
from callsmith.replay import answered, is_stream
from callsmith.store.tree import title_of
from callsmith.types.codec import from_json, to_json
from callsmith.types.exchange import Marks
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Parsed, Part, ToolCall, ToolResult
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES

MOST_EXCHANGES = 10_000
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A conversation made of recorded exchanges. ``tools``: those of its last request; ``notes`` are sentences."""

    conversation: WrittenConversation
    tools: tuple[Tool, ...] = ()
    notes: tuple[str, ...] = ()


def grouped(found: Iterable[Entry]) -> Iterator[Entry]:
    """Neighbouring exchanges of one conversation become one entry; everything else passes."""
    rows: list[tuple[str, Row]] = []
    for entry in found:
        if entry.kind == "recording":
            listed = [(f"/exchanges/{place}", row) for place, row in enumerate(entry.value["exchanges"])]
            yield from _conversation(listed)
        elif entry.kind != "exchange":
            yield entry
        else:
            if rows and (_name(rows[0][1]) != _name(entry.value) or len(rows) >= MOST_EXCHANGES):
                yield from _conversation(rows)
                rows = []
            rows.append((entry.place, entry.value))
    yield from _conversation(rows)


def _name(row: Row) -> str:
    name = row.get("conversation") or row.get("id")
    return name if isinstance(name, str) else ""


def _conversation(rows: Sequence[tuple[str, Any]]) -> Iterator[Entry]:
    """An exchange that cannot be read is told; the conversation is made of the others."""
    made = _Making()
    for place, row in rows:
        try:
            made.add(row)
        except Misfit as misfit:
            yield Entry("wrong", f"{place}{misfit.path}", said=f"This exchange {misfit.message}.")
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            yield Entry("wrong", place, said=f"This exchange cannot be read: {str(error)[:200]}.")
    if made.exchanges:
        notes = list(made.notes)
        yield Entry("conversation", rows[0][0], Recorded(made.conversation(), made.tools(notes), tuple(notes)))


class _Making:
    def __init__(self) -> None:
        self.exchanges: list[WrittenExchange] = []
        self._nodes: dict[str, Node] = {}
        self._children: dict[str | None, list[Node]] = {}
        self._began = time.time()
        self._name = ""
        self._setup = Setup()
        self._head: str | None = None
        self._body: Any = None
        self._ids: set[str] = set()
        self._answers: dict[str, str | None] = {}
        self.notes: dict[str, None] = {}

    def add(self, row: Any) -> None:
        """Raises ``Misfit`` and, for what nobody foresaw, the errors of reading it."""
        if not isinstance(row, Mapping):
            raise Misfit(f"must be an object, not {said(row)}")
        sent = row.get("request")
        row = mended(row)
        wire, exchange_id = row.get("wire"), row.get("id")
        if not isinstance(wire, str) or wire not in WIRES:
            raise Misfit(f"names the wire format {said(wire)}; known are {', '.join(WIRES)}", "/wire")
        if not isinstance(exchange_id, str) or not 0 < len(exchange_id) <= 200 or not exchange_id.isprintable():
            raise Misfit("must have an id of 1 to 200 printable characters", "/id")
        if exchange_id in self._ids:
            raise Misfit("has the id of an earlier exchange", "/id")
        request = row.get("request")
        if not isinstance(request, Mapping):
            raise Misfit("has no request", "/request")
        status, data = answered(row)
        turn = _read(row, wire, status, data)
        body = request.get("json")
        model = _model(row, request)
        origin = Origin(exchange_id, str(request.get("host") or ""), wire, model)
        plays = row.get("plays") if isinstance(row.get("plays"), str) else ""
        asked = bodies.read(wire, body if isinstance(body, Mapping) else {}, model)
        before = self._before(body)
        parent = None if plays else self._asked(asked.messages, before)
        message = None if plays else turn.message(origin)
        node = None if message is None else self._put(message, parent)
        marks = row.get("marks", {"started": self._began + len(self.exchanges) / 1000})
        fits(Marks, marks)
        written = WrittenExchange(
            id=exchange_id,
            state="failed" if turn.state == "streaming" else turn.state,
            connection=origin.connection,
            wire=wire,
            model=model,
            marks=from_json(Marks, marks),
            request=WrittenRequest(str(request.get("method") or "POST"), _url(request), _headers(request), _body(sent)),
            response=WrittenResponse(status or None, _headers(row["response"]), data.decode()),
            stream=is_stream(row),
            parent=parent,
            node=node,
            plays=plays or "",
            calls=len(turn.calls),
            finish=turn.finish,
            problem=turn.problem,
            usage=turn.usage,
        )
        fits(WrittenExchange, to_json(written))
        self.exchanges.append(written)
        self._ids.add(exchange_id)
        self._answers[str(turn.meta.get("id") or "")] = node
        self._name = self._name or _name(row)
        if not plays:
            self._setup = Setup(wire=wire, model=model, system=asked.system)
            self._head = node or parent or self._head
            self._body = body
            if isinstance(body, Mapping):
                self._found(asked.findings, before)

    def _found(self, findings: Iterable[bodies.Finding], before: str | None) -> None:
        """What a request says is told once, however many have the same history."""
        for one in findings:
            if one.kind != "elsewhere" or before is None:
                self.notes[f"The request's {one}." if one.place else f"{one}."] = None

    def conversation(self) -> WrittenConversation:
        first = next((node.message for node in self._nodes.values() if node.message.role == "user"), None)
        started = min(exchange.marks.started for exchange in self.exchanges)
        return WrittenConversation(
            id=self._name,
            created_at=started,
            updated_at=started,
            title="" if first is None else title_of(first),
            setup=self._setup,
            head=self._head,
            messages=tuple(self._nodes.values()),
            exchanges=tuple(self.exchanges),
        )

    def tools(self, notes: list[str]) -> tuple[Tool, ...]:
        try:
            return tools_of(self._body, notes) if isinstance(self._body, Mapping) else ()
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            notes.append(f"The tools were left out: {str(error)[:200]}")
            return ()

    def _before(self, body: Any) -> str | None:
        """The answer that a request of the Responses format goes on from, by the id it names."""
        named = body.get("previous_response_id") if isinstance(body, Mapping) else None
        if not isinstance(named, str) or not named:
            return None
        return self._answers.get(named)

    def _asked(self, asked: Iterable[Message], at: str | None) -> str | None:
        """The last message of a history, kept below ``at``."""
        theirs = ours = () if at is None else self._nodes[at].message.calls
        for message in asked:
            if message.role == "tool":
                at = self._put(replace(message, parts=tuple(_answers(message, theirs, ours))), at)
                continue
            at = self._told(message, at) if message.role == "assistant" else self._put(message, at)
            theirs, ours = message.calls, self._nodes[at].message.calls
        return at

    def _told(self, message: Message, at: str | None) -> str:
        """The recorded answer that a client sent back in its own way, else the message as the client sent it."""
        for child in self._children.get(at, ()):
            if child.message.role == "assistant" and _same(child.message, message):
                return child.id
        return self._put(message, at)

    def _put(self, message: Message, parent: str | None) -> str:
        new = Node(node_id(message, parent), parent, message)
        if new.id not in self._nodes:
            self._nodes[new.id] = new
            self._children.setdefault(parent, []).append(new)
        return new.id


def _same(message: Message, one: Message) -> bool:
    """Whether a client's copy of an answer is that answer: the same calls, else the same words."""
    if [(call.name, _value(call)) for call in message.calls] != [(call.name, _value(call)) for call in one.calls]:
        return False
    return bool(one.calls) or "".join(message.text.split()) == "".join(one.text.split())


def _answers(message: Message, theirs: Sequence[ToolCall], ours: Sequence[ToolCall]) -> Iterator[Part]:
    """Results for the calls as the client said them, whose ids it may have made up, for the same calls as recorded."""
    for part, call in paired(message.parts, theirs):
        yield replace(part, call_id=ours[theirs.index(call)].id) if call and isinstance(part, ToolResult) else part


def _value(call: ToolCall) -> Any:
    parsed = call.parsed()
    return parsed.value if isinstance(parsed, Parsed) else call.arguments


def _read(row: Row, wire: str, status: int, data: bytes) -> Turn:
    reader = Reader(WIRES[wire], status, stream=is_stream(row))
    reader.feed(data)
    reader.close()
    return reader.turn()


def _model(row: Row, request: Row) -> str:
    in_path = MODEL_IN_PATH.search(str(request.get("path", "")))
    if in_path:
        return in_path.group(1)
    body = request.get("json")
    named = body.get("model") if isinstance(body, Mapping) else None
    return str(named or row.get("model") or "")


def _url(request: Row) -> str:
    host = str(request.get("host") or "")
    return f"https://{host}{request.get('path') or ''}" if host else ""


def _headers(side: Row) -> tuple[tuple[str, str], ...]:
    headers = side.get("headers")
    if not isinstance(headers, Mapping):
        return ()
    return tuple((name, value) for name, value in headers.items() if isinstance(value, str))


def _body(sent: Any) -> str:
    """Just as it was sent: a half character in it is an escape."""
    body = sent.get("json")
    return "" if body is None else dumps(body).decode()
