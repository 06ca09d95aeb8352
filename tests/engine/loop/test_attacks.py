"""Attacks on the loop with the answerers as they are: what comes too late, too long, malformed, all at once, or while
the store fails. Whatever happens the run ends, nothing is sent twice, and the calls can be answered afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callsmith import slots as places
from callsmith.conversation import append, pending_approvals, pending_calls, say
from callsmith.execute.addresses import Policy
from callsmith.execute.answer import answer as really
from callsmith.execute.occasion import Occasion, Reach
from callsmith.loop.loop import Busy
from callsmith.types.answering import Answer, Answering, Fault, Http, Reply, Rule
from callsmith.types.message import Message
from callsmith.types.parts import Opaque, ToolCall
from callsmith.types.tool import HttpCall, Tool
from callsmith.wire.registry import WIRES
from tests.engine.execute.http_kit import Site, plain, serving
from tests.engine.loop.kit import AUTO, WEATHER, Nobody, Table, Tables, answered, ended, until
from tests.wire.contract_kit import read_whole

PROMPT = "What's the weather like in Boston today?"
THREE = "What's the weather in Boston, in Tokyo and in Paris?"
ALLOWED = Policy(True)


def by_real(answering: Answering, policy: Policy | None = None) -> Callable[[Occasion], Answer]:
    reach = Reach(lambda name: None, lambda: policy or Policy(), lambda: False, Nobody())
    return lambda occasion: really(occasion, answering, answering.by, reach)


def http(url: str, **more: Any) -> Answering:
    return Answering(by="http", auto=True, http=Http(HttpCall("GET", url), **more))


def asked_for(at: Table, *calls: ToolCall, more: tuple[Any, ...] = ()) -> None:
    """The model has asked for these calls."""
    conversation = append(say(at.conversation, "Go"), Message("assistant", (*calls, *more), finish="tool_calls"))
    at.store.save_nodes(at.conversation_id, list(conversation.nodes.values()), conversation.head)


def requests(at: Table) -> list[Any]:
    rows = sorted(at.store.usage_rows(at.conversation_id), key=lambda row: row.marks.started)
    found = [at.store.exchange(row.exchange_id) for row in rows]
    return [exchange for exchange in found if exchange is not None]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://[::1]:9/",
        "http://169.254.169.254/",
        "http://0/",
        "http://2130706433/",
    ],
)
def test_an_address_of_the_own_network_is_refused_and_the_call_waits(table: Tables, url: str) -> None:
    at = table(by_real(http(url)))
    run = at.say(PROMPT, at.plan((WEATHER, AUTO)))
    assert ended(run).reason == "waiting"
    (slot,) = places.slots(at.store, at.conversation)
    assert slot.draft.text == ""
    assert slot.draft.note
    assert "Callsmith failed" not in slot.draft.note
    assert len(requests(at)) == 1


def test_a_redirect_is_not_followed_and_told_to_the_model_as_an_error(table: Tables) -> None:
    with serving(lambda site: plain(b"", status="302 Found", more=f"Location: {site.url('/secret')}\r\n")) as site:
        at = table(by_real(http(site.url()), ALLOWED))
        run = at.say(PROMPT, at.plan((WEATHER, AUTO)))
        assert ended(run).reason == "answered"
        assert len(site.asked) == 1
    (result,) = [result for node in at.conversation.path() for result in node.message.results]
    assert result.is_error


def test_an_answer_of_a_hundred_megabytes_and_one_without_end_are_cut_at_the_limit(table: Tables) -> None:
    def flood(site: Site) -> Callable[[Any], None]:
        def send(client: Any) -> None:
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
            for _ in range(1600):
                client.sendall(b"x" * 65536)

        return send

    with serving(flood) as site:
        at = table(by_real(http(site.url()), ALLOWED))
        run = at.say(PROMPT, at.plan((WEATHER, AUTO)))
        assert ended(run).reason == "answered"
    (result,) = [result for node in at.conversation.path() for result in node.message.results]
    assert result.is_error
    assert len(result.content) < 1000


def test_arguments_are_no_templates(table: Tables) -> None:
    answering = Answering(by="rules", auto=True, rules=(Rule(Reply('{"said": "{{location}}"}')),))
    at = table(by_real(answering))
    asked_for(at, ToolCall("1", WEATHER.name, json.dumps({"location": '{{KEY}} {{location}} ", "x": "'})))
    assert ended(at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO)), go_on=False)).reason == "waiting"
    (slot,) = places.slots(at.store, at.conversation)
    assert json.loads(slot.draft.text) == {"said": '{{KEY}} {{location}} ", "x": "'}


ODD = [
    "lone \ud800 surrogate",
    "nul \x00 in it",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "x" * 1_000_000,
    "",
    "[" * 5_000,
    "\u202e right to left \u2028",
]


@pytest.mark.parametrize("wire", WIRES)
def test_odd_results_go_through_every_format(table: Tables, wire: str) -> None:
    at = table(lambda occasion: answered(ODD[int(occasion.call.id)]))
    asked_for(at, *(ToolCall(str(n), WEATHER.name, "{}") for n in range(len(ODD))))
    end = ended(at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO), wire=wire)))
    assert end.reason == "answered", end.words
    assert [result.content for node in at.conversation.path() for result in node.message.results] == ODD


def test_sixty_four_parallel_calls_go_back_in_order_and_once(table: Tables) -> None:
    at = table(lambda occasion: answered(occasion.call.arguments))
    asked_for(at, *(ToolCall(f"call_{n}", WEATHER.name, json.dumps({"location": str(n)})) for n in range(64)))
    assert ended(at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO)))).reason == "answered"
    results = [result for node in at.conversation.path() for result in node.message.results]
    assert [json.loads(result.content)["location"] for result in results] == [str(n) for n in range(64)]
    assert len(requests(at)) == 1


CALLS = [
    ToolCall("cut", "t", '{"a": '),
    ToolCall("empty", "t", ""),
    ToolCall("list", "t", "[1]"),
    ToolCall("nan", "t", '{"a": NaN}'),
    ToolCall("deep", "t", "[" * 3000),
    ToolCall("surrogate", "t", '{"a": "\\ud800"}'),
    ToolCall("custom", "t", "free text", type="custom"),
    ToolCall("legacy", "t", "{}", type="function_call"),
]


@pytest.mark.parametrize("by", ["rules", "schema", "fault", "http", "mcp"])
def test_every_way_takes_every_kind_of_arguments(table: Tables, by: Any) -> None:
    answering = Answering(
        by=by,
        auto=True,
        rules=(Rule(Reply("{{a}}")),),
        fault=Fault("error", "Down"),
        http=Http(HttpCall("GET", "http://localhost:9/{a}")),
    )
    at = table(by_real(answering))
    asked = append(say(at.conversation, "Go"), Message("assistant", tuple(CALLS), finish="stop"))
    at.store.save_nodes(at.conversation_id, list(asked.nodes.values()), asked.head)
    tool = Tool("t", output_schema={"type": "object"})
    assert ended(at.loop.answer(at.conversation_id, at.plan((tool, answering)), go_on=False)).reason == "waiting"
    kept = places.slots(at.store, at.conversation)
    assert len(kept) == len(CALLS)
    for slot in kept:
        assert "Callsmith failed" not in slot.draft.note, slot.call.id
        assert slot.draft.note or slot.draft.made is not None, slot.call.id


def test_calls_that_a_provider_gave_the_same_id_do_not_lose_their_results(table: Tables) -> None:
    call = {"id": "same", "type": "function"}
    calls = [{**call, "function": {"name": WEATHER.name, "arguments": f'{{"n": {n}}}'}} for n in (1, 2)]
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    body = {"object": "chat.completion", "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}]}
    at = table(lambda occasion: answered(occasion.call.arguments))
    asked_for(at, *read_whole(WIRES["openai-chat"], json.dumps(body).encode()).calls)
    assert ended(at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO)))).reason == "answered"
    sent = [result.content for node in at.conversation.path() for result in node.message.results]
    assert sent == ['{"n": 1}', '{"n": 2}']


def test_an_unknown_tool_waits_beside_one_that_was_answered(table: Tables) -> None:
    at = table()
    asked_for(at, ToolCall("1", WEATHER.name, "{}"), ToolCall("2", "nobody_offers_this", "{}"))
    end = ended(at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO))))
    assert (end.reason, "nobody_offers_this" in end.words) == ("waiting", True)
    assert [slot.draft.text for slot in places.slots(at.store, at.conversation)] == ['{"ok": true}', ""]
    assert requests(at) == []


def test_a_call_beside_an_approval_is_answered_and_the_approval_waits(table: Tables) -> None:
    at = table()
    approval = Opaque("mcp_approval_request", {"id": "a1", "server_label": "s", "name": "n", "arguments": "{}"})
    asked_for(at, ToolCall("1", WEATHER.name, "{}"), more=(approval,))
    assert ended(at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO)))).reason == "waiting"
    assert places.slots(at.store, at.conversation)[0].draft.text
    assert len(pending_approvals(at.conversation)) == 1
    assert requests(at) == []


def test_a_tool_that_answers_after_the_conversation_was_deleted(table: Tables) -> None:
    begun, go = threading.Event(), threading.Event()

    def late(occasion: Occasion) -> Answer:
        begun.set()
        go.wait(20)
        return answered()

    at = table(late)
    run = at.say(PROMPT, at.plan((WEATHER, AUTO)))
    assert begun.wait(10)
    at.store.delete(at.conversation_id)
    go.set()
    end = ended(run)
    assert end.reason == "stopped"
    assert "Callsmith failed" not in end.words


def test_a_tool_that_answers_after_the_store_was_closed(table: Tables) -> None:
    begun, go = threading.Event(), threading.Event()

    def late(occasion: Occasion) -> Answer:
        begun.set()
        go.wait(20)
        return answered()

    at = table(late)
    run = at.say(PROMPT, at.plan((WEATHER, AUTO)))
    assert begun.wait(10)
    at.store.close()
    go.set()
    ended(run)


def test_a_store_that_refuses_to_write_does_not_keep_the_run_alive(
    table: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = table()

    def locked(*values: Any) -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as failing:
        failing.setattr(at.store, "save_draft", locked)
        run = at.say(PROMPT, at.plan((WEATHER, AUTO)))
        assert ended(run).reason == "waiting"
    assert run.snapshot().calls[0].state == "unanswered"
    assert ended(at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO)))).reason == "answered"


def test_a_store_that_fails_when_the_model_is_asked_keeps_the_results(
    table: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = table()
    asked_for(at, ToolCall("1", WEATHER.name, "{}"))

    def locked(*values: Any, **named: Any) -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as failing:
        failing.setattr(at.store, "begin_exchange", locked)
        assert ended(at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO)))).reason == "failed"
    assert places.slots(at.store, at.conversation)[0].draft.text == '{"ok": true}'
    assert ended(at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO)))).reason == "answered"


def test_nothing_is_asked_once_stop_has_returned(table: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop falls between the last look at it and the request."""
    at = table()
    asked_for(at, ToolCall("1", WEATHER.name, "{}"))
    real = places.files_of
    reached, go = threading.Event(), threading.Event()

    def slow(*values: Any) -> Any:
        reached.set()
        go.wait(10)
        return real(*values)

    monkeypatch.setattr(places, "files_of", slow)
    run = at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO)))
    assert reached.wait(10)
    run.stop()
    go.set()
    assert ended(run).reason == "stopped"
    assert requests(at) == []
    assert places.slots(at.store, at.conversation)[0].draft.text == '{"ok": true}'


