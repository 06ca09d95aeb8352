"""What stands below the editor: a call to fill in, and strict mode there and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith import settings
from callsmith.schema.strict import fits
from callsmith.schema.validate import violations
from callsmith.store import Store
from callsmith.types.tool import Tool
from components import services

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "pages" / "tools.py"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "Title", "minLength": 3},
        "minutes": {"type": "integer", "description": "Length", "minimum": 5},
        "people": {
            "type": "array",
            "description": "Who",
            "items": {"type": "object", "properties": {"n": {"type": "string"}}},
        },
        "place": {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"url": {"type": "string"}}}]},
    },
    "required": ["title"],
}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(settings.load().database_url)
    monkeypatch.setattr(services, "store", lambda: opened)
    yield opened
    opened.close()


def page(tool_id: str, tab: str) -> AppTest:
    at = AppTest.from_file(str(PAGE), default_timeout=20)
    at.session_state["_framed"] = True
    at.session_state["tool-panels"] = tab
    at.query_params["tool"] = tool_id
    return ran(at.run())


def ran(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


def said(at: AppTest) -> str:
    shown = [*at.markdown, *at.caption, *at.error, *at.success, *at.warning]
    return "\n".join(element.value for element in shown).replace("\\", "")


def arguments(at: AppTest) -> Any:
    area = next(one for one in at.get("bidi_component") if "-json" in (one.key or "") and "call-" in (one.key or ""))
    return json.loads(json.loads(area.proto.json)["value"])


def type_arguments(at: AppTest, tool_id: str, text: str) -> AppTest:
    key = f"call-{tool_id}-json"
    area = next(one for one in at.get("bidi_component") if key in (one.key or ""))
    revision = json.loads(area.proto.json)["revision"]
    at.session_state[key] = {"typed": {"text": text, "revision": revision}}
    return ran(at.run())


def test_a_sample_call_follows_the_schema_until_it_is_filled_in_by_hand(store: Store) -> None:
    tool_id = store.save_tool(Tool("book", "Book it", SCHEMA))
    at = page(tool_id, "Sample call")
    assert violations(SCHEMA, arguments(at)) == ()
    assert "fit the schema" in said(at)
    first = arguments(at)
    ran(at.button(key=f"call-next-{tool_id}").click().run())
    assert arguments(at) != first
    ran(at.text_input(key=f"call-in-{tool_id}/title").input("Weekly").run())
    assert arguments(at)["title"] == "Weekly"
    assert "by hand" in said(at)
    ran(at.text_input(key="prop-description-0").input("Another title").run())
    assert arguments(at)["title"] == "Weekly"
    ran(at.text_input(key=f"call-in-{tool_id}/title").input("We").run())
    assert "/title" in said(at)


def test_a_number_that_is_none_stays_in_its_input_with_the_reason(store: Store) -> None:
    tool_id = store.save_tool(Tool("book", "Book it", SCHEMA))
    at = page(tool_id, "Sample call")
    before = arguments(at)
    key = f"call-in-{tool_id}/minutes"
    ran(at.text_input(key=key).input("half").run())
    assert at.text_input(key=key).value == "half"
    assert "Not taken over" in said(at)
    assert arguments(at) == before
    ran(at.text_input(key=key).input("30").run())
    assert arguments(at)["minutes"] == 30
    assert "Not taken over" not in said(at)


def test_optional_fields_lists_and_unions(store: Store) -> None:
    tool_id = store.save_tool(Tool("book", "Book it", SCHEMA))
    at = page(tool_id, "Sample call")
    ran(at.checkbox(key=f"call-in-{tool_id}/minutes-given").uncheck().run())
    assert "minutes" not in arguments(at)
    ran(at.checkbox(key=f"call-in-{tool_id}/minutes-given").check().run())
    assert arguments(at)["minutes"] >= 5
    count = len(arguments(at)["people"])
    ran(at.button(key=f"call-in-{tool_id}/people-add").click().run())
    assert len(arguments(at)["people"]) == count + 1
    ran(at.button(key=f"call-in-{tool_id}/people/0-remove").click().run())
    assert len(arguments(at)["people"]) == count
    ran(at.selectbox(key=f"call-in-{tool_id}/place-form").select("2. object with url").run())
    assert isinstance(arguments(at)["place"], dict)


def test_pasted_arguments_are_checked_and_broken_ones_kept(store: Store) -> None:
    tool_id = store.save_tool(Tool("book", "Book it", SCHEMA))
    at = page(tool_id, "Sample call")
    type_arguments(at, tool_id, '{"title": 5}')
    assert "/title" in said(at)
    type_arguments(at, tool_id, '{"title": ')
    assert "The text is kept" in said(at)
    area = next(one for one in at.get("bidi_component") if f"call-{tool_id}-json" in (one.key or ""))
    assert json.loads(area.proto.json)["value"] == '{"title": '
    type_arguments(at, tool_id, '{"title": "abc"}')
    assert "fit the schema" in said(at)


def test_many_fields_are_drawn_on_demand(store: Store) -> None:
    wide = {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(70)}}
    tool_id = store.save_tool(Tool("book", "Book it", wide))
    at = page(tool_id, "Sample call")
    assert len(arguments(at)) == 70
    shown = len([one for one in at.text_input if "call-in-" in (one.key or "")])
    ran(at.button(key=f"call-more-{tool_id}").click().run())
    assert shown == 30
    assert len([one for one in at.text_input if "call-in-" in (one.key or "")]) == 60


def test_a_schema_without_a_sample_says_so(store: Store) -> None:
    impossible = {"type": "object", "properties": {"a": {"type": "string", "enum": [1]}}, "required": ["a"]}
    at = page(store.save_tool(Tool("book", "Book it", impossible)), "Sample call")
    assert "There is no sample" in said(at)


def test_strict_and_back(store: Store) -> None:
    tool_id = store.save_tool(Tool("book", "Book it", SCHEMA))
    at = page(tool_id, "Strict")
    assert "not held any more" in "\n".join(one.label for one in at.expander)
    ran(at.button(key=f"strict-apply-{tool_id}").click().run())
    record = store.tool(tool_id)
    assert record is not None and record.tool.strict is True
    assert fits(record.tool.parameters) == ()
    assert "fits strict mode" in said(at)
    again = page(tool_id, "Strict")
    ran(again.button(key=f"strict-back-{tool_id}").click().run())
    record = store.tool(tool_id)
    assert record is not None
    assert (record.tool.parameters, record.tool.strict) == (SCHEMA, None)


def test_what_cannot_be_strict_is_said_with_its_place(store: Store) -> None:
    free = {"type": "object", "properties": {"sizes": {"type": "object", "additionalProperties": {"type": "integer"}}}}
    at = page(store.save_tool(Tool("book", "Book it", free)), "Strict")
    assert "sizes" in said(at)
    assert not [button for button in at.button if (button.key or "").startswith("strict-apply")]


@pytest.mark.parametrize("tab", ["Sample call", "Compile", "Strict", "Tokens", "Recorded calls", "Versions", "Export"])
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {}},
        {"type": "object", "properties": []},
        {"properties": {"a": {"$ref": "#/nowhere"}}},
        {"type": "object", "properties": {"a": {"$ref": "#"}}},
        {"type": 5, "required": "x", "items": 5},
        None,
    ],
)
def test_every_panel_stands_every_schema(store: Store, tab: str, schema: Any) -> None:
    assert not page(store.save_tool(Tool("odd", "", schema)), tab).exception


@pytest.mark.parametrize("tab", ["Sample call", "Compile", "Strict", "Tokens", "Recorded calls", "Versions", "Export"])
def test_every_panel_knows_free_text_tools(store: Store, tab: str) -> None:
    assert not page(store.save_tool(Tool("query", "SQL", type="custom")), tab).exception


def test_an_edit_in_one_tab_keeps_what_another_tab_changed(store: Store) -> None:
    tool_id = store.save_tool(Tool("book", "Book it", SCHEMA))
    one, other = page(tool_id, "Strict"), page(tool_id, "Strict")
    ran(other.text_input(key="prop-description-0").input("By the other tab").run())
    ran(one.text_input(key="prop-description-1").input("By this tab").run())
    record = store.tool(tool_id)
    assert record is not None and record.tool.parameters is not None
    described = [part.get("description") for part in record.tool.parameters["properties"].values()]
    assert described[:2] == ["By the other tab", "By this tab"]
