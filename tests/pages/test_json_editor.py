"""The JSON editor from the page's side: marks at their places as a browser counts, and the plain text area instead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from callsmith.types.tool import Tool
from components.json_editor import LONGEST, PLAIN

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "pages" / "tools.py"
TOOL = Tool(
    "find", "Finds 😀", {"type": "object", "properties": {"q": {"type": "string", "description": "x", "enum": [1]}}}
)


def page(tool_id: str) -> AppTest:
    at = AppTest.from_file(str(PAGE), default_timeout=10)
    at.session_state["_framed"] = True
    at.query_params["tool"] = tool_id
    at.run()
    assert not at.exception, at.exception
    return at


def sent(at: AppTest) -> dict[str, Any]:
    """What the browser is told."""
    (editor,) = [element for element in at.get("bidi_component") if "tool-json" in (element.key or "")]
    return dict(json.loads(editor.proto.json))


def marked(data: dict[str, Any]) -> list[str]:
    units = str(data["value"]).encode("utf-16-le")
    return [units[2 * mark["from"] : 2 * mark["to"]].decode("utf-16-le") for mark in data["marks"]]


def type_json(at: AppTest, tool_id: str, text: str) -> None:
    at.session_state[f"tool-json-{tool_id}"] = {"typed": {"text": text, "revision": sent(at)["revision"]}}
    at.run()


def test_findings_are_marked_at_their_places(store: Store) -> None:
    data = sent(page(store.save_tool(TOOL)))
    assert '"enum"' in marked(data)
    assert {mark["severity"] for mark in data["marks"]} <= {"error", "warning", "info"}
    assert not data["invalid"] and not data["plain"]


def test_an_error_is_the_only_mark_of_a_broken_text(store: Store) -> None:
    tool_id = store.save_tool(TOOL)
    at = page(tool_id)
    type_json(at, tool_id, sent(at)["value"].replace("[1]", "[tru]"))
    data = sent(at)
    (mark,) = data["marks"]
    assert data["invalid"] and mark["severity"] == "error"
    assert data["value"].encode("utf-16-le")[2 * mark["from"] :].decode("utf-16-le").startswith("tru]")


def test_plain_text_is_chosen_once_for_every_tool(store: Store) -> None:
    tool_id = store.save_tool(TOOL)
    at = page(tool_id)
    at.toggle(key=f"tool-json-{tool_id}-plain").set_value(True).run()
    assert sent(at)["plain"] and sent(at)["marks"] == []
    assert store.preference(PLAIN) is True
    other = store.save_tool(TOOL)
    again = page(other)
    assert sent(again)["plain"]
    again.toggle(key=f"tool-json-{other}-plain").set_value(False).run()
    assert not sent(again)["plain"] and sent(again)["marks"]


def test_a_very_long_text_is_plain_and_says_so(store: Store) -> None:
    tool_id = store.save_tool(Tool("long", "x" * LONGEST))
    at = page(tool_id)
    assert sent(at)["plain"]
    assert at.toggle(key=f"tool-json-{tool_id}-plain").disabled
    assert any(f"{LONGEST:,} characters" in caption.value for caption in at.caption)
    assert store.preference(PLAIN) is None
