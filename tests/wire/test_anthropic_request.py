"""The Messages request, field by field, and the way back of what the provider sent."""

import base64
import json
import re
from typing import Any

import pytest

from callsmith.conversation import CANCELLED
from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.message import Message, Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Media, Opaque, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.anthropic_continue import continuation
from callsmith.wire.registry import WIRES

WIRE = WIRES["anthropic"]
KEYED = Connection("c", "C", "https://host.example/v1/", key=KeyRef("environment", "K"), headers={"X-Team": "a"})
TOOL = Tool("get_time", "Time", {"type": "object", "properties": {"tz": {"type": "string"}}}, strict=True)
SIGNED = Thinking("hm", "thinking", {"signature": "EqQB"})
REDACTED = {"type": "redacted_thinking", "data": "xyz"}
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "time"}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
STEP, STEP_RESULT = Opaque("server_tool_use", SEARCH), Opaque("web_search_tool_result", FOUND)


def body(
    *messages: Message,
    model: str = "m",
    tools: tuple[Tool, ...] = (TOOL,),
    system: str = "",
    connection: Connection = KEYED,
    **options: Any,
) -> Any:
    request = WIRE.request(Target(connection, "anthropic", model), Thread(system, messages), tools, Options(**options))
    return json.loads(request.body)


def sent(*messages: Message, **more: Any) -> list[Any]:
    found: list[Any] = body(*messages, **more)["messages"]
    return found


def user(text: str = "Hi", *parts: Any) -> Message:
    return Message("user", (Text(text), *parts))


def assistant(*parts: Any, model: str = "m", wire: str = "anthropic", **more: Any) -> Message:
    return Message("assistant", parts, Origin("x", "C", wire, model), **more)


def results(*parts: ToolResult) -> Message:
    return Message("tool", parts)


def says(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://host.example/v1/", "https://host.example/v1/messages"),
        ("https://host.example", "https://host.example/v1/messages"),
        ("https://host.example/api/v1", "https://host.example/api/v1/messages"),
        ("https://host.example/anthropic/", "https://host.example/anthropic/v1/messages"),
    ],
)
def test_the_address_with_and_without_a_version(base: str, url: str) -> None:
    target = Target(Connection("c", "C", base), "anthropic", "m")
    request = WIRE.request(target, Thread("", (user(),)), (), Options())
    assert (request.method, request.url) == ("POST", url)


def headers(base: str, key: KeyRef = KEYED.key, **extra: str) -> dict[str, str]:
    target = Target(Connection("c", "C", base, key=key, headers=extra), "anthropic", "m")
    found = WIRE.request(target, Thread("", (user(),)), (), Options()).headers
    assert len(dict(found)) == len(found)
    return dict(found)


def test_a_gateway_gets_bearer_and_anthropics_own_host_its_own_header() -> None:
    gateway = headers("https://host.example/v1")
    assert gateway["Authorization"] == "Bearer {{api_key}}" and "x-api-key" not in gateway
    assert gateway["anthropic-version"] == "2023-06-01"
    own = headers("https://api.anthropic.com")
    assert own["x-api-key"] == "{{api_key}}" and "Authorization" not in own
    assert headers("http://localhost:1", KeyRef()).keys() == {"Content-Type", "anthropic-version"}


def test_a_version_header_of_the_connection_takes_the_place_of_ours() -> None:
    given = headers("https://host.example", **{"Anthropic-Version": "2024-01-01", "anthropic-beta": "a,b"})
    assert (given["Anthropic-Version"], given["anthropic-beta"]) == ("2024-01-01", "a,b")
    assert "anthropic-version" not in given


def test_the_body_in_the_formats_own_terms() -> None:
    made = body(user(), system="Be brief", temperature=0.5, top_p=0.9, stop=("END",), seed=7, max_tokens=99)
    assert made == {
        "model": "m",
        "max_tokens": 99,
        "system": "Be brief",
        "messages": [{"role": "user", "content": [says("Hi")]}],
        "tools": [{"name": "get_time", "description": "Time", "input_schema": TOOL.parameters, "strict": True}],
        "temperature": 0.5,
        "top_p": 0.9,
        "stop_sequences": ["END"],
        "stream": True,
    }
    assert "stream" not in body(user(), stream=False)


