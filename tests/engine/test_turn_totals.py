"""What a turn used: from one message of the user to the next, played tools apart, unknown never nothing."""

from __future__ import annotations

from callsmith.conversation import Conversation, append, edit, say
from callsmith.store.records import ExchangeInfo, UsageRow
from callsmith.turn_totals import Sum, total, turns
from callsmith.types.exchange import Marks
from callsmith.types.message import Message
from callsmith.types.parts import Text
from callsmith.types.usage import Usage


def row(exchange_id: str, usage: Usage | None = None, *, plays: str = "", state: str = "finished") -> UsageRow:
    return UsageRow(exchange_id, "c", "", state, "k", "openai-chat", "m", Marks(0.0), 0, usage, plays=plays)  # type: ignore[arg-type]


def info(exchange_id: str, parent: str | None) -> ExchangeInfo:
    return ExchangeInfo(
        exchange_id, "finished", "k", "openai-chat", "m", Marks(0.0), (), None, None, None, parent, None
    )


def test_a_turn_goes_from_one_message_of_the_user_to_the_next() -> None:
    first = say(Conversation("c"), "One")
    call = append(first, Message("assistant", (Text("I look it up"),)))
    result = append(call, Message("tool", (Text("21"),)))
    ended = append(result, Message("assistant", (Text("It is 21"),)))
    second = say(ended, "Two")
    other = edit(second, second.head or "", "Two, otherwise")
    infos = {
        "a": info("a", first.head),
        "b": info("b", result.head),
        "retry": info("retry", first.head),
        "c": info("c", second.head),
        "d": info("d", other.head),
        "gone": info("gone", "deleted"),
    }
    rows = [row("a"), row("p1", plays="get"), row("b"), row("retry"), row("c"), row("p2", plays="get"), row("d")]
    rows += [row("p3", plays="get"), row("gone"), row("unknown")]
    found, elsewhere = turns(other, infos, rows)
    assert [turn.said for turn in found] == ["One", "Two, otherwise"]
    asked = [[one.exchange_id for one in turn.asked] for turn in (*found, elsewhere)]
    played = [[one.exchange_id for one in turn.played] for turn in (*found, elsewhere)]
    assert asked == [["a", "b", "retry"], ["d"], ["c", "gone", "unknown"]]
    assert played == [["p1"], ["p3"], ["p2"]]


def test_what_is_not_known_is_said_and_counts_for_nothing() -> None:
    rows = [row("a", Usage(1000, 20)), row("b", Usage(5)), row("c"), row("d", Usage(7, 7), state="running")]
    prices = {"a": 0.0012, "b": 0.0, "c": None}
    found = total(rows, lambda row: prices[row.exchange_id])
    assert found == Sum(3, 1005, 20, 2, 0.0012, 1)
    assert found.cost == "at least $0.0012"
    assert found.words == (
        "3 exchanges, 1,005 tokens in, 20 tokens out, at least $0.0012, 2 of them did not report all tokens, "
        "1 exchange has no price"
    )
    unknown = total(rows[2:3], lambda row: None)
    assert unknown == Sum(1, silent=1, unpriced=1)
    assert unknown.words == "1 exchange, tokens not reported, price unknown"
    assert total([], lambda row: 1.0) == Sum()
