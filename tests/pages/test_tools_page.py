"""The Tools page and the panel of a conversation, with a real store: form and JSON in step, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith import settings
from callsmith.schema.text import write
from callsmith.schema.tool_document import document_of
from callsmith.store import Store
from callsmith.types.codec import from_json, to_json
from callsmith.types.options import Options
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool, ToolChoice
from components import services

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "pages" / "tools.py"
SETUP = "setup-under-test"

WEATHER = Tool(
    "get_weather",
    "Weather of a place",
    {
        "type": "object",
        "properties": {
            "place": {"type": "string", "description": "City", "minLength": 1},
            "unit": {"type": "string", "description": "Unit", "enum": ["celsius", "fahrenheit"]},
        },
        "required": ["place"],
        "additionalProperties": False,
    },
)
SEARCH = Tool("search", "Finds things", {"type": "object", "properties": {"q": {"type": "string", "description": "x"}}})


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(settings.load().database_url)
    monkeypatch.setattr(services, "store", lambda: opened)
    yield opened
    opened.close()


def ran(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


def page(tool_id: str | None = None) -> AppTest:
    at = AppTest.from_file(str(PAGE), default_timeout=10)
    at.session_state["_framed"] = True
    if tool_id is not None:
        at.query_params["tool"] = tool_id
    return ran(at.run())


def words(at: AppTest) -> str:
    """All prose on the page, as it is read: without markdown's backslashes."""
    shown = [*at.markdown, *at.caption, *at.error, *at.warning, *at.info]
    return "\n".join(element.value for element in shown).replace("\\", "")


def shown_json(at: AppTest) -> str:
    """The text in the JSON area."""
    areas = [element for element in at.get("bidi_component") if "tool-json" in (element.key or "")]
    return str(json.loads(areas[0].proto.json)["value"])


def type_json(at: AppTest, tool_id: str, text: str) -> AppTest:
    area = next(element for element in at.get("bidi_component") if "tool-json" in (element.key or ""))
    revision = json.loads(area.proto.json)["revision"]
    at.session_state[f"tool-json-{tool_id}"] = {"typed": {"text": text, "revision": revision}}
    return ran(at.run())


def click(at: AppTest, key: str) -> AppTest:
    return ran(at.button(key=key).click().run())


def add_property(at: AppTest, place: str, name: str) -> AppTest:
    at.text_input(key=f"prop-add-{place}-name").input(name)
    return click(at, f"prop-add-{place}")


def test_an_empty_library_says_what_a_tool_is_and_offers_one(store: Store) -> None:
    at = page()
    assert "A tool is a function" in words(at)
    click(at, "tool-new")
    (record,) = store.tools()
    assert record.tool.name == "new_tool"
    assert at.query_params["tool"] == record.id
    assert at.text_input(key=f"tool-name-{record.id}").value == "new_tool"
    assert "The tool has no description" in words(at)


def test_the_booking_tool_is_built_in_the_form_alone(store: Store) -> None:
    at = click(page(), "tool-new")
    (record,) = store.tools()
    ran(at.text_input(key=f"tool-name-{record.id}").input("book_event").run())
    ran(at.text_area(key=f"tool-description-{record.id}").input("Books an event").run())
    for name in ("title", "start", "end", "attendees", "location"):
        add_property(at, "top", name)
        assert at.text_input(key="prop-add-top-name").value == ""
    ran(at.selectbox(key="prop-type-3").select("array of object").run())
    ran(at.selectbox(key="prop-type-4").select("object").run())
    add_property(at, "3", "name")
    add_property(at, "3", "email")
    add_property(at, "4", "room")
    ran(at.text_input(key="prop-description-1").input("Start as date and time").run())
    for place in ("0", "1", "3", "3-1"):
        ran(at.checkbox(key=f"prop-required-{place}").check().run())
    text = {"type": "string"}
    expected = Tool(
        "book_event",
        "Books an event",
        {
            "type": "object",
            "properties": {
                "title": text,
                "start": {"type": "string", "description": "Start as date and time"},
                "end": text,
                "attendees": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"name": text, "email": text}, "required": ["email"]},
                },
                "location": {"type": "object", "properties": {"room": text}},
            },
            "required": ["title", "start", "attendees"],
        },
    )
    saved = store.tools()[0].tool
    assert write(document_of(saved)) == write(document_of(expected))
    assert shown_json(at) == write(document_of(expected))


