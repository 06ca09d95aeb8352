"""The differences of two tools as one reads them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.types.tool import Tool
from components.tools.diff_view import MOST

pytestmark = pytest.mark.slow

TEXT = {"type": "string"}
OLD = Tool("find", "Finds.", {"type": "object", "properties": {"city": TEXT, "n": {"type": "number"}}})


def _app() -> None:
    import streamlit as st

    from components.tools.diff_view import diff_view

    diff_view(st.session_state["old"], st.session_state["new"], "here")


def shown(old: Tool, new: Tool) -> AppTest:
    at = AppTest.from_function(_app, default_timeout=30)
    at.session_state["old"], at.session_state["new"] = old, new
    at.run()
    assert not at.exception
    return at


def parameters(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_what_breaks_comes_first_each_with_a_word_and_its_place() -> None:
    new = replace(OLD, description="Seeks.", parameters=parameters(city={**TEXT, "x-a": 1}, n={"type": "integer"}))

    at = shown(OLD, new)

    headline, *lines = [element.value for element in at.markdown]
    assert headline == "**1 breaking change, 1 that may break, 1 change of wording or order**"
    assert [line.partition("]")[0].split()[-1] for line in lines] == ["breaking", "tell", "compatible"]
    assert "**n** · The type is integer now, was number" in lines[0]
    assert "Finds. → Seeks." in lines[2]
    assert at.code[0].language == "diff" and '-  "description": "Finds."' in at.code[0].value


def test_no_difference_is_said() -> None:
    at = shown(OLD, OLD)

    assert [element.value for element in at.caption] == ["No difference: the two are the same."] and not at.code


def test_many_differences_are_counted_and_long_texts_left_out() -> None:
    many = parameters(**{f"p{number}": {**TEXT, "maxLength": 3} for number in range(3_000)})

    at = shown(
        replace(OLD, parameters=parameters(**dict.fromkeys(many["properties"], TEXT))), Tool("find", "Finds.", many)
    )

    assert at.markdown[0].value == "**3,000 breaking changes**"
    assert len(at.markdown) == MOST + 1 and not at.code
    assert [caption.value.split(":")[0] for caption in at.caption] == [
        "and 2,960 more",
        "Too long to be compared as text",
    ]


def test_text_of_a_tool_is_no_markdown() -> None:
    at = shown(OLD, replace(OLD, parameters=parameters(**{"**a** :red[x]": TEXT})))

    assert any(r"\*\*a\*\* \:red\[x\]" in element.value for element in at.markdown)
