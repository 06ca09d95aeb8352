"""The dialog of code to take along: what is offered, the file, and that no key is in it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from tests.pages.playground import Page, weather

pytestmark = pytest.mark.slow


def script() -> None:
    from components.chat import code_export, session

    session.follow_url()
    opened = session.current()
    code_export.code_button(opened)
    code_export.code_dialog(opened)


def opened(store: Store) -> AppTest:
    page = Page(store, weather(store, "demo-instant"))
    page.say("What is the weather like in Boston?")
    at = AppTest.from_function(script, default_timeout=30)
    at.query_params["conversation"] = page.conversation_id
    at.run()
    at.button(key="code-menu").click().run()
    assert not at.exception, at.exception
    return at


def test_each_language_is_shown_with_its_command(store: Store) -> None:
    at = opened(store)
    picker = at.selectbox(key="code-target")
    assert picker.options[:2] == ["curl", "Python with httpx"]
    assert at.code[0].value == "sh ask.sh"
    picker.select("Python with httpx").run()
    assert not at.exception
    assert at.code[0].value == "pip install httpx\npython run_turn.py"
    assert "def get_current_weather(" in at.code[1].value
    compile(at.code[1].value, "run_turn.py", "exec")


def test_the_notes_say_how_to_reach_the_demo(store: Store) -> None:
    assert any("python -m callsmith demo-server" in caption.value for caption in opened(store).caption)