@pytest.mark.parametrize(
    ("model", "limit"), [("claude-sonnet-4-5", 8192), ("claude-3-opus-20240229", 4096), ("claude-3-5-haiku", 8192)]
)
def test_max_tokens_is_always_sent(model: str, limit: int) -> None:
    assert body(user(), model=model)["max_tokens"] == limit


def test_a_budget_for_thinking_comes_on_top_of_the_default_limit() -> None:
    thinking = {"thinking": {"type": "enabled", "budget_tokens": 2048}}
    assert body(user(), extra_body=thinking)["max_tokens"] == 8192 + 2048
    assert body(user(), extra_body=thinking, max_tokens=3000)["max_tokens"] == 3000


def test_extra_body_is_merged_last_the_connections_first() -> None:
    connection = Connection("c", "C", "https://h", extra_body={"top_k": 1, "temperature": 0.1})
    made = body(user(), connection=connection, temperature=0.5, extra_body={"top_k": 2, "max_tokens": 5})
    assert (made["top_k"], made["temperature"], made["max_tokens"]) == (2, 0.1, 5)


@pytest.mark.parametrize(
    ("choice", "parallel", "wanted"),
    [
        (ToolChoice(), None, None),
        (ToolChoice(), True, None),
        (ToolChoice(), False, {"type": "auto", "disable_parallel_tool_use": True}),
        (ToolChoice("required"), False, {"type": "any", "disable_parallel_tool_use": True}),
        (ToolChoice("required"), None, {"type": "any"}),
        (ToolChoice("named", "get_time"), None, {"type": "tool", "name": "get_time"}),
        (ToolChoice("none"), False, {"type": "none"}),
    ],
)
def test_tool_choice_and_parallel_calls(choice: ToolChoice, parallel: bool | None, wanted: Any) -> None:
    assert body(user(), tool_choice=choice, parallel_tool_calls=parallel).get("tool_choice") == wanted
    assert "tool_choice" not in body(user(), tools=(), tool_choice=choice, parallel_tool_calls=parallel)


@pytest.mark.parametrize(
    ("parameters", "schema"),
    [
        (None, {"type": "object", "properties": {}}),
        ({}, {"type": "object"}),
        ({"properties": {"a": {}}}, {"type": "object", "properties": {"a": {}}}),
    ],
)
def test_trap_47_a_tool_always_has_an_object_as_its_schema(parameters: Any, schema: Any) -> None:
    assert body(user(), tools=(Tool("now", "", parameters),))["tools"] == [{"name": "now", "input_schema": schema}]


def test_a_whole_turn_goes_back_unchanged_and_in_order() -> None:
    cited = Text("It is ten", {"citations": [{"url": "u", "encrypted_index": "i"}]})
    call = ToolCall("toolu_a", "get_time", '{"tz":"Europe/Rome"}', extra={"caller": {"type": "direct"}})
    turn = assistant(SIGNED, Opaque("redacted_thinking", REDACTED), STEP, STEP_RESULT, cited, call)
    assert sent(user(), turn, results(ToolResult("toolu_a", "10:00")))[1]["content"] == [
        {"type": "thinking", "thinking": "hm", "signature": "EqQB"},
        REDACTED,
        SEARCH,
        FOUND,
        {"type": "text", "text": "It is ten", "citations": [{"url": "u", "encrypted_index": "i"}]},
        {
            "type": "tool_use",
            "id": "toolu_a",
            "name": "get_time",
            "input": {"tz": "Europe/Rome"},
            "caller": {"type": "direct"},
        },
    ]


@pytest.mark.parametrize(("model", "wire"), [("other", "anthropic"), ("m", "openai-chat")])
def test_opaque_data_goes_back_to_its_own_model_and_format_only(model: str, wire: str) -> None:
    call = ToolCall("toolu_a", "get_time", "{}", extra={"caller": {"type": "direct"}})
    turn = assistant(SIGNED, STEP, STEP_RESULT, Text("a", {"citations": []}), call, model=model, wire=wire)
    assert sent(user(), turn, results(ToolResult("toolu_a", "1")))[1]["content"] == [
        says("a"),
        {"type": "tool_use", "id": "toolu_a", "name": "get_time", "input": {}},
    ]


