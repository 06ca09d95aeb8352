"""The Gemini request, field by field."""

import json
from typing import Any

import pytest

from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.message import Message, Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Media, Opaque, Part, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.gemini import address
from callsmith.wire.gemini_messages import response_object
from callsmith.wire.registry import WIRES

KEYED = Connection("c", "C", "https://host.example/v1/", key=KeyRef("environment", "K"), headers={"X-Team": "a"})
SCHEMA = {"type": "object", "properties": {"tz": {"type": "string"}}, "additionalProperties": False}
TOOL = Tool("get_time", "Time", SCHEMA, strict=True)
MODEL = "gemini-3-flash"


def body(*messages: Message, model: str = MODEL, tools: tuple[Tool, ...] = (), system: str = "", **options: Any) -> Any:
    target = Target(KEYED, "gemini", model)
    return json.loads(WIRES["gemini"].request(target, Thread(system, messages), tools, Options(**options)).body)


def sent(*messages: Message, model: str = MODEL) -> Any:
    return body(*messages, model=model)["contents"]


def user(text: str = "Hi") -> Message:
    return Message("user", (Text(text),))


def assistant(*parts: Part, wire: str = "gemini", model: str = MODEL, **more: Any) -> Message:
    return Message("assistant", parts, Origin("x", "C", wire, model), **more)


def results(*parts: Part) -> Message:
    return Message("tool", parts)


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://h.example", "https://h.example/v1beta/models/m:streamGenerateContent?alt=sse"),
        ("https://h.example/v1/", "https://h.example/v1beta/models/m:streamGenerateContent?alt=sse"),
        ("https://h.example/v1beta", "https://h.example/v1beta/models/m:streamGenerateContent?alt=sse"),
        ("https://h.example/v1alpha", "https://h.example/v1alpha/models/m:streamGenerateContent?alt=sse"),
        ("https://h.example/v1beta/openai/", "https://h.example/v1beta/models/m:streamGenerateContent?alt=sse"),
        (
            "https://aiplatform.example/v1/projects/p/locations/l/publishers/google",
            "https://aiplatform.example/v1/projects/p/locations/l/publishers/google/models/m"
            ":streamGenerateContent?alt=sse",
        ),
    ],
)
def test_address_from_any_base(base: str, url: str) -> None:
    assert address(base, "m", stream=True) == url


@pytest.mark.parametrize(
    ("model", "path"),
    [("models/m", "models/m"), ("tunedModels/m", "tunedModels/m"), ("g/m", "models/g/m"), ("a b?", "models/a%20b%3F")],
)
def test_the_model_is_in_the_path(model: str, path: str) -> None:
    assert address("https://h.example", model, stream=False) == f"https://h.example/v1beta/{path}:generateContent"
    assert "model" not in body(user(), model=model)


@pytest.mark.parametrize(
    ("base", "header"),
    [
        ("https://gateway.example/v1", ("Authorization", "Bearer {{api_key}}")),
        ("https://generativelanguage.googleapis.com", ("x-goog-api-key", "{{api_key}}")),
        ("https://generativelanguage.googleapis.com.example", ("Authorization", "Bearer {{api_key}}")),
    ],
)
def test_the_key_header_by_host(base: str, header: tuple[str, str]) -> None:
    target = Target(Connection("c", "C", base, key=KeyRef("environment", "K"), headers={"X-Team": "a"}), "gemini", "m")
    request = WIRES["gemini"].request(target, Thread("", (user(),)), (), Options())
    assert request.headers == (("Content-Type", "application/json"), header, ("X-Team", "a"))
    assert "api_key" not in request.url


def test_no_key_no_authorization() -> None:
    target = Target(Connection("d", "D", "http://localhost:1"), "gemini", "m")
    request = WIRES["gemini"].request(target, Thread("", (user(),)), (), Options())
    assert request.headers == (("Content-Type", "application/json"),)


def test_a_whole_turn_with_results_in_one_content() -> None:
    calls = (ToolCall("call_1", "get_time", '{"tz":"Europe/Rome"}'), ToolCall("call_2", "get_time", ""))
    answers = results(ToolResult("call_2", "timeout", is_error=True), ToolResult("call_1", '"10:00"'))
    request = body(user(), assistant(*calls), answers, user("and?"), system="Be brief")
    assert request["systemInstruction"] == {"parts": [{"text": "Be brief"}]}
    assert request["contents"] == [
        {"role": "user", "parts": [{"text": "Hi"}]},
        {
            "role": "model",
            "parts": [
                {"functionCall": {"name": "get_time", "args": {"tz": "Europe/Rome"}}},
                {"functionCall": {"name": "get_time", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "get_time", "response": {"output": "10:00"}}},
                {"functionResponse": {"name": "get_time", "response": {"error": "timeout"}}},
            ],
        },
        {"role": "user", "parts": [{"text": "and?"}]},
    ]


