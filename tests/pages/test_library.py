"""Finding, filing and using tools of the library; how far an edit in a conversation reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from callsmith import settings
from callsmith.store import Store
from callsmith.types.options import Options
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import ToolChoice
from components import services
from tests.pages.test_tools_page import SEARCH, WEATHER, click, menu, page, ran, words

pytestmark = pytest.mark.slow


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(settings.load().database_url)
    monkeypatch.setattr(services, "store", lambda: opened)
    yield opened
    opened.close()


@pytest.fixture
def tools(store: Store) -> list[str]:
    return [store.save_tool(WEATHER), store.save_tool(SEARCH)]


def listed(at: AppTest) -> list[str]:
    return [str(button.key).removeprefix("tool-edit-") for button in at.button if "tool-edit-" in str(button.key)]


def select(at: AppTest, key: str, value: str) -> AppTest:
    return ran(at.selectbox(key=key).select(value).run())


@pytest.mark.parametrize(("wanted", "place"), [("unit", 0), ("finds", 1), ("travel", 0), ("abroad", 1)])
def test_search_knows_parameters_tags_and_sets(store: Store, tools: list[str], wanted: str, place: int) -> None:
    store.tag_tool(tools[0], ["travel"])
    store.put_into_folder([tools[1]], "abroad")
    at = page()
    ran(at.text_input(key="tool-search").input(wanted).run())
    assert listed(at) == [tools[place]]


def test_the_list_is_filtered_and_ordered(store: Store, tools: list[str]) -> None:
    bad = store.save_tool(replace(SEARCH, name="a b"))
    store.tag_tool(tools[0], ["travel"])
    store.put_into_folder([tools[1]], "abroad")
    at = page()
    assert listed(select(at, "tool-filter-set", "abroad")) == [tools[1]]
    assert listed(select(at, "tool-filter-set", "In no set")) == [tools[0], bad]
    assert listed(select(at, "tool-filter-tag", "travel")) == [tools[0]]
    at = page()
    assert listed(select(at, "tool-filter-state", "With errors")) == [bad]
    at = page()
    assert listed(select(at, "tool-order", "Name")) == [bad, tools[0], tools[1]]
    assert listed(select(at, "tool-order", "Last changed")) == [bad, tools[1], tools[0]]
    ran(at.text_input(key="tool-search").input("nowhere").run())
    assert 'No tool matches "nowhere"' in words(at)


def test_set_and_tags_are_given_in_the_editor(store: Store, tools: list[str]) -> None:
    store.put_into_folder([tools[1]], "abroad")
    store.tag_tool(tools[1], ["travel", "paid"])
    at = page(tools[0])
    select(at, f"tool-set-{tools[0]}", "abroad")
    ran(at.multiselect(key=f"tool-tags-{tools[0]}").select("travel").run())
    record = store.tool(tools[0])
    assert record is not None and (record.folder, record.tags) == ("abroad", ("travel",))
    assert record.tool == WEATHER and len(store.versions(tools[0])) == 1


def choose(at: AppTest, *ids: str) -> AppTest:
    for tool_id in ids:
        at.checkbox(key=f"tool-chosen-{tool_id}").check()
    return ran(at.run())


def test_several_tools_go_into_a_set_and_away_with_undo(store: Store, tools: list[str]) -> None:
    third = store.save_tool(replace(SEARCH, name="third"))
    store.put_into_folder([third], "abroad")
    at = choose(page(), *tools)
    assert "2 tools chosen" in words(at)
    select(at, "tool-bulk-set", "abroad")
    assert [record.folder for record in store.tools()] == ["abroad"] * 3
    click(at, "tool-bulk-delete")
    assert [record.id for record in store.tools()] == [third]
    assert "Deleted 2 tools" in words(at) and "chosen" not in words(at)
    click(at, "tool-undelete")
    assert [record.id for record in store.tools()] == [*tools, third]


def test_the_editor_says_how_many_conversations_use_the_tool(store: Store, tools: list[str]) -> None:
    assert "No conversation uses this tool yet" in words(page(tools[0]))
    for _ in range(2):
        store.create(Setup(tools=(ToolUse(tools[0], on=False),)))
    assert "Used in 2 conversations" in words(page(tools[0]))


# In a conversation


def _panel() -> None:
    import streamlit as st

    from components.chat import session
    from components.state import ui
    from components.tools import panel

    if st.session_state.get("conversation"):
        ui().conversation_id = st.session_state.pop("conversation")
    panel.render(session.current().setup, session.save_setup)
    panel.dialogs()


def panel_of(conversation_id: str) -> AppTest:
    at = AppTest.from_function(_panel, default_timeout=10)
    at.session_state["conversation"] = conversation_id
    return ran(at.run())


def asks(at: AppTest) -> bool:
    return any(button.key == "tool-scope-here" for button in at.button)


@pytest.fixture
def two(store: Store, tools: list[str]) -> list[str]:
    """Two conversations that use the same tools, the first one forced."""
    options = Options(tool_choice=ToolChoice("named", "get_weather"))
    setup = Setup(tools=(ToolUse(tools[0]), ToolUse(tools[1], on=False)), options=options)
    return [store.create(setup, f"conversation {number}") for number in range(2)]


def test_an_edit_for_this_conversation_only_leaves_the_others_alone(
    store: Store, tools: list[str], two: list[str]
) -> None:
    at = click(panel_of(two[0]), f"tool-edit-{tools[0]}")
    assert asks(at) and "used in 1 other conversation too" in words(at)
    click(at, "tool-scope-here")
    setup = store.setup(two[0])
    copy = setup.tools[0].tool_id
    assert copy not in tools and setup.tools[1:] == (ToolUse(tools[1], on=False),)
    ran(at.text_input(key=f"tool-name-{copy}").input("rain").run())
    changed, original = store.tool(copy), store.tool(tools[0])
    assert changed is not None and changed.tool.name == "rain" and changed.conversation_id == two[0]
    assert original is not None and original.tool == WEATHER
    assert store.setup(two[1]).tools[0] == ToolUse(tools[0])
    assert [record.id for record in store.tools()] == tools
    click(at, "tool-done")
    assert store.setup(two[0]).options.tool_choice == ToolChoice("named", "rain")
    assert "this conversation only" in words(at)
    assert not asks(click(at, f"tool-edit-{copy}"))
    click(at, "tool-done")
    menu(at, copy, "Put into the library")
    assert [record.id for record in store.tools()] == [*tools, copy]
    assert "this conversation only" not in words(at)


def test_an_edit_everywhere_is_asked_for_once(store: Store, tools: list[str], two: list[str]) -> None:
    at = click(panel_of(two[0]), f"tool-edit-{tools[0]}")
    click(at, "tool-scope-everywhere")
    ran(at.text_input(key=f"tool-name-{tools[0]}").input("rain").run())
    record = store.tool(tools[0])
    assert record is not None and record.tool.name == "rain"
    click(at, "tool-done")
    assert not asks(click(at, f"tool-edit-{tools[0]}"))
    assert asks(click(panel_of(two[1]), f"tool-edit-{tools[0]}"))


def test_a_tool_of_this_conversation_alone_is_edited_at_once(store: Store, tools: list[str], two: list[str]) -> None:
    store.delete(two[1])
    at = click(panel_of(two[0]), f"tool-edit-{tools[0]}")
    assert not asks(at) and at.text_input(key=f"tool-name-{tools[0]}").value == "get_weather"


def test_a_new_conversation_starts_with_the_originals(store: Store, tools: list[str], two: list[str]) -> None:
    at = click(panel_of(two[0]), f"tool-edit-{tools[0]}")
    click(at, "tool-scope-here")
    fresh = ran(AppTest.from_function(_panel, default_timeout=10).run())
    assert fresh.toggle(key=f"tool-on-{tools[0]}").label == "get_weather"


def test_before_there_is_a_conversation_a_copy_makes_one(store: Store, tools: list[str], two: list[str]) -> None:
    click(click(panel_of(two[0]), f"tool-edit-{tools[1]}"), "tool-scope-everywhere")
    ran(panel_of(two[0]).toggle(key=f"tool-on-{tools[1]}").set_value(True).run())  # now the last setup
    at = ran(AppTest.from_function(_panel, default_timeout=10).run())
    click(at, f"tool-edit-{tools[0]}")
    click(at, "tool-scope-here")
    (new,) = [item.id for item in store.recent() if item.id not in two]
    copy = store.tool(store.setup(new).tools[0].tool_id)
    assert copy is not None and copy.conversation_id == new


def test_a_set_is_taken_into_a_conversation_whole(store: Store, tools: list[str]) -> None:
    store.put_into_folder(tools, "abroad")
    at = panel_of(store.create(Setup()))
    conversation = store.recent()[0].id
    select(at, "tool-pick", "Set abroad · 2 tools")
    assert store.setup(conversation).tools == tuple(map(ToolUse, tools))


def test_chosen_tools_are_exported_as_one_file(store: Store, tools: list[str]) -> None:
    at = choose(page(), *tools)
    at.session_state["export-several"] = True
    ran(at.run())
    labels = [one.proto.label for one in at.get("download_button")]
    assert [label for label in labels if label.startswith("Download tools")] == labels
    assert labels
