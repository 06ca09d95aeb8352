"""The Gemini request, field by field."""

from typing import Any

import pytest

from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Media, Opaque, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.wire.gemini import address
from callsmith.wire.gemini_messages import response_object
from callsmith.wire.registry import WIRES
from tests.wire.gemini_kit import MODEL, assistant, body, results, sent, user


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
def test_trap_48_arguments_that_are_no_object_go_inside_one(call: ToolCall, args: Any) -> None:
    assert sent(assistant(call, wire="openai-chat"))[0]["parts"][0]["functionCall"]["args"] == args


def test_trap_29_as_many_responses_as_calls_are_sent() -> None:
    half = ToolCall("call_2", "g", '{"a":"x"')
    said = assistant(ToolCall("call_1", "f", "{}"), half, cut=True)
    turn = sent(said, results(ToolResult("call_1", "1"), ToolResult("call_2", "2"), ToolResult("other", "3")))
    assert [len(content["parts"]) for content in turn] == [1, 1]
    assert turn[1]["parts"][0]["functionResponse"]["name"] == "f"


def test_trap_29_a_call_without_a_result_was_cancelled() -> None:
    said = assistant(ToolCall("call_1", "f", "{}"), ToolCall("call_2", "g", "{}"))
    cancelled = {"error": "cancelled by user"}
    for following in ((results(ToolResult("call_2", "2")),), (user("never mind"),), (assistant(Text("so")),)):
        responses = [part["functionResponse"] for part in sent(said, *following)[1]["parts"]]
        assert [response["name"] for response in responses] == ["f", "g"]
        assert responses[0]["response"] == cancelled
    assert len(sent(said)) == 1
    pictured = sent(assistant(ToolCall("", "f", "{}")), Message("user", (PICTURE,)))
    assert [part.keys() for part in (pictured[1]["parts"][0]["functionResponse"], pictured[2]["parts"][0])] == [
        {"name", "response"},
        {"inlineData"},
    ]


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
        ('{"n":1e400}', False, {"output": '{"n":1e400}'}),
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


def test_trap_49_empty_text_and_empty_messages_are_left_out() -> None:
    turn = sent(user(), assistant(Text("")), assistant(Refusal("no"), wire="openai-chat"), user(""), user("x"))
    assert [content["parts"] for content in turn] == [[{"text": "Hi"}], [{"text": "no"}], [{"text": "x"}]]


@pytest.mark.parametrize(
    ("name", "legal"),
    [
        ("files.read/all", "files.read_all"),
        ("gr\u00fc\u00df e", "gr___e"),
        ("1st", "_1st"),
        ("x" * 200, "x" * 128),
        ("ns:f-1.b", "ns:f-1.b"),
        ("", "_"),
    ],
)
def test_trap_39_names_in_the_history_are_legal_in_call_and_result(name: str, legal: str) -> None:
    turn = sent(assistant(ToolCall("a", name, "{}"), wire="openai-chat"), results(ToolResult("a", "1")))
    assert turn[0]["parts"][0]["functionCall"]["name"] == legal
    assert turn[1]["parts"][0]["functionResponse"]["name"] == legal