def test_the_form_changes_one_field_of_the_json(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = page(tool_id)
    before = shown_json(at)
    ran(at.text_input(key="prop-name-0").input("city").run())
    assert shown_json(at) == before.replace('"place": {', '"city": {').replace('["place"]', '["city"]')
    ran(at.toggle(key=f"tool-strict-{tool_id}").set_value(True).run())
    assert '"strict": true' in shown_json(at)
    ran(at.toggle(key=f"tool-strict-{tool_id}").set_value(False).run())
    assert "strict" not in shown_json(at)


def test_the_json_changes_the_form(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = page(tool_id)
    typed = shown_json(at).replace('"place"', '"town"').replace("Weather of a place", "Weather of a town")
    type_json(at, tool_id, typed)
    assert at.text_input(key="prop-name-0").value == "town"
    assert at.text_area(key=f"tool-description-{tool_id}").value == "Weather of a town"
    assert shown_json(at) == typed
    tool = store.tool(tool_id)
    assert tool is not None and tool.tool.description == "Weather of a town"


def test_a_broken_json_is_kept_and_the_last_valid_version_stays_in_force(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = page(tool_id)
    broken = shown_json(at).replace('"description": "Weather of a place",', "")[:-2] + ",}"
    type_json(at, tool_id, broken)
    assert shown_json(at) == broken
    last_line = broken.count("\n") + 1
    assert f"Line {last_line}, column" in words(at) and "the last valid version stays in force" in words(at)
    record = store.tool(tool_id)
    assert record is not None and record.tool == WEATHER
    assert at.text_area(key=f"tool-description-{tool_id}").value == "Weather of a place"
    assert at.text_input(key="prop-name-0").disabled

    again = page(tool_id)  # a reload, or another day
    assert shown_json(again) == broken and "Line" in words(again)
    type_json(again, tool_id, broken.replace(",}", "}"))
    record = store.tool(tool_id)
    assert record is not None and record.tool.description == ""
    assert not again.error
    assert shown_json(page(tool_id)) != broken


def test_going_back_from_a_broken_json_can_be_redone(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = type_json(page(tool_id), tool_id, '{"name": ')
    click(at, "tool-json-back")
    assert shown_json(at) == write(document_of(WEATHER)) and not at.error
    assert shown_json(page(tool_id)) == write(document_of(WEATHER))
    click(at, "tool-redo")
    assert shown_json(at) == '{"name": '


def test_every_edit_can_be_undone_and_redone(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = page(tool_id)
    assert at.button(key="tool-undo").disabled and at.button(key="tool-redo").disabled
    ran(at.selectbox(key="prop-type-0").select("integer").run())
    ran(at.checkbox(key="prop-required-1").check().run())
    type_json(at, tool_id, shown_json(at).replace("City", "Place"))
    for _ in range(3):
        click(at, "tool-undo")
    assert at.button(key="tool-undo").disabled
    record = store.tool(tool_id)
    assert record is not None and record.tool == WEATHER
    assert at.selectbox(key="prop-type-0").value == "string"
    for _ in range(3):
        click(at, "tool-redo")
    assert at.text_input(key="prop-description-0").value == "Place"
    assert at.selectbox(key="prop-type-0").value == "integer" and at.checkbox(key="prop-required-1").value


def test_a_name_that_is_taken_stays_in_its_input_with_the_reason(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = page(tool_id)
    ran(at.text_input(key="prop-name-1").input("place").run())
    assert at.text_input(key="prop-name-1").value == "place"
    assert 'already a property "place"' in words(at)
    record = store.tool(tool_id)
    assert record is not None and record.tool == WEATHER
    ran(at.text_input(key="prop-name-1").input("units").run())
    assert "already a property" not in words(at) and '"units"' in shown_json(at)


def unfold(at: AppTest, place: str) -> AppTest:
    at.session_state[f"prop-more-{place}"] = True
    return ran(at.run())


def test_allowed_values_and_a_default_are_set_in_the_details(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = unfold(page(tool_id), "1")
    assert at.text_area(key="prop-enum-1").value == "celsius\nfahrenheit"
    ran(at.text_area(key="prop-enum-1").input("kelvin\n\ncelsius").run())
    ran(at.text_input(key="prop-default-1").input("kelvin").run())
    record = store.tool(tool_id)
    assert record is not None and record.tool.parameters is not None
    unit = record.tool.parameters["properties"]["unit"]
    assert unit == {"type": "string", "description": "Unit", "enum": ["kelvin", "celsius"], "default": "kelvin"}
    ran(at.selectbox(key="prop-type-1").select("integer").run())
    assert 'Not of type "integer"' in words(at)
    ran(at.text_area(key="prop-enum-1").input("1\ntwo").run())
    assert "Line 2: two is not JSON" in words(at) and at.text_area(key="prop-enum-1").value == "1\ntwo"


def test_properties_are_moved_copied_and_removed_in_the_details(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = unfold(page(tool_id), "0")
    assert at.button(key="prop-up-0").disabled
    click(at, "prop-down-0")
    assert at.text_input(key="prop-name-0").value == "unit"
    assert at.session_state["prop-more-0"] is False
    click(unfold(at, "1"), "prop-duplicate-1")
    assert at.text_input(key="prop-name-2").value == "place_2" and at.checkbox(key="prop-required-2").value
    click(unfold(at, "0"), "prop-remove-0")
    assert [at.text_input(key=f"prop-name-{place}").value for place in "01"] == ["place", "place_2"]


def test_nothing_in_a_schema_is_locked(store: Store) -> None:
    schema = {"type": "object", "properties": {"p": {"anyOf": [{"type": "string"}], "x-y": 1}}, "$defs": {}}
    at = page(store.save_tool(Tool("t", "d", schema)))
    assert at.selectbox(key="prop-type-0").value == "any of" and not at.selectbox(key="prop-type-0").disabled
    assert at.selectbox(key="prop-type-0-a0").value == "string"
    assert "x-y: 1" in words(at) and "Definitions" in words(at)


def test_a_long_schema_is_shown_in_parts(store: Store) -> None:
    properties = {f"p{number}": {"type": "string", "description": "x"} for number in range(100)}
    tool_id = store.save_tool(Tool("t", "d", {"type": "object", "properties": properties}))
    at = page(tool_id)
    assert len([box for box in at.checkbox if box.label == "required"]) == 40
    click(at, f"props-more-{tool_id}")
    assert len([box for box in at.checkbox if box.label == "required"]) == 80


def test_the_same_tool_changed_elsewhere_is_taken_up(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = page(tool_id)
    store.save_tool(replace(WEATHER, description="Changed in another tab"), tool_id)
    ran(at.run())
    assert at.text_area(key=f"tool-description-{tool_id}").value == "Changed in another tab"
    click(at, "tool-undo")
    assert at.text_area(key=f"tool-description-{tool_id}").value == "Weather of a place"


def test_the_list_is_searched_and_leads_to_the_editor(store: Store) -> None:
    weather, search = store.save_tool(WEATHER), store.save_tool(replace(SEARCH, name="search docs"))
    at = page()
    assert "1 error" in words(at) and "place*, unit" in words(at)
    ran(at.text_input(key="tool-search").input("weather of").run())
    assert [button.key for button in at.button if "tool-edit" in str(button.key)] == [f"tool-edit-{weather}"]
    click(at, f"tool-edit-{weather}")
    assert at.query_params["tool"] == weather
    click(at, "tool-list")
    ran(at.text_input(key="tool-search").input("nothing like it").run())
    assert "No tool matches" in words(at)
    assert store.tool(search) is not None


def test_the_library_may_hold_two_tools_of_one_name(store: Store) -> None:
    at = page(store.save_tool(SEARCH))
    store.save_tool(SEARCH)
    assert "Another tool" not in words(ran(at.run()))


def menu(at: AppTest, tool_id: str, action: str) -> AppTest:
    return ran(at.menu_button(key=f"tool-menu-{tool_id}").click(action).run())


def test_a_deleted_tool_comes_back_in_its_place(store: Store) -> None:
    first, second = store.save_tool(WEATHER), store.save_tool(SEARCH)
    at = menu(page(), first, "Delete")
    assert [record.id for record in store.tools()] == [second]
    assert "Deleted get_weather" in words(at)
    click(at, "tool-undelete")
    assert [record.id for record in store.tools()] == [first, second]


def test_a_copy_stands_behind_its_original(store: Store) -> None:
    first, _ = store.save_tool(WEATHER), store.save_tool(SEARCH)
    menu(page(), first, "Duplicate")
    assert [record.tool.name for record in store.tools()] == ["get_weather", "get_weather_2", "search"]


def test_a_link_to_a_tool_that_is_gone_says_so(store: Store) -> None:
    assert "not in the library" in words(page("nowhere"))


# The panel of a conversation


def _panel() -> None:
    from callsmith.types.codec import from_json, to_json
    from callsmith.types.setup import Setup
    from components import services
    from components.tools import panel

    store = services.store()
    kept = from_json(Setup, store.preference("setup-under-test"))
    panel.render(kept, lambda setup: store.set_preference("setup-under-test", to_json(setup)))
    panel.dialogs()


@pytest.fixture
def tools(store: Store) -> list[str]:
    return [store.save_tool(WEATHER), store.save_tool(SEARCH)]


def panel(store: Store, setup: Setup) -> AppTest:
    store.set_preference(SETUP, to_json(setup))
    return ran(AppTest.from_function(_panel, default_timeout=10).run())


def setup_of(store: Store) -> Setup:
    return from_json(Setup, store.preference(SETUP))


def using(*tool_ids: str, **options: Any) -> Setup:
    return Setup(tools=tuple(ToolUse(tool_id) for tool_id in tool_ids), options=Options(**options))


def test_the_panel_lists_tools_with_parameters_and_verdict(store: Store, tools: list[str]) -> None:
    store.save_tool(replace(SEARCH, description=""), tools[1])
    at = panel(store, using(*tools))
    assert "place*, unit" in words(at) and "1 warning" in words(at)
    assert at.toggle(key=f"tool-on-{tools[0]}").value


def test_two_tools_of_one_name_in_a_conversation_are_an_error(store: Store, tools: list[str]) -> None:
    at = panel(store, using(tools[1], store.save_tool(SEARCH)))
    assert words(at).count("1 error") == 2
    assert 'Another tool is called "search" too' in words(click(at, f"tool-edit-{tools[1]}"))


def test_a_tool_is_switched_off_and_on(store: Store, tools: list[str]) -> None:
    at = panel(store, using(*tools))
    ran(at.toggle(key=f"tool-on-{tools[0]}").set_value(False).run())
    assert setup_of(store).tools == (ToolUse(tools[0], on=False), ToolUse(tools[1]))
    assert "off for the next turn" in words(at)
    ran(at.toggle(key=f"tool-on-{tools[0]}").set_value(True).run())
    assert setup_of(store) == using(*tools)


def test_two_switches_at_once_are_both_kept(store: Store, tools: list[str]) -> None:
    at = panel(store, using(*tools))
    at.toggle(key=f"tool-on-{tools[0]}").set_value(False)
    at.toggle(key=f"tool-on-{tools[1]}").set_value(False)
    ran(at.run())
    assert [use.on for use in setup_of(store).tools] == [False, False]


def test_a_removed_tool_is_put_back_in_its_place(store: Store, tools: list[str]) -> None:
    before = replace(using(*tools), tools=(ToolUse(tools[0], on=False), ToolUse(tools[1])))
    at = menu(panel(store, before), tools[0], "Remove")
    assert setup_of(store).tools == (ToolUse(tools[1]),)
    assert store.tool(tools[0]) is not None
    assert "Removed get_weather" in words(at)
    click(at, "tool-undo-remove")
    assert setup_of(store) == before
    assert "Removed" not in words(at)


@pytest.mark.parametrize("way", ["remove", "off"])
def test_a_forced_tool_that_is_not_offered_any_more_frees_the_choice(store: Store, tools: list[str], way: str) -> None:
    at = panel(store, using(*tools, tool_choice=ToolChoice("named", "get_weather")))
    if way == "remove":
        menu(at, tools[0], "Remove")
    else:
        ran(at.toggle(key=f"tool-on-{tools[0]}").set_value(False).run())
    assert setup_of(store).options.tool_choice == ToolChoice()
    assert "Tool choice is auto again" in words(at)
    if way == "remove":
        click(at, "tool-undo-remove")
        assert setup_of(store).options.tool_choice == ToolChoice("named", "get_weather")
        assert "auto again" not in words(at)


def test_a_forced_tool_that_is_renamed_stays_forced(store: Store, tools: list[str]) -> None:
    at = panel(store, using(*tools, tool_choice=ToolChoice("named", "search")))
    store.save_tool(replace(SEARCH, name="find"), tools[1])
    ran(at.run())
    assert setup_of(store).options.tool_choice == ToolChoice("named", "find")


def test_a_new_tool_opens_in_the_editor_and_joins_the_conversation(store: Store, tools: list[str]) -> None:
    at = click(panel(store, using(*tools)), "tool-new")
    new = setup_of(store).tools[-1].tool_id
    assert new not in tools
    ran(at.text_input(key=f"tool-name-{new}").input("tell_time").run())
    record = store.tool(new)
    assert record is not None and record.tool.name == "tell_time"
    click(at, "tool-done")
    assert not [field for field in at.text_input if field.key == f"tool-name-{new}"]
    assert at.toggle(key=f"tool-on-{new}").label == "tell_time"


def test_a_tool_of_the_library_is_added(store: Store, tools: list[str]) -> None:
    at = panel(store, using(tools[0]))
    ran(at.selectbox(key="tool-pick").select("search").run())
    assert setup_of(store) == using(*tools)
    assert not [box for box in at.selectbox if box.key == "tool-pick"]


def test_a_copy_is_used_right_behind_its_original(store: Store, tools: list[str]) -> None:
    menu(panel(store, using(*tools)), tools[0], "Duplicate")
    names = [record.tool.name for use in setup_of(store).tools if (record := store.tool(use.tool_id))]
    assert names == ["get_weather", "get_weather_2", "search"]


def test_a_tool_deleted_from_the_library_is_said_and_can_be_restored(store: Store, tools: list[str]) -> None:
    store.delete_tool(tools[0])
    at = panel(store, using(*tools))
    assert "was deleted from the library" in words(at)
    click(at, f"tool-restore-{tools[0]}")
    assert at.toggle(key=f"tool-on-{tools[0]}").value
    store.delete_tool(tools[0])
    click(ran(at.run()), f"tool-forget-{tools[0]}")
    assert setup_of(store) == using(tools[1])


def test_a_conversation_without_tools_says_what_that_means(store: Store) -> None:
    assert "No tools in this conversation yet" in words(panel(store, Setup()))
