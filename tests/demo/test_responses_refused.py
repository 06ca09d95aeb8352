"""What the demo provider's Responses refuses, in OpenAI's words: changes to a good request that clients may make."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from callsmith.conversation import answer, pending_approvals
from callsmith.starters import STARTERS
from callsmith.types.features import Effort, McpServer
from callsmith.types.options import Options
from tests.demo.talk import Talk

WEATHER = STARTERS[0].tools[0]
PROMPT = "weather in Paris and Tokyo"
Change = Callable[[list[dict[str, Any]]], object]


@pytest.fixture
def good() -> Talk:
    """A conversation whose last request carries reasoning, two calls and their results."""
    talk = Talk("openai-responses", "demo-thinking", [WEATHER], Options(thinking=Effort("low")))
    talk.say(PROMPT)
    talk.answer({"temperature": 12}, {"temperature": 20})
    return talk


def refused(talk: Talk, body: Any, status: int = 400) -> dict[str, Any]:
    got, data = talk.raw(json.dumps(body).encode())
    assert got == status, data
    error: dict[str, Any] = json.loads(data)["error"]
    assert error["type"] == "invalid_request_error"
    return error


def drop(place: int) -> Change:
    return lambda items: items.pop(place)


def put(place: int, **fields: Any) -> Change:
    return lambda items: items[place].update(fields)


def without(place: int, *names: str) -> Change:
    return lambda items: [items[place].pop(name) for name in names]


def swap(one: int, other: int) -> Change:
    def change(items: list[dict[str, Any]]) -> None:
        items[one], items[other] = items[other], items[one]

    return change


# Places in the good request: 0 the prompt, 1 the reasoning, 2 and 3 the calls, 4 and 5 their outputs.
@pytest.mark.parametrize(
    ("change", "words", "param"),
    [
        (drop(4), "No tool output found for function call call_", "input"),
        (drop(5), "No tool output found for function call call_", "input"),
        (drop(2), "was provided without its required following item.", "input"),
        (drop(3), "No tool call found for function call output with call_id call_", "input"),
        (drop(1), "of type 'function_call' was provided without its required 'reasoning' item: 'rs_", "input"),
        (swap(1, 2), "was provided without its required 'reasoning' item", "input"),
        (swap(1, 3), "was provided without its required 'reasoning' item", "input"),
        (swap(2, 3), "of type 'reasoning' was provided without its required following item.", "input"),
        (lambda items: items.append(items[5]), "No tool call found for function call output with call_id", "input"),
        (lambda items: items.append(items[1]), "Duplicate item found with id rs_", "input"),
        (put(1, encrypted_content="gAAAAAB"), "The encrypted content gAAA...AAAB could not be verified.", None),
        (without(2, "id"), "without its required following item.", "input"),
        (put(2, id="call_1"), "Invalid 'input[2].id': 'call_1'. Expected an ID that begins with 'fc'.", "input[2].id"),
        (put(2, arguments={"a": 1}), "Invalid type for 'input[2].arguments': expected a string", "input[2].arguments"),
        (put(2, call_id="c" * 65), "Invalid 'input[2].call_id': string too long.", "input[2].call_id"),
        (put(2, function={}), "Unknown parameter: 'input[2].function'.", "input[2].function"),
        (without(4, "output"), "Missing required parameter: 'input[4].output'.", "input[4].output"),
        (without(4, "call_id"), "Missing required parameter: 'input[4].call_id'.", "input[4].call_id"),
        (put(0, role="robot"), "Invalid value: 'robot'.", "input[0].role"),
        (put(0, content=None), "Missing required parameter: 'input[0].content'.", "input[0].content"),
        (
            put(0, content=[{"type": "text", "text": "x"}]),
            "Invalid value: 'text'. Supported values are: 'input_text'",
            "input[0].content[0]",
        ),
        (put(0, type="unheard_of"), "Invalid value: 'unheard_of'.", "input[0]"),
        (
            lambda items: items.append({"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}),
            "Invalid value: 'input_text'. Supported values are: 'output_text'",
            "input[6].content[0]",
        ),
    ],
)
def test_a_changed_history_is_refused(good: Talk, change: Change, words: str, param: str | None) -> None:
    body = good.body
    change(body["input"])
    error = refused(good, body)
    assert words in error["message"] and error["param"] == param


def test_outputs_may_stand_in_any_order_after_their_calls(good: Talk) -> None:
    for change in (swap(4, 5), swap(3, 4)):
        body = good.body
        change(body["input"])
        assert good.raw(json.dumps(body).encode())[0] == 200


def test_trap_30_reasoning_without_its_content_is_not_found(good: Talk) -> None:
    body = good.body
    del body["input"][1]["encrypted_content"]
    error = refused(good, body, 404)
    assert error["message"] == (
        f"Item with id '{body['input'][1]['id']}' not found. Items are not persisted when `store` is set to false. Try "
        "again with `store` set to true, or remove this item from your input."
    )
    assert good.raw(json.dumps({**body, "store": True}).encode())[0] == 200
    reference = {**body, "input": [{"type": "item_reference", "id": "msg_1"}]}
    assert refused(good, reference, 404)["message"].startswith("Item with id 'msg_1' not found.")


def test_reasoning_of_another_model_or_item_is_refused(good: Talk) -> None:
    other = Talk("openai-responses", "demo-thinking", [WEATHER], Options(thinking=Effort("low")))
    other.say("weather in Rome")
    body = good.body
    body["input"][1]["encrypted_content"] = next(
        item["encrypted_content"]
        for item in json.loads(other.raw(json.dumps({**other.body, "stream": False}).encode())[1])["output"]
        if item["type"] == "reasoning"
    )
    error = refused(good, body)
    assert error["code"] == "invalid_encrypted_content"
    body = {**good.body, "model": "demo-agent", "include": []}
    assert refused(good, body)["code"] == "invalid_encrypted_content"


def test_items_without_ids_need_no_reasoning(good: Talk) -> None:
    body = good.body
    body["input"] = [{key: item[key] for key in item if key != "id"} for item in body["input"] if "summary" not in item]
    assert good.raw(json.dumps(body).encode())[0] == 200


def test_trap_32_encrypted_content_is_refused_where_nothing_is_thought() -> None:
    talk = Talk("openai-responses", "demo-agent")
    talk.say("hello")
    error = refused(talk, {**talk.body, "include": ["reasoning.encrypted_content"]})
    assert (error["message"], error["param"]) == ("Encrypted content is not supported with this model.", "include")


def test_nothing_is_kept_between_requests(good: Talk) -> None:
    error = refused(good, {**good.body, "previous_response_id": "resp_1"})
    assert (error["message"], error["code"]) == (
        "Previous response with id 'resp_1' not found.",
        "previous_response_not_found",
    )
    assert "conv_1" in refused(good, {**good.body, "conversation": "conv_1"}, 404)["message"]


@pytest.mark.parametrize(
    ("fields", "words", "param"),
    [
        ({"input": None}, "Missing required parameter: 'input'.", "input"),
        ({"input": 3}, "Invalid type for 'input'", "input"),
        ({"model": ""}, "Missing required parameter: 'model'.", "model"),
        (
            {"messages": []},
            "Unsupported parameter: 'messages'. In the Responses API, this parameter has moved to 'input'",
            "messages",
        ),
        ({"response_format": {}}, "has moved to 'text.format'", "response_format"),
        ({"stop": ["x"]}, "Unknown parameter: 'stop'.", "stop"),
        ({"seed": 1}, "Unknown parameter: 'seed'.", "seed"),
        ({"store": "no"}, "Invalid type for 'store': expected a boolean", "store"),
        ({"max_output_tokens": 15}, "Expected a value >= 16, but got 15 instead.", "max_output_tokens"),
        ({"temperature": 3}, "Invalid 'temperature': decimal above maximum value.", "temperature"),
        ({"include": ["everything"]}, "Invalid value: 'everything'.", "include[0]"),
        ({"reasoning": {"effort": "huge"}}, "Invalid value: 'huge'.", "reasoning.effort"),
        ({"reasoning": {"summary": "long"}}, "Invalid value: 'long'.", "reasoning.summary"),
        ({"stream_options": {}, "stream": False}, "only allowed when 'stream' is enabled", "stream_options"),
        ({"background": True}, "Unsupported parameter: 'background'", "background"),
        ({"instructions": 1}, "Invalid type for 'instructions'", "instructions"),
        ({"text": {"format": {"type": "xml"}}}, "Invalid value: 'xml'.", "text.format.type"),
        (
            {"text": {"format": {"type": "json_schema", "json_schema": {}}}},
            "Missing required parameter: 'text.format.name'.",
            "text.format.name",
        ),
        (
            {"text": {"format": {"type": "json_schema", "name": "x"}}},
            "Missing required parameter: 'text.format.schema'.",
            "text.format.schema",
        ),
        ({"text": {"format": {"type": "json_object"}}}, "must contain the word 'json'", "input"),
        (
            {"tools": [{"type": "function", "function": {"name": "x"}}]},
            "Missing required parameter: 'tools[0].name'.",
            "tools[0].name",
        ),
        ({"tools": [{"type": "shell"}]}, "Invalid value: 'shell'.", "tools[0].type"),
        (
            {"tools": [{"type": "mcp", "server_url": "x"}]},
            "Missing required parameter: 'tools[0].server_label'.",
            "tools[0].server_label",
        ),
        (
            {"tools": [{"type": "mcp", "server_label": "x"}]},
            "Missing required parameter: 'tools[0].server_url'.",
            "tools[0].server_url",
        ),
        (
            {"tools": [{"type": "web_search", "max_uses": 1}]},
            "Unknown parameter: 'tools[0].max_uses'.",
            "tools[0].max_uses",
        ),
        (
            {"tool_choice": {"type": "function", "name": "other"}},
            "Tool choice 'other' not found in 'tools' parameter.",
            "tool_choice",
        ),
        (
            {"tool_choice": {"type": "web_search"}},
            "Tool choice 'web_search' not found in 'tools' parameter.",
            "tool_choice",
        ),
        (
            {
                "tool_choice": {
                    "type": "allowed_tools",
                    "mode": "auto",
                    "tools": [{"type": "custom", "name": "get_current_weather"}],
                }
            },
            "not found",
            "tool_choice",
        ),
        (
            {"tool_choice": "required", "tools": []},
            "Tool choice 'required' must be specified with 'tools' parameter.",
            "tool_choice",
        ),
    ],
)
def test_a_changed_field_is_refused(good: Talk, fields: dict[str, Any], words: str, param: str) -> None:
    error = refused(good, {**good.body, "input": "hi", **fields})
    assert words in error["message"] and error["param"] == param


def test_strict_tools_and_replies_are_held_to_the_strict_subset(good: Talk) -> None:
    loose = {"type": "object", "properties": {"unit": {"type": "string"}}, "additionalProperties": False}
    tool = {"type": "function", "name": "get_weather", "parameters": loose, "strict": True}
    error = refused(good, {**good.body, "input": "hi", "tools": [tool]})
    assert (error["param"], error["code"]) == ("tools[0].parameters", "invalid_function_parameters")
    assert error["message"].startswith("Invalid schema for function 'get_weather': In context=()")
    assert error["message"].endswith("Missing 'unit'.")
    assert good.raw(json.dumps({**good.body, "input": "hi", "tools": [{**tool, "strict": False}]}).encode())[0] == 200
    shape = {"type": "json_schema", "name": "reply", "schema": loose, "strict": True}
    error = refused(good, {**good.body, "input": "hi", "text": {"format": shape}})
    assert (error["param"], error["code"]) == ("text.format.schema", "invalid_json_schema")


def test_an_approval_needs_its_answer_and_an_answer_its_request() -> None:
    talk = Talk("openai-responses", options=Options(mcp=(McpServer("docs", "https://docs.example/mcp"),)))
    talk.say("ask docs about comets")
    (waiting,) = pending_approvals(talk.conversation)
    talk.conversation = answer(talk.conversation, (), approved={waiting.id: True})
    talk.ask()
    body = talk.body
    unanswered = [item for item in body["input"] if item.get("type") != "mcp_approval_response"]
    assert waiting.id in refused(talk, {**body, "input": unanswered})["message"]
    unasked = [item for item in body["input"] if item.get("type") != "mcp_approval_request"]
    assert waiting.id in refused(talk, {**body, "input": unasked})["message"]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"type": "input_image"}, "Missing required parameter: 'input[0].content[0].image_url'."),
        (
            {"type": "input_image", "image_url": "nonsense"},
            "Expected a valid URL, but got a value with an invalid format.",
        ),
        ({"type": "input_image", "image_url": "data:image/png;base64,%%"}, "but got invalid base64-encoded value."),
        (
            {"type": "input_file", "file_data": "JVBERi0="},
            "Expected a base64-encoded data URL with a valid file MIME type",
        ),
        ({"type": "image_url", "image_url": {"url": "x"}}, "Invalid value: 'image_url'."),
    ],
)
def test_broken_media_is_refused(good: Talk, part: dict[str, Any], words: str) -> None:
    error = refused(good, {**good.body, "input": [{"role": "user", "content": [part]}]})
    assert words in error["message"]


def test_unknown_models_and_bodies_that_are_no_json(good: Talk) -> None:
    error = refused(good, {"model": "gpt-5", "input": "hi"}, 404)
    assert error["code"] == "model_not_found"
    for body in (b"", b"{", b"[]", b"\xff", b"[" * 100_000):
        status, data = good.raw(body)
        assert status == 400 and json.loads(data)["error"]["message"]
