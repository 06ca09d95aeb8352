"""The process dies in the middle of a reply: what came, and what was being typed, is there again."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from callsmith.types.setup import Setup
from tests.browser.playground import Open
from tests.browser.seeded import weather_setup
from tests.browser.served import App

pytestmark = pytest.mark.browser


def test_kill_9_in_mid_stream(serve: Callable[..., App], window: Open) -> None:
    app = serve(by_command=True)
    app.begin_with(weather_setup(app.store))
    typing = window(app)
    typing.say("weather in Lima")
    expect(typing.go_on).to_be_visible()
    typing.settled()
    typing.slot("get_current_weather").fill('{"temperature": 9}')
    expect(typing.go_on).to_be_enabled()

    app.begin_with(Setup(model="demo-agent"))
    page = window(app)
    page.say("write 400 words")
    expect(page.key("stop")).to_be_visible()
    conversation = page.conversation_id
    kept = _saved(app, conversation)

    app.kill()
    app.start()
    page.reload()
    page.lost_its_server()
    page.settled()
    expect(page.messages).to_have_count(2)
    expect(page.messages.last).to_contain_text("This text is filler from a scripted demo model")
    expect(page.key(f"open-{conversation}")).to_contain_text("interrupted")
    expect(page.problem).to_contain_text("broke off")
    expect(page.problem).not_to_contain_text("on purpose")
    page.shot("interrupted")
    loaded = app.store.load(conversation)
    assert loaded is not None
    words = loaded.path()[-1].message.text.split()
    assert 0 < len(words) < 400
    (info,) = app.store.exchange_turn_info(conversation).values()
    assert info.state == "interrupted"
    exchange = app.store.exchange(info.id)
    assert exchange is not None
    assert exchange.body.startswith(kept)

    typing.reload()
    typing.lost_its_server()
    expect(typing.slot("get_current_weather")).to_have_value('{"temperature": 9}')
    typing.go_on.click()
    expect(typing.messages.last).to_contain_text("9")

    page.page.get_by_role("button", name="Retry").click()
    page.press("stop")
    expect(page.messages.last).to_contain_text("arm 2 of 2")


def _saved(app: App, conversation_id: str) -> bytes:
    """The first bytes of the reply that reached the database."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for info in app.store.exchange_turn_info(conversation_id).values():
            exchange = app.store.exchange(info.id)
            if exchange is not None and b"filler" in exchange.body:
                assert info.state == "running"
                return exchange.body
        time.sleep(0.05)
    raise AssertionError("nothing of the reply was saved while it streamed")
