"""What the demo provider's Chat does beside messages and tools, and what it refuses of it, in the vendors' words."""

from __future__ import annotations

import base64
import io
import json
import wave
from datetime import date
from typing import Any

import pytest

from callsmith.demo.ask import Ask
from callsmith.demo.script import Citation, Say, Script, Search, Source
from callsmith.demo.wires.base import Stamp
from callsmith.demo.wires.chat import DemoChat
from callsmith.schema.validate import violations
from callsmith.starters import STARTERS
from callsmith.types.message import Thread
from callsmith.types.tool import Tool
from tests.demo.kit import Client, answered, events, user, written

WEATHER = STARTERS[0].tools[0]
PNG = "data:image/png;base64,iVBORw0KGgo="


@pytest.fixture
def client() -> Client:
    return Client()


def custom(name: str = "run_sql", **more: Any) -> dict[str, Any]:
    return {"type": "custom", "custom": {"name": name, "description": "Run an SQL query", **more}}


def deltas(client: Client, messages: Any, offered: Any = (), **more: Any) -> list[Any]:
    chunks = events(written(client.reply(messages, offered, stream=True, **more)))
    return [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]


@pytest.mark.parametrize(("model", "effort", "thinks"), [("thinking", "none", False), ("instant", "low", True)])
def test_effort_switches_thinking(model: str, effort: str, thinks: bool) -> None:
    message = Client(f"demo-{model}").message("weather in Rome", [WEATHER], reasoning_effort=effort)
    assert ("reasoning_content" in message) is thinks
    other = {"type": "enabled" if thinks else "disabled"}
    message = Client(f"demo-{model}").message("weather in Rome", [WEATHER], thinking=other)
    assert ("reasoning_content" in message) is thinks


def test_thoughts_must_come_back_in_the_turn_they_belong_to() -> None:
    client = Client("demo-thinking")
    first = client.message("weather in Rome", [WEATHER])
    messages = [user("weather in Rome"), *answered(first, {"temperature": 1})]
    final = client.message(messages, [WEATHER])
    lost = [{key: value for key, value in message.items() if key != "reasoning_content"} for message in messages]
    status, error = client.refusal(lost, [WEATHER])
    assert (status, error["message"]) == (
        400,
        "The `reasoning_content` in the thinking mode must be passed back to the API.",
    )
    assert client.reply(lost, [WEATHER], reasoning_effort="none").status == 200
    assert client.reply([*lost, {"role": "assistant", "content": final["content"]}, user("thanks")]).status == 200


def test_a_custom_tool_is_called_with_free_text(client: Client) -> None:
    prompt = 'Run the SQL query "select name from towns"'
    message = client.post({"model": client.model, "messages": [user(prompt)], "tools": [custom()]})
    [call] = json.loads(written(message))["choices"][0]["message"]["tool_calls"]
    assert (call["type"], call["custom"]) == ("custom", {"name": "run_sql", "input": "select name from towns"})
    history = [user(prompt), {"role": "assistant", "tool_calls": [call]}]
    result = {"role": "tool", "tool_call_id": call["id"], "content": "12 rows"}
    assert client.ask([*history, result])["choices"][0]["message"]["content"] == ("run_sql returned “12 rows”.")
    streamed = client.post({"model": client.model, "messages": [user(prompt)], "tools": [custom()], "stream": True})
    said = [chunk["choices"][0]["delta"] for chunk in events(written(streamed))]
    calls = [delta["tool_calls"][0] for delta in said if "tool_calls" in delta]
    assert calls[0]["custom"] == {"name": "run_sql", "input": ""}
    assert "".join(piece["custom"]["input"] for piece in calls) == "select name from towns"


@pytest.mark.parametrize(
    ("syntax", "definition", "prompt", "expected"),
    [
        ("regex", r"[A-Z]{3}-\d{4}", "Run the SQL query for order ABC-1234 please", "ABC-1234"),
        ("regex", r"SELECT \d+", "Run the SQL query", "SELECT 4"),
        ("lark", 'start: "SELECT" "1"', "Run the SQL query", "SELECT 1"),
        ("lark", "start: word+\nword: /\\w+/", 'Run the SQL query "select 1"', "select 1"),
    ],
)
def test_a_grammar_is_kept(client: Client, syntax: str, definition: str, prompt: str, expected: str) -> None:
    tool = custom(format={"type": "grammar", "grammar": {"syntax": syntax, "definition": definition}})
    body = {"model": client.model, "messages": [user(prompt)], "tools": [tool]}
    message = json.loads(written(client.post(body)))["choices"][0]["message"]
    assert message["tool_calls"][0]["custom"]["input"] == expected


