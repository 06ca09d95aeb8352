"""Setups whose tools answer by themselves, put into a store; and how a person sets up who answers."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from callsmith.starters import STARTERS
from callsmith.store import Store
from callsmith.types.answering import Answering, Condition, Reply, Rule
from callsmith.types.setup import LoopLimits, Setup, ToolUse
from callsmith.types.tool import Tool
from tests.browser.playground import Playground

WEATHER = next(starter for starter in STARTERS if starter.id == "weather").tools[0]
SEARCH, FETCH = next(starter for starter in STARTERS if starter.id == "search").tools
SEARCH_PROMPT = "Find the page about our refund policy and tell me what it says"


def rules(*rules: Rule, auto: bool = True) -> Answering:
    return Answering(by="rules", auto=auto, rules=rules)


SUNNY = Rule(Reply('{"temperature": 21, "unit": "celsius", "conditions": "sunny in {{location}}"}'), name="sunny")
FOUND = Rule(
    Reply('{"matches": [{"id": "doc-17", "title": "Refund policy"}]}'),
    (Condition("contains", "$.query", "refund"),),
    "refunds",
)
NOTHING = Rule(Reply('{"error": "nothing found"}', is_error=True), name="everything else")
PAGE = Rule(
    Reply('{"title": "Refund policy", "text": "Goods can be returned within 30 days."}'),
    (Condition("equals", "$.id", "doc-17"),),
    "the policy",
)


def setup_with(
    store: Store, *tools: tuple[Tool, Answering], model: str = "demo-instant", limits: LoopLimits | None = None
) -> Setup:
    uses = []
    for tool, answering in tools:
        tool_id = store.save_tool(tool)
        store.save_answering(tool_id, answering)
        uses.append(ToolUse(tool_id))
    return Setup(model=model, tools=tuple(uses), loop=limits or LoopLimits())


def way_of(page: Playground, call: Locator, label: str) -> Locator:
    """Open who answers the tool of a waiting call, and choose a way there. Returns the dialog."""
    call.get_by_role("button", name="Set up").click()
    dialog = page.page.get_by_role("dialog")
    choice = dialog.get_by_role("radiogroup", name="Who answers").locator("label").filter(has_text=label).first
    choice.click()
    expect(choice.get_by_role("radio")).to_be_checked()
    page.ready()
    return dialog


def enter(page: Playground, field: Locator, text: str) -> None:
    """Type into an input and leave it."""
    field.fill(text)
    field.press("Tab")
    page.ready()


def done(page: Playground, dialog: Locator) -> None:
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_have_count(0)
    page.ready()
