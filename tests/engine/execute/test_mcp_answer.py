"""Calls answered by a program that speaks MCP: its results, its errors, its silence, its death, its tricks."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from callsmith.execute import mcp, mcp_sessions
from callsmith.execute.mcp_answer import answer
from callsmith.execute.occasion import MAX_RESULT, Cancellation, Cancelled, CannotAnswer
from callsmith.types.answering import Mcp
from tests.engine.execute.mcp_kit import ask, occasion, program, reach

pytest.importorskip("mcp", reason="the optional MCP client is not installed: pip install -r requirements-mcp.txt")
pytestmark = pytest.mark.slow


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def server(log: Path) -> Iterator[Mcp]:
    settings = Mcp(command=program(log), seconds=10)
    yield settings
    if (state := mcp_sessions.status(settings)) is not None:
        mcp_sessions.stop(state.id)


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_a_result_is_the_text_and_tells_who_made_it(server: Mcp) -> None:
    got = ask(server, "echo", {"message": "Grüße"})
    assert (got.content, got.is_error, got.media, got.notes) == ("Echo: Grüße", False, (), ())
    assert (got.made.by, got.made.detail) == ("mcp", "odd-server, tool echo")
    assert got.made.started is not None and got.made.seconds is not None


def test_the_tool_may_have_another_name_there(server: Mcp) -> None:
    assert ask(replace(server, name="echo"), "say_it", {"message": "x"}).content == "Echo: x"


def test_one_session_is_shared_and_parallel_calls_run_in_it_together(server: Mcp, log: Path) -> None:
    with ThreadPoolExecutor(10) as pool:
        got = list(pool.map(lambda number: ask(server, "together", {"number": number}).content, range(10)))
    assert got == [str(number) for number in range(10)]
    assert log.read_text().count('"initialize"') == 1
    state = mcp_sessions.status(server)
    assert state is not None and state in mcp_sessions.sessions()
    assert (state.alive, state.calls, state.server, state.place) == (True, 10, "odd-server", Path(sys.executable).name)


def test_structured_content_is_the_result_and_text_that_says_otherwise_is_told(server: Mcp) -> None:
    got = ask(server, "structured")
    assert json.loads(got.content) == {"city": "Paris", "degrees": 12}
    assert got.notes == ("The server also sent text, which is not part of the result: 12 degrees",)
    assert ask(server, "alone").content == '{"degrees": 12}'


def test_content_of_an_unknown_kind_is_kept_as_json(server: Mcp) -> None:
    first, second, third = ask(server, "hologram").content.split("\n")
    assert json.loads(first) == {"type": "hologram", "beams": [1, 2]}
    assert (second, json.loads(third)) == ("beside", {"type": "image"})


def test_markup_is_text(server: Mcp) -> None:
    assert ask(server, "markup").content == "<script>alert(1)</script> [x](javascript:alert(1)) **bold**"


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("fail", "No such city"),
        ("nothing", "The server refused the call: Unknown tool: nothing (code -32602)."),
        ("broken", "The server's result does not follow the protocol"),
    ],
)
def test_errors_of_the_tool_are_answers(server: Mcp, tool: str, words: str) -> None:
    got = ask(server, tool)
    assert got.is_error and words in got.content


@pytest.mark.parametrize("arguments", ['{"message": ', "[1]"])
def test_arguments_that_cannot_be_sent_are_answered_without_a_call(server: Mcp, log: Path, arguments: str) -> None:
    got = ask(server, "echo", arguments)
    assert got.is_error and "was not called" in got.content
    assert not log.exists()


def test_progress_is_shown_in_words(server: Mcp) -> None:
    heard: list[str] = []
    assert ask(server, "steps", progress=heard.append).content == "done"
    assert heard == ["1 of 3 · step 1", "2 of 3 · step 2", "3 of 3 · step 3"]


def test_cancelling_returns_at_once_and_tells_the_server(server: Mcp, log: Path) -> None:
    cancel = Cancellation()
    ask(server, "echo")
    threading.Timer(0.3, cancel.cancel).start()
    with pytest.raises(Cancelled):
        ask(server, "never", cancel=cancel)
    wait_for(lambda: "notifications/cancelled" in log.read_text())
    assert ask(server, "echo", {"message": "still here"}).content == "Echo: still here"


def test_what_was_cancelled_before_is_not_called(server: Mcp, log: Path) -> None:
    cancel = Cancellation()
    cancel.cancel()
    with pytest.raises(Cancelled):
        ask(server, "echo", cancel=cancel)
    assert not log.exists()


def test_a_tool_that_never_answers_ends_at_the_limit(server: Mcp, log: Path) -> None:
    got = ask(replace(server, seconds=0.5), "never")
    assert got.is_error and got.content == "The tool did not answer within 0.5 s."
    wait_for(lambda: "notifications/cancelled" in log.read_text())


def test_endless_progress_ends_at_the_limit_and_holds_up_nobody_else(server: Mcp, tmp_path: Path) -> None:
    heard: list[str] = []
    other = Mcp(command=program(tmp_path / "other"), seconds=10)
    ask(other, "echo")
    with ThreadPoolExecutor(1) as pool:
        flood = pool.submit(lambda: ask(replace(server, seconds=1.5), "flood", progress=heard.append))
        for _ in range(5):
            assert ask(other, "echo", {"message": "x"}).content == "Echo: x"
        assert flood.result().is_error
    assert 1 <= len(heard) <= 16
    for settings in (other, server):
        state = mcp_sessions.status(settings)
        assert state is not None
        mcp_sessions.stop(state.id)


def test_a_large_result_is_an_error_and_a_huge_one_is_not_even_read(server: Mcp) -> None:
    got = ask(server, "huge", {"size": MAX_RESULT + 1})
    assert got.is_error and got.content == "The result has 1.0 MB, more than the 1 MB it may have."
    assert len(ask(server, "huge", {"size": MAX_RESULT}).content) == MAX_RESULT


def test_a_hundred_megabytes_cost_one_call_and_not_the_session(server: Mcp, log: Path) -> None:
    got = ask(replace(server, seconds=60), "huge", {"size": 100_000_000})
    assert got.is_error and "longer than a message" in got.content
    assert ask(server, "echo", {"message": "x"}).content == "Echo: x"
    assert log.read_text().count('"initialize"') == 1


def test_garbage_on_its_output_does_no_harm_and_reaches_no_log(server: Mcp, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert ask(server, "garbage").content == "after garbage"
    assert "Traceback" not in caplog.text and "not json" not in caplog.text


def test_what_a_server_asks_of_us_is_declined_and_told(server: Mcp, log: Path) -> None:
    got = ask(server, "ask")
    assert got.content == "asked"
    assert got.notes == (
        "The server asked for an answer of a model, which was declined.",
        "The server asked for input from a person, which was declined.",
        "The server asked for the folders it may use, which was declined.",
    )
    replies = [json.loads(line) for line in log.read_text().splitlines()]
    assert all("error" in reply for reply in replies if reply.get("id") in (901, 902, 903))
    assert 'capabilities":{}' in log.read_text(), "nothing is offered to a server"


def test_a_dead_program_is_told_and_stays_dead_until_it_is_restarted(server: Mcp) -> None:
    with pytest.raises(CannotAnswer, match=r"ended with status 3\.\nIt said: out of cheese") as told:
        ask(server, "die")
    assert told.value.restart
    with pytest.raises(CannotAnswer, match="ended with status 3") as told:
        ask(server, "echo")
    state = mcp_sessions.status(server)
    assert state is not None and not state.alive and "status 3" in state.problem and "cheese" in state.said
    mcp_sessions.restart(server, reach())
    assert ask(server, "echo", {"message": "again"}).content == "Echo: again"
    state = mcp_sessions.status(server)
    assert state is not None and state.alive and not state.problem


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("no-such-program-here", "was not found"),
        ("echo usage: none", "It said: usage: none"),
        ("false", "ended with status 1"),
        ('"open', "Check its quotes"),
    ],
)
def test_a_program_that_does_not_start_is_told(command: str, words: str) -> None:
    settings = Mcp(command=command)
    with pytest.raises(CannotAnswer, match=words):
        ask(settings, "echo")
    with pytest.raises(CannotAnswer, match=words):
        ask(settings, "echo")


def test_programs_get_none_of_our_variables(server: Mcp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_API_KEY", "sk-canary-0123456789")
    names = set(json.loads(ask(server, "environment").content))
    assert "PATH" in names and not any("KEY" in name or "CALLSMITH" in name for name in names)


def test_a_secret_in_a_command_is_filled_and_taken_out_of_what_returns(log: Path) -> None:
    learned: list[str] = []
    settings = Mcp(command=program(log, "--token", "{{TOKEN}}"), seconds=10)
    where = reach({"TOKEN": "canary two 12345678"}, learn=learned.extend)
    got = answer(occasion("arguments"), settings, where)
    assert json.loads(got.content) == ["--token", "[key hidden]"]
    assert learned == ["canary two 12345678"]
    with pytest.raises(CannotAnswer, match="needs TOKEN, which is not set"):
        answer(occasion("arguments"), settings, reach())
    again = answer(occasion("arguments"), settings, reach({"TOKEN": "x"}))
    assert json.loads(again.content) == ["--token", "x"], "a changed secret starts a new session"
    state = mcp_sessions.status(settings)
    assert state is not None
    mcp_sessions.stop(state.id)


def test_children_end_with_their_program(server: Mcp) -> None:
    pids = [int(ask(server, name).content) for name in ("pid", "child")]
    assert all(map(running, pids))
    state = mcp_sessions.status(server)
    assert state is not None
    mcp_sessions.stop(state.id)
    assert mcp_sessions.status(server) is None
    wait_for(lambda: not any(map(running, pids)))


def test_a_session_that_nobody_uses_ends(server: Mcp, monkeypatch: pytest.MonkeyPatch) -> None:
    from callsmith.execute import mcp_session

    monkeypatch.setattr(mcp_session, "IDLE_SECONDS", 0.5)
    pid = int(ask(server, "pid").content)
    wait_for(lambda: mcp_sessions.status(server) is None and not running(pid))
    assert int(ask(server, "pid").content) != pid


def test_everything_ends_with_the_process(tmp_path: Path) -> None:
    body = (
        "from tests.engine.execute.mcp_kit import ask, program\nfrom callsmith.types.answering import Mcp\n"
        f"from pathlib import Path\nserver = Mcp(command=program(Path({str(tmp_path / 'log')!r})))\n"
        "print(ask(server, 'pid').content, ask(server, 'child').content)\n"
    )
    done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    wait_for(lambda: not any(running(int(pid)) for pid in done.stdout.split()))


def test_programs_are_off_unless_allowed_and_a_server_is_named(server: Mcp, log: Path) -> None:
    with pytest.raises(CannotAnswer) as told:
        answer(occasion("echo"), server, reach(stdio=False))
    assert str(told.value) == mcp.STDIO_OFF and not log.exists()
    with pytest.raises(CannotAnswer, match="No MCP server is named"):
        ask(Mcp(), "echo")


def test_without_the_sdk_it_says_what_to_install(server: Mcp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_sessions, "installed", lambda: False)
    with pytest.raises(CannotAnswer, match=r"requirements-mcp\.txt"):
        ask(server, "echo")


def test_the_tools_of_a_live_server(server: Mcp) -> None:
    listing = mcp_sessions.tools(server, reach())
    assert (listing.server, [tool["name"] for tool in listing.tools]) == ("odd-server", ["echo"])


def wait_for(true: object, seconds: float = 10) -> None:
    assert callable(true)
    last = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < last, "did not happen"
        time.sleep(0.02)
