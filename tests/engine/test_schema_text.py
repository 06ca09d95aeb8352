import json

import pytest
from hypothesis import given

from callsmith.schema.text import MAX_CHARACTERS, TextError, read, same, write
from tests.engine.schema_kit import JSON


@given(JSON)
@pytest.mark.slow
def test_what_is_written_is_read_back_to_the_byte(value):
    again = read(write(value))
    assert same(again, value)
    assert write(again) == write(value)


@pytest.mark.parametrize("literal", ["1", "1.0", "-0.0", "0.1", "12345678901234567890123", '"\\u00e9"', '"😀"', "null"])
def test_numbers_and_texts_keep_what_they_are(literal):
    assert json.dumps(read(literal)) == json.dumps(json.loads(literal))


def test_an_exponent_stays_a_float():
    assert write(read("1e3")) == "1000.0"


def test_short_lists_of_plain_values_stand_on_one_line():
    assert (
        write({"enum": ["a", "b"], "of": [{"x": []}]})
        == '{\n  "enum": ["a", "b"],\n  "of": [\n    {\n      "x": []\n    }\n  ]\n}'
    )
    assert "\n" in write(["x" * 30] * 5)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "empty"),
        ("  \n ", 1, 1, "empty"),
        ('{"a": 1,\n "b": 2,\n}', 3, 1, "comma before }"),
        ('{"a": [1,\n]}', 2, 1, "comma before ]"),
        ("{'a': 1}", 1, 2, "double quotes"),
        ('{"a": True}', 1, 7, "written small"),
        ('{"a": None}', 1, 7, "null"),
        ('{"a": 1 "b": 2}', 1, 9, "comma"),
        ('{"a" 1}', 1, 6, "colon"),
        ('{"a": 1', 1, 8, "ends too early"),
        ('{"a": "x', 1, 7, "closing double quote"),
        ('{"a": "x\n"}', 1, 9, "\\n"),
        ('{"a": 1} x', 1, 10, "take out what follows"),
        ('// note\n{"a": 1}', 1, 1, "no comments"),
        ('{"a": "\\d"}', 1, 8, "\\\\"),
        ('{"a": 1,\n "b": {"c": 1, "c": 2}}', 2, 16, 'The key "c"'),
        ('{"a": 1,\n "a": {"c": 1, "c": 2}}', 2, 2, 'The key "a"'),
        ('{"text": "{\\"a\\": 1}", "a": 1,\n"\\u0061": 2}', 2, 1, 'The key "a"'),
        ('{"a": NaN}', 1, 7, "NaN"),
        ('{"a": "NaN",\n"b": -Infinity}', 2, 6, "-Infinity"),
        ('[1,\n 1e400]', 2, 2, "too large"),
        ("[1,\n " + "7" * 5000 + "]", 2, 2, "5,000 digits"),
        ('["ok",\n "\\ud800"]', 2, 2, "surrogate"),
        ('["ok",\n "\ud800"]', 2, 2, "surrogate"),
        ("[" * 501 + "]" * 501, 1, 501, "500 levels"),
    ],
)  # fmt: skip
def test_an_error_says_where_and_what(text, line, column, words):
    with pytest.raises(TextError) as caught:
        read(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in caught.value.message
    assert str(caught.value).startswith(f"Line {line}, column {column}: ")


def test_five_hundred_levels_are_read_and_written():
    deep = read("[" * 500 + "]" * 500)
    assert same(read(write(deep)), deep)


def test_brackets_in_texts_are_no_levels():
    assert read(json.dumps("[" * 600)) == "[" * 600
    assert read(json.dumps(["[{" * 600, '\\"[']))[1] == '\\"['


def test_a_pair_of_surrogates_is_a_character():
    assert read('"\\ud83d\\ude00"') == "😀"


def test_a_byte_order_mark_is_no_content():
    assert read('\ufeff{"a": 1}') == {"a": 1}


def test_a_text_beyond_all_measure_is_refused_before_it_is_read():
    with pytest.raises(TextError, match="5,000,001 characters"):
        read('"' + "x" * (MAX_CHARACTERS - 1) + '"')


def test_letters_of_any_script_are_written_as_themselves():
    assert write({"ort": "Zürich 東京"}) == '{\n  "ort": "Zürich 東京"\n}'


MANY_BRACKETS = "[" + "[]," * 600


@pytest.mark.parametrize(
    "hostile", [MANY_BRACKETS + '"' + '\\"' * 400_000, '{"a":' * 400_000, '"\\' * 400_000, "[" + '"",' * 400_000]
)
def test_hostile_texts_end_in_an_error(hostile):
    with pytest.raises(TextError):
        read(hostile)


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), ({"a": 1, "b": 2}, {"b": 2, "a": 1})])
def test_same_is_stricter_than_equal(one, other):
    assert one == other
    assert not same(one, other)
