"""The export of a tool on the page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.exporting import TARGETS, export
from callsmith.store import Store
from callsmith.types.tool import Origin, Tool
from components.tools import export_view

pytestmark = pytest.mark.slow
SCHEMA = {
    "type": "object",
    "properties": {
        "a<b>*": {"type": "array", "uniqueItems": True, "items": {"type": "string"}},
        "n": {"type": "integer"},
    },
}


def page(tool_id: str) -> None:
    from components.tools import export_view
    from components.tools.desk import desk

    here = desk(tool_id)
    assert here is not None
    export_view.render(here)


def shown(store: Store, tool: Tool) -> AppTest:
    at = AppTest.from_function(page, kwargs={"tool_id": store.save_tool(tool)}, default_timeout=10)
    at.run()
    assert not at.exception, at.exception
    return at


def test_every_target_is_shown_as_it_is_exported(store: Store) -> None:
    tool = Tool("get_it", "Gets it", SCHEMA, origin=Origin("mcp", extra={"title": "Get it"}))
    at = shown(store, tool)
    options = at.selectbox(key="export-target").options
    assert len(options) == len(TARGETS)
    for option, target in zip(options, TARGETS, strict=True):
        at.selectbox(key="export-target").select(option).run()
        assert not at.exception, at.exception
        made = export(tool, target)
        assert at.code[0].value == made.text.rstrip("\n")
        assert at.code[0].language == made.language
        assert [item.label for item in at.expander] == (
            [f"What this cannot say ({len(made.notes)} note{'s' if len(made.notes) > 1 else ''})"] if made.notes else []
        )


def test_notes_show_names_as_text(store: Store) -> None:
    at = shown(store, Tool("get_it", "", SCHEMA))
    at.selectbox(key="export-target").select("Code: Pydantic model").run()
    assert "/properties/a\\<b\\>\\*/uniqueItems" in at.expander[0].markdown[0].value


def test_a_long_export_is_cut_on_the_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_view, "MOST_CHARACTERS", 50)
    at = shown(store, Tool("get_it", "x" * 100, SCHEMA))
    assert len(at.code[0].value) <= 50
    assert any("the download has all" in item.value for item in at.caption)