def test_trap_26_a_turn_with_calls_begins_with_its_thinking_even_hidden() -> None:
    hidden = Thinking("", "thinking", {"signature": "EqQB"})
    content = sent(user(), assistant(hidden, ToolCall("a", "f", "{}")), results(ToolResult("a", "1")))[1]["content"]
    assert [block["type"] for block in content] == ["thinking", "tool_use"]
    assert content[0] == {"type": "thinking", "thinking": "", "signature": "EqQB"}


def test_thinking_without_a_signature_or_at_the_end_is_left_out() -> None:
    assert sent(user(), assistant(Thinking("hm"), Text("a")), user())[1]["content"] == [says("a")]
    assert sent(user(), assistant(Text("a"), SIGNED, cut=True), user())[1]["content"] == [says("a")]
    only_thoughts = assistant(SIGNED, Opaque("redacted_thinking", REDACTED), cut=True)
    assert sent(user("a"), only_thoughts, user("b")) == [{"role": "user", "content": [says("a"), says("b")]}]


def test_results_come_first_in_one_message_in_call_order() -> None:
    turn = assistant(ToolCall("a", "f", "{}"), ToolCall("b", "f", "{}"), ToolCall("c", "f", "{}"))
    answers = results(ToolResult("b", "no", is_error=True), ToolResult("c", ""), ToolResult("a", "1"))
    messages = sent(user(), turn, answers, user("and now?"))
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[2]["content"] == [
        {"type": "tool_result", "tool_use_id": "a", "content": "1"},
        {"type": "tool_result", "tool_use_id": "b", "content": "no", "is_error": True},
        {"type": "tool_result", "tool_use_id": "c"},
        says("and now?"),
    ]


def test_an_error_without_content_still_says_something() -> None:
    answers = results(ToolResult("a", "", is_error=True))
    assert sent(user(), assistant(ToolCall("a", "f", "{}")), answers)[-1]["content"][0]["content"] == "error"


def test_trap_28_every_call_gets_its_result_and_no_result_lacks_its_call() -> None:
    turn = assistant(ToolCall("a", "f", "{}"), ToolCall("b", "f", "{}"))
    partly = sent(user(), turn, results(ToolResult("b", "2"), ToolResult("z", "3")))[2]["content"]
    cancelled = {"type": "tool_result", "tool_use_id": "a", "content": CANCELLED, "is_error": True}
    assert partly == [cancelled, {"type": "tool_result", "tool_use_id": "b", "content": "2"}]
    unanswered = sent(user(), turn, user("never mind"))[2]["content"]
    assert [block.get("tool_use_id") for block in unanswered] == ["a", "b", None]


def test_ids_made_elsewhere_become_legal_and_unlike_each_other_on_both_sides() -> None:
    def turn(*ids: str) -> tuple[Message, Message]:
        calls = (ToolCall(call_id, "f", "{}") for call_id in ids)
        return assistant(*calls, wire="openai-chat"), results(*(ToolResult(call_id, call_id) for call_id in ids))

    messages = sent(user(), *turn("call.1", "call/1", ""), user(), *turn("call_1"))
    used = [block["id"] for message in messages for block in message["content"] if block["type"] == "tool_use"]
    answered = [b["tool_use_id"] for m in messages for b in m["content"] if b["type"] == "tool_result"]
    assert used == answered
    assert len(set(used)) == 4 and all(re.fullmatch("[a-zA-Z0-9_-]+", call_id) for call_id in used)
    first = [block.get("content") for block in messages[2]["content"]]
    assert first[:3] == ["call.1", "call/1", None]


def test_ids_of_the_format_itself_are_never_changed() -> None:
    messages = sent(user(), assistant(ToolCall("toolu_01-aB", "f", "{}")), results(ToolResult("toolu_01-aB", "1")))
    assert messages[1]["content"][0]["id"] == messages[2]["content"][0]["tool_use_id"] == "toolu_01-aB"


