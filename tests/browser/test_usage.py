"""The Usage page and the Usage tab in a browser: known, unknown and own prices, calls per tool, filters."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from callsmith import prices_own
from callsmith.prices_own import OwnPrice, OwnPrices
from callsmith.store import Store
from callsmith.types.exchange import Marks
from callsmith.types.parts import ToolCall
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool
from callsmith.types.usage import Usage
from tests.browser.playground import Open, Playground
from tests.browser.served import App
from tests.engine.store_kit import exchange, reply, said, turn

pytestmark = pytest.mark.browser
WEATHER = Tool("get_weather", parameters={"type": "object", "required": ["city"], "properties": {"city": {}}})


def _asked(store: Store, title: str, model: str, arguments: str) -> str:
    """One exchange of 1,000 tokens in and 100 out with a model of OpenAI, and the call that it brought."""
    conversation_id = store.create(Setup(tools=(ToolUse(store.save_tool(WEATHER)),)))
    question = said(title)
    made = exchange(title, started=time.time(), model=model)
    made = replace(made, request=replace(made.request, url="https://api.openai.com/v1/chat/completions"))
    answer = turn("", ToolCall("c1", "get_weather", arguments), usage=Usage(input=1000, output=100, total=1100))
    store.begin_exchange(replace(made, status=None, headers=()), conversation_id, question.id, nodes=[question])
    store.finish_exchange(made, answer, reply(made, question, answer))
    return conversation_id


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 800)])
def test_what_is_known_of_costs_and_calls(serve: Callable[..., App], window: Open, theme: str, width: int) -> None:
    app = serve()
    known = _asked(app.store, "Bern", "gpt-5", '{"city": "Bern"}')
    unknown = _asked(app.store, "Nowhere", "no-such-model", "{}")

    page = window(app, f"/?conversation={known}", theme=theme, width=width)
    expect(page.messages.last).to_contain_text("$0.0023")
    expect(page.tab("Usage")).to_contain_text("$0.0023")
    page.open(f"/?conversation={unknown}")
    expect(page.tab("Usage")).to_contain_text("price unknown")
    page.open("/conversations")
    expect(page.page.get_by_text("$0.0023")).to_be_visible()
    expect(page.page.get_by_text("price unknown")).to_be_visible()

    page.open("/usage")
    figures = page.key("usage-figures")
    expect(figures).to_contain_text("$0.0023")
    expect(page.page.get_by_text("The cost is partly unknown: 1 exchange without a known price.")).to_be_visible()
    calls = page.page.locator("[aria-label^='Calls per tool']").first
    expect(calls).to_have_attribute("aria-label", "Calls per tool: get_weather 2 calls, 1 valid")
    page.shot("usage-costs")
    page.choose("usage-conversation", "Nowhere")
    page.page.keyboard.press("Escape")
    expect(figures).to_contain_text("price unknown")
    expect(calls).to_have_attribute("aria-label", "Calls per tool: get_weather 1 call, 0 valid")

    table = OwnPrices((OwnPrice("", "no-such-*", 1.0, None, 2.0),))
    app.store.set_preference(prices_own.PREFERENCE, prices_own.to_json(table))
    page.open(f"/?conversation={unknown}")
    expect(page.messages.last).to_contain_text("$0.0012")
    page.open("/usage")
    expect(figures).to_contain_text("$0.0034")


def _drag(page: Playground, start: float, end: float) -> None:
    """Over the chart of the tokens, from one share of its width to another, once it is drawn and hears the pointer."""
    chart = page.key("usage-tokens-chart").get_by_test_id("stVegaLiteChart")
    expect(chart.get_by_text("Uncached input")).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    mouse, y = page.page.mouse, box["y"] + box["height"] * 0.6
    mouse.move(box["x"] + box["width"] * start, y)
    mouse.down()
    for step in range(1, 6):
        mouse.move(box["x"] + box["width"] * (start + (end - start) * step / 5), y)
    mouse.up()


@pytest.mark.parametrize(("view", "heading"), [("Each exchange", "Tokens and cost"), ("Summed over time", "By day")])
def test_a_part_of_the_time_is_chosen_by_dragging_and_left_again(
    serve: Callable[..., App], window: Open, view: str, heading: str
) -> None:
    app = serve()
    for number in range(10):
        made = replace(exchange(f"e{number}"), marks=Marks(time.time() - number * 86_400, 0.0, 0.1, 0.3, 2.0))
        conversation_id, question = app.store.create(Setup()), said(f"Question {number}")
        app.store.begin_exchange(made, conversation_id, question.id, nodes=[question])
        app.store.finish_exchange(made, turn(usage=Usage(input=1000, output=100, total=1100)), None)
    page = window(app, "/usage")
    figures = page.key("usage-figures")
    page.page.get_by_test_id("stMain").get_by_text(view, exact=True).click()
    expect(figures).to_contain_text("10,000")
    # The charts of the view before stay until the new ones come.
    expect(page.key("usage-charts").get_by_role("strong").filter(has_text=heading)).to_be_visible()
    page.ready()
    expect(page.page.get_by_text("Drag over the chart to choose a part of the time.")).to_be_visible()

    _drag(page, 0.55, 0.99)
    narrow = page.key("usage-tokens-chart-narrow")
    expect(narrow).to_be_visible()
    page.shot(f"usage-part-{view[:4].lower()}")
    narrow.get_by_role("button").click()
    alone = page.key("usage-part")
    expect(alone).to_contain_text("Shown alone")
    shown = figures.get_by_test_id("stMetricValue").first
    expect(shown).not_to_have_text("10")
    assert 1 <= int(shown.inner_text()) <= 6
    page.press("usage-part-all")
    expect(alone).to_be_hidden()
    expect(shown).to_have_text("10")
