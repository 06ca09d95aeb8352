"""Names that a vendor takes, made of names that it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsmith.vendors.names import NAMES, SAFE, legal, legal_name, unique


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("get_weather", "get_weather"),
        ("math.factorial", "math_factorial"),
        ("files/read a file", "files_read_a_file"),
        ("2fa", "_2fa"),
        ("-x", "_-x"),
        ("naïve", "naive"),
        ("天气", "tool"),
        ("", "tool"),
        ("a" * 70, "a" * 64),
        ("9" * 70, "_" + "9" * 63),
    ],
)
def test_the_nearest_legal_name(name: str, made: str) -> None:
    assert legal(name) == made


@given(st.text(max_size=80), st.sets(st.text("a_2", max_size=3)))
@pytest.mark.slow
def test_any_text_gets_a_safe_and_free_name(name: str, taken: set[str]) -> None:
    made = legal(name, taken)
    assert SAFE.fullmatch(made)
    assert made not in taken
    assert legal(made, taken) == made


def test_a_taken_name_is_numbered() -> None:
    assert legal("a.b", ("a_b",)) == "a_b_2"
    assert legal("a" * 64, ("a" * 64,)) == "a" * 62 + "_2"


@pytest.mark.parametrize(
    ("wire", "name", "made"),
    [
        ("openai-chat", "a.b", "a_b"),
        ("gemini", "a.b", "a.b"),
        ("gemini", "2a", "_2a"),
        ("openai-responses", "2a", "2a"),
        ("anthropic", "a" * 128, "a" * 128),
        ("anthropic", "a" * 129, "a" * 64),
        ("mcp", "a/b c", "a/b c"),
    ],
)
def test_a_name_that_the_format_takes_is_left_alone(wire: str, name: str, made: str) -> None:
    assert legal_name(name, wire) == made
    assert NAMES[wire][0].fullmatch(made)


def test_unique_names_keep_their_order() -> None:
    assert unique(["a", "b", "a", "a_2", "a"]) == ("a", "b", "a_3", "a_2", "a_4")


@given(st.lists(st.text("a_2", max_size=4)))
def test_unique_names_differ_and_the_first_stay(names: list[str]) -> None:
    made = unique(names)
    assert len(set(made)) == len(made) == len(names)
    assert [name for name in dict.fromkeys(names)] == [made[names.index(name)] for name in dict.fromkeys(names)]


def test_many_like_names_cost_little() -> None:
    assert unique(["a"] * 20_000)[-1] == "a_20000"
