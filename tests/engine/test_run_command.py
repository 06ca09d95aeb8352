"""``python -m callsmith run``: a turn without a browser, told in full, ended by its exit code."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from callsmith.cli import main
from callsmith.commands.run_print import harmless
from callsmith.connections import ALL_WIRES
from callsmith.setup_file import write
from callsmith.starters import STARTERS, setup_of
from callsmith.store import Store
from callsmith.types.connection import Connection, KeyRef
from tests.engine.test_setup_file import JUNK, PLACES, mutated

ROOT = Path(__file__).resolve().parents[2]
CANARY = "sk-canary-0123456789abcdef"
SEARCH = next(starter for starter in STARTERS if starter.id == "search")


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["run", *map(str, arguments)], input=stdin, catch_exceptions=False)


def document(**changes: Any) -> dict[str, Any]:
    """The search starter as a file, asked of the demo model without its pace."""
    made: dict[str, Any] = json.loads(write(setup_of(SEARCH)))
    return made | {"connection": "demo", "model": "demo-instant"} | changes


def ran(value: Any, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of the run of a document."""
    result = run("-", "--json", *arguments, stdin=json.dumps(value))
    assert result.stdout, result.stderr
    return result.exit_code, json.loads(result.stdout)


def refused(*arguments: str | Path, stdin: str | bytes | None = None) -> str:
    result = run(*arguments, stdin=stdin)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(("Error: ", "Usage: "))
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("wire", ALL_WIRES)
@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.id)
def test_every_starter_plays_to_its_end_in_every_format(starter: Any, wire: str) -> None:
    result = run(f"starter:{starter.id}", "--model", "demo-instant", "--wire", wire, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    results = [one for message in told["messages"] for one in message.get("results", ())]
    assert [one["name"] for one in results] == [tool.name for tool in starter.tools]
    assert all(one["by"] == "rules" and not one["is_error"] for one in results)
    assert told["messages"][-1]["text"]
    assert (told["outcome"], told["wire"], told["used"]["steps"]) == ("finished", wire, len(starter.tools) + 1)
    assert len(told["exchanges"]) == len(starter.tools) + 1
    assert all(one["usage"]["input"] and one["cost"] == 0 and one["seconds"] for one in told["exchanges"])


@pytest.mark.slow
def test_the_transcript_tells_all_of_it() -> None:
    result = run("starter:search", "--model", "demo-instant")
    assert result.exit_code == 0
    wanted = (
        "Search, then fetch · demo-instant · Demo (scripted, not an LLM) · openai-chat",
        "Find the page about our refund policy",
        "calls search_docs",
        '{"query":"refund policy"}',
        "by rules (rule 1, Refund policy)",
        "57 bytes",
        "first token",
        "tokens, $0)",
        "Goods can be returned within 30 days",
        "The turn took 3 exchanges",
    )
    places = [result.stdout.find(words) for words in wanted]
    assert -1 not in places, wanted[places.index(-1)]


@pytest.mark.slow
def test_the_prepared_rules_know_more_than_the_prompt() -> None:
    asked = ("starter:search", "--model", "demo-instant", "--json", "--prompt")
    told = json.loads(run(*asked, "Find the page about shipping times and tell me what it says").stdout)
    assert "express arrives the next morning" in told["messages"][-1]["text"]
    told = json.loads(run(*asked, "Find the page about quantum gravity and tell me what it says").stdout)
    (found,) = told["messages"][2]["results"]
    assert found["is_error"]
    assert "There are: Refund policy" in found["content"]


@pytest.mark.slow
def test_errors_of_tools_are_told_as_such() -> None:
    file = document()
    file["tools"][0]["answering"]["rules"] = [{"reply": {"content": "The index is down", "is_error": True}}]
    result = run("-", stdin=json.dumps(file))
    assert result.exit_code == 0
    assert "Error of search_docs" in result.stdout
    assert "The index is down" in result.stdout


@pytest.mark.parametrize(
    ("changes", "arguments", "limit"),
    [
        ({}, ("--max-steps", "1"), "steps"),
        ({"loop": {"steps": 2}}, (), "steps"),
        ({"loop": {"tokens": 10}}, (), "tokens"),
        ({"loop": {"seconds": 0.3}, "model": "demo-stall"}, (), "seconds"),
        ({"budget": 0}, (), "budget"),
    ],
    ids=["--max-steps", "steps", "tokens", "seconds", "budget"],
)
@pytest.mark.slow
def test_a_limit_ends_with_2(changes: dict[str, Any], arguments: tuple[str, ...], limit: str) -> None:
    code, told = ran(document(**changes), *arguments)
    assert (code, told["exit_code"], told["outcome"], told["limit"]) == (2, 2, "limit", limit)
    assert ("budget" if limit == "budget" else "limit") in told["said"]


@pytest.mark.slow
def test_a_call_answered_by_hand_ends_with_3() -> None:
    file = document()
    file["tools"][1]["answering"]["by"] = "hand"
    code, told = ran(file)
    assert (code, told["outcome"]) == (3, "waiting")
    (waits,) = told["waiting"]
    assert (waits["name"], waits["arguments"], waits["why"]) == (
        *("fetch_page", '{"id":"doc-17"}'),
        "it is answered by hand",
    )
    assert "Waits: fetch_page" in run("-", stdin=json.dumps(file)).stdout


def test_a_call_that_no_rule_fits_ends_with_3() -> None:
    file = document()
    file["tools"][0]["answering"]["rules"] = file["tools"][0]["answering"]["rules"][1:2]
    code, told = ran(file)
    assert code == 3
    assert "No rule fits" in told["waiting"][0]["why"]


def test_a_call_of_an_invented_tool_ends_with_3() -> None:
    code, told = ran(document(model="demo-invented-tool"))
    assert code == 3
    assert told["waiting"][0]["why"] == "no tool of this name was offered"


@pytest.mark.slow
def test_what_is_not_automatic_on_the_page_runs_here() -> None:
    file = document()
    for tool in file["tools"]:
        del tool["answering"]["auto"]
    assert ran(file)[0] == 0


def test_a_model_plays_a_tool_and_is_counted() -> None:
    file = document()
    player = {"connection": "demo", "model": "demo-instant"}
    file["tools"][0]["answering"] = {"by": "model", "model": player}
    code, told = ran(file)
    assert code in (0, 3)
    assert [one["plays"] for one in told["exchanges"]].count("search_docs") == 1
    assert told["messages"][2]["results"][0]["by"] == "model"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing argument"),
        (("no-such-file.json",), "No such file"),
        (("/",), "directory"),
        (("starter:nothing",), "weather, booking, order, search"),
        (("starter:search", "--connection", "Nowhere"), "no connection of the name Nowhere"),
        (("starter:search", "--connection", "environment"), "CALLSMITH_BASE_URL"),
        (("starter:search", "--wire", "soap"), "soap"),
        (("starter:search", "--max-steps", "-1"), "-1"),
        (("starter:search", "--surprise"), "--surprise"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_command_ends_with_1(arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(*arguments)


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (b"", "empty"),
        (b"\xff\xfe{", "not UTF-8"),
        (b'{"format": "callsmith-setup", "version": 9}', "version 9"),
        (json.dumps({"format": "callsmith-setup", "version": 1}).encode(), "--prompt"),
        (json.dumps(document(loop={"steps": 0})).encode(), "/loop/steps"),
        (json.dumps(document(tools=[{"name": "\x1b]0;x\x07"}] * 2)).encode(), "\\x1b"),
        (json.dumps(document(tools=[{"name": "a", "on": 1, "\x1b[2J": 1}])).encode(), "\\x1b[2J"),
        (b" " * 20_000_001, "20 MB"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_file_that_cannot_be_used_ends_with_1(stdin: bytes, words: str) -> None:
    said = refused("-", stdin=stdin)
    assert words in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("demo-unauthorized", "key"),
        ("demo-server-error", "Error"),
        ("no-such-model", "no-such-model"),
        ("demo-cut", ""),
    ],
)
@pytest.mark.slow
def test_an_exchange_that_fails_ends_with_1(model: str, words: str) -> None:
    result = run("-", "--json", stdin=json.dumps(document(model=model)))
    told = json.loads(result.stdout)
    assert (result.exit_code, told["outcome"]) == (1, "error")
    assert told["exchanges"][0]["problem"]["message"]
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_key_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_BASE_URL", "https://x.example/v1")
    assert "CALLSMITH_API_KEY" in refused("starter:search", "--model", "m")


def test_a_model_that_is_not_named_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_BASE_URL", "http://localhost:9/v1")
    assert "--model" in refused("starter:search")


def test_two_tools_of_one_name_are_said() -> None:
    file = document()
    file["tools"][1]["name"] = file["tools"][0]["name"]
    assert "search_docs" in refused("-", stdin=json.dumps(file))


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "callsmith.db"
    monkeypatch.setenv("CALLSMITH_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.mark.slow
def test_the_users_database_is_read_for_a_named_connection_and_never_changed(database: Path) -> None:
    refused("starter:search", "--connection", "Typed")
    assert not database.exists()
    store = Store(f"sqlite:///{database}")
    store.save_connection(Connection("c", "Typed", "https://x.example/v1", key=KeyRef("session")))
    store.save_connection(Connection("d", "Gone", "https://x.example/v1"))
    store.delete_connection("d")
    store.close()
    before = hashlib.sha256(database.read_bytes()).digest()
    assert "typed in the browser" in refused("starter:search", "--connection", "Typed", "--model", "m")
    assert "no connection of the name Gone" in refused("starter:search", "--connection", "Gone", "--model", "m")
    assert run("starter:weather", "--model", "demo-instant").exit_code == 0
    assert hashlib.sha256(database.read_bytes()).digest() == before


def test_the_users_database_is_read_while_the_page_is_open(database: Path) -> None:
    store = Store(f"sqlite:///{database}")
    store.save_connection(Connection("c", "Mine", "https://x.example/v1", key=KeyRef("environment", "MINE_KEY")))
    assert "MINE_KEY" in refused("starter:search", "--connection", "mine", "--model", "m")
    store.close()


@pytest.mark.slow
def test_a_database_that_cannot_be_read_is_said(database: Path) -> None:
    database.write_bytes(b"no database at all, just text" * 100)
    assert "cannot be read" in refused("starter:search", "--connection", "Mine")
    assert run("starter:weather", "--model", "demo-instant").exit_code == 0


class Echo(BaseHTTPRequestHandler):
    """A provider that says back every header, with a sequence that a terminal obeys, and calls a tool first."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/tool":
            return self._say({"echo": dict(self.headers), "city": "\x1b[31mred"})
        headers = json.dumps(dict(self.headers))
        calls = [{"id": "c1", "type": "function", "function": {"name": "echo", "arguments": headers}}]
        message = {"role": "assistant", "content": f"\x1b]0;owned\x07 \u202e {headers}"}
        if all(said["role"] != "tool" for said in body["messages"]):
            message["tool_calls"] = calls  # type: ignore[assignment]
        self._say({"id": "x", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})

    def _say(self, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *said: Any) -> None:
        pass


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("CALLSMITH_BASE_URL", f"{address}/v1")
    monkeypatch.setenv("CALLSMITH_API_KEY", CANARY)
    monkeypatch.setenv("TOOL_KEY", f"tool-{CANARY}")
    yield address
    server.shutdown()
    server.server_close()


def echoing(address: str) -> str:
    call = {"method": "POST", "url": f"{address}/tool", "headers": {"X-Key": "{{TOOL_KEY}}"}}
    tool = {"name": "echo", "answering": {"by": "http", "http": {"call": call}}}
    options = {"stream": False}
    said = f"My key is {CANARY}"
    return json.dumps(document(connection="environment", model="m", prompt=said, tools=[tool], options=options))


@pytest.mark.slow
def test_no_secret_is_printed_and_no_sequence_reaches_the_terminal(echo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_PRIVATE_ADDRESSES", "allow")
    for more in ((), ("--json",)):
        result = run("-", *more, stdin=echoing(echo))
        assert result.exit_code == 0, result.stderr
        said = result.stdout + result.stderr
        assert said.count("hidden") >= 3
        assert "canary" not in said
        assert not {"\x1b", "\x07", "\u202e"} & set(said)
    assert "\\x1b" in run("-", stdin=echoing(echo)).stdout


@pytest.mark.slow
def test_a_tool_reaches_no_private_address_unasked(echo: str) -> None:
    result = run("-", "--json", stdin=echoing(echo))
    assert result.exit_code == 3
    assert "CALLSMITH_PRIVATE_ADDRESSES" in json.loads(result.stdout)["waiting"][0]["why"]


@pytest.mark.slow
def test_long_texts_are_cut_in_the_transcript_only() -> None:
    file = document()
    file["tools"][0]["answering"]["rules"] = [{"reply": {"content": "x" * 100_000}}]
    assert len(run("-", stdin=json.dumps(file)).stdout) < 20_000
    assert ran(file)[1]["messages"][2]["results"][0]["bytes"] == 100_000


def test_harmless_keeps_what_people_write() -> None:
    assert harmless("Größe 1 €\tA\nb 日本 👍🏽") == "Größe 1 €\tA\nb 日本 👍🏽"
    assert harmless("\x1b[2J\r\x9b\u2028\ud800") == "\\x1b[2J\\r\\x9b\\u2028\\ud800"


@pytest.mark.slow
def test_ctrl_c_stops_it_cleanly(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    command = [sys.executable, "-m", "callsmith", "run", "starter:search", "--model", "demo-stall"]
    environment = os.environ | {"TMPDIR": str(kept), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What a shell starts in the background is deaf to Ctrl+C, and so would be its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        while "Find the page" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "Stopped by you" in out
    assert err == "Error: Stopped by you\n"
    assert list(kept.iterdir()) == []


@pytest.mark.slow
def test_an_output_of_another_encoding_is_no_error() -> None:
    command = [sys.executable, "-m", "callsmith", "run", "starter:search", "--model", "demo-instant"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\xb7" in done.stdout


@pytest.mark.slow
@given(PLACES, JUNK, st.integers(0, 2))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_never_ends_in_a_traceback(way: list[int], junk: Any, how: int) -> None:
    file = mutated(document(loop={"seconds": 2.0}), way, junk, how)
    result = run("-", "--json", stdin=json.dumps(file))
    assert result.exit_code in (0, 1, 2, 3)
    assert "Traceback" not in result.stderr
    assert bool(result.stdout) or result.stderr.startswith("Error: ")
