"""Every call that a model made, one row each, and every exchange without a call, so that the rows sum to the charts.

An exchange's tokens, cost and times stand on its first row alone, so that a plain sum counts them once. Unknown is
None, never 0. A call answered in several arms is told as in the arm in view, else as it was answered last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from callsmith.calls import judge
from callsmith.store import Store, UsageRow
from callsmith.store.called import CalledIn
from callsmith.store.records import ToolVersion
from callsmith.types.parts import ToolCall, ToolResult
from callsmith.types.usage import Usage

Price = Callable[[UsageRow], float | None]


@dataclass(frozen=True, slots=True)
class CallRow:
    """``call`` counts from 1 in each exchange, 0 where there is none. ``schema_version`` is the number of the tool's
    version when the model was asked. ``plays``: the tool that a model played in this exchange."""

    conversation: str
    conversation_id: str
    exchange_id: str
    call: int
    time: datetime
    model: str
    connection: str
    format: str
    state: str
    plays: str
    tool: str | None = None
    call_id: str | None = None
    schema_version: int | None = None
    arguments: str | None = None
    valid: bool | None = None
    answered_by: str | None = None
    is_error: bool | None = None
    result_bytes: int | None = None
    tool_s: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    total_tokens: int | None = None
    cost_usd: float | None = None
    first_token_s: float | None = None
    total_s: float | None = None


def rows(store: Store, ids: Collection[str] | None = None, price: Price = lambda row: None) -> Iterator[CallRow]:
    """Conversation by conversation, oldest first in each. ``price`` knows what an ended exchange cost in US dollars.

    Where no ids are given, what deleted conversations used is there too, without their calls.
    """
    versions = _Versions(store)
    for told in store.called_in(store.kept_ids() if ids is None else list(dict.fromkeys(ids))):
        known = versions.of(told.tool_ids)
        answers = _Answers(told)
        for used, node_id in told.used:
            message = told.messages.get(node_id or "")
            yield from _exchange(used, node_id or "", message.calls if message else (), answers, known, price)
    for told in store.called_in(store.kept_ids(deleted=True), deleted=True) if ids is None else ():
        for used, _ in told.used:
            yield CallRow(**_plain(used), **_use(used, price))


def _exchange(
    used: UsageRow,
    node_id: str,
    calls: Sequence[ToolCall],
    answers: _Answers,
    known: Mapping[str, Sequence[ToolVersion]],
    price: Price,
) -> Iterator[CallRow]:
    plain, use = _plain(used), _use(used, price)
    if not calls:
        yield CallRow(**plain, **use)
    for number, call in enumerate(calls, start=1):
        version = _version(known, call.name, used.marks.started)
        made = _call(call, answers.to(node_id, call), version)
        yield CallRow(**{**plain, **(use if number == 1 else {}), "call": number, **made})


def _plain(used: UsageRow) -> dict[str, Any]:
    return dict(
        conversation=used.title,
        conversation_id=used.conversation_id,
        exchange_id=used.exchange_id,
        call=0,
        time=datetime.fromtimestamp(used.marks.started, UTC),
        model=used.model,
        connection=used.connection,
        format=used.wire,
        state=used.state,
        plays=used.plays,
    )


def _use(used: UsageRow, price: Price) -> dict[str, Any]:
    usage = used.usage or Usage()
    total = usage.total
    if total is None and usage.input is not None and usage.output is not None:
        total = usage.input + usage.output
    return dict(
        input_tokens=usage.input,
        output_tokens=usage.output,
        cached_tokens=usage.cache_read,
        reasoning_tokens=usage.reasoning,
        total_tokens=total,
        cost_usd=None if used.state == "running" else price(used),
        first_token_s=used.marks.first_token,
        total_s=used.marks.done,
    )


def _call(call: ToolCall, result: ToolResult | None, version: ToolVersion | None) -> dict[str, Any]:
    verdict = judge(call, {} if version is None else {call.name: version.tool})
    row = dict(
        tool=call.name,
        call_id=call.id,
        schema_version=None if version is None else version.number,
        arguments=call.arguments,
        valid=verdict.valid,
    )
    if result is None:
        return row
    made = result.made
    return dict(
        **row,
        answered_by=None if made is None else made.by,
        is_error=result.is_error,
        result_bytes=len(result.content.encode("utf-8", "surrogatepass")),
        tool_s=None if made is None else made.seconds,
    )


class _Answers:
    """The results that calls got, by the message that asked."""

    def __init__(self, told: CalledIn) -> None:
        in_view: set[str] = set()
        at = told.head
        while at is not None:
            in_view.add(at)
            at = told.parents.get(at)
        self._results: dict[str, tuple[ToolResult, ...]] = {}
        self._taken: set[str] = set()
        for node_id, message in told.messages.items():
            parent = told.parents[node_id]
            if message.role == "tool" and parent is not None and parent not in self._taken:
                self._results[parent] = message.results
                if node_id in in_view:
                    self._taken.add(parent)

    def to(self, node_id: str, call: ToolCall) -> ToolResult | None:
        return next((result for result in self._results.get(node_id, ()) if result.call_id == call.id), None)


class _Versions:
    """The versions of tools by every name they had, each tool read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: dict[str, Sequence[ToolVersion]] = {}

    def of(self, ids: Iterable[str]) -> dict[str, list[ToolVersion]]:
        """Oldest first under each name."""
        found: dict[str, list[ToolVersion]] = {}
        for tool_id in dict.fromkeys(ids):
            if tool_id not in self._read:
                self._read[tool_id] = self._store.versions(tool_id)[::-1]
            for version in self._read[tool_id]:
                found.setdefault(version.tool.name, []).append(version)
        return found


def _version(known: Mapping[str, Sequence[ToolVersion]], name: str, at: float) -> ToolVersion | None:
    """The last one made before the model was asked; the first one where all came later."""
    named = known.get(name)
    if not named:
        return None
    before = [version for version in named if version.created_at.timestamp() <= at]
    return max(before, key=lambda version: version.created_at) if before else named[0]
