"""OpenAI's own client on the demo provider's Responses, over loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openai import BadRequestError, InternalServerError, OpenAI
from openai.types.responses import Response, ResponseFunctionToolCall, ResponseReasoningItem

from callsmith.demo.server import DemoServer
from callsmith.starters import STARTERS

pytestmark = pytest.mark.slow

WEATHER = STARTERS[0].tools[0]
TOOLS: list[Any] = [
    {
        "type": "function",
        "name": WEATHER.name,
        "description": WEATHER.description,
        "parameters": WEATHER.parameters,
        "strict": False,
    }
]
PROMPT = "weather in Paris and Tokyo"


@pytest.fixture
def client(server: DemoServer) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.base_url, api_key="unused", max_retries=0) as client:
        yield client


def streamed(client: OpenAI, **request: Any) -> tuple[Response, list[Any]]:
    """The final response, and the events before it."""
    with client.responses.stream(**request) as stream:
        events = list(stream)
        return stream.get_final_response(), events


def test_two_streamed_turns_with_parallel_calls_and_encrypted_reasoning(client: OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": PROMPT}]
    request: dict[str, Any] = {
        "model": "demo-thinking",
        "tools": TOOLS,
        "store": False,
        "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": "low", "summary": "auto"},
    }
    first, events = streamed(client, input=asked, **request)
    calls = [item for item in first.output if isinstance(item, ResponseFunctionToolCall)]
    reasoning = first.output[0]
    assert isinstance(reasoning, ResponseReasoningItem) and reasoning.encrypted_content and reasoning.summary
    assert [json.loads(call.arguments)["location"] for call in calls] == ["Paris", "Tokyo"]
    done = [event.arguments for event in events if event.type == "response.function_call_arguments.done"]
    assert done == [call.arguments for call in calls]
    asked += first.output
    asked += [
        {"type": "function_call_output", "call_id": call.call_id, "output": json.dumps({"temperature": degrees})}
        for call, degrees in zip(calls, (12, 20), strict=True)
    ]
    second, _ = streamed(client, input=asked, **request)
    assert "12 °C in Paris" in second.output_text and "20 °C in Tokyo" in second.output_text
    assert second.usage is not None and second.usage.output_tokens_details.reasoning_tokens
    with pytest.raises(BadRequestError, match="No tool output found for function call"):
        client.responses.create(input=asked[:-1], **request)


def test_an_unstreamed_reply_says_the_same(client: OpenAI) -> None:
    request: dict[str, Any] = {"model": "demo-instant", "input": PROMPT, "tools": TOOLS}
    plain = client.responses.create(**request)
    final, _ = streamed(client, **request)
    assert [item.to_dict() for item in plain.output if isinstance(item, ResponseFunctionToolCall)]
    assert [(item.type, getattr(item, "arguments", "")) for item in plain.output] == [
        (item.type, getattr(item, "arguments", "")) for item in final.output
    ]
    assert plain.usage == final.usage


def test_a_search_with_its_citations(client: OpenAI) -> None:
    prompt = "search the web for the tide clock"
    final, events = streamed(client, model="demo-instant", input=prompt, tools=[{"type": "web_search"}])
    assert [item.type for item in final.output] == ["web_search_call", "message"]
    assert any(event.type == "response.output_text.annotation.added" for event in events)
    assert "Salt Quay" in final.output_text


def test_an_error_in_the_middle_of_a_stream_is_raised(client: OpenAI) -> None:
    from openai import APIError

    with pytest.raises(APIError, match="overloaded"):
        streamed(client, model="demo-overloaded", input="hello")
    with pytest.raises(InternalServerError, match="overloaded"):
        client.responses.create(model="demo-overloaded", input="hello")
