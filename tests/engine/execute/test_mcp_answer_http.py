"""Calls answered by MCP servers over streamable HTTP: kinds of content, sessions that expire, tricks of a server."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from callsmith.execute import mcp_sessions
from callsmith.execute.addresses import PUBLIC
from callsmith.execute.mcp_answer import answer
from callsmith.execute.occasion import CannotAnswer
from callsmith.types.answering import Mcp
from callsmith.types.parts import Media
from tests.engine.execute.mcp_kit import ask, occasion, reach

pytest.importorskip("mcp", reason="the optional MCP client is not installed: pip install -r requirements-mcp.txt")

from callsmith.execute import mcp_session  # noqa: E402
from tests.engine.execute.mcp_web import PIXEL, Hostile, by_the_sdk, free_port  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house() -> Iterator[Mcp]:
    with by_the_sdk() as url:
        yield Mcp(url, seconds=10)
        mcp_sessions.close_all()


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    made = Hostile()
    yield made
    mcp_sessions.close_all()
    made.close()


def test_structured_results_and_progress(house: Mcp) -> None:
    heard: list[str] = []
    assert ask(house, "add", {"a": 2, "b": 3}).content == '{"result": 5}'
    assert ask(house, "steps", progress=heard.append).content == '{"result": "done"}'
    assert heard[0] == "1 of 2 · working"
    refused = ask(house, "add", {"a": "two"})
    assert refused.is_error and "validation error" in refused.content
    unknown = ask(house, "subtract")
    assert unknown.is_error and "subtract" in unknown.content


def test_every_kind_of_content_is_shown(house: Mcp) -> None:
    got = ask(house, "everything")
    assert got.content == (
        "Here:\n[Resource, note://1, text/plain]\nremember\n[Link to a resource, a.txt, file:///a.txt, A file]\n"
        "[image whose data cannot be read]"
    )
    assert got.media == (
        Media("image/png", PIXEL),
        Media("audio/wav", "AAAA"),
        Media("image/png", PIXEL, name="pixel://1"),
    )
    assert got.made.detail == "content-house, tool everything"


def test_private_addresses_are_refused_unless_allowed(house: Mcp) -> None:
    with pytest.raises(CannotAnswer, match="an address of this machine"):
        answer(occasion("add"), house, reach(policy=PUBLIC))
    assert ask(house, "add", {"a": 1, "b": 1}).content == '{"result": 2}'


def test_headers_take_secrets_by_name_and_results_give_none_back(hostile: Hostile) -> None:
    hostile.token = "canary-0123456789abcdef"
    learned: list[str] = []
    settings = Mcp(hostile.url, headers={"Authorization": "Bearer {{MCP_TOKEN}}"})
    with pytest.raises(CannotAnswer, match=r'"Authorization" needs MCP_TOKEN, which is not set'):
        ask(settings, "header")
    got = answer(occasion("header"), settings, reach({"MCP_TOKEN": hostile.token}, learn=learned.extend))
    assert (got.content, learned) == ("Bearer [key hidden]", [hostile.token])
    with pytest.raises(CannotAnswer, match="status 401"):
        answer(occasion("header"), settings, reach({"MCP_TOKEN": "wrong-0123456789abc"}))


def test_a_secret_in_an_address_is_encoded_and_seen_nowhere(hostile: Hostile) -> None:
    learned: list[str] = []
    settings = Mcp(f"{hostile.url}?key={{{{KEY}}}}&v=2", seconds=10)
    where = reach({"KEY": "canary&0123456789"}, learn=learned.extend)
    assert answer(occasion("path"), settings, where).content == "/mcp?key=[key hidden]&v=2"
    assert set(learned) == {"canary&0123456789", "canary%260123456789"}
    state = mcp_sessions.status(settings)
    assert state is not None and "canary" not in str(state)


def test_a_token_that_is_not_taken_any_more_is_told(hostile: Hostile) -> None:
    ask(Mcp(hostile.url), "echo")
    hostile.token = "now-wanted"
    with pytest.raises(CannotAnswer, match="status 401. Check the headers"):
        ask(Mcp(hostile.url), "echo")


def test_an_expired_session_is_opened_again_and_the_call_made_once(hostile: Hostile) -> None:
    settings = Mcp(hostile.url, seconds=10)
    assert ask(settings, "echo", {"message": "1"}).content == "1"
    hostile.sessions.clear()
    with ThreadPoolExecutor(5) as pool:
        got = list(pool.map(lambda n: ask(settings, "echo", {"message": str(n)}).content, range(5)))
    assert got == ["0", "1", "2", "3", "4"]
    assert hostile.opened == 2


def test_a_server_that_never_knows_its_session_is_told(hostile: Hostile) -> None:
    hostile.forgetful = True
    with pytest.raises(CannotAnswer, match="does not accept the session") as told:
        ask(Mcp(hostile.url, seconds=10), "echo")
    assert told.value.restart and hostile.opened == 2


def test_a_server_that_is_gone_is_told_and_asked_again_at_the_next_call() -> None:
    port = free_port()
    settings = Mcp(f"http://127.0.0.1:{port}/mcp", seconds=10)
    with pytest.raises(CannotAnswer, match=r"Nothing answers at 127\.0\.0\.1:\d+\. Is the server running") as told:
        ask(settings, "echo")
    assert told.value.restart
    first = Hostile(port)
    assert ask(settings, "echo", {"message": "up"}).content == "up"
    first.close()
    with pytest.raises(CannotAnswer):
        for _ in range(3):
            ask(settings, "drop")
    second = Hostile(port)
    assert ask(settings, "echo", {"message": "back"}).content == "back"
    second.close()
    mcp_sessions.close_all()


@pytest.mark.parametrize(
    ("tool", "words"), [("cut", "ended the answer before it was complete"), ("drop", "broke off the connection")]
)
def test_an_answer_that_breaks_off_waits_for_a_person(hostile: Hostile, tool: str, words: str) -> None:
    with pytest.raises(CannotAnswer, match=words) as told:
        ask(Mcp(hostile.url, seconds=10), tool)
    assert told.value.restart
    assert ask(Mcp(hostile.url, seconds=10), "echo", {"message": "on"}).content == "on"
    assert hostile.called() == [tool, "echo"], "a call that may have been made is not made twice"


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("page", "Unexpected content type: text/html"),
        ("junk", "Failed to parse JSON"),
        ("failing", "status 500"),
        ("away", "not followed"),
    ],
)
def test_answers_that_are_none_are_errors(
    hostile: Hostile, tool: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    got = ask(Mcp(hostile.url, seconds=10), tool)
    assert got.is_error and words in got.content
    assert "canary" not in caplog.text


@pytest.mark.parametrize("tool", ["huge", "huge-stream"])
def test_a_hundred_megabytes_are_not_read(hostile: Hostile, tool: str, caplog: pytest.LogCaptureFixture) -> None:
    settings = Mcp(hostile.url, seconds=30)
    with caplog.at_level(logging.DEBUG):
        got = ask(settings, tool)
    assert got.is_error and "longer than a message" in got.content
    assert ask(settings, "echo", {"message": "x"}).content == "x"
    assert hostile.opened == 1 and "xxxx" not in caplog.text


def test_a_server_that_does_not_let_go_is_left(hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_session, "_ENDS_WITHIN", 0.5)
    hostile.clinging = True
    settings = Mcp(hostile.url, seconds=10)
    ask(settings, "echo")
    mcp_sessions.restart(settings, reach())
    assert ask(settings, "echo", {"message": "x"}).content == "x"
    assert hostile.opened == 2


def test_endless_progress_ends_at_the_limit(hostile: Hostile) -> None:
    heard: list[str] = []
    settings = Mcp(hostile.url, seconds=1.2)
    got = ask(settings, "endless", progress=heard.append)
    assert got.content == "The tool did not answer within 1.2 s."
    assert 1 <= len(heard) <= 13
    assert ask(replace(settings, seconds=10), "echo", {"message": "x"}).content == "x"


def test_a_tool_that_never_answers_ends_at_the_limit_and_is_cancelled(hostile: Hostile) -> None:
    settings = Mcp(hostile.url, seconds=0.3)
    assert ask(settings, "never").content == "The tool did not answer within 0.3 s."
    assert ask(replace(settings, seconds=10), "echo", {"message": "x"}).content == "x"
    assert any(one.get("method") == "notifications/cancelled" for one in hostile.seen)