def test_only_allowed_tools_are_called(client: Client) -> None:
    other = Tool("convert_currency", "Convert money", {"type": "object", "properties": {}})
    allowed = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [named("convert_currency")]}}
    calls = client.calls("weather in Rome", [WEATHER, other], tool_choice=allowed)
    assert [name for name, _ in calls] == ["convert_currency"]
    status, error = client.refusal(
        "weather in Rome",
        [WEATHER],
        tool_choice={"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [named("nope")]}},
    )
    assert (status, error["param"]) == (400, "tool_choice")


def named(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name}}


def test_json_mode_wants_the_word(client: Client) -> None:
    assert json.loads(client.message("Answer in JSON", response_format={"type": "json_object"})["content"])
    status, error = client.refusal("Answer me", response_format={"type": "json_object"})
    assert status == 400
    assert error["message"].startswith("'messages' must contain the word 'json' in some form")


def test_a_schema_s_root_and_strictness_are_checked(client: Client) -> None:
    open_schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": []}
    status, error = client.refusal("x", response_format=asked(open_schema, strict=True))
    assert (status, error["message"]) == (
        400,
        "Invalid schema for response_format 'reply': In context=(), 'additionalProperties' is required to be supplied "
        "and to be false.",
    )
    closed = {**open_schema, "additionalProperties": False}
    _, error = client.refusal("x", response_format=asked(closed, strict=True))
    assert (
        "'required' is required to be supplied and to be an array including every key in properties. Missing 'a'."
        in (error["message"])
    )
    assert client.reply("x", response_format=asked(open_schema)).status == 200


def asked(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema, **more}}


def test_a_strict_tool_must_be_closed(client: Client) -> None:
    function = {"name": "get_weather", "strict": True, "parameters": WEATHER.parameters}
    body = {"model": client.model, "messages": [user("hi")], "tools": [{"type": "function", "function": function}]}
    error = json.loads(written(client.post(body)))["error"]
    assert error["message"] == (
        "Invalid schema for function 'get_weather': In context=(), 'additionalProperties' is required to be supplied "
        "and to be false."
    )
    assert (error["param"], error["code"]) == ("tools[0].function.parameters", "invalid_function_parameters")


@pytest.mark.parametrize("schema", [{"type": "object"}, WEATHER.output_schema])
def test_data_fits_what_was_asked(client: Client, schema: Any) -> None:
    content = client.message("What is it like in Oslo?", response_format=asked(schema))["content"]
    assert not violations(schema, json.loads(content))


def test_citations_are_nested_and_point_into_the_text(client: Client) -> None:
    prompt = "What is the latest news about the moon rover?"
    message = client.message(prompt, web_search_options={"search_context_size": "low"})
    [annotation] = message["annotations"]
    cited = annotation["url_citation"]
    assert annotation["type"] == "url_citation" and cited["url"] == "https://space.example/moon-rover"
    sentence = message["content"][cited["start_index"] : cited["end_index"]]
    assert sentence.startswith("The moon rover Pika found beads")
    streamed = [
        delta["annotations"] for delta in deltas(client, prompt, web_search_options={}) if "annotations" in delta
    ]
    assert streamed == [message["annotations"]]


def test_offsets_count_from_the_start_of_the_whole_text() -> None:
    page = Source("https://x.example", "Title", "Two.")
    script = Script((Say("One. "), Search("1", "two", (page,)), Say("Two.", (Citation(0, 4, page),))))
    ask = Ask("demo-instant", Thread("", ()), "seed", date(2026, 6, 10))
    message = json.loads(DemoChat().whole(ask, script, None, Stamp("1", 1)))["choices"][0]["message"]
    cited = message["annotations"][0]["url_citation"]
    assert message["content"][cited["start_index"] : cited["end_index"]] == "Two."


def test_no_search_where_none_is_offered_or_nothing_is_known(client: Client) -> None:
    assert client.message("Search the web for comet Vesper")["annotations"] == []
    nothing = client.message("Search the web for zeppelins", web_search_options={})
    assert nothing["annotations"] == [] and "has nothing about that" in nothing["content"]


def test_a_tool_that_fits_wins_over_the_web(client: Client) -> None:
    assert client.calls("weather in Rome on Monday", [WEATHER], web_search_options={})


