"""A turn as bars in time: each exchange with the model, each run of a tool, and the waiting for a person in between.

Pure: what the path and the marks say, in order. Exchanges and tool runs are told by the wall clock, which may jump;
cause comes before effect all the same, so what would begin before the end of what it waits for is moved up to it.
What has no known times has no bar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from callsmith.conversation import Node
from callsmith.store.records import ExchangeInfo
from callsmith.types.parts import Made, ToolResult
from callsmith.types.usage import Usage

BarKind = Literal["waiting for the first token", "streaming", "tool", "person", "retry wait"]
# What passes between a result and the next request without anybody: seconds.
_OVERHEAD = 0.1
_RAN = ("rules", "schema", "fault", "http", "mcp", "model")
WHO = {
    "hand": "you",
    "rules": "a rule",
    "schema": "a sample of its output schema",
    "fault": "a fault",
    "http": "an HTTP request",
    "mcp": "an MCP server",
    "model": "a model",
    "refused": "your refusal",
    "cancelled": "your stop",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """``start`` and ``end`` are seconds from the turn's start. Bars of one ``row`` are one exchange, one run of a tool
    or one time of waiting. Tokens are those of the whole exchange, on each of its bars; None: not reported.

    ``exchange_id`` is empty where nothing was asked, ``node_id`` where no message came of it. ``open_end``: the end is
    not known; the bar ends at the last that is.
    """

    kind: BarKind
    label: str
    start: float
    end: float
    row: int
    tokens_in: int | None = None
    tokens_out: int | None = None
    exchange_id: str = ""
    node_id: str = ""
    detail: str = ""
    is_error: bool = False
    open_end: bool = False

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class TurnPath:
    """One turn of a path, from what the user said to the end. ``number`` counts from 1."""

    number: int
    nodes: tuple[Node, ...]

    @property
    def said(self) -> str:
        message = self.nodes[0].message
        return message.text if message.role == "user" else ""


@dataclass(frozen=True, slots=True)
class Summary:
    """Seconds in which at least one bar of the sort runs; tokens over the exchanges that reported them, None where
    none did. ``silent``: exchanges that did not."""

    total: float
    model: float
    tools: float
    person: float
    retries: float
    tokens_in: int | None
    tokens_out: int | None
    silent: int


def turns(path: Sequence[Node]) -> tuple[TurnPath, ...]:
    """Each begins with a message of the user's; what comes before the first one is a turn too."""
    found: list[list[Node]] = []
    for node in path:
        if node.message.role == "user" or not found:
            found.append([])
        found[-1].append(node)
    return tuple(TurnPath(number, tuple(nodes)) for number, nodes in enumerate(found, start=1))


def bars(
    path: Sequence[Node], infos: Mapping[str, ExchangeInfo], played: Mapping[str, ExchangeInfo] | None = None
) -> tuple[Bar, ...]:
    """The bars of one turn's ``path``. ``infos`` are the exchanges of the conversation, ``played`` those in which
    models played tools, wherever they are kept."""
    drawing = _Drawing(infos, played or {})
    kept = {None, *(node.id for node in path)}
    called: dict[str, str] = {}
    for node in path:
        called |= {call.id: call.name for call in node.message.calls}
        drawing.runs(node, called)
        below = [info for info in infos.values() if info.parent_id == node.id and info.node_id in kept]
        for info in sorted(below, key=lambda info: info.marks.started):
            drawing.exchange(info)
    return drawing.finished()


def summary(drawn: Sequence[Bar]) -> Summary:
    by_row = {bar.row: bar for bar in drawn if bar.exchange_id and bar.kind != "tool"}
    asked = list(by_row.values())

    def spent(*kinds: BarKind) -> float:
        return sum(end - start for start, end in _merged([(b.start, b.end) for b in drawn if b.kind in kinds]))

    def tokens(of: Callable[[Bar], int | None]) -> int | None:
        known = [value for bar in asked if (value := of(bar)) is not None]
        return sum(known) if known else None

    return Summary(
        total=max((bar.end for bar in drawn), default=0.0),
        model=spent("waiting for the first token", "streaming"),
        tools=spent("tool"),
        person=spent("person"),
        retries=spent("retry wait"),
        tokens_in=tokens(lambda bar: bar.tokens_in),
        tokens_out=tokens(lambda bar: bar.tokens_out),
        silent=sum(1 for bar in asked if bar.tokens_in is None and bar.tokens_out is None),
    )


