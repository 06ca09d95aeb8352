"""The contract of ``callsmith.wire.base``, kept by every format of the registry. What follows needs no knowledge of a
format: the demo model speaks it, or the damage is the same for all."""

from __future__ import annotations

import copy
import json
import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsmith.conversation import pending_calls
from callsmith.fold import Fold
from callsmith.starters import STARTERS
from callsmith.types.codec import from_json, to_json
from callsmith.types.connection import KEY_PLACEHOLDER, Connection, KeyRef, Target
from callsmith.types.exchange import HttpRequest
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Malformed, Parsed, Text, Thinking, ToolCall
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool, ToolChoice
from callsmith.types.turn import Turn
from callsmith.wire.base import Wire
from callsmith.wire.registry import WIRES
from tests.demo.talk import Talk
from tests.wire.contract_kit import HISTORY, ODD, assert_legal, conversations, damaged, read, read_whole

pytestmark = pytest.mark.parametrize("wire", WIRES.values(), ids=list(WIRES))

TOOLS = STARTERS[0].tools
HELLO = Thread("Be brief.", (Message("user", (Text("Hello"),)),))
FULL = Options(
    tool_choice=ToolChoice("required"), temperature=0.5, top_p=0.9, max_tokens=100, stop=("END",), stream=True
)
MODELS = ("demo-instant", "demo-thinking", "demo-malformed-arguments", "demo-refusal", "demo-no-usage", "demo-cut")


def target(wire: Wire, **fields: Any) -> Target:
    connection = Connection("c", "C", "https://host.example/v1", key=KeyRef("session"), **fields)
    return Target(connection, wire.name, "some/model-1")


def ask(wire: Wire, options: Options = FULL, **fields: Any) -> HttpRequest:
    return wire.request(target(wire, **fields), HELLO, TOOLS, options)


@cache
def reply(name: str, model: str, *, stream: bool) -> bytes:
    """What the demo model answers to parallel calls asked for."""
    talk = Talk(name, model, TOOLS, Options(stream=stream))
    talk.say("weather in Paris and Tokyo")
    return talk.raw(talk.request.body)[1]


@cache
def refusal(name: str) -> bytes:
    talk = Talk(name, "demo-unauthorized", TOOLS)
    talk.say("Hello")
    return talk.raw(talk.request.body)[1]


def assert_readable(turn: Turn) -> None:
    """It came to an end that is said in words, and every later reader can take it."""
    assert turn.state in ("finished", "interrupted", "failed")
    assert turn.state == "finished" or (turn.problem is not None and turn.problem.message)
    assert all(isinstance(call.parsed(), Parsed | Malformed) for call in turn.calls)
    # Results go by id, so a provider that forgot or repeated one is helped out.
    assert len({call.id for call in turn.calls} - {""}) == len(turn.calls)
    assert from_json(Turn, json.loads(json.dumps(to_json(turn)))) == turn