def test_a_reply_in_sound_is_a_sound_file() -> None:
    client = Client("demo-audio")
    sound = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}
    answer = client.ask("hello", **sound)
    message = answer["choices"][0]["message"]
    assert message["content"] is None and message["audio"]["transcript"].startswith("This is Callsmith's demo model")
    with wave.open(io.BytesIO(base64.b64decode(message["audio"]["data"]))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (24_000, 1, 14_400)
    assert answer["usage"]["completion_tokens_details"]["audio_tokens"] == 12
    again = [user("hello"), {"role": "assistant", "audio": {"id": message["audio"]["id"]}}, user("again")]
    assert client.reply(again, **sound).status == 200


def test_a_streamed_reply_in_sound_comes_in_samples() -> None:
    client = Client("demo-audio")
    sound = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "pcm16"}}
    audio = [delta["audio"] for delta in deltas(client, "hello", **sound) if "audio" in delta]
    assert audio[0]["id"].startswith("audio_") and "expires_at" in audio[-1]
    data = b"".join(base64.b64decode(delta["data"]) for delta in audio if "data" in delta)
    assert len(data) == 14_400 * 2
    assert "".join(delta.get("transcript", "") for delta in audio).startswith("This is Callsmith's demo model")
    wav = {**sound, "audio": {"voice": "alloy", "format": "wav"}}
    status, error = client.refusal("hello", stream=True, **wav)
    assert (status, error["code"]) == (400, "unsupported_value")
    client.model = "demo-agent"
    assert client.refusal("hello", **sound)[0] == 400


def test_the_old_way_to_call_a_function() -> None:
    client = Client("demo-legacy")
    choice = client.ask("weather in Paris and Tokyo", [WEATHER])["choices"][0]
    call = choice["message"]["function_call"]
    assert choice["finish_reason"] == "function_call" and json.loads(call["arguments"])["location"] == "Paris"
    said = deltas(client, "weather in Paris", [WEATHER])
    pieces = [delta["function_call"] for delta in said if "function_call" in delta]
    assert pieces[0] == {"name": "get_current_weather", "arguments": ""}
    messages = [user("weather in Paris"), {"role": "assistant", "content": None, "function_call": call}]
    result = {"role": "function", "name": "get_current_weather", "content": '{"temperature": 21}'}
    assert client.message([*messages, result], [WEATHER])["content"].startswith("It is 21")


def test_functions_as_they_were_offered_before(client: Client) -> None:
    function = {"name": WEATHER.name, "description": WEATHER.description, "parameters": WEATHER.parameters}
    body = {"model": client.model, "messages": [user("weather in Paris")], "functions": [function]}
    message = json.loads(written(client.post(body)))["choices"][0]["message"]
    assert message["function_call"]["name"] == WEATHER.name


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({"type": "image_url", "image_url": {"url": PNG}}, "an image (image/png, 8 bytes)"),
        ({"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}, "an image (image/*, given by"),
        ({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}, "a sound clip (audio/wav, 3"),
        (
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
            "a file called a.pdf (application/pdf, 3 bytes)",
        ),
    ],
)
def test_what_is_attached_is_named(client: Client, part: Any, expected: str) -> None:
    message = client.message([{"role": "user", "content": [part, {"type": "text", "text": "What is it?"}]}])
    assert message["content"].startswith(f"You attached {expected}")


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,not base64"}}, "invalid_base64"),
        ({"type": "image_url", "image_url": {"url": "a.png"}}, "invalid_image_url"),
        ({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "ogg"}}, "invalid_value"),
        ({"type": "file", "file": {"filename": "a.pdf"}}, "missing_required_parameter"),
        ({"type": "input_text", "text": "x"}, "invalid_value"),
    ],
)
def test_attachments_that_cannot_be_read(client: Client, part: Any, code: str) -> None:
    status, error = client.refusal([{"role": "user", "content": [part]}])
    assert (status, error["code"]) == (400, code)


def test_tool_messages_take_text_only(client: Client) -> None:
    message = client.message("weather in Rome", [WEATHER])
    call_id = message["tool_calls"][0]["id"]
    picture = {"role": "tool", "tool_call_id": call_id, "content": [{"type": "image_url", "image_url": {"url": PNG}}]}
    status, error = client.refusal([user("weather in Rome"), message, picture], [WEATHER])
    assert (status, error["param"]) == (400, "messages[2].content[0].type")
