"""The JSON editor as it is used: marks, folding, both themes, form and text in step, and without its bundle."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, expect

from callsmith.types.tool import Tool
from tests.browser.playground import Open, Playground
from tests.browser.served import App

pytestmark = pytest.mark.browser

TOOL = Tool(
    "get_weather",
    "Weather of a place 😀",
    {
        "type": "object",
        "properties": {
            "place": {"type": "string", "description": "City"},
            "unit": {"type": "string", "description": "Unit", "enum": ["celsius", 3]},
        },
        "required": ["place"],
    },
)


def opened(app: App, window: Open, *, theme: str = "light", tool: Tool = TOOL) -> tuple[Playground, str]:
    tool_id = app.store.save_tool(tool)
    page = window(app, f"/tools?tool={tool_id}", theme=theme)
    expect(editor(page)).to_be_visible()
    return page, tool_id


def editor(page: Playground) -> Locator:
    return page.page.get_by_role("textbox", name="JSON", exact=True)


def kept(app: App, tool_id: str) -> Tool:
    record = app.store.tool(tool_id)
    assert record is not None
    return record.tool


def to_end(page: Playground) -> None:
    editor(page).click()
    page.page.keyboard.press("Control+End")


def test_a_broken_text_is_marked_and_kept_and_mended(app: App, window: Open) -> None:
    page, tool_id = opened(app, window)
    text, name = editor(page), page.page.get_by_role("textbox", name="Name", exact=True)
    expect(page.page.locator(".cm-lintRange-warning")).to_have_text('"enum"')
    to_end(page)
    page.page.keyboard.type("rc]")
    expect(page.page.locator(".cm-lintRange-error")).to_have_text("r")
    expect(text).to_have_attribute("aria-invalid", "true")
    expect(page.page.get_by_text("The text is kept")).to_be_visible()
    expect(name).to_be_disabled()
    page.page.locator(".cm-lintRange-error").hover()
    expect(page.page.locator(".cm-tooltip-lint")).to_contain_text("The document ended before this")
    assert kept(app, tool_id) == TOOL
    to_end(page)
    for _ in range(3):
        page.page.keyboard.press("Backspace")
    expect(page.page.locator(".cm-lintRange-error")).to_have_count(0)
    expect(text).to_have_attribute("aria-invalid", "false")
    expect(name).to_be_enabled()
    # Streamlit itself asks for the icon of the browser's tab.
    assert [address for address in page.outside if "/materialsymbolsrounded/" not in address] == []


def test_what_is_typed_is_in_the_form_and_what_the_form_says_is_in_the_text(app: App, window: Open) -> None:
    page, tool_id = opened(app, window)
    text = editor(page)
    text.get_by_text("get_weather").dblclick()
    page.page.keyboard.type("find_weather")
    name = page.page.get_by_role("textbox", name="Name", exact=True)
    expect(name).to_have_value("find_weather")
    expect(text).to_be_focused()
    page.page.get_by_title("Fold line").last.click()
    expect(text.locator(".cm-foldPlaceholder")).to_have_count(1)
    description = page.page.get_by_role("textbox", name="Description", exact=True)
    name.fill("tell_weather")
    expect(text).to_contain_text('"tell_weather"')
    expect(name).to_be_focused()
    expect(text.locator(".cm-foldPlaceholder")).to_have_count(1)
    expect(description).to_have_value("Weather of a place 😀")
    page.ready()
    assert kept(app, tool_id).name == "tell_weather"


def test_the_keyboard_gets_out(app: App, window: Open) -> None:
    page, _ = opened(app, window)
    text = editor(page)
    to_end(page)
    page.page.keyboard.press("Tab")
    expect(text).to_be_focused()
    page.page.keyboard.press("Control+z")
    page.page.keyboard.press("Escape")
    page.page.wait_for_timeout(2_500)  # CodeMirror's own Escape lasts two seconds
    page.page.keyboard.press("Tab")
    expect(text).not_to_be_focused()


def test_colours_follow_the_theme(app: App, window: Open) -> None:
    page, _ = opened(app, window, theme="dark")
    key = editor(page).get_by_text('"name"', exact=True)
    expect(key).to_have_css("color", "rgb(124, 199, 240)")
    page.shot("json-editor-dark")
    page.page.emulate_media(color_scheme="light")
    expect(key).to_have_css("color", "rgb(11, 92, 138)")
    page.shot("json-editor-light")


def test_plain_text_is_the_same_text(app: App, window: Open) -> None:
    page, tool_id = opened(app, window)
    to_end(page)
    page.page.keyboard.type(" ")
    page.page.get_by_text("Plain text", exact=True).click()
    area = page.page.locator("textarea[aria-label=JSON]")
    expect(area).to_be_visible()
    area.fill('{"name": "plain"}')
    expect(page.page.get_by_role("textbox", name="Name", exact=True)).to_have_value("plain")
    assert kept(app, tool_id).name == "plain"
    page.page.get_by_text("Plain text", exact=True).click()
    expect(page.page.locator(".cm-content")).to_contain_text('"plain"')


def test_without_its_bundle_the_editor_is_a_text_area(app: App, window: Open) -> None:
    tool_id = app.store.save_tool(TOOL)
    page = window(app, go=False)
    page.page.route("**/json-editor.mjs*", lambda route: route.abort())
    page.open(f"/tools?tool={tool_id}")
    area = page.page.locator("textarea[aria-label=JSON]")
    area.fill('{"name": "other"')
    expect(area).to_have_attribute("aria-invalid", "true")
    area.fill('{"name": "other"}')
    expect(page.page.get_by_role("textbox", name="Name", exact=True)).to_have_value("other")
    page.complaints.clear()  # of the file that was held back


def test_a_megabyte_can_be_edited(app: App, window: Open) -> None:
    properties = {f"key_{number}": {"type": "string", "description": "x" * 900} for number in range(1_000)}
    page, tool_id = opened(app, window, tool=Tool("big", "x", {"type": "object", "properties": properties}))
    assert len(json.dumps(properties)) > 900_000
    editor(page).get_by_text('"big"').dblclick()
    page.page.keyboard.type("large")
    expect(page.page.get_by_role("textbox", name="Name", exact=True)).to_have_value("large")
    page.ready()
    assert kept(app, tool_id).name == "large"
