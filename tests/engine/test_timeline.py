"""A turn as bars: in causal order, whatever the clocks and the marks say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from callsmith.conversation import Node, node_id
from callsmith.store.records import ExchangeInfo, ExchangeState
from callsmith.timeline import Bar, bars, summary, turns
from callsmith.types.exchange import Attempt, Marks
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Made, Part, Text, ToolCall, ToolResult
from callsmith.types.problem import Problem
from callsmith.types.usage import Usage

T = 1_700_000_000.0
WHOLE = Marks(T, sent=0.01, first_byte=0.2, first_token=0.4, done=1.4)


class Arm:
    """A path being written, with its exchanges."""

    def __init__(self) -> None:
        self.path: list[Node] = []
        self.infos: dict[str, ExchangeInfo] = {}

    def add(self, message: Message) -> Node:
        parent = self.path[-1].id if self.path else None
        self.path.append(Node(node_id(message, parent), parent, message))
        return self.path[-1]

    def say(self, text: str = "Hello") -> Arm:
        self.add(Message("user", (Text(text),)))
        return self

    def reply(self, marks: Marks = WHOLE, *calls: str, usage: Usage | None = None, **more: Any) -> Arm:
        exchange_id = f"e{len(self.infos) + 1}"
        asked = self.path[-1].id
        parts: tuple[Part, ...] = (*(ToolCall(name, name, "{}") for name in calls), Text("Hi"))
        node = self.add(Message("assistant", parts, Origin(exchange_id, "Demo", "openai-chat", "m")))
        self.infos[exchange_id] = info(exchange_id, marks, asked, node.id, usage=usage, **more)
        return self

    def fails(self, marks: Marks, **more: Any) -> Arm:
        exchange_id = f"e{len(self.infos) + 1}"
        self.infos[exchange_id] = info(exchange_id, marks, self.path[-1].id, None, state="failed", **more)
        return self

    def answer(self, *results: ToolResult) -> Arm:
        self.add(Message("tool", results))
        return self

    def bars(self, played: dict[str, ExchangeInfo] | None = None) -> tuple[Bar, ...]:
        return bars(self.path, self.infos, played)


def info(
    exchange_id: str,
    marks: Marks,
    parent: str | None,
    node: str | None,
    *,
    usage: Usage | None = None,
    state: ExchangeState = "finished",
    attempts: tuple[Attempt, ...] = (),
    problem: Problem | None = None,
) -> ExchangeInfo:
    return ExchangeInfo(
        exchange_id, state, "Demo", "openai-chat", "m", marks, attempts, usage, "stop", problem, parent, node
    )


def ran(name: str, at: float | None, seconds: float | None, **more: Any) -> ToolResult:
    is_error = bool(more.pop("is_error", False))
    return ToolResult(name, "{}", is_error, name, made=Made("rules", "Paris", at, seconds, **more))


def spans(drawn: Sequence[Bar]) -> list[tuple[str, int, float, float]]:
    return [(bar.kind, bar.row, round(bar.start, 3), round(bar.end, 3)) for bar in drawn]


def test_nothing_was_asked() -> None:
    assert bars((), {}) == ()
    assert Arm().say().bars() == ()
    assert summary(()).total == 0 and summary(()).tokens_in is None


def test_an_exchange_waits_and_streams() -> None:
    drawn = Arm().say().reply(usage=Usage(80, 23)).bars()
    assert spans(drawn) == [("waiting for the first token", 0, 0.0, 0.4), ("streaming", 0, 0.4, 1.4)]
    assert {bar.label for bar in drawn} == {"Exchange 1"} and {bar.exchange_id for bar in drawn} == {"e1"}
    assert {(bar.tokens_in, bar.tokens_out) for bar in drawn} == {(80, 23)}
    assert summary(drawn).tokens_in == 80 and summary(drawn).model == pytest.approx(1.4)


def test_tool_runs_in_parallel_have_rows_of_their_own() -> None:
    arm = Arm().say().reply(WHOLE, "a", "b")
    arm.answer(ran("a", T + 1.41, 2.0), ran("b", T + 1.41, 1.0, is_error=True))
    drawn = arm.reply(Marks(T + 3.45, first_token=0.3, done=0.5)).bars()
    assert spans(drawn)[2:] == [
        ("tool", 1, 1.41, 3.41),
        ("tool", 2, 1.41, 2.41),
        ("waiting for the first token", 3, 3.45, 3.75),
        ("streaming", 3, 3.75, 3.95),
    ]
    assert [bar.is_error for bar in drawn[2:4]] == [False, True]
    assert drawn[2].detail == "answered by a rule: Paris, 2 bytes"
    assert summary(drawn).tools == pytest.approx(2.0) and summary(drawn).person == 0


def test_a_person_is_the_time_that_no_run_covers() -> None:
    arm = Arm().say().reply(WHOLE, "a", "b")
    arm.answer(ran("a", T + 5.4, 2.0), ToolResult("b", "{}", made=Made("hand")))
    drawn = arm.reply(Marks(T + 10.4, done=1.0)).bars()
    assert spans(drawn)[2:5] == [("person", 1, 1.4, 5.4), ("tool", 2, 5.4, 7.4), ("person", 3, 7.4, 10.4)]
    assert summary(drawn).person == pytest.approx(7.0)


def test_results_from_before_it_was_kept_who_made_them() -> None:
    arm = Arm().say().reply(WHOLE, "a").answer(ToolResult("a", "{}", name="a"))
    assert spans(arm.reply(Marks(T + 9.4, done=1.0)).bars())[2] == ("person", 1, 1.4, 9.4)


def test_a_run_whose_times_are_not_known() -> None:
    arm = Arm().say().reply(WHOLE, "a", "b").answer(ran("a", None, None), ran("b", T + 2.4, None))
    drawn = [bar for bar in arm.bars() if bar.kind == "tool"]
    assert spans(drawn) == [("tool", 1, 1.4, 1.4), ("tool", 3, 2.4, 2.4)]
    assert all(bar.open_end for bar in drawn)


@pytest.mark.parametrize(
    ("marks", "end"),
    [
        (Marks(T), 0.0),
        (Marks(T, sent=0.1, first_byte=0.3), 0.3),
        (Marks(T, sent=0.1, first_byte=0.2, first_token=0.4), 0.4),
        (Marks(T, first_token=9.0, done=1.0), 1.0),
    ],
)
def test_missing_and_impossible_marks(marks: Marks, end: float) -> None:
    drawn = Arm().say().reply(marks, state="interrupted").bars()
    assert spans(drawn) == [("waiting for the first token", 0, 0.0, end)]
    assert drawn[0].open_end is (marks.done is None) and drawn[0].is_error


def test_waits_before_another_attempt() -> None:
    attempts = (Attempt(0.0, 429, wait=0.5), Attempt(0.7, 503, wait=1.0), Attempt(2.0, 200))
    drawn = Arm().say().reply(Marks(T, first_token=2.4, done=3.0), attempts=attempts).bars()
    assert spans(drawn) == [
        ("waiting for the first token", 0, 0.0, 0.2),
        ("retry wait", 0, 0.2, 0.7),
        ("waiting for the first token", 0, 0.7, 1.0),
        ("retry wait", 0, 1.0, 2.0),
        ("waiting for the first token", 0, 2.0, 2.4),
        ("streaming", 0, 2.4, 3.0),
    ]
    assert drawn[0].detail.endswith("3 attempts") and summary(drawn).retries == pytest.approx(1.5)


def test_stopped_while_it_waited_to_try_again() -> None:
    drawn = Arm().say().fails(Marks(T, done=0.6), attempts=(Attempt(0.0, 429, wait=0.5),)).bars()
    assert spans(drawn) == [("waiting for the first token", 0, 0.0, 0.1), ("retry wait", 0, 0.1, 0.6)]


def test_a_failed_exchange_and_the_one_that_was_asked_for_again() -> None:
    arm = Arm().say().fails(Marks(T, done=0.5), problem=Problem("http", "no such model", 404))
    drawn = arm.reply(Marks(T + 20, done=1.0)).bars()
    assert spans(drawn)[:2] == [("waiting for the first token", 0, 0.0, 0.5), ("person", 1, 0.5, 20.0)]
    assert drawn[0].is_error and "no such model" in drawn[0].detail
    assert [bar.label for bar in drawn] == ["Exchange 1", "Waiting for you", "Exchange 2"]


def test_replies_of_other_arms_are_left_out() -> None:
    arm = Arm().say().reply()
    arm.infos["other"] = info("other", Marks(T - 50, done=1.0), arm.path[0].id, "elsewhere")
    assert {bar.exchange_id for bar in arm.bars()} == {"e1"}


def test_a_clock_set_back_moves_nothing_before_its_cause() -> None:
    arm = Arm().say().reply(WHOLE, "a").answer(ran("a", T - 3600, 1.0))
    drawn = arm.reply(Marks(T - 3598.5, done=1.0)).bars()
    assert spans(drawn)[2:] == [
        ("tool", 1, 1.4, 2.4),
        ("person", 2, 2.4, 2.9),
        ("waiting for the first token", 3, 2.9, 3.9),
    ]
    starts = [bar.start for bar in drawn]
    assert starts == sorted(starts) and min(starts) == 0


def test_runs_of_a_fork_whose_first_exchange_is_elsewhere() -> None:
    arm = Arm().say().reply(WHOLE, "a")
    arm.infos.clear()
    drawn = arm.answer(ran("a", T + 2, 1.0)).reply(Marks(T + 3.02, done=1.0)).bars()
    assert spans(drawn) == [("tool", 0, 0.0, 1.0), ("waiting for the first token", 1, 1.02, 2.02)]


def test_tokens_of_a_model_that_played_a_tool_are_told_apart() -> None:
    arm = Arm().say().reply(WHOLE, "a", usage=Usage(80, 23))
    arm.answer(ran("a", T + 1.4, 1.0, exchange_id="p1"))
    drawn = arm.bars({"p1": info("p1", Marks(T + 1.4, done=1.0), None, None, usage=Usage(500, 60))})
    assert (drawn[-1].exchange_id, drawn[-1].tokens_in, drawn[-1].tokens_out) == ("p1", 500, 60)
    assert summary(drawn).tokens_in == 80


def test_usage_that_nobody_reported_is_counted_as_silent() -> None:
    arm = Arm().say().reply(WHOLE, "a", usage=Usage(80, None)).answer(ran("a", T + 1.4, 1.0))
    found = summary(arm.reply(Marks(T + 2.4, done=1.0)).bars())
    assert (found.tokens_in, found.tokens_out, found.silent) == (80, None, 1)


def test_turns_begin_with_what_the_user_said() -> None:
    arm = Arm().say("One").reply(WHOLE, "a").answer(ran("a", T, 1.0)).reply().say("Two").reply()
    found = turns(arm.path)
    assert [(turn.number, turn.said, len(turn.nodes)) for turn in found] == [(1, "One", 4), (2, "Two", 2)]
    assert {bar.exchange_id for bar in bars(found[1].nodes, arm.infos)} == {"e3"}
    assert bars(found[1].nodes, arm.infos)[0].label == "Exchange 3"