class TestRequest:
    def test_it_is_json_for_this_model_at_this_host(self, wire: Wire) -> None:
        request = ask(wire)
        assert request.method == "POST"
        assert request.url.startswith("https://host.example/")
        assert isinstance(request.json(), dict)
        assert "some/model-1" in request.url or request.json()["model"] == "some/model-1"
        assert dict(request.headers)["Content-Type"].startswith("application/json")

    def test_the_name_is_the_registrys_and_the_label_its_own(self, wire: Wire) -> None:
        assert WIRES[wire.name] is wire
        assert [other.label for other in WIRES.values()].count(wire.label) == 1

    def test_the_key_is_left_to_whoever_sends(self, wire: Wire) -> None:
        request = ask(wire)
        assert len([value for _, value in request.headers if KEY_PLACEHOLDER in value]) == 1
        assert KEY_PLACEHOLDER not in request.url and KEY_PLACEHOLDER.encode() not in request.body
        keyless = wire.request(Target(Connection("c", "C", "http://localhost:1/v1"), wire.name, "m"), HELLO, (), FULL)
        assert KEY_PLACEHOLDER not in repr(keyless)

    def test_the_connections_headers_win(self, wire: Wire) -> None:
        for name, _ in ask(wire).headers:
            sent = ask(wire, headers={name.upper(): "mine", "X-More": "{{SECRET}}"}).headers
            assert [value for other, value in sent if other.lower() == name.lower()] == ["mine"]
            assert ("X-More", "{{SECRET}}") in sent

    def test_extra_bodies_are_merged_last_the_options_after_the_connections(self, wire: Wire) -> None:
        plain = ask(wire).json()
        for name, value in plain.items():
            assert ask(wire, extra_body={name: "mine"}).json()[name] == "mine"
            if isinstance(value, dict):
                merged = ask(wire, extra_body={name: {"more": 1}}).json()[name]
                assert merged == {**value, "more": 1}
        later = Options(extra_body={"a": 2, "b": {"c": 3}})
        both = ask(wire, later, extra_body={"a": 1, "b": {"c": 1, "d": 1}}).json()
        assert (both["a"], both["b"]) == (2, {"c": 3, "d": 1})

    def test_streaming_is_asked_for_or_not(self, wire: Wire) -> None:
        streamed, plain = ask(wire, Options(stream=True)), ask(wire, Options(stream=False))
        assert (streamed.url, streamed.body) != (plain.url, plain.body)
        assert plain.json().get("stream", False) is False

    def test_options_that_are_not_set_are_not_sent(self, wire: Wire) -> None:
        bare = ask(wire, Options())
        assert set(bare.json()) <= set(ask(wire).json())
        assert b"null" not in bare.body and b"temperature" not in bare.body

    def test_a_tools_schema_is_sent_as_it_is_kept(self, wire: Wire) -> None:
        schema = {"type": "object", "required": ["ü"], "properties": {"ü": {"enum": ["søndag", 1]}, "a": {}}}
        body = wire.request(target(wire), HELLO, (Tool("f", "", schema),), Options()).body.decode()
        assert json.dumps(schema, ensure_ascii=False, separators=(",", ":")) in body

    @settings(deadline=None, max_examples=60)
    @given(conversation=conversations())
    @pytest.mark.slow
    def test_any_conversation_becomes_a_legal_history(self, wire: Wire, conversation: Any) -> None:
        thread = Thread("Be brief.", tuple(node.message for node in conversation.path()))
        before, tools = copy.deepcopy(to_json(thread)), copy.deepcopy(TOOLS)
        request = wire.request(target(wire), thread, tools, FULL)
        assert wire.request(target(wire), thread, tools, FULL) == request
        assert (to_json(thread), tools) == (before, TOOLS)
        request.body.decode("utf-8", "strict")
        steps = HISTORY[wire.name](request.json())
        assert_legal(steps)
        whole = [call for message in thread.messages for call in message.calls if not was_cut(message, call)]
        assert sum(len(step.calls) for step in steps) == len(whole)

    @pytest.mark.parametrize("writer", WIRES)
    @pytest.mark.parametrize("model", ["demo-thinking", "demo-malformed-arguments"])
    def test_what_another_format_wrote_is_accepted_by_a_strict_provider(
        self, wire: Wire, writer: str, model: str
    ) -> None:
        talk = Talk(writer, model, TOOLS)
        talk.say("weather in Paris and Tokyo")
        talk.target = Target(talk.target.connection, wire.name, "demo-instant")
        results = [{"temperature": 7}, ValueError("no such city")]
        waiting = len(pending_calls(talk.conversation))
        turn = talk.answer(*results[:waiting]) if waiting else talk.say("Hello")
        assert (turn.state, turn.problem) == ("finished", None)
        assert_legal(HISTORY[wire.name](talk.body))


