"""The Timeline tab: a chart with its words, a picker of turns, and the way to an exchange."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from callsmith.types.parts import Text
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup
from callsmith.types.usage import Usage
from tests.pages.playground import replied

pytestmark = pytest.mark.slow


def tab(conversation_id: str) -> AppTest:
    def script(conversation_id: str) -> None:
        import streamlit as st

        from components import services
        from components.inspect import timeline

        conversation = services.store().load(conversation_id)
        assert conversation is not None
        timeline.render(conversation, list(services.store().exchange_turn_info(conversation_id).values()))
        st.text(f"opened {st.session_state.get(timeline.REQUEST)} in {st.session_state.get(timeline.TABS)}")

    at = AppTest.from_function(script, args=(conversation_id,), default_timeout=30).run()
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.markdown, *at.caption))


def charts(at: AppTest) -> list[str]:
    return [chart.proto.alt for chart in at.get("vega_lite_chart")]


def test_an_empty_conversation_says_what_will_be_here(store: Store) -> None:
    at = tab(store.create(Setup()))
    assert "Nothing was sent yet" in words(at) and not charts(at)


def test_a_turn_is_drawn_and_said(store: Store) -> None:
    at = tab(replied(store, Text("Hi"), usage=Usage(80, 23)))
    said = words(at)
    assert "1.6 s in all: 1.6 s with the model. 80 tokens in, 23 tokens out." in said
    assert "1. Exchange 1\\: until the first token 0.4 s and streaming 1.2 s" in said
    assert charts(at) == ["Timeline of the turn, 1 row; the same in words is below the chart"]


def test_the_last_turn_until_another_is_picked(store: Store) -> None:
    conversation_id = replied(store, Text("Hi"), prompt="One")
    replied(store, prompt="Two", problem=Problem("http", "no such model", 404), conversation_id=conversation_id)
    at = tab(conversation_id)
    assert at.selectbox(key="timeline-turn").options == ["Last turn", "Turn 2: Two", "Turn 1: One"]
    assert "no such model" in words(at) and "Tokens not reported" in words(at)
    at.selectbox(key="timeline-turn").set_value(1).run()
    assert not at.exception and "no such model" not in words(at) and "Exchange 1" in words(at)


def test_an_exchange_is_opened_without_a_pointer(store: Store) -> None:
    conversation_id = replied(store, Text("Hi"))
    (exchange_id,) = store.exchange_turn_info(conversation_id)
    at = tab(conversation_id)
    at.selectbox(key="timeline-open").set_value(exchange_id).run()
    assert not at.exception and at.text[0].value == f"opened {exchange_id} in Request"