class _Drawing:
    """``_shift`` is what the clock lost so far, ``_asked`` when the last exchange ended, ``_busy`` when the runs after
    it had too. Runs wait in ``_running`` until it is known where the waiting between them was."""

    def __init__(self, infos: Mapping[str, ExchangeInfo], played: Mapping[str, ExchangeInfo]) -> None:
        ordered = sorted(infos.values(), key=lambda info: info.marks.started)
        self._numbers = {info.id: number for number, info in enumerate(ordered, start=1)}
        self._played = {**infos, **played}
        self._bars: list[Bar] = []
        self._rows = 0
        self._origin: float | None = None
        self._shift = self._asked = self._busy = 0.0
        self._running: list[Bar] = []

    def runs(self, node: Node, called: Mapping[str, str]) -> None:
        """The runs behind the results of a message; ``called`` are the names of the calls by id."""
        ran = [(result, made) for result in node.message.results if (made := result.made) and _is_run(made)]
        begun = [made.started for _, made in ran if made.started is not None]
        if begun:
            self._place(min(begun), self._asked)
        for result, made in ran:
            start = self._asked if made.started is None else self._place(made.started, self._asked)
            end = start + max(made.seconds or 0.0, 0.0)
            self._busy = max(self._busy, end)
            asked = self._played.get(made.exchange_id)
            usage = (asked.usage if asked is not None else None) or Usage()
            self._running.append(
                Bar(
                    kind="tool",
                    label=result.name or called.get(result.call_id, "") or "a tool without a name",
                    start=start,
                    end=end,
                    row=0,
                    tokens_in=usage.input,
                    tokens_out=usage.output,
                    exchange_id=made.exchange_id,
                    node_id=node.id,
                    detail=_answered(made, result),
                    is_error=result.is_error,
                    open_end=made.seconds is None,
                )
            )

    def exchange(self, info: ExchangeInfo) -> None:
        at = self._place(info.marks.started, self._busy)
        self._between(at)
        usage = info.usage or Usage()
        spans = _spans(info)
        for kind, start, end in spans:
            self._bars.append(
                Bar(
                    kind=kind,
                    label=f"Exchange {self._numbers[info.id]}",
                    start=at + start,
                    end=at + end,
                    row=self._rows,
                    tokens_in=usage.input,
                    tokens_out=usage.output,
                    exchange_id=info.id,
                    node_id=info.node_id or "",
                    detail=_told(info),
                    is_error=info.state in ("failed", "interrupted"),
                    open_end=info.marks.done is None,
                )
            )
        self._rows += 1
        self._asked = self._busy = at + spans[-1][2]

    def finished(self) -> tuple[Bar, ...]:
        self._between(self._busy)
        return tuple(self._bars)

    def _place(self, started: float, earliest: float) -> float:
        """Seconds from the turn's start, not before ``earliest``; what follows moves along."""
        if self._origin is None:
            self._origin = started
        self._shift += max(0.0, earliest - (started - self._origin + self._shift))
        return started - self._origin + self._shift

    def _between(self, until: float) -> None:
        """What lies between the last exchange and ``until``: the runs, and the waiting that no run covers."""
        rows, at = list(self._running), self._asked
        for start, end in [*_merged([(bar.start, bar.end) for bar in self._running]), (until, until)]:
            if start - at > _OVERHEAD:
                rows.append(Bar("person", "Waiting for you", at, start, 0))
            at = max(at, end)
        for bar in sorted(rows, key=lambda bar: bar.start):
            self._bars.append(replace(bar, row=self._rows))
            self._rows += 1
        self._running = []


def _is_run(made: Made) -> bool:
    return made.by in _RAN or (made.by == "cancelled" and made.seconds is not None)


def _spans(info: ExchangeInfo) -> list[tuple[BarKind, float, float]]:
    """From the exchange's start, at least one. Where marks are missing, up to the last that is known."""
    marks = info.marks
    known = [at for at in (marks.sent, marks.first_byte, marks.first_token, marks.done) if at is not None]
    end = max([0.0, *known, *(attempt.at for attempt in info.attempts)]) if marks.done is None else max(0.0, marks.done)
    spans: list[tuple[BarKind, float, float]] = []
    at = 0.0
    for attempt, following in pairwise((*info.attempts, None)):
        if attempt is None or attempt.wait is None:
            continue
        resumed = max(at, end if following is None else min(following.at, end))
        failed = max(at, resumed - attempt.wait)
        spans += [("waiting for the first token", at, failed), ("retry wait", failed, resumed)]
        at = resumed
    token = end if marks.first_token is None else min(max(marks.first_token, at), end)
    spans += [("waiting for the first token", at, token), ("streaming", token, end)]
    return [span for span in spans if span[2] > span[1]] or [("waiting for the first token", 0.0, end)]


def _told(info: ExchangeInfo) -> str:
    state = {
        "running": "still arriving",
        "finished": "finished",
        "stopped": "stopped by you",
        "interrupted": "broke off before its end",
        "failed": "failed",
    }[info.state]
    problem = info.problem.message if info.problem is not None and info.state in ("failed", "interrupted") else ""
    tries = f", {len(info.attempts)} attempts" if len(info.attempts) > 1 else ""
    return f"{info.model}, {state}{f': {problem[:160]}' if problem else ''}{tries}"


def _answered(made: Made, result: ToolResult) -> str:
    size = len(result.content.encode())
    facts = [
        f"answered by {WHO[made.by]}{f': {made.detail}' if made.detail else ''}",
        f"{size:,} byte{'' if size == 1 else 's'}",
        *(["returned as an error"] if result.is_error else []),
        *(["edited by you afterwards"] if made.edited else []),
    ]
    return ", ".join(facts)


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same time without overlaps, in order."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
