"""What the demo provider refuses on Messages, in Anthropic's words: one change to a right request each."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from callsmith.starters import STARTERS
from callsmith.types.options import Options
from tests.demo.talk import Talk

WEATHER = STARTERS[0].tools[0]
Change = Callable[[Any], Any]


@pytest.fixture(scope="module")
def answered() -> Talk:
    """Two parallel calls, answered: user, assistant [thinking, call, call], user [result, result]."""
    talk = Talk("anthropic", "demo-thinking", (WEATHER,), Options())
    talk.say("weather in Paris and Tokyo")
    assert talk.answer({"temperature": 1}, {"temperature": 2}).state == "finished"
    return talk


def ids(document: Any) -> list[str]:
    return [block["id"] for block in document["messages"][1]["content"][1:]]


def put(document: Any, path: str, value: Any) -> None:
    """``messages.1.content.0`` set to a value; None deletes it."""
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        document = document[step]
    if value is None:
        del document[last]
    else:
        document[last] = value


MISSING = (
    "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: {1}. Each `tool_use` block "
    "must have a corresponding `tool_result` block in the next message."
)
BOTH = MISSING.replace("{1}", "{0}, {1}")
UNEXPECTED = (
    "messages.2.content.2: unexpected `tool_use_id` found in `tool_result` blocks: toolu_x. Each `tool_result` block "
    "must have a corresponding `tool_use` block in the previous message."
)
NO_THOUGHT = "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When"
NO_SIGNATURE = "messages.1.content.0: Invalid `signature` in `thinking` block"


HISTORY: dict[str, tuple[Change, str]] = {
    "a result is missing": (lambda d: put(d, "messages.2.content.1", None), MISSING),
    "all results are missing": (lambda d: put(d, "messages.2", None), BOTH),
    "a text stands before the results": (
        lambda d: d["messages"][2]["content"].insert(0, {"type": "text", "text": "Here:"}),
        MISSING,
    ),
    "results in two messages": (
        lambda d: d["messages"].append({"role": "user", "content": [d["messages"][2]["content"].pop()]}),
        MISSING,
    ),
    "a result that nobody asked for": (
        lambda d: d["messages"][2]["content"].append({"type": "tool_result", "tool_use_id": "toolu_x"}),
        UNEXPECTED,
    ),
    "a result twice": (
        lambda d: d["messages"][2]["content"].append(copy.deepcopy(d["messages"][2]["content"][0])),
        "messages.2.content.2: each tool_use must have a single result. Found multiple `tool_result` blocks with id: "
        "{0}",
    ),
    "an id twice": (
        lambda d: put(d, "messages.1.content.2.id", ids(d)[0]),
        "messages.1.content.2: `tool_use` ids must be unique",
    ),
    "an illegal id": (
        lambda d: put(d, "messages.1.content.1.id", "call:1"),
        "messages.1.content.1.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    "no id": (lambda d: put(d, "messages.1.content.1.id", None), "messages.1.content.1.tool_use.id: Field required"),
    "input as text": (
        lambda d: put(d, "messages.1.content.1.input", "{}"),
        "messages.1.content.1.tool_use.input: Input should be a valid dictionary",
    ),
    "the thought is gone": (lambda d: put(d, "messages.1.content.0", None), NO_THOUGHT),
    "the thought comes late": (
        lambda d: d["messages"][1]["content"].insert(1, d["messages"][1]["content"].pop(0)),
        NO_THOUGHT,
    ),
    "the thought was changed": (lambda d: put(d, "messages.1.content.0.thinking", "I thought."), NO_SIGNATURE),
    "the signature was changed": (lambda d: put(d, "messages.1.content.0.signature", "AAAA"), NO_SIGNATURE),
    "the signature is gone": (
        lambda d: put(d, "messages.1.content.0.signature", None),
        "messages.1.content.0.thinking.signature: Field required",
    ),
    "another model's thought": (lambda d: put(d, "model", "demo-instant"), NO_SIGNATURE),
    "a thought at the end": (
        lambda d: put(d, "messages.1.content", d["messages"][1]["content"][:1]) or d["messages"].pop(),
        "messages.1: The final block in an assistant message cannot be `thinking`.",
    ),
    "an empty text": (
        lambda d: d["messages"][0]["content"].append({"type": "text", "text": ""}),
        "messages: text content blocks must be non-empty",
    ),
    "a blank text": (
        lambda d: d["messages"][0]["content"].append({"type": "text", "text": " \n"}),
        "messages: text content blocks must contain non-whitespace text",
    ),
    "an error without words": (
        lambda d: d["messages"][2]["content"][0].update(is_error=True, content=""),
        "messages.2.content.0.tool_result: content cannot be empty if `is_error` is true",
    ),
    "white space at the end": (
        lambda d: d["messages"].append({"role": "assistant", "content": "It is "}),
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    "a system message": (
        lambda d: d["messages"].insert(0, {"role": "system", "content": "Be brief."}),
        'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as '
        "an input message role.",
    ),
    "the assistant begins": (
        lambda d: d["messages"].insert(0, {"role": "assistant", "content": "Hello"}),
        'messages: first message must use the "user" role',
    ),
    "an unknown block": (
        lambda d: d["messages"][0]["content"].append({"type": "input_text", "text": "x"}),
        "messages.0.content.1: Input tag 'input_text' found using 'type' does not match any of the expected tags",
    ),
    "a picture of an unknown kind": (
        lambda d: d["messages"][0]["content"].append(
            {"type": "image", "source": {"type": "base64", "media_type": "image/bmp", "data": ""}}
        ),
        "messages.0.content.1.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' "
        "or 'image/webp'",
    ),
    "the tools are gone": (
        lambda d: put(d, "tools", None),
        "Requests which include `tool_use` or `tool_result` blocks must define tools.",
    ),
}


@pytest.mark.parametrize("change", HISTORY)
def test_a_broken_history(answered: Talk, change: str) -> None:
    document = answered.body
    known = ids(document)
    do, words = HISTORY[change]
    do(document)
    assert answered.refusal(document).startswith(words.replace("{0}", known[0]).replace("{1}", known[1]))


def thinking(**fields: Any) -> Change:
    return lambda d: put(d, "thinking", fields)


REQUEST: dict[str, tuple[Change, str]] = {
    "no token limit": (lambda d: put(d, "max_tokens", None), "max_tokens: Field required"),
    "no token": (lambda d: put(d, "max_tokens", 0), "max_tokens: Input should be greater than or equal to 1"),
    "too many tokens": (
        lambda d: put(d, "max_tokens", 200_000),
        "max_tokens: 200000 > 128000, which is the maximum allowed number of output tokens for demo-thinking",
    ),
    "an unknown field": (lambda d: put(d, "seed", 7), "seed: Extra inputs are not permitted"),
    "too hot": (lambda d: put(d, "temperature", 1.5), "temperature: range: 0..1"),
    "cool thinking": (
        lambda d: put(d, "temperature", 0.5),
        "`temperature` may only be set to 1 when thinking is enabled.",
    ),
    "thinking and top_k": (lambda d: put(d, "top_k", 5), "`top_k` must be unset when thinking is enabled."),
    "thinking and a forced tool": (
        lambda d: put(d, "tool_choice", {"type": "any"}),
        "Thinking may not be enabled when tool_choice forces tool use.",
    ),
    "a tool that is not there": (
        lambda d: [put(d, "thinking", {"type": "disabled"}), put(d, "tool_choice", {"type": "tool", "name": "x"})],
        "Tool 'x' not found in provided tools",
    ),
    "an unknown choice": (
        lambda d: put(d, "tool_choice", {"type": "required"}),
        "tool_choice: Input tag 'required' found using 'type' does not match any of the expected tags",
    ),
    "a choice without tools": (
        lambda d: [put(d, "tools", None), put(d, "tool_choice", {"type": "auto"})],
        "`tool_choice` may only be specified while providing `tools`.",
    ),
    "an unknown way to think": (
        thinking(type="auto"),
        "thinking: Input tag 'auto' found using 'type' does not match any of the expected tags: 'adaptive', "
        "'disabled', 'enabled'",
    ),
    "a small budget": (
        thinking(type="enabled", budget_tokens=100),
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ),
    "a budget beyond the limit": (
        thinking(type="enabled", budget_tokens=100_000),
        "`max_tokens` must be greater than `thinking.budget_tokens`.",
    ),
    "no budget": (thinking(type="enabled"), "thinking.enabled.budget_tokens: Field required"),
    "a tool twice": (lambda d: d["tools"].append(d["tools"][0]), "tools: Tool names must be unique."),
    "a tool's name": (
        lambda d: put(d, "tools.0.name", "get weather"),
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    ),
    "no schema": (lambda d: put(d, "tools.0.input_schema", None), "tools.0.custom.input_schema: Field required"),
    "a schema without a type": (
        lambda d: put(d, "tools.0.input_schema.type", None),
        "tools.0.custom.input_schema.type: Field required",
    ),
    "a choice at the top of a schema": (
        lambda d: put(d, "tools.0.input_schema.anyOf", [{"required": ["a"]}]),
        "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level",
    ),
    "a property's name": (
        lambda d: put(d, "tools.0.input_schema.properties.the city", {"type": "string"}),
        "tools.0.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",
    ),
    "a broken schema": (
        lambda d: put(d, "tools.0.input_schema.properties.location", {"type": "string", "minLength": "1"}),
        "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12",
    ),
    "a strict tool that is open": (
        lambda d: put(d, "tools.0.strict", True),
        "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false",
    ),
    "Chat's way to write a tool": (
        lambda d: put(d, "tools.0", {"type": "function", "function": {"name": "x"}}),
        "tools.0: Input tag 'function' found using 'type' does not match any of the expected tags",
    ),
    "an open reply schema": (
        lambda d: put(d, "output_config", {"format": {"type": "json_schema", "schema": {"type": "object"}}}),
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    ),
    "five breakpoints": (
        lambda d: put(d, "system", [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5),
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    "a cache that lives a day": (
        lambda d: put(d, "tools.0.cache_control", {"type": "ephemeral", "ttl": "1d"}),
        "tools.0.custom.cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
    ),
    "a remote server without its beta": (
        lambda d: put(d, "mcp_servers", [{"type": "url", "name": "x", "url": "https://x.example"}]),
        "mcp_servers: Extra inputs are not permitted",
    ),
    "no messages": (lambda d: put(d, "messages", []), "messages: at least one message is required"),
}


@pytest.mark.parametrize("change", REQUEST)
def test_a_broken_request(answered: Talk, change: str) -> None:
    document = answered.body
    do, words = REQUEST[change]
    do(document)
    assert answered.refusal(document).startswith(words)


def test_the_request_they_all_start_from_is_right(answered: Talk) -> None:
    assert answered.send(answered.request.body).state == "finished"


def test_assistant_messages_in_a_row_are_one(answered: Talk) -> None:
    document = answered.body
    last = document["messages"][1]["content"].pop()
    document["messages"].insert(2, {"role": "assistant", "content": [last]})
    assert answered.raw(json.dumps(document).encode())[0] == 200


def test_a_version_must_be_named(answered: Talk) -> None:
    reply = answered.provider.answer("POST", "/v1/messages", answered.request.body)
    assert reply.status == 400
    assert b"anthropic-version: header is required" in b"".join(piece.data for piece in reply.pieces)
