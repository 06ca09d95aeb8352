"""What the demo provider's Gemini refuses, in Google's words: changes to a good request that clients may make."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from callsmith.starters import STARTERS
from tests.demo.talk import Talk

WEATHER = STARTERS[0].tools[0]
PROMPT = "weather in Paris and Tokyo"
COUNT = (
    "Please ensure that the number of function response parts is equal to the number of function call parts of the "
    "function call turn."
)
CALL_TURN = (
    "Please ensure that function call turn comes immediately after a user turn or after a function response turn."
)
RESPONSE_TURN = "Please ensure that function response turn comes immediately after a function call turn."
Change = Callable[[list[dict[str, Any]]], object]


def conversation(model: str) -> Talk:
    talk = Talk("gemini", model, [WEATHER])
    talk.say(PROMPT)
    talk.answer({"temperature": 12}, {"temperature": 20})
    return talk


@pytest.fixture
def good() -> Talk:
    """A conversation whose last request carries two calls, the first signed, and their results."""
    return conversation("demo-thinking")


def refused(talk: Talk, body: Any, status: int = 400) -> str:
    got, data = talk.raw(json.dumps(body).encode())
    assert got == status, data
    error = json.loads(data)["error"]
    assert error["code"] == status and error["status"] == {400: "INVALID_ARGUMENT", 404: "NOT_FOUND"}[status]
    return str(error["message"])


def parts(contents: list[dict[str, Any]], content: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = contents[content]["parts"]
    return found


# The contents of the good request: 0 the prompt, 1 the two calls, 2 their responses.
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: parts(c, 2).pop(), COUNT),
        (lambda c: parts(c, 2).append(parts(c, 2)[0]), COUNT),
        (lambda c: parts(c, 1).pop(), COUNT),
        (lambda c: c.pop(), COUNT),
        (lambda c: c.insert(2, {"role": "user", "parts": [{"text": "wait"}]}), COUNT),
        (lambda c: c.insert(2, {"role": "user", "parts": [parts(c, 2).pop()]}), COUNT),
        (lambda c: c.pop(0), CALL_TURN),
        (lambda c: c.pop(1), RESPONSE_TURN),
        (lambda c: c.reverse(), RESPONSE_TURN),
        (lambda c: c.append(c[2]), RESPONSE_TURN),
        (lambda c: parts(c, 1)[0].pop("thoughtSignature"), "Function call is missing a thought_signature"),
        (lambda c: parts(c, 1).reverse(), "Function call is missing a thought_signature"),
        (
            lambda c: parts(c, 1)[1].update(thoughtSignature=parts(c, 1)[0]["thoughtSignature"]),
            "Thought signature is not valid.",
        ),
        (lambda c: parts(c, 1)[0]["functionCall"].update(args={}), "Thought signature is not valid."),
        (lambda c: parts(c, 1)[0].update(thoughtSignature="AAAA"), "Thought signature is not valid."),
        (
            lambda c: parts(c, 1)[0].update(thoughtSignature="?"),
            "Invalid value at 'contents[1].parts[0].thought_signature' (TYPE_BYTES), Base64 decoding failed",
        ),
        (lambda c: parts(c, 2)[0]["functionResponse"].update(name="other", id=None), "answers no function call"),
        (lambda c: parts(c, 2)[0]["functionResponse"].update(id="made-up"), "answers no function call"),
        (
            lambda c: parts(c, 2)[0]["functionResponse"].update(response="12"),
            "Invalid value at 'contents[2].parts[0].function_response.response' "
            '(type.googleapis.com/google.protobuf.Struct), "12"',
        ),
        (lambda c: parts(c, 2)[0]["functionResponse"].pop("name"), "function_response.name: Name cannot be empty."),
        (lambda c: parts(c, 1)[0]["functionCall"].update(args="{}"), "contents[1].parts[0].function_call.args"),
        (lambda c: c[0].update(role="assistant"), "Please use a valid role: user, model."),
        (
            lambda c: c[0].update(parts=[]),
            "* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.\n",
        ),
        (
            lambda c: c[0].update(parts=[{}]),
            "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized "
            "field\n",
        ),
        (lambda c: parts(c, 0)[0].update(inlineData={}), "oneof field 'data' is already set. Cannot set 'inlineData'"),
        (lambda c: parts(c, 0)[0].update(type="text"), "Unknown name \"type\" at 'contents[0].parts[0]'"),
        (lambda c: c.clear(), "* GenerateContentRequest.contents: contents is not specified\n"),
    ],
)
def test_a_changed_history_is_refused(good: Talk, change: Change, words: str) -> None:
    body = good.body
    change(body["contents"])
    assert words in refused(good, body)


def test_trap_24_a_lost_signature_is_named_with_its_place(good: Talk) -> None:
    good.say("And in Rome?")
    good.answer({"temperature": 30})
    body = good.body
    del body["contents"][-2]["parts"][0]["thoughtSignature"]
    message = refused(good, body)
    assert "Additional data, function call `default_api:get_current_weather` , position 6." in message
    earlier = good.body
    del earlier["contents"][1]["parts"][0]["thoughtSignature"]
    assert good.raw(json.dumps(earlier).encode())[0] == 200  # only the current turn is held to it


def test_a_text_s_signature_goes_back_on_its_part(good: Talk) -> None:
    good.say("thanks")
    signed = good.body["contents"][3]["parts"][-1]
    assert signed["text"] == "" and signed["thoughtSignature"]
    body = good.body
    body["contents"][3]["parts"][0]["text"] += " And more."
    assert refused(good, body) == "Thought signature is not valid."


def test_signatures_are_taken_in_both_alphabets_and_as_the_documented_stand_in(good: Talk) -> None:
    signature = good.body["contents"][1]["parts"][0]["thoughtSignature"]
    for given in (signature.replace("+", "-").replace("/", "_"), "skip_thought_signature_validator"):
        body = good.body
        body["contents"][1]["parts"][0]["thoughtSignature"] = given
        assert good.raw(json.dumps(body).encode())[0] == 200


def test_models_that_do_not_think_need_no_signature() -> None:
    talk = conversation("demo-agent")
    assert "thoughtSignature" not in json.dumps(talk.body)
    body = talk.body
    body["contents"].append({"role": "model", "parts": [{"text": "ok"}]})
    assert talk.raw(json.dumps(body).encode())[0] == 200


def test_the_chunks_of_a_streamed_turn_may_stand_apart(good: Talk) -> None:
    """As clients do that keep each chunk of a reply as a content."""
    body = good.body
    first, second = body["contents"][1]["parts"]
    body["contents"][1:2] = [{"role": "model", "parts": [part]} for part in (first, second)]
    assert good.raw(json.dumps(body).encode())[0] == 200


def declare(**fields: Any) -> dict[str, Any]:
    return {"tools": [{"functionDeclarations": [{"name": "f", **fields}]}]}


def configure(**fields: Any) -> dict[str, Any]:
    return {"generationConfig": fields}


def choose(**fields: Any) -> dict[str, Any]:
    return {"toolConfig": {"functionCallingConfig": fields}}


AT = "tools[0].function_declarations[0].parameters"
OPEN = {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"messages": []}, 'Invalid JSON payload received. Unknown name "messages": Cannot find field.'),
        (
            declare(parameters={**OPEN, "additionalProperties": False, "$schema": "x"}),
            f"Invalid JSON payload received. Unknown name \"additionalProperties\" at '{AT}': Cannot find field.\n"
            f"Invalid JSON payload received. Unknown name \"$schema\" at '{AT}': Cannot find field.",
        ),
        (
            declare(parameters={"type": "OBJECT", "properties": {"a": {"const": 1}, "b": {"anyOf": [{"const": 2}]}}}),
            f"Unknown name \"const\" at '{AT}.properties[0].value': Cannot find field.\nInvalid JSON payload received. "
            f"Unknown name \"const\" at '{AT}.properties[1].value.any_of[0]': Cannot find field.",
        ),
        (
            declare(parameters={"type": "object", "properties": {"a": {"type": ["string", "null"]}}}),
            f"Unknown name \"type\" at '{AT}.properties[0].value': Proto field is not repeating, cannot start list.",
        ),
        (
            declare(parameters={"type": "object", "properties": {"a": {"type": "any"}}}),
            f"Invalid value at '{AT}.properties[0].value.type' "
            '(type.googleapis.com/google.ai.generativelanguage.v1beta.Type), "any"',
        ),
        (
            declare(parameters={"type": "object", "properties": {"a": {"type": "array"}}}),
            f"* GenerateContentRequest.{AT}.properties[a].items: missing field.\n",
        ),
        (
            declare(parameters={"type": "object", "properties": {"a": {"type": "integer", "enum": [1]}}}),
            f"Invalid value at '{AT}.properties[0].value.enum[0]' (TYPE_STRING), 1",
        ),
        (
            declare(parameters={"type": "object", "properties": {}, "required": ["a"]}),
            f"* GenerateContentRequest.{AT}.required[0]: property is not defined\n",
        ),
        (declare(parameters={"type": "object", "properties": []}), f"Invalid value at '{AT}.properties'"),
        (declare(parameters=OPEN, parametersJsonSchema=OPEN), "only one of parameters and parameters_json_schema"),
        (declare(parametersJsonSchema={"type": "string"}), "parameters schema should be of type OBJECT."),
        (declare(parametersJsonSchema={"type": "object", "required": "a"}), "invalid JSON schema"),
        (declare(strict=True), "Unknown name \"strict\" at 'tools[0].function_declarations[0]': Cannot find field."),
        (declare(name="1st tool"), "tools[0].function_declarations[0].name: Invalid function name. Must start with"),
        (declare(name="x" * 129), "with a maximum length of 128."),
        (
            {"tools": [{"functionDeclarations": [{"name": "f"}, {"name": "f"}]}]},
            "Duplicate function declaration found: f",
        ),
        ({"tools": [{"mcpServers": [{}]}]}, "Unknown name \"mcpServers\" at 'tools[0]': Cannot find field."),
        ({"tools": [{"codeExecution": {}}]}, "codeExecution is not supported"),
        (
            {"tools": [{"googleSearch": {}, "functionDeclarations": [{"name": "f"}]}]},
            "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function ",
        ),
        (choose(mode="SOMETIMES"), "Invalid value at 'tool_config.function_calling_config.mode'"),
        (choose(mode="AUTO", allowedFunctionNames=["get_current_weather"]), "only allowed when"),
        (choose(mode="ANY", allowedFunctionNames=["other"]), "function `other` is not declared."),
        ({**choose(mode="ANY"), "tools": []}, "Function calling config is set without function_declarations."),
        (configure(temperature=3), "temperature must be in the range [0.0, 2.0]."),
        (configure(maxOutputTokens=0), "max_output_tokens must be positive."),
        (configure(maxOutputTokens="many"), "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32)"),
        (configure(max_tokens=5), "Unknown name \"max_tokens\" at 'generation_config': Cannot find field."),
        (configure(stopSequences=["a", "b", "c", "d", "e", "f"]), "at most 5"),
        (configure(responseMimeType="application/pdf"), "allowed mimetypes are"),
        (configure(responseJsonSchema={}), "only allowed when response_mime_type is set to application/json."),
        (
            configure(responseMimeType="application/json", responseSchema={"type": "object", "$defs": {}}),
            "Unknown name \"$defs\" at 'generation_config.response_schema': Cannot find field.",
        ),
        (
            configure(thinkingConfig={"thinkingBudget": 100, "thinkingLevel": "LOW"}),
            "You can only set only one of thinking budget and thinking level.",
        ),
        (configure(thinkingConfig={"thinkingBudget": 52428}), "The thinking budget (52428) is invalid."),
        (configure(thinkingConfig={"thinkingLevel": "HUGE"}), "thinking_config.thinking_level"),
        (
            configure(thinkingConfig={"thinkingBudget": 0, "includeThoughts": True}),
            "Thinking_config.include_thoughts is only enabled when thinking is enabled.",
        ),
        (configure(candidateCount=2), "Multiple candidates is not enabled for this model"),
    ],
)
def test_a_changed_field_is_refused(good: Talk, fields: dict[str, Any], words: str) -> None:
    body = {**good.body, "contents": [{"role": "user", "parts": [{"text": "hi"}]}], **fields}
    assert words in refused(good, body)


def test_fields_are_taken_as_the_proto_names_them_too(good: Talk) -> None:
    body = {
        "contents": [{"parts": [{"text": PROMPT}]}],
        "system_instruction": {"parts": [{"text": "Be brief."}]},
        "tools": {"function_declarations": [{"name": "get_current_weather", "parameters": OPEN}]},
        "generation_config": {"max_output_tokens": "50", "thinking_config": {"thinking_level": "low"}},
    }
    status, data = good.raw(json.dumps(body).encode())
    assert status == 200, data


def test_unknown_models_actions_and_bodies_that_are_no_json(good: Talk) -> None:
    body = good.request.body
    for model, action in (("gemini-3-pro", "generateContent"), ("demo-agent", "countTokens")):
        reply = good.provider.answer("POST", f"/v1beta/models/{model}:{action}", body)
        error = json.loads(b"".join(piece.data for piece in reply.pieces))["error"]
        assert (reply.status, error["status"]) == (404, "NOT_FOUND")
        assert error["message"].startswith(f"models/{model} is not found for API version v1beta, or is not supported")
        assert action in error["message"] or model == "gemini-3-pro"
    for given in (b"", b"{", b"[]", b"\xff", b"[" * 100_000):
        status, data = good.raw(given)
        assert status == 400 and json.loads(data)["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(("model", "status"), [("demo-unauthorized", 401), ("demo-rate-limited", 429)])
def test_other_errors_have_google_s_shape(model: str, status: int) -> None:
    turn = Talk("gemini", model).say("hello")
    assert turn.state == "failed" and turn.problem is not None
    assert (turn.problem.status, turn.problem.type) == (
        status,
        {401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED"}[status],
    )
