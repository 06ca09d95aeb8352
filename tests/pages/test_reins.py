"""Going back and trying otherwise on the page: arguments, results, words, deletion, insertion, and all arms."""

from __future__ import annotations

import pytest

from callsmith.conversation import Node
from callsmith.results import Draft
from callsmith.store import Store
from components.chat import actions
from tests.pages.playground import Page, weather

pytestmark = pytest.mark.slow

PROMPT = "What's the weather like in Boston today?"


def answered(store: Store) -> Page:
    page = Page(store, weather(store))
    page.say(PROMPT)
    settled(page)
    page.type(0, Draft('{"temperature": 3, "unit": "celsius", "conditions": "dry"}'))
    page.click("continue")
    settled(page)
    assert page.roles == ["user", "assistant", "tool", "assistant"]
    return page


def settled(page: Page) -> None:
    for _ in range(20):
        if not page.has("stop"):
            return
        page.run()


def path(page: Page) -> tuple[Node, ...]:
    conversation = page.store.load(page.conversation_id)
    assert conversation is not None
    return conversation.path()


def open_menu(page: Page, key: str) -> None:
    page.at.session_state[key] = True
    page.run()


def test_other_arguments_wait_on_an_arm_of_their_own_and_say_so(store: Store) -> None:
    page = answered(store)
    call = f"{path(page)[1].id[:12]}-0"
    open_menu(page, f"call-more-{call}")
    page.click(f"arguments-{call}")
    area = page.at.text_area(key=f"arguments-text-{call}")
    assert '"Boston, MA"' in area.value
    area.set_value("{oops")
    page.click("arguments-use")
    assert "Not JSON" in page.text
    page.at.text_area(key=f"arguments-text-{call}").set_value('{"location": "Tokyo"}')
    page.click("arguments-use")
    assert page.roles == ["user", "assistant"]
    (waiting,) = path(page)[1].message.calls
    assert waiting.arguments == '{"location": "Tokyo"}'
    assert waiting.original is not None and "Boston" in waiting.original
    assert page.has("continue") and page.has("arms")
    assert "edited" in page.text.lower()


def test_another_result_is_asked_from_at_once(store: Store) -> None:
    page = answered(store)
    call = f"{path(page)[1].id[:12]}-0"
    open_menu(page, f"call-more-{call}")
    page.click(f"result-change-{call}")
    page.at.text_area(key=f"result-text-{call}").set_value('{"temperature": 99}')
    page.click("result-use")
    settled(page)
    assert page.roles == ["user", "assistant", "tool", "assistant"]
    assert "99" in path(page)[3].message.text
    result = path(page)[2].message.results[0]
    assert result.made is not None and result.made.edited


def test_asked_again_from_the_first_reply_keeps_the_old_arm(store: Store) -> None:
    page = answered(store)
    first = path(page)[1].id
    open_menu(page, f"more-{first[:12]}")
    page.click(f"again-{first[:12]}")
    settled(page)
    assert page.roles == ["user", "assistant"]
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    assert len(conversation.nodes) == 5


def test_words_of_a_reply_can_be_changed(store: Store) -> None:
    page = answered(store)
    last = path(page)[3].id
    open_menu(page, f"more-{last[:12]}")
    page.click(f"reword-{last[:12]}")
    page.at.text_area(key=f"reword-text-{last[:12]}").set_value("Cold.")
    page.click("reply-use")
    assert path(page)[3].message.text == "Cold."


def test_deleting_can_be_undone(store: Store) -> None:
    page = answered(store)
    before = [node.id for node in path(page)]
    open_menu(page, f"more-{before[1][:12]}")
    page.click(f"delete-{before[1][:12]}")
    assert page.roles == ["user"]
    assert "Deleted 3 messages" in page.text
    page.click("undo-delete")
    assert [node.id for node in path(page)] == before
    assert not page.has("undo-delete")


def test_a_reply_written_by_hand_calls_a_tool(store: Store) -> None:
    page = answered(store)
    first = path(page)[1].id
    open_menu(page, f"more-{first[:12]}")
    page.click(f"delete-{first[:12]}")
    open_menu(page, "insert")
    page.click("insert-go")
    assert "The message is empty" in page.text
    open_menu(page, "insert")
    page.at.text_area(key="insert-words").set_value("I look it up.")
    page.at.selectbox(key="insert-tool").set_value("get_current_weather")
    page.click("insert-go")
    assert page.roles == ["user", "assistant"]
    assert path(page)[1].message.text == "I look it up."
    assert page.has("continue")


def test_all_arms_are_listed_shown_and_compared(store: Store) -> None:
    page = answered(store)
    old = path(page)[3].id
    call = f"{path(page)[1].id[:12]}-0"
    open_menu(page, f"call-more-{call}")
    page.click(f"arguments-{call}")
    page.at.text_area(key=f"arguments-text-{call}").set_value('{"location": "Tokyo"}')
    page.click("arguments-use")
    page.click("arms")
    assert "Arm 1" in page.text and "in view" in page.text
    page.at.session_state["arms-tabs"] = "Side by side"
    page.run()
    assert "Both begin with the same 1 message" in page.text
    assert "Only here" in page.text
    page.at.session_state["arms-tabs"] = "Tree"
    page.run()
    page.click("show-arm-1")
    assert path(page)[-1].id == old


def test_deleting_the_first_message_can_be_undone_too(store: Store) -> None:
    page = answered(store)
    before = [node.id for node in path(page)]
    open_menu(page, f"more-{before[0][:12]}")
    page.click(f"delete-{before[0][:12]}")
    assert page.roles == []
    assert "Deleted 4 messages" in page.text
    page.click("undo-delete")
    assert [node.id for node in path(page)] == before


def test_what_would_leave_nothing_is_said_and_stays_open(store: Store) -> None:
    page = answered(store)
    first, last = path(page)[0].id, path(page)[3].id
    page.click(f"edit-{first[:12]}")
    page.at.text_area(key=f"edit-text-{first[:12]}").set_value("  ")
    page.click("edit-send")
    assert "The message is empty, so nothing was sent." in page.text
    page.click("edit-cancel")
    open_menu(page, f"more-{last[:12]}")
    page.click(f"reword-{last[:12]}")
    page.at.text_area(key=f"reword-text-{last[:12]}").set_value("")
    page.click("reply-use")
    assert "The reply is empty, so nothing was changed." in page.text
    assert [node.id for node in path(page)][3] == last


@pytest.mark.parametrize("act", ["delete", "arguments", "reword", "switch"])
def test_nothing_is_changed_below_a_reply_that_another_tab_asked_for(
    store: Store, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = answered(store)
    nodes = path(page)
    first, last = nodes[1].id, nodes[3].id
    if act == "delete":
        open_menu(page, f"more-{first[:12]}")
    elif act == "arguments":
        open_menu(page, f"call-more-{first[:12]}-0")
        page.click(f"arguments-{first[:12]}-0")
    elif act == "reword":
        open_menu(page, f"more-{last[:12]}")
        page.click(f"reword-{last[:12]}")
    else:
        page.click("retry")
        settled(page)
    before = [node.id for node in path(page)]
    monkeypatch.setattr(actions, "goes_on", lambda conversation_id: True)
    key = {"delete": f"delete-{first[:12]}", "arguments": "arguments-use", "reword": "reply-use"}
    page.click(key.get(act) or f"arm-earlier-{before[3][:12]}")
    assert [node.id for node in path(page)] == before
