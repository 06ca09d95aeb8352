"""Chat replies in shapes that are nobody's: no words and no calls of theirs vanish."""

import json

import pytest

from callsmith.reading import Reader
from callsmith.types.parts import Refusal, Text
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES


def read(body: bytes, *, stream: bool) -> Turn:
    reader = Reader(WIRES["openai-chat"], 200, stream=stream)
    reader.feed(body)
    reader.close()
    return reader.turn()


def plain(**choice: object) -> Turn:
    return read(json.dumps({"choices": [{"index": 0, "finish_reason": "stop", **choice}]}).encode(), stream=False)


def streamed(*choices: dict[str, object]) -> Turn:
    lines = [f"data: {json.dumps({'choices': [{'index': 0, **choice}]})}\n\n" for choice in choices]
    return read("".join(lines).encode(), stream=True)


@pytest.mark.parametrize("choice", [{"message": "Hello"}, {"text": "Hello"}, {"text": "Hello", "message": None}])
def test_words_where_a_message_belongs(choice: dict[str, object]) -> None:
    assert plain(**choice).parts == (Text("Hello"),)


def test_the_same_words_beside_the_message_are_not_doubled() -> None:
    assert plain(text="Hello", message={"content": "Hello"}).text == "Hello"
    assert streamed({"text": "a", "delta": {"content": "a"}}, {"delta": {}, "finish_reason": "stop"}).text == "a"


def test_a_refusal_that_is_no_text() -> None:
    assert plain(message={"refusal": {"reason": "no"}}).parts == (Refusal('{"reason":"no"}'),)


def test_choices_that_are_no_list_are_kept_as_they_came() -> None:
    turn = read(json.dumps({"choices": {"message": {"content": "a"}}}).encode(), stream=False)
    assert [(item.where, json.loads(item.raw)) for item in turn.unknown] == [("choices", {"message": {"content": "a"}})]


def test_measurements_of_a_choice_are_kept() -> None:
    assert plain(message={"content": "a"}, content_filter_results={"x": 1}).meta == {"content_filter_results": {"x": 1}}


def test_calls_that_only_the_whole_message_at_the_end_brings() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    repeated = {"message": {"content": "a", "tool_calls": [call]}, "finish_reason": "tool_calls"}
    turn = streamed({"delta": {"content": "a"}}, repeated)
    assert (turn.text, [call.id for call in turn.calls]) == ("a", ["c"])
    turn = streamed({"delta": {"content": "a", "tool_calls": [{"index": 0, **call}]}}, repeated)
    assert (turn.text, [call.id for call in turn.calls]) == ("a", ["c"])


def test_text_of_a_field_not_known_is_joined_and_a_repetition_is_not() -> None:
    pieces = [{"delta": {"channel": "analysis", "reasoning_text": text}} for text in ("I ", "think")]
    turn = streamed(*pieces, {"delta": {"content": "a"}, "finish_reason": "stop"})
    assert turn.extra == {"channel": "analysis", "reasoning_text": "I think"}
