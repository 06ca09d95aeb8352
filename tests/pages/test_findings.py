"""What lint says in the editor, with a button for each finding that can be mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from callsmith.types.tool import Tool

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "pages" / "tools.py"
BROKEN: dict[str, Any] = {
    "type": "object",
    "properties": {
        "size": {"type": "int", "description": "How large it is"},
        "kind": {"type": "string", "description": "Which kind of it", "enum": ["a", "a"]},
    },
    "required": ["size", "gone"],
}


def page(tool_id: str) -> AppTest:
    at = AppTest.from_file(str(PAGE), default_timeout=20)
    at.session_state["_framed"] = True
    at.query_params["tool"] = tool_id
    return ran(at.run())


def ran(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


def fixes(at: AppTest) -> dict[str, Any]:
    return {button.label.replace("\\", ""): button for button in at.button if "findings-fix" in (button.key or "")}


def kept(store: Store, tool_id: str) -> Any:
    return next(record.tool.parameters for record in store.tools() if record.id == tool_id)


def test_a_finding_is_mended_with_one_click_and_one_undo(store: Store) -> None:
    tool_id = store.save_tool(Tool("measure", "Measures a thing", BROKEN))
    at = page(tool_id)
    assert set(fixes(at)) == {
        "Fix all 3",
        'Change "int" to "integer"',
        'Take "gone" out of required',
        "Keep each value once",
    }
    ran(fixes(at)['Take "gone" out of required'].click().run())
    assert kept(store, tool_id)["required"] == ["size"]
    assert set(fixes(at)) == {"Fix all 2", 'Change "int" to "integer"', "Keep each value once"}
    ran(at.button(key="tool-undo").click().run())
    assert kept(store, tool_id) == BROKEN


def test_all_are_mended_in_one_step(store: Store) -> None:
    tool_id = store.save_tool(Tool("measure", "Measures a thing", BROKEN))
    at = page(tool_id)
    ran(fixes(at)["Fix all 3"].click().run())
    assert kept(store, tool_id) == {
        "type": "object",
        "properties": {
            "size": {"type": "integer", "description": "How large it is"},
            "kind": {"type": "string", "description": "Which kind of it", "enum": ["a"]},
        },
        "required": ["size"],
    }
    assert not fixes(at)
    ran(at.button(key="tool-undo").click().run())
    assert kept(store, tool_id) == BROKEN
