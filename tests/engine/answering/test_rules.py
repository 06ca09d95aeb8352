from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given

from callsmith.answering.record import MAX_RULES, from_answers
from callsmith.answering.rules import check_condition, match, reply, tried
from callsmith.types.answering import Condition, Reply, Rule
from callsmith.types.parts import Made, ToolCall, ToolResult
from tests.engine.schema_kit import JSON


def call(arguments: Any, **more: Any) -> ToolCall:
    raw = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return ToolCall("c1", "weather", raw, **more)


def holds(condition: Condition, arguments: Any, number: int = 1) -> bool:
    return match([Rule(when=(condition,))], call(arguments), number) is not None


ARGUMENTS = {"city": "Tokyo", "days": 21, "tags": ["a", 1, None], "where": {"lat": 35.7}, "on": True, "none": None}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("equals", "$.city", "Tokyo"), True),
        (Condition("equals", "city", "tokyo"), False),
        (Condition("equals", "$.days", 21.0), True),
        (Condition("equals", "$.days", "21"), False),
        (Condition("equals", "$.on", 1), False),
        (Condition("equals", "$.on", True), True),
        (Condition("equals", "$.none", None), True),
        (Condition("equals", "$.missing", None), False),
        (Condition("equals", "$.where", {"lat": 35.7}), True),
        (Condition("equals", "", ARGUMENTS), True),
        (Condition("equals", "$.tags[*]", 1), True),
        (Condition("contains", "$.city", "oky"), True),
        (Condition("contains", "$.city", 1), False),
        (Condition("contains", "$.tags", 1.0), True),
        (Condition("contains", "$.tags", True), False),
        (Condition("contains", "$.where", "lat"), True),
        (Condition("contains", "$.days", "2"), False),
        (Condition("range", "$.days", low=21, high=21), True),
        (Condition("range", "$.days", low=22), False),
        (Condition("range", "$.days", high=21), True),
        (Condition("range", "$.on", low=0, high=5), False),
        (Condition("range", "$.city", low=0), False),
        (Condition("regex", "$.city", "^T.*o$"), True),
        (Condition("regex", "$.city", "oky"), True),
        (Condition("regex", "$.city", "^oky"), False),
        (Condition("regex", "$.days", "21"), False),
        (Condition("present", "$.none"), True),
        (Condition("present", "$.missing"), False),
        (Condition("nth", value=1), True),
        (Condition("nth", value=2), False),
    ],
)
def test_a_condition(condition: Condition, expected: bool) -> None:
    assert holds(condition, ARGUMENTS) is expected
    assert check_condition(condition) == ""


@pytest.mark.parametrize(
    "condition",
    [
        Condition("equals", "$.[", 1),
        Condition("range", "$.a"),
        Condition("range", "$.a", low=2, high=1),
        Condition("range", "$.a", low=math.nan),
        Condition("regex", "$.a", "("),
        Condition("regex", "$.a", "(?=a)"),
        Condition("regex", "$.a", 5),
        Condition("nth", value=0),
        Condition("nth", value=True),
        Condition("nth", value="1"),
        Condition("contains", "$.a", {"b": 1}),
    ],
)
def test_a_condition_that_cannot_hold_says_why(condition: Condition) -> None:
    assert check_condition(condition).endswith(".")
    [one] = tried([Rule(when=(condition,))], call({"a": "a"}), 1)
    assert not one.hit and one.words == check_condition(condition)


def test_the_first_rule_that_fits_answers_and_the_tester_sees_all() -> None:
    rules = [
        Rule(Reply("off"), on=False),
        Rule(Reply("paris"), (Condition("equals", "$.city", "Paris"),)),
        Rule(Reply("second"), (Condition("equals", "$.city", "Tokyo"), Condition("nth", value=2))),
        Rule(Reply("else")),
        Rule(Reply("late"), (Condition("range", "$.days", low=1, high=30),)),
    ]
    hit = match(rules, call(ARGUMENTS), 1)
    assert hit is not None and hit.index == 3 and len(hit.tried) == 4
    assert [(one.hit, one.words) for one in tried(rules, call(ARGUMENTS), 1)] == [
        (False, "It is switched off."),
        (False, '$.city is "Tokyo"; it should be "Paris".'),
        (False, "This is call 1 of the tool, wanted is call 2."),
        (True, "It has no conditions: it takes every call."),
        (True, "$.days is 21, which is from 1 to 30."),
    ]
    assert [one.holds for one in tried(rules, call(ARGUMENTS), 1)[2].asked] == [True, False]
    second = match(rules, call(ARGUMENTS), 2)
    assert second is not None and second.index == 2
    assert match(rules[:3], call({}), 1) is None


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("range", "$.days", low=22), "$.days is 21; it should be at least 22."),
        (Condition("range", "days", high=30), "days is 21, which is at most 30."),
        (Condition("regex", "$.city", "^P"), '$.city is "Tokyo"; it should fit ^P.'),
        (Condition("contains", "$.city", "ok"), '$.city is "Tokyo", which contains "ok".'),
        (Condition("equals", "$.tags[*]", 2), '$.tags[*] is "a" (and 2 more); it should be 2.'),
        (Condition("present", "$.none"), "$.none is null."),
        (Condition("present", "$.missing"), "The arguments have no $.missing."),
    ],
)
def test_the_words_of_a_condition(condition: Condition, words: str) -> None:
    assert tried([Rule(when=(condition,))], call(ARGUMENTS), 1)[0].words == words


