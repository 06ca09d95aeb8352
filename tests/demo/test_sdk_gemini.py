"""Google's own client on the demo provider's Gemini, over loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google import genai
from google.genai import errors, types

from callsmith.demo.server import DemoServer
from callsmith.starters import STARTERS

pytestmark = pytest.mark.slow

WEATHER = STARTERS[0].tools[0]
TOOL = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(
            name=WEATHER.name, description=WEATHER.description, parameters_json_schema=WEATHER.parameters
        )
    ]
)
PROMPT = "weather in Paris and Tokyo"


@pytest.fixture
def client(server: DemoServer) -> Iterator[genai.Client]:
    options = types.HttpOptions(base_url=server.base_url.removesuffix("/v1"), api_version="v1beta")
    with genai.Client(api_key="unused", http_options=options) as client:
        yield client


def config(**more: object) -> types.GenerateContentConfig:
    fields = {
        "tools": [TOOL],
        "automatic_function_calling": types.AutomaticFunctionCallingConfig(disable=True),
        "thinking_config": types.ThinkingConfig(include_thoughts=True),
        **more,
    }
    return types.GenerateContentConfig.model_validate(fields)


def responses(calls: list[types.FunctionCall], *degrees: int) -> list[types.Part]:
    answered = zip(calls, degrees, strict=True)
    return [
        types.Part(
            functionResponse=types.FunctionResponse(id=call.id, name=call.name, response={"temperature": degree})
        )
        for call, degree in answered
    ]


def test_two_streamed_turns_with_parallel_calls_and_signatures(client: genai.Client) -> None:
    contents: list[types.Content] = [types.Content(role="user", parts=[types.Part(text=PROMPT)])]
    parts: list[types.Part] = []
    for chunk in client.models.generate_content_stream(model="demo-thinking", contents=contents, config=config()):
        parts += (chunk.candidates or [types.Candidate()])[0].content.parts or []  # type: ignore[union-attr]
    calls = [part.function_call for part in parts if part.function_call is not None]
    assert [(call.args or {})["location"] for call in calls] == ["Paris", "Tokyo"]
    assert [part.thought_signature is not None for part in parts if part.function_call] == [True, False]
    assert "".join(part.text or "" for part in parts if part.thought)
    contents += [
        types.Content(role="model", parts=parts),
        types.Content(role="user", parts=responses(calls, 12, 20)),
    ]
    said = list(client.models.generate_content_stream(model="demo-thinking", contents=contents, config=config()))
    text = "".join(chunk.text or "" for chunk in said)
    assert "12 °C in Paris" in text and "20 °C in Tokyo" in text
    usage = said[-1].usage_metadata
    assert usage is not None and usage.thoughts_token_count and usage.total_token_count
    next(part for part in parts if part.function_call).thought_signature = None
    with pytest.raises(errors.ClientError, match="missing a thought_signature"):
        client.models.generate_content(model="demo-thinking", contents=contents, config=config())


@pytest.mark.parametrize("model", ["demo-thinking", "demo-instant"])
def test_a_chat_session_keeps_its_own_history(client: genai.Client, model: str) -> None:
    """The client's chat keeps each chunk of a streamed turn as a content of its own."""
    chat = client.chats.create(model=model, config=config())
    parts = [
        part
        for chunk in chat.send_message_stream(PROMPT)
        for candidate in chunk.candidates or []
        for part in (candidate.content.parts if candidate.content is not None else None) or []
    ]
    calls = [part.function_call for part in parts if part.function_call is not None]
    said = "".join(chunk.text or "" for chunk in chat.send_message_stream(responses(calls, 12, 20)))
    assert "12 °C in Paris" in said
    assert "demo model" in "".join(chunk.text or "" for chunk in chat.send_message_stream("hello"))


def test_an_unstreamed_reply_and_its_grounding(client: genai.Client) -> None:
    search = config(tools=[types.Tool(google_search=types.GoogleSearch())])
    reply = client.models.generate_content(
        model="demo-instant", contents="search the web for the tide clock", config=search
    )
    assert "Salt Quay" in (reply.text or "")
    grounding = (reply.candidates or [types.Candidate()])[0].grounding_metadata
    assert grounding is not None and grounding.grounding_chunks and grounding.grounding_supports


def test_a_schema_that_google_would_refuse_is_refused(client: genai.Client) -> None:
    with pytest.raises(errors.ClientError, match="models/nope is not found"):
        client.models.generate_content(model="nope", contents="hello")
    with pytest.raises(errors.ClientError, match="Please enable tool_config.include_server_side_tool_invocations"):
        both = config(tools=[TOOL, types.Tool(google_search=types.GoogleSearch())])
        client.models.generate_content(model="demo-instant", contents="hello", config=both)


def test_an_error_in_the_middle_of_a_stream_is_raised(client: genai.Client) -> None:
    with pytest.raises(errors.ServerError, match="overloaded"):
        list(client.models.generate_content_stream(model="demo-overloaded", contents="hello"))
    with pytest.raises(errors.ServerError, match="overloaded"):
        client.models.generate_content(model="demo-overloaded", contents="hello")