def test_no_tool_is_called_once_stop_has_returned(table: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def note(occasion: Occasion) -> Answer:
        called.append(occasion.call.id)
        return answered()

    at = table(note)
    asked_for(at, ToolCall("1", WEATHER.name, "{}"))
    real = places.slots
    reached, go = threading.Event(), threading.Event()

    def slow(*values: Any) -> Any:
        reached.set()
        go.wait(10)
        return real(*values)

    monkeypatch.setattr(places, "slots", slow)
    run = at.loop.answer(at.conversation_id, at.plan((WEATHER, AUTO)))
    assert reached.wait(10)
    run.stop()
    go.set()
    assert ended(run).reason == "stopped"
    assert called == []


@pytest.mark.parametrize("seed", [0, 1, 2, *(pytest.param(n, marks=pytest.mark.slow) for n in range(3, 20))])
def test_random_acts_lose_nothing_send_nothing_twice_and_end(table: Tables, seed: int) -> None:
    """Two tabs pause, stop, cancel, step and set going, at random moments."""
    dice = random.Random(seed)

    def sometimes(occasion: Occasion) -> Answer:
        occasion.cancel.pause(random.Random(occasion.call.id).random() * 0.03)
        return answered(json.dumps({"call": occasion.call.id}))

    at = table(sometimes)
    plan = at.plan((WEATHER, AUTO))
    asked_for(at, *(ToolCall(f"c{n}", WEATHER.name, "{}") for n in range(6)))

    def tab(own: random.Random) -> None:
        for _ in range(12):
            time.sleep(own.random() * 0.02)
            run = at.loop.get(at.conversation_id)
            match own.randrange(5):
                case 0 if run is not None:
                    run.pause()
                case 1 if run is not None:
                    run.stop()
                case 2 if run is not None and run.snapshot().calls:
                    run.cancel_call(own.choice(run.snapshot().calls).slot)
                case _:
                    with contextlib.suppress(Busy):
                        at.loop.answer(at.conversation_id, plan, one_step=own.random() < 0.5)

    tabs = [threading.Thread(target=tab, args=(random.Random(dice.random()),)) for _ in range(2)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join()
    last = at.loop.get(at.conversation_id)
    if last is not None:
        last.stop()
        ended(last)
    until(lambda: at.store.running_exchange(at.conversation_id) is None)
    if pending_calls(at.conversation):
        assert ended(at.loop.answer(at.conversation_id, plan)).reason == "answered"
    results = [result for node in at.conversation.path() for result in node.message.results]
    assert [json.loads(result.content)["call"] for result in results] == [f"c{n}" for n in range(6)]
    nodes = [node for node in at.conversation.nodes.values() if node.message.role == "tool"]
    assert len(nodes) == 1


PROGRAM = """
import sys, threading
from pathlib import Path
from tests.engine.loop.kit import *
def answer(occasion):
    if occasion.number == 1:
        return answered('{"kept": 1}')
    threading.Event().wait(60)
at = Table(Path(sys.argv[1]), answer)
run = at.say("What's the weather in Boston, in Tokyo and in Paris?", at.plan((WEATHER, AUTO)))
until(lambda: [call.state for call in run.snapshot().calls].count("answered") == 1)
print(at.conversation_id, flush=True)
threading.Event().wait(60)
"""


@pytest.mark.slow
def test_a_process_killed_in_mid_run_leaves_what_had_come(tmp_path: Path, table: Tables) -> None:
    root = Path(__file__).resolve().parents[3]
    folder = tmp_path / "killed"
    folder.mkdir()
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        conversation_id = process.stdout.readline().strip()
        os.kill(process.pid, signal.SIGKILL)
    at = Table(folder, lambda occasion: answered('{"later": true}'))
    at.conversation_id = conversation_id
    assert [slot.draft.text for slot in places.slots(at.store, at.conversation)] == ['{"kept": 1}', "", ""]
    assert ended(at.loop.answer(conversation_id, at.plan((WEATHER, AUTO)))).reason == "answered"
    results = [result.content for node in at.conversation.path() for result in node.message.results]
    assert results == ['{"kept": 1}', '{"later": true}', '{"later": true}']
    at.close()