def test_arguments_that_are_no_object() -> None:
    assert holds(Condition("contains", "", "broken"), '{"broken": ')
    assert not holds(Condition("present", "$.broken"), '{"broken": ')
    assert holds(Condition("equals", "", {}), "  ")
    assert holds(Condition("equals", "", [1]), "[1]")
    custom = call('{"a": 1}', type="custom")
    assert match([Rule(when=(Condition("regex", "", '^."a'),))], custom, 1)
    assert not match([Rule(when=(Condition("present", "$.a"),))], custom, 1)


@pytest.mark.parametrize("hostile", ["[" * 900 + "]" * 900, '{"a":' * 100_000, "9" * 5_000, '"\\ud800"', "NaN", "\x00"])
def test_hostile_arguments_break_nothing(hostile: str) -> None:
    conditions = (
        *(Condition("equals", "", [[1]]), Condition("contains", "", "x"), Condition("range", "$..x", low=1)),
        *(Condition("regex", "", "x+$"), Condition("present", "$..y")),
    )
    for condition in conditions:
        [one] = tried([Rule(when=(condition,))], call(hostile), 1)
        one.words.encode()
    reply(Rule(Reply("{{$}} {{a}}")), call(hostile)).content.encode()


def test_an_expression_cannot_hang() -> None:
    condition = Condition("regex", "$.a", "^(a+)+$")
    assert not holds(condition, {"a": "a" * 100_000 + "!"})
    assert holds(condition, {"a": "a" * 100_000})
    [long] = tried([Rule(when=(condition,))], call({"a": "a" * 200_001}), 1)
    assert long.words == "$.a has more than 200,000 characters and is not searched."


def test_a_reply() -> None:
    rule = Rule(Reply('{"city": "{{city}}", "n": {{missing}}}', is_error=True, delay=1.5))
    made = reply(rule, call({"city": "Rome"}))
    assert (made.content, made.is_error, made.delay) == ('{"city": "Rome", "n": {{missing}}}', True, 1.5)
    assert len(made.notes) == 1
    assert reply(Rule(Reply("", delay=-3)), call({})).delay == 0
    assert reply(Rule(Reply("", delay=math.inf)), call({})).delay == 0


def answered(arguments: Any, content: str, **more: Any) -> tuple[ToolCall, ToolResult]:
    return call(arguments), ToolResult("c1", content, **more)


def test_rules_from_answers() -> None:
    rules = from_answers(
        [
            answered({"city": "Paris", "days": 3}, "old"),
            answered({"city": "Rome"}, "none", is_error=True),
            answered('{"days": 3.0,\n"city": "Paris"}', "new"),
            answered({"city": "Oslo"}, "no", made=Made("refused")),
            answered("", "all"),
            answered('{"broken', "text"),
        ]
    )
    assert [(rule.name, rule.reply.content, rule.reply.is_error) for rule in rules] == [
        ("city Paris, days 3", "new", False),
        ("city Rome", "none", True),
        ("no arguments", "all", False),
        ('"{\\"broken"', "text", False),
    ]
    again = match(rules, call({"city": "Rome"}), 7)
    assert again is not None and again.index == 1
    assert match(rules, call({"city": "Rome", "days": 1}), 1) is None
    assert len(from_answers([answered({"n": number}, "x") for number in range(MAX_RULES + 5)])) == MAX_RULES


@given(JSON)
@pytest.mark.slow
def test_a_recorded_call_is_answered_again(arguments: Any) -> None:
    rules = from_answers([answered({"x": arguments}, "yes")])
    assert match(rules, call({"x": arguments}), 1) is not None
    assert len(rules[0].name) <= 60
