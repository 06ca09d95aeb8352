"""A thinking model's two steps of parallel calls, walked in every wire format the demo provider serves."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from callsmith.starters import STARTERS
from callsmith.types.features import Effort
from callsmith.types.options import Options
from callsmith.types.setup import Setup, ToolUse
from callsmith.wire.registry import WIRES
from tests.browser.playground import Open
from tests.browser.served import App

pytestmark = pytest.mark.browser

PROMPT = "Search the docs for refunds and search the docs for delivery times, then tell me what they say"
FOUND = ({"id": "doc-17", "title": "Refund policy"}, {"id": "doc-40", "title": "Delivery times"})
PAGES = ("Refunds arrive within 5 days.", "Parcels arrive within 2 days.")


def begin(app: App) -> None:
    tools = next(starter.tools for starter in STARTERS if starter.id == "search")
    kept = {record.tool.name: record.id for record in app.store.tools()}
    ids = [kept.get(tool.name) or app.store.save_tool(tool) for tool in tools]
    # Gemini shows no thoughts unless they are asked for.
    options = Options(thinking=Effort("medium"))
    app.begin_with(Setup(model="demo-thinking", tools=tuple(ToolUse(tool_id) for tool_id in ids), options=options))


@pytest.mark.parametrize("wire", sorted(WIRES))
def test_a_thinking_model_calls_in_parallel_twice(app: App, window: Open, wire: str) -> None:
    begin(app)
    page = window(app)
    page.choose_format(WIRES[wire].label)
    page.say(PROMPT)
    expect(page.calls()).to_have_count(2)
    page.settled()
    expect(page.messages.last).to_contain_text("Thinking")
    for number, match in enumerate(FOUND):
        page.slot("search_docs", number).fill(json.dumps({"matches": [match]}))
    expect(page.go_on).to_contain_text("Continue with 2 results")
    page.go_on.click()

    expect(page.calls()).to_have_count(4)
    page.settled()
    for number, text in enumerate(PAGES):
        page.slot("fetch_page", number).fill(json.dumps({"title": FOUND[number]["title"], "text": text}))
    page.go_on.click()
    page.settled()
    expect(page.problem).to_have_count(0)
    for text in PAGES:
        expect(page.messages.last).to_contain_text(text.removesuffix("."))
    page.shot(f"formats-{wire}")

    infos = sorted(app.store.exchange_turn_info(page.conversation_id).values(), key=lambda info: info.marks.started)
    assert [(info.wire, info.state) for info in infos] == [(wire, "finished")] * 3
    assert all(info.usage and info.usage.reasoning for info in infos)


def test_a_conversation_goes_on_in_another_format(app: App, window: Open) -> None:
    """What stays behind is said before it is sent."""
    begin(app)
    page = window(app)
    page.choose_format("Messages")
    page.say(PROMPT)
    expect(page.calls()).to_have_count(2)
    page.settled()
    for number, match in enumerate(FOUND):
        page.slot("search_docs", number).fill(json.dumps({"matches": [match]}))
    page.go_on.click()
    expect(page.calls()).to_have_count(4)
    page.settled()
    page.choose_format("Gemini")
    expect(page.page.get_by_text("thinking of")).to_be_visible()
    for number, text in enumerate(PAGES):
        page.slot("fetch_page", number).fill(json.dumps({"title": FOUND[number]["title"], "text": text}))
    page.go_on.click()
    page.settled()
    expect(page.problem).to_have_count(0)
    expect(page.messages.last).to_contain_text("Refunds arrive within 5 days")
