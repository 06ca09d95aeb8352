"""The Responses request, field by field, and how a turn is carried on."""

import json
from typing import Any

import pytest

from callsmith.reading import Reader
from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.message import Message, Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Media, Opaque, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.registry import WIRES

WIRE = WIRES["openai-responses"]
KEYED = Connection("c", "C", "https://host.example/v1/", key=KeyRef("environment", "K"), headers={"X-Team": "a"})
TOOL = Tool("get_time", "Time", {"type": "object", "properties": {"tz": {"type": "string"}}})
REASONING = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"}
MESSAGE = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "status": "completed",
    "phase": "commentary",
    "content": [
        {"type": "output_text", "text": "Checking.", "annotations": [], "logprobs": []},
        {"type": "refusal", "refusal": "Not that."},
    ],
}
SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "x"}}


def call(number: int = 1, arguments: str = "{}") -> dict[str, Any]:
    ids = {"id": f"fc_{number}", "call_id": f"call_{number}", "status": "completed"}
    return {"type": "function_call", **ids, "name": "get_time", "arguments": arguments}


def body(*messages: Message, model: str = "m", tools: tuple[Tool, ...] = (), system: str = "", **options: Any) -> Any:
    target = Target(KEYED, "openai-responses", model)
    return json.loads(WIRE.request(target, Thread(system, messages), tools, Options(**options)).body)


def user(text: str = "Hi") -> Message:
    return Message("user", (Text(text),))


def reply(*items: dict[str, Any], model: str = "m", **more: Any) -> Message:
    """The message our own reading makes of these output items."""
    reader = Reader(WIRE, 200, stream=False)
    reader.feed(json.dumps({"object": "response", "status": "completed", "output": items, **more}).encode())
    reader.close()
    message = reader.turn().message(Origin("x", "C", "openai-responses", model))
    assert message is not None
    return message


def results(*ids: str) -> Message:
    return Message("tool", tuple(ToolResult(call_id, "10:00") for call_id in ids or ("call_1",)))


def items_after(message: Message, *more: Message, **options: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = body(user(), message, *more, **options)["input"][1:]
    return sent


def test_headers_and_key_placeholder() -> None:
    request = WIRE.request(Target(KEYED, "openai-responses", "m"), Thread("", (user(),)), (), Options())
    headers = dict(request.headers)
    assert request.method == "POST" and headers["Authorization"] == "Bearer {{api_key}}"
    assert (headers["Content-Type"], headers["X-Team"]) == ("application/json", "a")
    keyless = Target(Connection("d", "D", "http://localhost:1"), "openai-responses", "m")
    assert "Authorization" not in dict(WIRE.request(keyless, Thread("", (user(),)), (), Options()).headers)


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://host.example", "https://host.example/v1/responses"),
        ("https://host.example/v1/", "https://host.example/v1/responses"),
        ("https://openrouter.ai/api", "https://openrouter.ai/api/v1/responses"),
        ("https://t.openai.azure.com/openai/v1", "https://t.openai.azure.com/openai/v1/responses"),
        ("https://host.example/v1beta/openai", "https://host.example/v1beta/openai/responses"),
    ],
)
def test_the_base_url_works_with_and_without_its_version(base: str, url: str) -> None:
    target = Target(Connection("d", "D", base), "openai-responses", "m")
    assert WIRE.request(target, Thread("", (user(),)), (), Options()).url == url


def test_the_system_prompt_is_instructions_and_nothing_is_stored() -> None:
    sent = body(user(), system="Be brief")
    assert (sent["instructions"], sent["store"], sent["stream"]) == ("Be brief", False, True)
    assert sent["input"] == [{"role": "user", "content": "Hi"}]
    assert not {"messages", "stop", "seed", "stream_options"} & body(user(), stop=("x",), seed=1).keys()
    assert "stream" not in body(user(), stream=False) and "instructions" not in body(user())


def test_tools_are_flat_and_always_say_whether_they_are_strict() -> None:
    sent = body(user(), tools=(TOOL, Tool("now", strict=True)))["tools"]
    assert sent[0] == {
        "type": "function",
        "name": "get_time",
        "description": "Time",
        "parameters": TOOL.parameters,
        "strict": False,
    }
    assert sent[1]["strict"] is True


def test_trap_47_a_tool_without_parameters_still_sends_an_object() -> None:
    assert body(user(), tools=(Tool("now"),))["tools"][0]["parameters"] == {"type": "object", "properties": {}}


