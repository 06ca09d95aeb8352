"""Every call that a model made, one row each, and every exchange without a call, so that the rows sum to the charts.

An exchange's tokens, cost and times stand on its first row alone, so that a plain sum counts them once. Unknown is
None, never 0. A call answered in several arms is told as in the arm in view, else as it was answered last.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from callsmith.calls import judge
from callsmith.conversation import Conversation
from callsmith.store import Store, UsageRow
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
    for conversation_id in store.kept_ids() if ids is None else dict.fromkeys(ids):
        conversation = store.load(conversation_id)
        if conversation is None:
            continue
        known = versions.of(use.tool_id for use in store.setup(conversation_id).tools)
        answers = _Answers(conversation)
        nodes = {info.id: info.node_id for info in store.exchange_turn_info(conversation_id).values()}
        for used in store.usage_rows(conversation_id):
            node = conversation.nodes.get(nodes.get(used.exchange_id) or "")
            calls = node.message.calls if node is not None else ()
            yield from _exchange(used, node.id if node is not None else "", calls, answers, known, price)
    for conversation_id in store.kept_ids(deleted=True) if ids is None else ():
        for used in store.usage_rows(conversation_id):
            yield _with_use(_plain(used), used, price)


def _exchange(
    used: UsageRow,
    node_id: str,
    calls: Sequence[ToolCall],
    answers: _Answers,
    known: Mapping[str, Sequence[ToolVersion]],
    price: Price,
) -> Iterator[CallRow]:
    plain = _plain(used)
    first = _with_use(plain, used, price)
    if not calls:
        yield first
    for number, call in enumerate(calls, start=1):
        row = replace(first if number == 1 else plain, call=number)
        yield _with_call(row, call, answers.to(node_id, call), _version(known, call.name, used.marks.started))


def _plain(used: UsageRow) -> CallRow:
    return CallRow(
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


def _with_use(row: CallRow, used: UsageRow, price: Price) -> CallRow:
    usage = used.usage or Usage()
    total = usage.total
    if total is None and usage.input is not None and usage.output is not None:
        total = usage.input + usage.output
    return replace(
        row,
        input_tokens=usage.input,
        output_tokens=usage.output,
        cached_tokens=usage.cache_read,
        reasoning_tokens=usage.reasoning,
        total_tokens=total,
        cost_usd=None if used.state == "running" else price(used),
        first_token_s=used.marks.first_token,
        total_s=used.marks.done,
    )


def _with_call(row: CallRow, call: ToolCall, result: ToolResult | None, version: ToolVersion | None) -> CallRow:
    verdict = judge(call, {} if version is None else {call.name: version.tool})
    row = replace(
        row,
        tool=call.name,
        call_id=call.id,
        schema_version=None if version is None else version.number,
        arguments=call.arguments,
        valid=verdict.valid,
    )
    if result is None:
        return row
    made = result.made
    return replace(
        row,
        answered_by=None if made is None else made.by,
        is_error=result.is_error,
        result_bytes=len(result.content.encode("utf-8", "surrogatepass")),
        tool_s=None if made is None else made.seconds,
    )


class _Answers:
    """The results that calls got, by the message that asked."""

    def __init__(self, conversation: Conversation) -> None:
        in_view = {node.id for node in conversation.path()}
        self._results: dict[str, tuple[ToolResult, ...]] = {}
        self._taken: set[str] = set()
        for node in conversation.nodes.values():
            if node.message.role == "tool" and node.parent is not None and node.parent not in self._taken:
                self._results[node.parent] = node.message.results
                if node.id in in_view:
                    self._taken.add(node.parent)

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
