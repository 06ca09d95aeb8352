"""The editor on what is no ordinary tool: free text with a grammar, and the schema of a reply."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from callsmith.types.features import ResponseSchema
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from callsmith.types.tool import Grammar, Tool
from components.tools import home
from tests.pages.options_kit import kept
from tests.pages.playground import Page

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "pages" / "tools.py"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def editing(tool_id: str) -> AppTest:
    at = AppTest.from_file(str(PAGE), default_timeout=10)
    at.session_state["_framed"] = True
    at.query_params["tool"] = tool_id
    at.run()
    assert not at.exception, at.exception
    return at


def test_a_tool_becomes_one_of_free_text_and_back(store: Store) -> None:
    tool_id = store.save_tool(Tool("sql", "Runs it", {"type": "object", "properties": {}}))
    at = editing(tool_id)
    at.selectbox(key=f"tool-type-{tool_id}").select("Free text").run()
    at.selectbox(key=f"tool-grammar-{tool_id}").select("Regular expression").run()
    at.text_area(key=f"tool-definition-{tool_id}").input("[a-z]+").run()
    assert not at.exception
    record = store.tool(tool_id)
    assert record is not None
    assert (record.tool.type, record.tool.grammar) == ("custom", Grammar("regex", "[a-z]+"))
    at.selectbox(key=f"tool-type-{tool_id}").select("Arguments").run()
    record = store.tool(tool_id)
    assert record is not None
    # The parameters were never lost; a grammar is of no use to a tool with arguments.
    assert record.tool == Tool("sql", "Runs it", {"type": "object", "properties": {}})


def test_a_reply_schema_is_edited_like_a_tool(store: Store) -> None:
    options = Options(response=ResponseSchema(SCHEMA))
    page = Page(store, Setup(model="demo-instant", options=options))
    page.at.session_state["options"] = True
    page.at.session_state["options-tabs"] = "Reply"
    page.run()
    page.click("response-edit")
    assert not page.at.session_state["options"]  # else the popover would lie over the dialog
    opened = next(str(item.key) for item in page.at.text_input if str(item.key).startswith("tool-name-"))
    tool_id = opened.removeprefix("tool-name-")
    assert home.is_response(tool_id)
    page.at.text_input(key=opened).input("place")
    page.run()
    page.at.text_input(key="prop-add-top-name").input("country")
    page.click("prop-add-top")
    response = kept(store).options.response
    assert response is not None
    assert (response.name, list(response.schema["properties"])) == ("place", ["city", "country"])
    assert response.on