def test_tool_choice_is_flat_and_only_beside_tools() -> None:
    sent = body(user(), tools=(TOOL,), tool_choice=ToolChoice("named", "get_time"), parallel_tool_calls=False)
    assert sent["tool_choice"] == {"type": "function", "name": "get_time"}
    assert sent["parallel_tool_calls"] is False
    assert body(user(), tools=(TOOL,), tool_choice=ToolChoice("required"))["tool_choice"] == "required"
    assert "tool_choice" not in body(user(), tools=(TOOL,))
    assert not {"tools", "tool_choice"} & body(user(), tool_choice=ToolChoice("required")).keys()


def test_sampling_fields() -> None:
    sent = body(user(), max_tokens=9, temperature=0.5, top_p=0.9)
    assert (sent["max_output_tokens"], sent["temperature"], sent["top_p"]) == (9, 0.5, 0.9)


def test_extra_body_is_merged_last() -> None:
    assert body(user(), temperature=0.5, extra_body={"temperature": 1, "store": True})["store"] is True


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("gpt-5.4-nano", True),
        ("o4-mini", True),
        ("openai/gpt-5.2", True),
        ("openai.gpt-5.5", True),
        ("grok-4.3", True),
        ("gpt-4o", False),
        ("gpt-4.1-mini", False),
        ("gpt-5-chat-latest", False),
        ("grok-4-fast-non-reasoning", False),
        ("deepseek-v4-flash", False),
        ("claude-opus-4-5", False),
    ],
)
def test_trap_32_encrypted_reasoning_is_asked_of_reasoning_models_only(model: str, asked: bool) -> None:
    assert (body(user(), model=model).get("include") == ["reasoning.encrypted_content"]) is asked


def test_every_output_item_goes_back_verbatim_and_in_order() -> None:
    sent = items_after(reply(SEARCH, REASONING, MESSAGE, call(1), call(2)), results("call_1", "call_2"))
    assert sent[:5] == [SEARCH, REASONING, MESSAGE, call(1), call(2)]
    assert sent[5:] == [
        {"type": "function_call_output", "call_id": "call_1", "output": "10:00"},
        {"type": "function_call_output", "call_id": "call_2", "output": "10:00"},
    ]


def test_namespaces_and_other_fields_of_a_call_go_back() -> None:
    item = {**call(), "namespace": "crm", "caller": {"type": "program"}}
    assert items_after(reply(item), results())[0] == item


def test_two_messages_in_a_row_stay_two() -> None:
    assert items_after(reply(MESSAGE, {**MESSAGE, "id": "msg_2"})) == [MESSAGE, {**MESSAGE, "id": "msg_2"}]


def test_custom_calls_are_answered_as_custom() -> None:
    item = {"type": "custom_tool_call", "id": "ctc_1", "call_id": "call_1", "name": "sql", "input": "select 1"}
    sent = items_after(reply(item), results())
    assert sent == [item, {"type": "custom_tool_call_output", "call_id": "call_1", "output": "10:00"}]


def test_errors_have_no_flag_but_an_object() -> None:
    failed = Message("tool", (ToolResult("call_1", "timeout", is_error=True),))
    assert json.loads(items_after(reply(call()), failed)[1]["output"]) == {"error": "timeout"}


def test_media_after_a_result_is_part_of_it() -> None:
    image = Media("image/png", "AAAA", extra={"detail": "low"})
    answer = Message("tool", (ToolResult("call_1", "see"), image, ToolResult("call_2", "x")))
    sent = items_after(reply(call(1), call(2)), answer)
    assert sent[2]["output"] == [
        {"type": "input_text", "text": "see"},
        {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "low"},
    ]
    assert sent[3]["output"] == "x"


def test_images_and_files_of_a_user_message() -> None:
    parts = (
        Text("Look"),
        Media("image/png", url="https://a.example/i.png"),
        Media("application/pdf", "JVBE", name="a.pdf"),
    )
    assert body(Message("user", parts))["input"][0]["content"] == [
        {"type": "input_text", "text": "Look"},
        {"type": "input_image", "image_url": "https://a.example/i.png"},
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"},
    ]


def test_an_approval_is_an_item_of_its_own() -> None:
    approval = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}
    request = {"type": "mcp_approval_request", "id": "mcpr_1", "name": "n", "arguments": "{}", "server_label": "s"}
    sent = items_after(reply(request), Message("user", (Opaque("mcp_approval_response", approval),)))
    assert sent == [request, approval]