class TestReply:
    @pytest.mark.parametrize("model", MODELS)
    def test_cut_anywhere_it_is_the_same(self, wire: Wire, model: str) -> None:
        body = reply(wire.name, model, stream=True)
        whole = read(wire, body)
        assert_readable(whole)
        assert read(wire, *(body[at : at + 1] for at in range(len(body)))) == whole
        rng = random.Random(len(body))
        for _ in range(10):
            cuts = sorted(rng.choices(range(len(body)), k=8))
            assert read(wire, *(body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True))) == whole

    @pytest.mark.parametrize("model", MODELS[:-1])
    def test_the_streamed_and_the_plain_twin_agree(self, wire: Wire, model: str) -> None:
        streamed = read(wire, reply(wire.name, model, stream=True))
        plain = read_whole(wire, reply(wire.name, model, stream=False))
        assert comparable(streamed) == comparable(plain)

    @pytest.mark.parametrize("model", MODELS)
    def test_a_plain_body_where_a_stream_was_expected_is_read_all_the_same(self, wire: Wire, model: str) -> None:
        body = reply(wire.name, model, stream=False)
        assert read(wire, body) == read_whole(wire, body)

    def test_a_reply_is_ended_by_its_end_and_not_before(self, wire: Wire) -> None:
        body = reply(wire.name, "demo-instant", stream=True)
        decoder = wire.decoder()
        assert decoder.ended is False
        decoder.feed(body[: len(body) // 2])
        assert decoder.ended is False

    @pytest.mark.parametrize("model", MODELS[:2])
    def test_nothing_after_the_end_changes_the_turn(self, wire: Wire, model: str) -> None:
        body = reply(wire.name, model, stream=True)
        decoder, fold = wire.decoder(), Fold()
        fold.apply([*decoder.feed(body), *decoder.close()])
        whole = fold.turn()
        for late in (b"", body, b"data: {}\n\n", b"garbage"):
            fold.apply([*decoder.feed(late), *decoder.close()])
            assert fold.turn() == whole

    @pytest.mark.slow
    def test_a_stream_that_stops_anywhere_is_not_called_finished(self, wire: Wire) -> None:
        body = reply(wire.name, "demo-instant", stream=True)
        whole = read(wire, body)
        for at in range(0, len(body), 23):
            turn = read(wire, body[:at])
            assert_readable(turn)
            assert turn.state != "finished" or comparable(turn)[:2] == comparable(whole)[:2], at

    @settings(deadline=None, max_examples=120)
    @given(data=st.data())
    @pytest.mark.slow
    def test_damage_never_raises(self, wire: Wire, data: st.DataObject) -> None:
        model, stream = data.draw(st.sampled_from(MODELS[:-1])), data.draw(st.booleans())
        body = data.draw(damaged(reply(wire.name, model, stream=stream)))
        assert_readable(read(wire, body))
        assert_readable(read_whole(wire, body))

    @settings(deadline=None, max_examples=60)
    @given(document=ODD, garbage=st.binary(max_size=60))
    @pytest.mark.slow
    def test_garbage_never_raises(self, wire: Wire, document: Any, garbage: bytes) -> None:
        said = json.dumps(document).encode()
        for body in (garbage, said, b"data: " + said + b"\n\n", b"data: " + garbage + b"\n\n"):
            assert_readable(read(wire, body))
            assert_readable(read_whole(wire, body))
            assert_problem(wire.error(500, body), 500)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"   \n",
            b"<html><body>502 Bad Gateway</body></html>",
            b"null",
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b"data: " + b"[" * 100_000 + b"\n\n",
            b'{"choices": ' + b"9" * 10_000 + b"}",
            b'data: {"usage": {"input_tokens": 1e999}}\n\n',
            b'{"error": "\\ud800"}',
            b"\xff\xfe{}",
            b"event: \ndata:\n\n" * 50,
        ],
        ids=lambda body: repr(body[:24]),
    )
    def test_what_no_provider_should_send(self, wire: Wire, body: bytes) -> None:
        for turn in (read(wire, body), read_whole(wire, body)):
            assert_readable(turn)
            assert turn.state != "finished" and turn.parts == ()
        for status in (300, 400, 401, 429, 500, 529, 999):
            assert_problem(wire.error(status, body), status)

    @settings(deadline=None, max_examples=60)
    @given(data=st.data(), status=st.integers(300, 999))
    @pytest.mark.slow
    def test_an_error_of_any_shape_is_a_problem(self, wire: Wire, data: st.DataObject, status: int) -> None:
        assert_problem(wire.error(status, data.draw(damaged(refusal(wire.name)))), status)

    def test_an_error_keeps_the_providers_own_words(self, wire: Wire) -> None:
        problem = wire.error(401, refusal(wire.name))
        assert "refuses every key" in problem.message
        assert not problem.retryable and problem.raw


def was_cut(message: Message, call: ToolCall) -> bool:
    """The reply ended before the call's arguments did: such a call is neither answered nor sent back."""
    return (message.cut or message.finish in ("length", "max_tokens")) and isinstance(call.parsed(), Malformed)


def assert_problem(problem: Problem, status: int) -> None:
    assert (problem.kind, problem.status) == ("http", status)
    assert all(isinstance(text, str) for text in (problem.message, problem.code, problem.type, problem.param))
    json.dumps(to_json(problem))


def comparable(turn: Turn) -> tuple[Any, ...]:
    """A turn without ids, which differ from request to request."""
    parts = [
        (part.kind, part.name, part.arguments, part.type, sorted(part.extra))
        if isinstance(part, ToolCall)
        else (part.kind, part.text if isinstance(part, Text | Thinking) else "", sorted(part.extra))
        for part in turn.parts
    ]
    usage = turn.usage and (turn.usage.input, turn.usage.output, turn.usage.reasoning, turn.usage.total)
    return parts, turn.finish, turn.state, usage, turn.problem and turn.problem.kind
