"""The page to send, from the conversation's menu: its choices, and the file that comes of them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from callsmith import conversation as pure
from callsmith.store import Store
from callsmith.types.parts import Text, Thinking
from callsmith.types.setup import Setup
from callsmith.types.usage import Usage
from components import services
from tests.pages.playground import replied

pytestmark = pytest.mark.slow

SECRET = "sk-canary-5f0e1d2c3b4a59687766"


def menu() -> None:
    """What a page does in its menu, alone, with the file kept for the test to read."""
    import streamlit as st

    from components.chat import page_export, session

    session.follow_url()
    given = st.download_button

    def kept(label: str, data: object, **more: object) -> bool:
        assert callable(data)
        st.session_state["file"] = data()
        st.session_state["name"] = more["file_name"]
        return given(label, b"", **more)  # type: ignore[arg-type]

    st.download_button = kept  # type: ignore[assignment]
    try:
        page_export.page_button(session.current())
    finally:
        st.download_button = given


def opened(conversation_id: str) -> AppTest:
    at = AppTest.from_function(menu, default_timeout=30)
    at.query_params["conversation"] = conversation_id
    at.session_state["page-to-send"] = True
    at.run()
    assert not at.exception, at.exception
    return at


def made(at: AppTest) -> str:
    return bytes(at.session_state["file"]).decode("utf-8")


def talk(store: Store, said: str = "It is 21 degrees.") -> str:
    setup = Setup(model="demo-instant", system="Be brief and kind.")
    conversation_id = replied(
        store, Thinking("A thought."), Text(said), prompt="How warm is it?", setup=setup, usage=Usage(input=9, output=4)
    )
    store.rename(conversation_id, "Warm: or cold?")
    return conversation_id


def test_the_file_holds_the_conversation_in_view(store: Store) -> None:
    at = opened(talk(store))
    assert at.session_state["name"] == "warm-or-cold.html"
    for text in ("How warm is it?", "It is 21 degrees.", "A thought.", "Be brief and kind.", "9 tokens in"):
        assert text in made(at)
    assert not at.selectbox


@pytest.mark.parametrize(
    ("choice", "text"),
    [("thinking", "A thought."), ("system", "Be brief and kind."), ("cost", "<li>price unknown</li>")],
)
def test_what_is_not_chosen_is_not_in_it(store: Store, choice: str, text: str) -> None:
    at = opened(talk(store))
    assert text in made(at)
    at.checkbox(key=f"page-{choice}").uncheck().run()
    assert text not in made(at)


def test_another_arm_can_be_sent(store: Store) -> None:
    conversation_id = talk(store)
    conversation = store.load(conversation_id)
    assert conversation is not None
    edited = pure.edit(conversation, conversation.path()[0].id, "How cold is it?")
    store.save_nodes(conversation_id, [edited.nodes[edited.head or ""]], edited.head)
    at = opened(conversation_id)
    assert at.selectbox[0].options == ["The arm in view", "2 messages, to: It is 21 degrees."]
    assert "How cold is it?" in made(at) and "How warm is it?" not in made(at)
    at.selectbox[0].select_index(1).run()
    assert "How warm is it?" in made(at) and "How cold is it?" not in made(at)


def test_no_key_that_is_known_is_in_it(store: Store) -> None:
    services.engine().logs.learn([SECRET])
    at = opened(talk(store, f"Your key is {SECRET}"))
    assert SECRET not in made(at) and "[key hidden]" in made(at)


def test_there_is_nothing_to_send_before_the_first_message(store: Store) -> None:
    at = opened(store.create(Setup()))
    assert not at.expander
