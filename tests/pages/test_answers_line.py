"""Who answers, said beside each tool of a conversation and changed there; copies of tools keep it."""

from __future__ import annotations

import pytest

from callsmith.store import Store
from callsmith.types.answering import Answering, Reply, Rule
from callsmith.types.tool import Tool
from components.answers.words import missing, summary
from components.tools import shelf
from tests.pages.playground import Page, weather

RULES = Answering("rules", True, rules=(Rule(Reply("21")),))


@pytest.mark.slow
def test_the_line_beside_a_tool_changes_who_answers(store: Store) -> None:
    setup = weather(store)
    tool_id = setup.tools[0].tool_id
    page = Page(store, setup)
    page.at.session_state[f"answers-line-{tool_id}"] = True
    page.run()
    page.at.selectbox(key=f"answers-line-by-{tool_id}").set_value("fault")
    page.run()
    page.at.segmented_control(key=f"answers-line-auto-{tool_id}").set_value("Run by itself")
    page.run()
    record = store.tool(tool_id)
    assert record is not None and record.answering == Answering("fault", True)
    page.click(f"answers-line-settings-{tool_id}")
    assert page.at.session_state["tool-panels"] == "Answers"
    assert page.at.radio(key=f"answers-by-{tool_id}").value == "fault"


@pytest.mark.slow
def test_a_copy_of_a_tool_keeps_who_answers(store: Store) -> None:
    tool_id = store.save_tool(Tool("weather"))
    store.save_answering(tool_id, RULES)
    record = store.tool(tool_id)
    assert record is not None
    copy = store.tool(shelf.add_copy(record))
    assert copy is not None and copy.answering == RULES and copy.id != tool_id


def test_the_line_says_who_answers_and_whether_it_asks() -> None:
    tool = Tool("weather")
    assert summary(tool, Answering()) == "Answered by hand"
    assert summary(tool, RULES) == "Answered by rules, runs by itself"
    assert summary(tool, Answering("fault")) == "Answered with a fault, asks each time"
    assert summary(tool, Answering("rules", True)) == "Answered by rules, not set up yet"
    assert summary(tool, Answering("mcp")) == "Answered by an MCP server, not set up yet"


def test_what_a_way_lacks_is_said() -> None:
    tool = Tool("weather", output_schema={"type": "object"})
    for by in ("hand", "fault", "model", "schema"):
        assert missing(tool, Answering(), by) == ""
    assert missing(tool, Answering(rules=(Rule(on=False),)), "rules") == "Every rule is off."
    assert "no output schema" in missing(Tool("weather"), Answering(), "schema")
    assert "broken" in missing(
        Tool("weather", output_schema={"type": 5}), Answering(), "schema"
    ) or "no sample" in missing(Tool("weather", output_schema={"type": 5}), Answering(), "schema")