def test_given_ids_are_echoed_and_local_ones_never_sent() -> None:
    calls = (ToolCall("f1", "f", "{}", extra={"functionCall": {"id": "f1"}}), ToolCall("call_2", "f", "{}"))
    turn = sent(assistant(*calls), results(ToolResult("f1", "1"), ToolResult("call_2", "2")))
    assert [part["functionCall"].get("id") for part in turn[0]["parts"]] == ["f1", None]
    assert [part["functionResponse"].get("id") for part in turn[1]["parts"]] == ["f1", None]


def test_trap_24_signatures_go_back_on_the_exact_part() -> None:
    said = assistant(
        Thinking("hm", "thought"),
        Text("I will"),
        ToolCall("call_1", "f", "{}", extra={"thoughtSignature": "first"}),
        ToolCall("call_2", "g", "{}"),
        Text("", {"thoughtSignature": "last"}),
        Thinking("signed", "thought", {"thoughtSignature": "t"}),
    )
    assert sent(said)[0]["parts"] == [
        {"text": "I will"},
        {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "first"},
        {"functionCall": {"name": "g", "args": {}}},
        {"text": "", "thoughtSignature": "last"},
        {"text": "signed", "thought": True, "thoughtSignature": "t"},
    ]


@pytest.mark.parametrize(("wire", "model"), [("gemini", "gemini-2.5-pro"), ("openai-chat", MODEL), ("anthropic", "c")])
def test_trap_24_calls_made_elsewhere_get_the_stand_in_signature(wire: str, model: str) -> None:
    said = assistant(
        Thinking("hm", "thought", {"thoughtSignature": "t"}),
        Text("", {"thoughtSignature": "s"}),
        Text("so", {"thoughtSignature": "s"}),
        Opaque("executableCode", {"executableCode": {}}),
        ToolCall("a", "f", "{}", extra={"thoughtSignature": "x", "functionCall": {"id": "a"}}),
        ToolCall("b", "g", "{}"),
        wire=wire,
        model=model,
    )
    turn = sent(said, results(ToolResult("a", "1"), ToolResult("b", "2")))
    assert turn[0]["parts"] == [
        {"text": "so"},
        {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "skip_thought_signature_validator"},
        {"functionCall": {"name": "g", "args": {}}},
    ]
    assert [part["functionResponse"].get("id") for part in turn[1]["parts"]] == [None, None]


@pytest.mark.parametrize(
    ("call", "args"),
    [
        (ToolCall("a", "f", "[1]"), {"input": [1]}),
        (ToolCall("a", "f", "not json"), {"input": "not json"}),
        (ToolCall("a", "f", "select 1", type="custom"), {"input": "select 1"}),
        (ToolCall("a", "f", "null"), {}),
    ],
)
def test_arguments_that_are_no_object_go_inside_one(call: ToolCall, args: Any) -> None:
    assert sent(assistant(call, wire="openai-chat"))[0]["parts"][0]["functionCall"]["args"] == args


def test_trap_29_as_many_responses_as_calls_are_sent() -> None:
    half = ToolCall("call_2", "g", '{"a":"x"')
    said = assistant(ToolCall("call_1", "f", "{}"), half, cut=True)
    turn = sent(said, results(ToolResult("call_1", "1"), ToolResult("call_2", "2"), ToolResult("other", "3")))
    assert [len(content["parts"]) for content in turn] == [1, 1]
    assert turn[1]["parts"][0]["functionResponse"]["name"] == "f"


@pytest.mark.parametrize(
    ("content", "is_error", "response"),
    [
        ('{"a": 1}', False, {"a": 1}),
        ('{"output": 1}', False, {"output": 1}),
        ('{"output": 1, "more": 2}', False, {"output": {"output": 1, "more": 2}}),
        ('{"error": null, "rows": []}', False, {"output": {"error": None, "rows": []}}),
        ("{}", False, {}),
        ("[1]", False, {"output": [1]}),
        ("plain", False, {"output": "plain"}),
        ("", False, {"output": ""}),
        ("42", False, {"output": 42}),
        ("1.10", False, {"output": "1.10"}),
        ("NaN", False, {"output": "NaN"}),
        ("boom", True, {"error": "boom"}),
        ('{"error": "x", "code": 1}', True, {"error": "x", "code": 1}),
        ('{"code": 1}', True, {"error": {"code": 1}}),
    ],
)
def test_a_result_is_an_object_with_output_or_error(content: str, is_error: bool, response: Any) -> None:
    assert response_object(content, is_error=is_error) == response


PICTURE = Media("image/png", "QUJD")
INLINE = {"inlineData": {"mimeType": "image/png", "data": "QUJD"}}


