"""A tool that two conversations use: changed for one of them, brought back, and held against its recorded calls."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from callsmith.types.setup import Setup, ToolUse
from tests.browser.playground import Open
from tests.browser.seeded import WEATHER, weather_setup
from tests.browser.served import App

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_edit_for_one_conversation_leaves_the_other_alone(app: App, window: Open, theme: str) -> None:
    setup = weather_setup(app.store)
    (use,) = setup.tools
    first, second = (app.store.create(setup, f"{theme} {number}") for number in range(2))
    page = window(app, f"/?conversation={first}", theme=theme)
    page.tab("Tools").get_by_role("button", name="Edit").click()
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile(r"is used in \d other conversations? too"))
    page.shot(f"library-asked-{theme}")
    dialog.get_by_role("button", name="This conversation only").click()
    name = dialog.get_by_role("textbox", name="Name", exact=True)
    name.fill("rain_only_here")
    name.press("Tab")
    page.ready()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_have_count(0)
    panel = page.tab("Tools")
    expect(panel).to_contain_text("rain_only_here")
    expect(panel).to_contain_text("this conversation only")
    page.shot(f"library-only-here-{theme}")
    assert app.store.setup(second).tools == (ToolUse(use.tool_id),)
    copy = app.store.tool(app.store.setup(first).tools[0].tool_id)
    original = app.store.tool(use.tool_id)
    assert copy is not None and copy.tool.name == "rain_only_here" and copy.conversation_id == first
    assert original is not None and original.tool == WEATHER


def test_a_list_of_tools_is_filed_and_used(app: App, window: Open) -> None:
    weather_setup(app.store)
    app.store.put_into_folder([record.id for record in app.store.tools()], "outdoors")
    app.store.tag_tool(app.store.tools()[0].id, ["weather", "free"])
    app.begin_with(Setup(model="demo-instant"))
    page = window(app, "/tools")
    tool_id = app.store.tools()[0].id
    page.key(f"tool-chosen-{tool_id}").locator("label").first.click()
    expect(page.page.get_by_text("1 tool chosen")).to_be_visible()
    page.shot("library-list")
    page.page.get_by_role("button", name="Use in a new conversation").click()
    expect(page.tab("Tools")).to_contain_text("get_current_weather")
    page.ready()
    narrow = window(app, "/tools", width=800, theme="dark")
    expect(narrow.page.get_by_text("outdoors").first).to_be_visible()
    narrow.shot("library-list-narrow")


def test_a_stricter_schema_is_held_against_recorded_calls_and_taken_back(app: App, window: Open, shots: Path) -> None:
    setup = weather_setup(app.store)
    app.begin_with(setup)
    page = window(app)
    page.say("What is the weather in Boston?")
    expect(page.calls().first).to_contain_text("get_current_weather")
    page.settled()
    tool_id = setup.tools[0].tool_id
    studio = window(app, f"/tools?tool={tool_id}")
    panels = studio.key("tool-panels")
    panels.get_by_role("tab", name="Recorded calls").click()
    expect(panels).to_contain_text("Would now fail")
    panels.screenshot(path=shots / "evidence.png")
    assert WEATHER.parameters is not None
    properties = WEATHER.parameters["properties"] | {"days": {"type": "integer"}}
    stricter = {**WEATHER.parameters, "properties": properties, "required": ["location", "days"]}
    app.store.save_tool(replace(WEATHER, parameters=stricter), tool_id)
    studio.reload()
    panels.get_by_role("tab", name="Recorded calls").click()
    expect(panels).to_contain_text('"days" is a required property')
    panels.screenshot(path=shots / "evidence-failing.png")
    panels.get_by_role("tab", name="Versions").click()
    expect(panels).to_contain_text("Created")
    panels.get_by_role("button", name="Restore").last.click()
    expect(panels).to_contain_text("Restored")
    studio.ready()
    panels.screenshot(path=shots / "versions.png")
    kept = app.store.tool(tool_id)
    assert kept is not None and kept.tool == WEATHER
    narrow = window(app, f"/tools?tool={tool_id}", width=800, theme="dark")
    narrow.key("tool-panels").get_by_role("tab", name="Versions").click()
    expect(narrow.key("tool-panels")).to_contain_text("Restored")
    narrow.ready()
    narrow.key("tool-panels").screenshot(path=shots / "versions-narrow.png")
    narrow.key("tool-panels").get_by_role("tab", name="Recorded calls").click()
    expect(narrow.key("tool-panels")).to_contain_text("Would be accepted")
    narrow.ready()
    narrow.key("tool-panels").screenshot(path=shots / "evidence-narrow.png")
