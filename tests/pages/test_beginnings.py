"""Other ways to begin: a pasted request body, a saved setup; and the variables of prompts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from callsmith import saved_setups
from callsmith.conversation import Conversation, say
from callsmith.record.document import export
from callsmith.store import Store
from callsmith.types.setup import Setup, ToolUse
from callsmith.variables import filled, names
from components.chat import pasted
from tests.engine.pasting.test_pasting import BODIES
from tests.pages.playground import Page, weather

pytestmark = pytest.mark.slow


def settled(page: Page) -> None:
    for _ in range(20):
        if not page.has("stop"):
            return
        page.run()


@pytest.mark.parametrize("wire", BODIES)
def test_a_pasted_body_goes_on_to_its_end(store: Store, wire: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(store, Setup(model="demo-instant"))
    body = BODIES[wire]
    if wire == "openai-responses":
        # The demo model takes no thoughts back that it did not think.
        body = {**body, "input": [item for item in body["input"] if item.get("type") != "reasoning"]}
    monkeypatch.setattr(pasted, "typed", lambda key, revision: json.dumps(body))
    page.at.session_state["paste-open"] = True
    page.run()
    page.click("paste-go")
    assert page.roles == ["user", "assistant", "tool"]
    assert "weather" in page.text
    page.click("retry")
    settled(page)
    assert page.roles == ["user", "assistant", "tool", "assistant"]
    assert store.setup(page.conversation_id).wire == wire
    assert store.setup(page.conversation_id).system == "Be brief."


def test_what_cannot_be_read_is_said_and_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(store, Setup(model="demo-instant"))
    monkeypatch.setattr(pasted, "typed", lambda key, revision: '{"messages": [3]}')
    page.at.session_state["paste-open"] = True
    page.run()
    page.click("paste-go")
    assert "it is an object" in page.text
    assert page.has("paste-go")


def test_a_setup_is_saved_applied_deleted_and_brought_back(store: Store) -> None:
    page = Page(store, replace(weather(store), system="Be brief."))
    page.say("weather in Paris")
    settled(page)
    page.at.session_state["conversation"] = True
    page.run()
    page.click("setup-save")
    assert "Give it a name" in page.text
    page.at.text_input(key="setup-save-name").set_value("  Brief   weather ")
    page.click("setup-save")
    (saved,) = saved_setups.every(store)
    assert (saved.name, saved.setup.system, saved.prompt) == ("Brief weather", "Be brief.", "weather in Paris")
    fresh = Page(store, Setup())
    fresh.click(f"apply-{saved.id}")
    fresh.say("weather in Rome")
    settled(fresh)
    assert store.setup(fresh.conversation_id).system == "Be brief."
    empty = Page(store, Setup())
    empty.click(f"forget-{saved.id}")
    assert not saved_setups.every(store)
    empty.click("saved-undo")
    assert saved_setups.every(store) == [saved]


def test_variables_are_asked_for_kept_and_filled_in_what_is_sent(store: Store) -> None:
    page = Page(store, replace(weather(store), system="You help {{user}}."))
    assert "No value yet for `user`" in page.text
    page.at.session_state["variables"] = True
    page.run()
    page.at.text_input(key="variable--user").set_value("Ana")
    page.run()
    assert "1 variable filled" in page.text
    page.say("weather in {{place}}")
    settled(page)
    assert "No value yet for `place`" in page.text
    assert store.setup(page.conversation_id).variables == {"user": "Ana"}
    info = next(iter(store.exchange_turn_info(page.conversation_id)))
    exchange = store.exchange(info)
    assert exchange is not None
    assert exchange.request.json()["messages"][0]["content"] == "You help Ana."
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    assert conversation.path()[0].message.text == "weather in {{place}}"


def test_only_names_with_a_value_are_filled_and_only_once() -> None:
    values = {"a": "{{b}}", "b": "never"}
    assert filled("{{a}} {{ c }} {{not a name}} {a}", values) == "{{b}} {{ c }} {{not a name}} {a}"
    assert names(["{{b}} {{a}}", "{{ b }} {{1}}"]) == ("b", "a")


def test_a_record_of_ours_is_pasted_and_is_opened_where_it_is_here(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    conversation = say(Conversation(other.create(Setup(), "Elsewhere")), "Hello from elsewhere")
    other.save_nodes(conversation.id, tuple(conversation.nodes.values()), conversation.head)
    text = b"".join(export(other)).decode()
    other.close()
    for damaged, said in ((text, ""), (text, "was here already"), (text[: len(text) // 2], "not taken")):
        page = Page(store)
        monkeypatch.setattr(pasted, "typed", lambda key, revision, text=damaged: text)
        page.at.session_state["paste-open"] = True
        page.run()
        page.click("paste-go")
        assert said in page.text
        assert ("Hello from elsewhere" in page.text) is (said != "not taken")


def test_a_value_belongs_to_its_conversation(store: Store) -> None:
    ids = []
    for value in ("Ana", "Ben"):
        conversation = say(Conversation(store.create(Setup(variables={"user": value}))), "I am {{user}}")
        store.save_nodes(conversation.id, tuple(conversation.nodes.values()), conversation.head)
        ids.append(conversation.id)
    page = Page(store, conversation_id=ids[0])
    for at in (*ids, ids[0]):
        page.at.query_params["conversation"] = at
        page.at.session_state["variables"] = True
        page.run()
        (field,) = [one for one in page.at.text_input if one.label == "user"]
        assert field.value == store.setup(at).variables["user"]


def test_what_a_saved_setup_names_and_is_not_here_any_more_is_said(store: Store) -> None:
    gone = Setup(connection_id="gone", model="gpt-5", tools=(*weather(store).tools, ToolUse("no-such-tool")))
    saved = saved_setups.save(store, "Old", gone, "Hello")
    page = Page(store, Setup())
    page.click(f"apply-{saved.id}")
    assert "1 tool of this setup was deleted since it was saved." in page.text
    assert "The connection that was chosen here was deleted" in page.text
    page.say("Hello")
    settled(page)
    (asked,) = store.exchange_turn_info(page.conversation_id).values()
    assert asked.model != "gpt-5"