def test_media_of_the_user() -> None:
    file = Media("application/pdf", url="https://host.example/f.pdf")
    assert sent(Message("user", (Text("see"), PICTURE, file)))[0]["parts"] == [
        {"text": "see"},
        INLINE,
        {"fileData": {"mimeType": "application/pdf", "fileUri": "https://host.example/f.pdf"}},
    ]


def test_media_of_a_result_is_inside_it_from_gemini_3_on() -> None:
    answers = results(ToolResult("call_1", ""), PICTURE, ToolResult("call_2", "2"))
    calls = (ToolCall("call_1", "f", "{}"), ToolCall("call_2", "g", "{}"))
    assert sent(assistant(*calls), answers)[1]["parts"] == [
        {"functionResponse": {"name": "f", "response": {}, "parts": [INLINE]}},
        {"functionResponse": {"name": "g", "response": {"output": 2}}},
    ]
    assert sent(assistant(*calls), answers, model="gemini-2.5-flash")[1]["parts"] == [
        {"functionResponse": {"name": "f", "response": {}}},
        {"functionResponse": {"name": "g", "response": {"output": 2}}},
        INLINE,
    ]


def test_pictures_and_server_steps_of_the_model_go_back_to_it() -> None:
    step = {"executableCode": {"code": "1"}, "thoughtSignature": "s"}
    said = assistant(
        Opaque("executableCode", step),
        Media("image/png", "QUJD", extra={"thoughtSignature": "s"}),
        Media("image/png", "QUJD", extra={"thought": True}),
    )
    assert sent(said)[0]["parts"] == [step, {**INLINE, "thoughtSignature": "s"}]


def test_empty_text_and_empty_messages_are_left_out() -> None:
    turn = sent(user(), assistant(Text("")), assistant(Refusal("no"), wire="openai-chat"), user(""), user("x"))
    assert [content["parts"] for content in turn] == [[{"text": "Hi"}], [{"text": "no"}], [{"text": "x"}]]


def test_trap_43_json_schema_goes_into_the_field_made_for_it() -> None:
    declared = body(user(), tools=(TOOL,))["tools"][0]["functionDeclarations"][0]
    assert declared == {"name": "get_time", "description": "Time", "parametersJsonSchema": SCHEMA}


@pytest.mark.parametrize(
    "schema",
    [None, {"type": "object"}, {"type": "object", "properties": {}, "additionalProperties": False}, {"properties": []}],
)
def test_trap_44_a_function_without_arguments_sends_no_schema(schema: Any) -> None:
    assert body(user(), tools=(Tool("now", "", schema),))["tools"] == [{"functionDeclarations": [{"name": "now"}]}]


@pytest.mark.parametrize(
    "more", [{"additionalProperties": {"type": "string"}}, {"$ref": "#/$defs/a"}, {"required": ["a"]}]
)
def test_a_function_of_free_arguments_keeps_its_schema(more: Any) -> None:
    schema = {"type": "object", "properties": {}, **more}
    tools = body(user(), tools=(Tool("f", "", schema),))["tools"]
    assert tools[0]["functionDeclarations"][0]["parametersJsonSchema"] == schema


@pytest.mark.parametrize(
    ("choice", "config"),
    [
        (ToolChoice("none"), {"mode": "NONE"}),
        (ToolChoice("required"), {"mode": "ANY"}),
        (ToolChoice("named", "get_time"), {"mode": "ANY", "allowedFunctionNames": ["get_time"]}),
    ],
)
def test_tool_choice_modes(choice: ToolChoice, config: Any) -> None:
    request = body(user(), tools=(TOOL,), tool_choice=choice, parallel_tool_calls=False)
    assert request["toolConfig"] == {"functionCallingConfig": config}
    assert "toolConfig" not in body(user(), tool_choice=choice)
    assert "toolConfig" not in body(user(), tools=(TOOL,))


def test_options_in_the_formats_own_terms() -> None:
    request = body(user(), max_tokens=9, temperature=0.0, top_p=0.5, seed=3, stop=("a", "b"), stream=False)
    assert request["generationConfig"] == {
        "maxOutputTokens": 9,
        "temperature": 0.0,
        "topP": 0.5,
        "seed": 3,
        "stopSequences": ["a", "b"],
    }
    assert body(user()).keys() == {"contents"}


def test_extra_body_is_merged_last_and_field_by_field() -> None:
    extra = {"generationConfig": {"temperature": 1, "thinkingConfig": {"includeThoughts": True}}, "labels": {"a": "b"}}
    request = body(user(), temperature=0.5, max_tokens=9, extra_body=extra)
    assert request["generationConfig"] == {
        "maxOutputTokens": 9,
        "temperature": 1,
        "thinkingConfig": {"includeThoughts": True},
    }
    assert request["labels"] == {"a": "b"}
    assert extra["generationConfig"] == {"temperature": 1, "thinkingConfig": {"includeThoughts": True}}
