"""The editor of the model that plays a tool: chosen, named, told what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.connections import DEMO
from callsmith.models import Model, ModelList
from callsmith.store import Store
from callsmith.types.answering import Answering, Player
from callsmith.types.connection import Connection, KeyRef
from callsmith.types.tool import Tool
from components.connections import check

pytestmark = pytest.mark.slow

OTHER = Connection("other", "Other", "https://api.openai.com/v1", ("openai-chat", "openai-responses"))


def view(tool_id: str) -> AppTest:
    def script(tool_id: str) -> None:
        from components import services
        from components.answers import model_view
        from components.answers.settings import Settings

        record = services.store().tool(tool_id)
        assert record is not None
        model_view.render(Settings(tool_id, record.tool, record.answering))

    at = AppTest.from_function(script, args=(tool_id,), default_timeout=20).run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.caption, *at.warning))


def kept(store: Store, tool_id: str) -> Player | None:
    record = store.tool(tool_id)
    assert record is not None
    return record.answering.model


def tool(store: Store, player: Player | None = None, **fields: Any) -> str:
    tool_id = store.save_tool(Tool("get_weather", **fields))
    store.save_answering(tool_id, Answering("model", model=player))
    return tool_id


def test_without_a_choice_the_default_connection_plays_and_nothing_is_kept(store: Store) -> None:
    tool_id = tool(store)
    at = view(tool_id)
    assert "demo model: scripted, not an LLM, and free" in words(at)
    assert "no output schema" in words(at) and "nothing of the conversation" in words(at)
    assert kept(store, tool_id) is None


def test_each_choice_is_kept(store: Store) -> None:
    store.save_connection(OTHER)
    check.catalog().put(OTHER, None, ModelList((Model("gpt-5", label="GPT-5"),)))
    tool_id = tool(store, output_schema={"type": "object"})
    at = view(tool_id)
    at.selectbox(key=f"answers-player-connection-{tool_id}").set_value("other").run()
    assert kept(store, tool_id) == Player("other")
    assert "name one, or each call waits for you" in words(at)
    at.selectbox(key=f"answers-player-model-{tool_id}").set_value("gpt-5").run()
    at.selectbox(key=f"answers-player-wire-{tool_id}").set_value("openai-responses").run()
    assert not at.exception
    assert kept(store, tool_id) == Player("other", "gpt-5", "openai-responses")
    assert "costs tokens there" in words(at) and "its output schema" in words(at)
    at.selectbox(key=f"answers-player-connection-{tool_id}").set_value(DEMO.id).run()
    assert kept(store, tool_id) == Player(DEMO.id)
    assert "demo-thinking" in at.selectbox(key=f"answers-player-model-{tool_id}").options


def test_the_proposed_format_is_the_default(store: Store) -> None:
    store.save_connection(OTHER)
    tool_id = tool(store, Player("other", "gpt-5"))
    box = view(tool_id).selectbox(key=f"answers-player-wire-{tool_id}")
    assert box.value == "" and "Responses (proposed)" in box.options


@pytest.mark.parametrize(
    ("box", "label"), [("connection", "Default (one that was renamed)"), ("wire", "Chat Completions (proposed)")]
)
def test_a_label_of_before_is_no_choice(store: Store, box: str, label: str) -> None:
    """A browser sends the label that it shows, also when the page has renamed it meanwhile."""
    store.save_connection(OTHER)
    chosen = Player("other", "gpt-5", "openai-chat")
    tool_id = tool(store, chosen)
    at = view(tool_id)
    widget = at.selectbox(key=f"answers-player-{box}-{tool_id}")
    widget.options.append(label)
    widget.set_value(label).run()
    assert not at.exception
    assert kept(store, tool_id) == chosen


def test_a_missing_key_is_said(store: Store) -> None:
    store.save_connection(Connection("keyed", "Keyed", "https://api.openai.com/v1", key=KeyRef("session")))
    assert "key to be typed" in words(view(tool(store, Player("keyed", "m"))))


def test_a_connection_that_is_gone_is_said(store: Store) -> None:
    assert "This connection is gone" in words(view(tool(store, Player("gone", "m"))))


def test_instructions_are_kept_as_they_are_typed(store: Store) -> None:
    tool_id = tool(store, Player(DEMO.id, "demo-agent"))
    at = view(tool_id)
    at.session_state[f"answers-player-instructions-{tool_id}"] = {"typed": {"text": "It rains.", "revision": 0}}
    at.run()
    assert kept(store, tool_id) == Player(DEMO.id, "demo-agent", instructions="It rains.")
