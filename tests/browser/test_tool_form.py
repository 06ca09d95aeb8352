"""A tool made in the form alone, and a call that the demo model makes of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from callsmith.types.setup import Setup
from callsmith.types.tool import Tool
from tests.browser.playground import Open, Playground
from tests.browser.seeded import weather_setup
from tests.browser.served import App

pytestmark = pytest.mark.browser


def test_a_tool_from_the_form_is_called(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.tab("Tools").get_by_role("button", name="Add tool").click()
    dialog = page.page.get_by_role("dialog")
    _fill(dialog.get_by_role("textbox", name="Name", exact=True), "get_share_price")
    _fill(dialog.get_by_role("textbox", name="Description", exact=True), "Look up the price of a share by its symbol")
    _add_property(page, dialog, "symbol")
    _fill(dialog.get_by_role("textbox", name="Description of symbol"), "Symbol of the share, e.g. ACME")
    dialog.get_by_text("required", exact=True).first.click()
    _add_property(page, dialog, "days")
    dialog.get_by_role("combobox", name="Type of days").click()
    page.page.get_by_role("option", name="integer", exact=True).click()
    expect(dialog.get_by_role("textbox", name="JSON", exact=True)).to_contain_text("integer")
    page.ready()
    page.shot("tool-form")
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_have_count(0)

    page.say("What is the share price of ACME?")
    card = page.calls().first
    expect(card).to_contain_text("get_share_price")
    expect(card).to_contain_text("arguments valid")
    expect(card).to_contain_text("ACME")
    (record,) = app.store.tools()
    assert record.tool.name == "get_share_price"
    assert record.tool.description == "Look up the price of a share by its symbol"
    assert record.tool.parameters == {
        "type": "object",
        "properties": {
            "symbol": {"type": "string", "description": "Symbol of the share, e.g. ACME"},
            "days": {"type": "integer"},
        },
        "required": ["symbol"],
    }


def test_a_tool_switched_off_is_not_offered(app: App, window: Open) -> None:
    app.begin_with(weather_setup(app.store))
    page = window(app)
    switch = page.tab("Tools").get_by_role("switch")
    expect(switch).to_be_checked()
    expect(switch).to_have_accessible_name("get_current_weather")
    _switch(page, "off for the next turn", there=True)
    request = page.tab("Request").get_by_test_id("stCode").first
    expect(request).to_contain_text("demo-instant")
    expect(request).not_to_contain_text('"tools"')
    _switch(page, "off for the next turn", there=False)
    expect(page.tab("Request").get_by_test_id("stCode").first).to_contain_text('"tools"')


def test_the_open_tab_stays_open_when_tools_come(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.tab("Usage")
    page.start("weather")
    expect(page.go_on).to_be_visible()
    page.settled()
    expect(page.key("panel-tabs").get_by_role("tab", name="Usage")).to_have_attribute("aria-selected", "true")


def test_escape_keeps_what_was_typed(app: App, window: Open) -> None:
    tool_id = app.store.save_tool(
        Tool("stay", "Stay", {"type": "object", "properties": {"kind": {"type": "string", "description": "Kind"}}})
    )
    page = window(app, f"/tools?tool={tool_id}")
    page.key("prop-more-0").get_by_role("button").first.click()
    page.ready()
    box = page.page.get_by_role("textbox", name="Allowed values, one a line")
    box.click()
    box.fill("room\nonline")
    box.press("Escape")
    expect(box).to_have_count(0)
    expect(page.page.get_by_text("one of: room, online")).to_be_visible()
    record = app.store.tool(tool_id)
    assert record is not None and record.tool.parameters is not None
    assert record.tool.parameters["properties"]["kind"]["enum"] == ["room", "online"]


def _fill(box: Locator, text: str) -> None:
    box.fill(text)
    box.press("Tab")
    expect(box).to_have_value(text)


def _add_property(page: Playground, dialog: Locator, name: str) -> None:
    box = dialog.get_by_role("textbox", name="Name of a new property")
    box.fill(name)
    box.press("Enter")
    expect(dialog.get_by_role("textbox", name=f"Name of {name}", exact=True)).to_be_visible()
    page.ready()


def _switch(page: Playground, said: str, *, there: bool) -> None:
    panel = page.tab("Tools")
    panel.get_by_test_id("stCheckbox").locator("label").first.click()
    if there:
        expect(panel).to_contain_text(said)
    else:
        expect(panel).not_to_contain_text(said)
    page.ready()