@pytest.mark.parametrize("name", ["files.read/all", "x" * 200, ""])
def test_traps_39_and_40_names_in_the_history_are_legal(name: str) -> None:
    turn = assistant(ToolCall("a", name, "{}"), wire="gemini")
    made = body(user(), turn, results(ToolResult("a", "1")), tools=())
    used = made["messages"][1]["content"][0]["name"]
    assert re.fullmatch("[a-zA-Z0-9_-]{1,128}", used)
    assert made["tools"][0]["name"] == used


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (ToolCall("a", "f", ""), {}),
        (ToolCall("a", "f", "null"), {}),
        (ToolCall("a", "f", '{"b": [1, null]}'), {"b": [1, None]}),
        (ToolCall("a", "f", "[1]"), {"INVALID_JSON": "[1]"}),
        (ToolCall("a", "f", '{"b": NaN}'), {"INVALID_JSON": '{"b": NaN}'}),
        (ToolCall("a", "sql", "select 1", type="custom"), {"input": "select 1"}),
    ],
)
def test_trap_48_input_is_always_an_object(call: ToolCall, wanted: Any) -> None:
    assert sent(user(), assistant(call), results(ToolResult("a", "1")))[1]["content"][0]["input"] == wanted


def test_trap_20_arguments_that_are_no_json_go_back_wrapped_beside_their_error() -> None:
    raw = '{"lines": ["a"\n"b"'
    turn = assistant(ToolCall("a", "f", raw), finish="tool_use")
    messages = sent(user(), turn, results(ToolResult("a", "not JSON", is_error=True)))
    assert messages[1]["content"][0]["input"] == {"INVALID_JSON": raw}
    assert messages[2]["content"][0]["is_error"] is True


@pytest.mark.parametrize("how", [{"cut": True}, {"finish": "max_tokens"}])
def test_a_call_cut_off_is_not_sent_back(how: Any) -> None:
    half = assistant(Text("I will"), ToolCall("a", "f", '{"x": "tr'), **how)
    assert sent(user(), half, user("go on"))[1:] == [
        {"role": "assistant", "content": [says("I will")]},
        {"role": "user", "content": [says("go on")]},
    ]


@pytest.mark.parametrize("blank", ["", " ", "\n\n"])
def test_trap_49_blank_texts_and_empty_messages_are_not_sent(blank: str) -> None:
    turn = assistant(Text(blank), ToolCall("a", "f", "{}"), Text(blank))
    assert [b["type"] for b in sent(user(), turn, results(ToolResult("a", "1")))[1]["content"]] == ["tool_use"]
    assert [m["role"] for m in sent(user(), assistant(Text(blank)), user(blank))] == ["user"]
    assert "system" not in body(user(), system=blank)


def test_a_last_assistant_text_does_not_end_with_white_space() -> None:
    assert sent(user(), assistant(Text("Sure: \n")))[-1]["content"] == [says("Sure:")]
    assert sent(user(), assistant(Text("Sure: \n")), user())[1]["content"] == [says("Sure: \n")]


def test_a_paused_turn_goes_back_as_it_is_and_its_continuation_joins_it() -> None:
    paused = assistant(Text("Let me look"), STEP, finish="pause_turn")
    assert sent(user(), paused)[1]["content"] == [says("Let me look"), SEARCH]
    joined = sent(user(), paused, assistant(STEP_RESULT, Text("Ten")), user())
    assert [message["role"] for message in joined] == ["user", "assistant", "user"]
    assert joined[1]["content"] == [says("Let me look"), SEARCH, FOUND, says("Ten")]


def test_a_server_tools_step_that_never_got_its_result_is_left_out() -> None:
    for turn in (assistant(Text("a"), STEP, finish="pause_turn"), assistant(Text("a"), STEP, cut=True)):
        assert sent(user(), turn, user("else"))[1]["content"] == [says("a")]
    whole = assistant(STEP, STEP_RESULT, Text("a"), cut=True)
    assert sent(user(), whole, user())[1]["content"] == [SEARCH, FOUND, says("a")]


def test_a_step_that_waits_for_the_clients_call_stays() -> None:
    turn = assistant(STEP, ToolCall("a", "f", "{}"), finish="tool_use")
    assert sent(user(), turn, results(ToolResult("a", "1")))[1]["content"][0] == SEARCH


def test_calls_are_answered_inside_the_container_they_came_from() -> None:
    turn = assistant(STEP, ToolCall("a", "f", "{}"), extra={"container": {"id": "container_1"}})
    answered = (user(), turn, results(ToolResult("a", "1")))
    assert body(*answered)["container"] == "container_1"
    assert "container" not in body(*answered, user("later"))
    assert "container" not in body(*answered, model="other")


