"""The panels of the editor that look back: versions and recorded calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from callsmith import settings
from callsmith.store import Store
from callsmith.types.parts import ToolCall
from components import services
from tests.engine.store_kit import exchanged, turn
from tests.pages.test_tools_page import WEATHER, click, page, ran, type_json, words

pytestmark = pytest.mark.slow


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(settings.load().database_url)
    monkeypatch.setattr(services, "store", lambda: opened)
    yield opened
    opened.close()


def _versions() -> None:
    import streamlit as st

    from components.tools import versions
    from components.tools.desk import desk, entry, set_field

    tool_id = st.session_state["tool"]
    here = desk(tool_id)
    assert here is not None
    for field in ("name", "description"):
        key = f"tool-{field}-{tool_id}"
        shown = entry(here, key, here.editing.document[field])
        st.text_input(field, **shown, on_change=lambda f=field, k=key: set_field(tool_id, f, st.session_state[k]))
    versions.render(here)


def opened(tool_id: str) -> AppTest:
    at = AppTest.from_function(_versions, default_timeout=10)
    at.session_state["tool"] = tool_id
    return ran(at.run())


def numbers(store: Store, tool_id: str) -> list[tuple[int, str]]:
    return [(version.number, version.how) for version in store.versions(tool_id)]


def test_typing_in_one_field_is_one_version_and_another_field_is_another(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = opened(tool_id)
    assert "One version so far" in words(at)
    for text in ("W", "We", "Wet"):
        ran(at.text_input(key=f"tool-description-{tool_id}").input(text).run())
    ran(at.text_input(key=f"tool-name-{tool_id}").input("rain").run())
    assert numbers(store, tool_id) == [(3, "edited"), (2, "edited"), (1, "created")]
    assert [version.tool.description for version in store.versions(tool_id)] == ["Wet", "Wet", WEATHER.description]
    assert "renamed from get_weather to rain" in words(at) and "description" in words(at)


def test_a_broken_text_on_the_way_does_not_overwrite_the_version_before_it(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    at = page(tool_id)
    for text in ('{"name": "rain"}', '{"name": "rain', '{"name": "snow"}'):
        type_json(at, tool_id, text)
    assert [version.tool.name for version in store.versions(tool_id)] == ["snow", "rain", "get_weather"]


def test_a_version_is_named_and_brought_back(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    store.save_tool(replace(WEATHER, description="Otherwise"), tool_id)
    store.save_tool(replace(WEATHER, parameters={"properties": {"place": {}, "days": {}}}), tool_id)
    store.save_tool(replace(WEATHER, description="Otherwise"), tool_id)
    at = opened(tool_id)
    assert "days added, unit removed and description" in words(at)
    click(at, f"version-rename-{tool_id}-1")
    ran(at.text_input(key=f"version-name-{tool_id}-1").input(" as  reviewed ").run())
    assert "as reviewed" in words(at)
    assert at.button(key=f"version-restore-{tool_id}-4").disabled
    click(at, f"version-restore-{tool_id}-1")
    assert numbers(store, tool_id)[0] == (5, "restored")
    record = store.tool(tool_id)
    assert record is not None and record.tool == WEATHER
    assert at.text_input(key=f"tool-description-{tool_id}").value == WEATHER.description


def test_any_two_versions_are_compared(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    for description in ("two", "three"):
        store.save_tool(replace(WEATHER, description=description), tool_id)
    at = opened(tool_id)
    assert '"description": "two"' in at.code[0].value and '"description": "three"' in at.code[0].value
    old = at.selectbox(key=f"version-old-{tool_id}")
    ran(old.select(old.options[2]).run())
    assert WEATHER.description in at.code[0].value
    ran(at.selectbox(key=f"version-new-{tool_id}").select(old.options[2]).run())
    assert "are the same" in words(at)


# Recorded calls


def _evidence() -> None:
    import streamlit as st

    from components.tools import evidence
    from components.tools.desk import desk

    here = desk(st.session_state["tool"])
    assert here is not None
    evidence.render(here)


def looked_at(tool_id: str) -> AppTest:
    at = AppTest.from_function(_evidence, default_timeout=10)
    at.session_state["tool"] = tool_id
    return ran(at.run())


def asked(store: Store, *arguments: str) -> str:
    calls = [ToolCall(f"c{number}", "get_weather", text) for number, text in enumerate(arguments)]
    return exchanged(store, "Is it raining?", turn("", *calls))


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def test_without_recorded_calls_it_says_what_will_stand_here(store: Store) -> None:
    assert "No model has called this tool yet" in words(looked_at(store.save_tool(WEATHER)))


def test_every_edit_is_checked_against_the_recorded_calls(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    conversation = asked(store, '{"place": "Oslo"}', '{"place": "Bergen", "unit": "celsius"}', '{"place": ""}', "{oh")
    at = looked_at(tool_id)
    expected = {"Recorded calls": "4", "Would be accepted": "2", "Would now fail": "0", "Failed already": "2"}
    assert figures(at) == expected
    assert "failed already" in words(at) and "not JSON" in words(at) and 'unit: "fahrenheit"' in words(at)
    assert WEATHER.parameters is not None
    stricter = {**WEATHER.parameters, "required": ["place", "unit"]}
    store.save_tool(replace(WEATHER, parameters=stricter), tool_id)
    ran(at.run())
    assert figures(at) == expected | {"Would be accepted": "1", "Would now fail": "1"}
    assert '"unit" is a required property' in words(at)
    assert f"[Is it raining?](./?conversation={conversation})" in words(at)


def test_calls_under_a_former_name_count_and_a_broken_schema_is_said(store: Store) -> None:
    tool_id = store.save_tool(WEATHER)
    asked(store, '{"place": "Oslo"}')
    store.save_tool(replace(WEATHER, name="rain", parameters={"type": "nonsense"}), tool_id)
    assert "cannot be checked" in words(looked_at(tool_id))
    store.save_tool(replace(WEATHER, name="rain"), tool_id)
    assert figures(looked_at(tool_id))["Would be accepted"] == "1"
