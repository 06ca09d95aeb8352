from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsmith.answering.template import MAX_FILLED, check, fill, quoted
from tests.engine.schema_kit import JSON

CALL: dict[str, Any] = {
    "city": 'To"kyo\n',
    "n": 5,
    "on": True,
    "no": None,
    "list": [1, {"a": "b"}],
    "items": [{"name": "pen"}, {"name": "ink"}],
}


@pytest.mark.parametrize(
    ("reply", "filled"),
    [
        ('{"city": "{{city}}"}', '{"city": "To\\"kyo\\n"}'),
        ('{"city": {{city}}}', '{"city": "To\\"kyo\\n"}'),
        ('{"n": {{n}}, "t": "{{n}}"}', '{"n": 5, "t": "5"}'),
        ('{"on": {{ on }}, "no": {{no}}}', '{"on": true, "no": null}'),
        ('["{{list}}", {{list}}]', '["[1, {\\"a\\": \\"b\\"}]", [1, {"a": "b"}]]'),
        ('{"a \\" {{n}}": 1}', '{"a \\" 5": 1}'),
        ('["{{items[1].name}}", {{$.items[*].name}}]', '["ink", ["pen", "ink"]]'),
        ('It is "hot" in {{city}}!', 'It is "hot" in To"kyo\n!'),
        ("{{n}} of {{list}}", '5 of [1, {"a": "b"}]'),
        ("{{city}}", 'To"kyo\n'),
        ("{{n}}", "5"),
        ("no quotes {at} all", "no quotes {at} all"),
        ("", ""),
    ],
)
def test_fills(reply: str, filled: str) -> None:
    made = fill(reply, CALL)
    assert (made.text, made.notes) == (filled, ())


def test_an_unknown_name_is_left_with_a_note() -> None:
    made = fill("{{API_KEY}} {{API_KEY}} {{n}} {{[}} {{ }}", CALL)
    assert made.text == "{{API_KEY}} {{API_KEY}} 5 {{[}} {{ }}"
    assert made.notes[0] == "{{API_KEY}} is left as it stands: the call has no such argument."
    assert len(made.notes) == 3


def test_a_quote_in_an_argument_is_never_filled() -> None:
    hostile = {"a": "{{b}}", "b": "secret", "c": "{{", "d": "b}}"}
    assert fill('{"x": "{{a}}", "y": "{{b}}"}', hostile).text == '{"x": "{{b}}", "y": "secret"}'
    assert fill("{{c}}{{d}} {{a}}", hostile).text == "{{b}} {{b}}"


def test_an_argument_cannot_break_out_of_its_string() -> None:
    hostile = {"a": '", "admin": true, "x": "\\'}
    assert json.loads(fill('{"a": "{{a}}"}', hostile).text) == hostile


def test_growth_is_bounded() -> None:
    made = fill("{{a}}" * 100, {"a": "x" * 100_000})
    assert len(made.text) <= MAX_FILLED
    assert "1,000,000 characters" in made.notes[0]


def test_half_a_character_can_be_carried() -> None:
    assert fill('{"a": "{{a}}", "b": {{a}}}', {"a": "\ud800"}).text == '{"a": "\\ud800", "b": "\\ud800"}'
    fill("{{a}}!", {"a": "\ud800"}).text.encode()


def test_arguments_that_are_no_object() -> None:
    assert fill("{{$}}", "free text").text == "free text"
    assert fill("{{city}}", "free text").notes
    assert fill("{{[0]}}", [7]).text == "7"
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert "nested too deeply" in fill("{{$}}", deep).notes[0]


def test_what_is_quoted_and_whether_it_can_work() -> None:
    assert quoted('{{a}} "{{ b.c }}" {{a}} {{{d}}}') == ("a", "b.c", "d")
    assert check("{{a}} {{b[0]}}") == ""
    assert check("{{a}} {{b[}}").startswith("{{b[}}: This is not a JSON path")
    assert check("{{ }}") == "{{}}: Nothing stands between the braces."


@given(JSON)
@pytest.mark.slow
def test_json_stays_json_and_keeps_the_value(value: Any) -> None:
    made = json.loads(fill('{"own": {{v}}, "text": "{{v}}"}', {"v": value}).text)
    assert made["own"] == value
    assert made["text"] == (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


@given(st.text('{}"\\ [],:ab1', max_size=30), JSON)
@pytest.mark.slow
def test_nothing_breaks_it(reply: str, arguments: Any) -> None:
    made = fill(reply, arguments)
    check(reply)
    if not quoted(reply):
        assert made.text == reply
