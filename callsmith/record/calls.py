"""Every call that a model made, one row each, and every exchange without a call, so that the rows sum to the charts.

An exchange's tokens, cost and times stand on its first row alone, so that a plain sum counts them once. Unknown is
None, never 0. A call answered in several arms is told as in the arm in view, else as it was answered last. Of a call
whose message was deleted the tool and the verdict are still known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from callsmith.store import Store, UsageRow
from callsmith.store.call_verdicts import CallVerdict
from callsmith.store.called import CalledIn
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

    Where no ids are given, what deleted conversations used is there too, without titles, arguments and results.
    """
    for told in store.called_in(store.kept_ids() if ids is None else list(dict.fromkeys(ids))):
        yield from _conversation(told, price)
    for told in store.called_in(store.kept_ids(deleted=True), deleted=True) if ids is None else ():
        yield from _conversation(told, price)


def _conversation(told: CalledIn, price: Price) -> Iterator[CallRow]:
    answers = _Answers(told)
    for used, node_id, verdicts in told.used:
        plain, use = _plain(used), _use(used, price)
        if not verdicts:
            yield CallRow(**plain, **use)
        message = told.messages.get(node_id or "")
        calls = message.calls if message is not None else ()
        for number, verdict in enumerate(verdicts, start=1):
            call = calls[number - 1] if number <= len(calls) else None
            result = None if call is None else answers.to(node_id or "", call)
            made = _call(verdict, call, result)
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


def _call(verdict: CallVerdict, call: ToolCall | None, result: ToolResult | None) -> dict[str, Any]:
    row = dict(
        tool=verdict.tool if call is None else call.name,
        call_id=None if call is None else call.id,
        schema_version=verdict.version,
        arguments=None if call is None else call.arguments,
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