def test_trap_30_reasoning_that_nobody_keeps_stays_behind_and_ids_with_it() -> None:
    bare = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}]}
    sent = items_after(reply(bare, MESSAGE, call()), results())
    assert [item["type"] for item in sent] == ["message", "function_call", "function_call_output"]
    assert "id" not in sent[0] and "id" not in sent[1]
    stored = items_after(reply(bare, MESSAGE, call()), results(), extra_body={"store": True})
    assert stored[:3] == [bare, MESSAGE, call()]


def test_open_reasoning_text_goes_back_without_encryption() -> None:
    item = {"type": "reasoning", "id": "r", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}]}
    assert items_after(reply(item, call()), results())[0] == item


def test_trap_31_reasoning_goes_only_with_the_item_after_it() -> None:
    assert items_after(reply(MESSAGE, REASONING)) == [{key: MESSAGE[key] for key in MESSAGE if key != "id"}]
    cut_call = {**call(arguments='{"tz":'), "status": "incomplete"}
    cut = reply(REASONING, cut_call, status="incomplete", incomplete_details={"reason": "max_output_tokens"})
    assert items_after(cut, user("go on")) == [{"role": "user", "content": "go on"}]


def test_a_reply_that_broke_off_goes_back_as_plain_text() -> None:
    stream = Reader(WIRE, 200, stream=True)
    for event in (
        {"type": "response.output_item.done", "output_index": 0, "item": REASONING},
        {"type": "response.output_item.added", "output_index": 1, "item": {**MESSAGE, "content": []}},
        {"type": "response.output_text.delta", "output_index": 1, "content_index": 0, "delta": "I thi"},
        {"type": "response.output_item.added", "output_index": 2, "item": {**SEARCH, "status": "in_progress"}},
    ):
        stream.feed(f"data: {json.dumps(event)}\n\n".encode())
    stream.close()
    message = stream.turn().message(Origin("x", "C", "openai-responses", "m"))
    assert message is not None and message.cut
    plain = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I thi"}]}
    assert items_after(message, user("go on"))[:-1] == [plain]


def test_another_models_history_loses_what_is_opaque() -> None:
    sent = items_after(reply(REASONING, SEARCH, MESSAGE, call(), model="other"), results())
    assert sent == [
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Checking."}, {"type": "refusal", "refusal": "Not that."}],
        },
        {"type": "function_call", "call_id": "call_1", "name": "get_time", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "10:00"},
    ]


def test_another_formats_history_is_said_in_this_one() -> None:
    long_id = "functions.get_time:" + "0" * 60
    parts = (
        Thinking("hm", "reasoning_content", {"signature": "s"}),
        Text("", {"message": {"x": 1}}),
        Text("Hi", {"citations": [1]}),
        Refusal(""),
        ToolCall(long_id, "get_time", "", extra={"extra_content": {"google": {}}}),
    )
    foreign = Message("assistant", parts, Origin("x", "C", "anthropic", "m"))
    sent = items_after(foreign, Message("tool", (ToolResult(long_id, "1"),)))
    assert sent[0] == {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}
    assert sent[1].keys() == {"type", "call_id", "name", "arguments"} and sent[1]["arguments"] == "{}"
    assert sent[1]["call_id"] == sent[2]["call_id"] and len(sent[1]["call_id"]) <= 64


@pytest.mark.parametrize("held", [{"previous_response_id": "resp_1"}, {"conversation": "conv_1"}])
def test_where_the_server_holds_the_history_only_what_is_new_is_sent(held: dict[str, str]) -> None:
    sent = body(user(), reply(call()), results(), extra_body={**held, "store": True})
    assert [item["type"] for item in sent["input"]] == ["function_call_output"]


def test_lone_surrogates_can_be_sent() -> None:
    assert body(user("\ud800"))["input"][0]["content"] == "\ud800"


def test_ids_that_come_again_in_a_later_turn_are_told_apart() -> None:
    """Gemini gives no ids, so ours are the same in every turn."""
    asked = Message("assistant", (ToolCall("call_1", "f", "{}"),), Origin("x", "C", "gemini", "g"))
    given = Message("tool", (ToolResult("call_1", "1"),))
    items = body(user(), asked, given, asked, given)["input"]
    assert [item["call_id"] for item in items if "call_id" in item] == ["call_1", "call_1", "call_1_2", "call_1_2"]
