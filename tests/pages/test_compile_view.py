"""The compile view with a tool on the desk: an overview of all vendors, the wire JSON, the verdicts in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.schema.tool_document import document_of
from callsmith.types.tool import Tool
from callsmith.vendors import VENDORS, Verdict
from components.tools.compile_view import MOST_ROWS, place, source

pytestmark = pytest.mark.slow

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "pattern": "^[A-Z]|x"},
        "stops": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}}},
    },
}


def script() -> None:
    import streamlit as st

    from components.tools.compile_view import render

    render(st.session_state["here"])


@dataclass
class Here:
    tool_id: str
    editing: Any


def drawn(tool: Tool, vendor: str = "") -> AppTest:
    at = AppTest.from_function(script, default_timeout=10)
    at.session_state["here"] = Here("t1", SimpleNamespace(document=document_of(tool)))
    at.run()
    if vendor:
        at.radio[0].set_value(vendor).run()
    assert not at.exception, at.exception
    return at


def table(at: AppTest) -> list[str]:
    found = [element.value for element in at.markdown if element.value.startswith("| Keyword")]
    return [line for text in found for line in text.splitlines()[2:] if line.startswith("|")]


def test_the_overview_has_every_vendor_with_its_counts() -> None:
    at = drawn(Tool("get_weather", "Weather", SCHEMA))
    lines = at.radio[0].options
    assert [VENDORS[vendor].label in line for vendor, line in zip(VENDORS, lines, strict=True)] == [True] * len(VENDORS)
    said = dict(zip(VENDORS, lines, strict=True))
    assert "all kept" in said["openai"]
    assert "refused]" in said["openai-strict"]


def test_the_json_is_the_payload_of_the_format() -> None:
    at = drawn(Tool("get_weather", "Weather", SCHEMA))
    assert json.loads(at.code[0].value)["function"]["parameters"] == SCHEMA
    at.segmented_control[0].set_value("openai-responses").run()
    assert json.loads(at.code[0].value)["strict"] is False
    at.radio[0].set_value("gemini-schema").run()
    assert "parameters" in json.loads(at.code[0].value)


def test_what_is_refused_comes_first_with_place_reason_and_source() -> None:
    rows = table(drawn(Tool("get_weather", "Weather", SCHEMA), "anthropic-strict"))
    verdicts = [next(word for word in ("refused", "ignored", "kept") if f": {word}]" in row) for row in rows]
    assert verdicts == sorted(verdicts, key=["refused", "ignored", "kept"].index)
    assert any(row.startswith("| **minimum** of stops › items › n |") and "notes 7.3" in row for row in rows)
    assert all(row.count(" | ") == 2 for row in rows)


def test_a_tool_that_is_refused_says_why_on_top() -> None:
    at = drawn(Tool("get_weather", "", {"type": "array", "items": {}}), "gemini-schema")
    assert "type object" in at.error[0].value
    assert not at.code


def test_a_large_tool_shows_its_beginning() -> None:
    many = {f"p{number}": {"type": "string", "minLength": 1, "title": "x" * 40} for number in range(1500)}
    at = drawn(Tool("t", "", {"type": "object", "properties": many}), "openai-strict")
    assert at.code[0].value.endswith("\n...")
    assert len(table(at)) <= 2 * MOST_ROWS
    assert any("more verdict" in element.value for element in at.markdown)


@pytest.mark.parametrize(
    ("path", "keyword", "words"),
    [
        ("", "name", "of the tool"),
        ("", "(depth)", "of all parameters"),
        ("", "(additionalProperties)", "at the top"),
        ("", "(custom tool)", "of the tool"),
        ("/type", "type", "at the top"),
        ("/properties/city/pattern", "pattern", "of city"),
        ("/properties/a_b/items/anyOf/1/type", "type", "of a_b › items › anyOf 2"),
        ("/$defs/x/properties/y/type", "type", "of definition x › y"),
        ("/properties/a b", "(property name)", "of a b"),
        ("/properties/properties/type", "type", "of properties"),
    ],
)
def test_places_in_words(path: str, keyword: str, words: str) -> None:
    assert place(Verdict(path, keyword, "openai", "kept", "", "", True)) == words


def test_issues_are_links() -> None:
    assert source("notes 7.2, a/b#5") == "notes 7.2, [a/b\\#5](https://github.com/a/b/issues/5)"
