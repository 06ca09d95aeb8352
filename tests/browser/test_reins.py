"""Going back and trying otherwise, as a person does; conversations found again, and put away with a way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from callsmith.conversation import Conversation, append, say
from callsmith.record.document import export
from callsmith.store import Store
from callsmith.types.answering import Answering
from callsmith.types.message import Message
from callsmith.types.parts import Text, ToolCall
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool
from tests.browser.answered import SUNNY, WEATHER, rules, setup_with
from tests.browser.playground import Open, Playground
from tests.browser.served import App
from tests.engine.pasting.test_pasting import BODIES
from tests.pages.playground import replied

pytestmark = pytest.mark.browser


def test_other_arguments_make_an_arm_that_is_compared_with_the_first(app: App, window: Open) -> None:
    app.begin_with(setup_with(app.store, (WEATHER, rules(SUNNY))))
    page = window(app)
    page.open()
    page.say("What's the weather like in Boston today?")
    expect(page.messages.last).to_contain_text("sunny in Boston", timeout=20_000)
    page.settled()
    page.calls().first.get_by_role("button", name="More").click()
    page.page.get_by_role("button", name="Change arguments").click()
    page.page.get_by_role("textbox", name="Arguments of").fill('{"location": "Tokyo"}')
    page.page.get_by_role("button", name="Use these arguments").click()
    expect(page.calls().first).to_contain_text("arguments edited by hand")
    page.go_on.click()
    expect(page.messages.last).to_contain_text("sunny in Tokyo")
    page.settled()
    page.press("arms")
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Arm 2")
    dialog.get_by_role("tab", name="Side by side").click()
    expect(dialog).to_contain_text("Both begin with the same 1 message")
    expect(dialog).to_contain_text("Tokyo")
    page.shot("arms")
    dialog.get_by_role("tab", name="Tree").click()
    dialog.get_by_role("button", name="Show").first.click()
    expect(page.messages.last).to_contain_text("sunny in Boston")


@pytest.mark.parametrize("kind", [*BODIES, "record"])
def test_a_pasted_conversation_is_answered_and_goes_on_to_its_end(
    app: App, window: Open, kind: str, tmp_path: Path
) -> None:
    """A call waits at the end of each; in the record of our own, another arm stands beside it."""
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.press("paste-open")
    box = page.page.get_by_role("textbox", name="Request body")
    if kind == "record":
        box.fill('{"messages": "none"}')
        page.press("paste-go")
        expect(page.page.get_by_text("no request body")).to_be_visible()
    box.fill(_record(tmp_path) if kind == "record" else _waiting(kind))
    page.press("paste-go")
    expect(page.calls().first).to_contain_text("Rome")
    page.ready()
    page.slot("weather").fill('{"t": 20}')
    page.go_on.click()
    expect(page.messages).to_have_count(3)
    page.settled()
    expect(page.messages.last).to_contain_text("20")
    (asked,) = app.store.exchange_turn_info(page.conversation_id).values()
    assert (asked.state, asked.wire) == ("finished", "anthropic" if kind == "record" else kind)


def _waiting(wire: str) -> str:
    """A body whose last message, the result, has not been sent yet."""
    name = {"openai-responses": "input", "gemini": "contents"}.get(wire, "messages")
    # The demo model takes no thoughts back that it did not think.
    items = [item for item in BODIES[wire][name][:-1] if item.get("type") != "reasoning"]
    return json.dumps({**BODIES[wire], name: items})


def _record(folder: Path) -> str:
    store = Store(f"sqlite:///{folder / 'other.db'}")
    tool_id = store.save_tool(Tool("weather", parameters={"type": "object"}))
    conversation = say(Conversation(store.create(Setup(wire="anthropic", tools=(ToolUse(tool_id),)))), "weather?")
    other = append(conversation, Message("assistant", (Text("I do not know"),), finish="stop"))
    call = ToolCall("a", "weather", '{"city": "Rome"}')
    waiting = append(other, Message("assistant", (call,), finish="tool_use"), conversation.head, at_head=False)
    store.save_nodes(waiting.id, tuple(waiting.nodes.values()), waiting.head)
    try:
        return b"".join(export(store)).decode()
    finally:
        store.close()


def test_an_open_call_is_deleted_brought_back_after_a_reload_and_asked_by_hand(app: App, window: Open) -> None:
    app.begin_with(setup_with(app.store, (WEATHER, Answering())))
    page = window(app)
    page.say("What's the weather like in Boston today?")
    page.settled()
    page.slot("get_current_weather").fill('{"temperature": 77}')
    page.calls().first.get_by_role("button", name="More").click()
    page.page.get_by_role("button", name="Change arguments").click()
    page.page.get_by_role("textbox", name="Arguments of").fill('{"location": "Tokyo"}')

    other = window(app, f"/?conversation={page.conversation_id}")
    other.choose_model("demo-agent")
    other.say("write 200 words")
    page.page.get_by_role("button", name="Use these arguments").click()
    expect(page.page.get_by_text("This conversation is going on just now")).to_be_visible()
    other.press("stop")
    other.settled()
    assert len(_loaded(app, page).path()) == 5

    other.messages.nth(2).get_by_role("button", name="More").click()
    other.page.get_by_role("button", name="Delete from here").click()
    expect(other.key("deleted-row")).to_contain_text("Deleted 2 messages")
    other.reload()
    other.press("undo-delete")
    expect(other.messages).to_have_count(4)
    other.ready()
    other.messages.nth(1).locator("[class*=st-key-facts-row]").get_by_role("button", name="More").click()
    other.page.get_by_role("button", name="Delete from here").click()
    expect(other.key("deleted-row")).to_contain_text("Deleted 4 messages")
    other.ready()
    other.press("insert")
    other.page.get_by_role("textbox", name="What the model says").fill("I look it up.")
    other.choose("insert-tool", "get_current_weather")
    other.press("insert-go")
    expect(other.calls().first).to_contain_text("arguments invalid")
    expect(other.slot("get_current_weather")).to_be_visible()
    other.shot("by-hand")


def _loaded(app: App, page: Playground) -> Conversation:
    found = app.store.load(page.conversation_id)
    assert found is not None
    return found


def test_conversations_are_found_and_deleted_with_a_way_back(app: App, window: Open) -> None:
    for number in range(3):
        replied(app.store, Text(f"Answer about lighthouses {number}."), prompt=f"Lighthouse question {number}")
    page = window(app)
    page.open("/conversations")
    search = page.page.get_by_placeholder("Search titles")
    search.fill("lighthouses")
    bar = page.key("sessions-bar")
    expect(bar).to_contain_text("3 conversations")
    page.ready()
    page.press("sessions-all")
    expect(page.key("sessions-bulk")).to_contain_text("3 conversations picked")
    page.press("sessions-delete")
    expect(page.key("sessions-undo-row")).to_contain_text("deleted 3 conversations")
    expect(bar).to_contain_text("0 conversations")
    page.press("sessions-undo-last")
    expect(bar).to_contain_text("3 conversations")
    page.ready()
    page.page.get_by_role("button", name="Lighthouse question 1").last.click()
    expect(page.messages.last).to_contain_text("Answer about lighthouses 1")