def test_a_history_with_calls_names_its_tools_though_none_are_offered() -> None:
    history = (user(), assistant(ToolCall("a", "f", "{}")), results(ToolResult("a", "1")))
    made = body(*history, tools=())
    assert made["tools"] == [{"name": "f", "input_schema": {"type": "object"}}]
    assert made["tool_choice"] == {"type": "none"}
    own = body(*history, tools=(), extra_body={"tools": [{"type": "web_search_20250305", "name": "web_search"}]})
    assert "tool_choice" not in own
    assert not {"tools", "tool_choice"} & body(user(), tools=()).keys()


def test_a_refusal_of_another_format_goes_back_as_text() -> None:
    assert sent(user(), assistant(Refusal("I cannot"), wire="openai-chat"), user())[1]["content"] == [says("I cannot")]


def test_images_and_files() -> None:
    text = base64.b64encode("Grüße".encode()).decode()
    media = (
        Media("image/png", data="iVBO"),
        Media("image/png", url="https://h/a.png"),
        Media("application/pdf", data="JVBE", name="a.pdf"),
        Media("text/csv", data=text),
        Media("audio/wav", data="UklG", name="a.wav"),
    )
    content = sent(user("See", *media))[0]["content"]
    assert content[1:5] == [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}},
        {"type": "image", "source": {"type": "url", "url": "https://h/a.png"}},
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
            "title": "a.pdf",
        },
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Grüße"}},
    ]
    assert content[5]["type"] == "text" and "a.wav" in content[5]["text"]


def test_lone_surrogates_can_be_sent() -> None:
    assert sent(user("\ud800"))[0]["content"] == [says("\ud800")]


PREVIOUS = {"model": "m", "messages": [{"role": "user", "content": "time?"}]}
ASKED = assistant(SIGNED, ToolCall("a", "f", '{"tz": "x"}'), ToolCall("b", "f", "{}"))
RECORDED_TURN = [
    {"type": "thinking", "thinking": "hm", "signature": "EqQB"},
    {"type": "tool_use", "id": "a", "name": "f", "input": {"tz": "x"}},
    {"type": "tool_use", "id": "b", "name": "f", "input": {}},
]
IMAGE = [{"type": "image", "source": {"type": "url", "url": "u"}}]
RECORDED_ANSWER = [
    {"type": "tool_result", "tool_use_id": "a", "content": IMAGE},
    {"type": "tool_result", "tool_use_id": "b", "content": "no", "is_error": True},
    {"type": "text", "text": "and?"},
]


def following(*added: dict[str, Any]) -> dict[str, Any]:
    return {**PREVIOUS, "max_tokens": 9, "messages": [*PREVIOUS["messages"], *added]}


def test_continuation_builds_the_recorded_request_again() -> None:
    recorded = following(
        {"role": "assistant", "content": RECORDED_TURN},
        {"role": "user", "content": RECORDED_ANSWER},
        {"role": "assistant", "content": "later"},
    )
    assert continuation(PREVIOUS, ASKED, recorded) == recorded
    plain = following({"role": "assistant", "content": [says("Ten. ")]}, {"role": "user", "content": [says("ok")]})
    assert continuation(PREVIOUS, assistant(Text("Ten. ")), plain) == plain


def test_continuation_drops_the_thinking_when_the_model_changed() -> None:
    recorded = following({"role": "assistant", "content": []}, {"role": "user", "content": RECORDED_ANSWER})
    built = continuation(PREVIOUS, ASKED, {**recorded, "model": "other"})
    assert built is not None
    assert built["messages"][1]["content"] == RECORDED_TURN[1:]


@pytest.mark.parametrize(
    "added",
    [
        (),
        ({"role": "user", "content": "else"},),
        ({"role": "assistant", "content": []}, {"role": "user", "content": RECORDED_ANSWER[1:]}),
    ],
)
def test_continuation_is_none_where_the_turn_is_not_carried_on(added: tuple[dict[str, Any], ...]) -> None:
    assert continuation(PREVIOUS, ASKED, following(*added)) is None


def test_continuation_without_calls_needs_the_same_messages_before_it() -> None:
    recorded = following({"role": "assistant", "content": "Ten"}, {"role": "user", "content": "ok"})
    other = {**PREVIOUS, "messages": [{"role": "user", "content": "else?"}]}
    assert continuation(other, assistant(Text("Ten")), recorded) is None
