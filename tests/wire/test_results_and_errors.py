"""Results and errors in each format's own form (wire-format notes, 2.3, 3.2, 4.2 and 5.2), taken by the demo model,
which refuses what those servers refuse and tells a failure as one. Who made a result is never sent."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from callsmith import connections as known
from callsmith.conversation import Conversation, answer, append, say
from callsmith.demo import DemoTransport
from callsmith.play import Ask, build
from callsmith.types.connection import Target
from callsmith.types.message import Message
from callsmith.types.options import Options
from callsmith.types.parts import Made, Media, ToolCall, ToolResult
from callsmith.types.tool import Tool
from callsmith.wire.registry import WIRES
from tests.wire.contract_kit import PNG, read

TOOL = Tool("get_weather", "The weather of a city", {"type": "object", "properties": {"city": {"type": "string"}}})
CALL = ToolCall("call_1", TOOL.name, '{"city": "Oslo"}')
CANARY = "made-canary-7f3a"
MADE = Made("http", CANARY, 1234567890.125, 77.125, edited=True, exchange_id=f"{CANARY}-exchange")

OBJECT, LIST, SCALAR, WORDS, EMPTY = '{"degrees": 7}', "[1, 2]", "7", "rain, søndag", ""
FAILED = '{"error": "no such city"}'
"""An object that says by itself that it is an error."""


def conversation(content: str, *, is_error: bool, media: tuple[Media, ...] = ()) -> Conversation:
    asked = append(say(Conversation("c"), "Weather?"), Message("assistant", (CALL,), finish="tool_calls"))
    result = ToolResult(CALL.id, content, is_error, CALL.name, made=MADE)
    return answer(asked, [result], media={CALL.id: media})


def ask(wire: str) -> Ask:
    return Ask(Target(known.DEMO, wire, "demo-instant"), "", [TOOL], Options())


def sent(wire: str, content: str, *, is_error: bool, media: tuple[Media, ...] = ()) -> Any:
    """The part of the request that is the result."""
    request = build(ask(wire), conversation(content, is_error=is_error, media=media))
    body = json.loads(request.body)
    match wire:
        case "openai-chat":
            return body["messages"][2]["content"]
        case "openai-responses":
            return body["input"][2]["output"]
        case "anthropic":
            block = body["messages"][2]["content"][0]
            return block.get("content"), block.get("is_error", False)
        case _:
            return body["contents"][2]["parts"][0]["functionResponse"]["response"]


FORMS: dict[str, dict[tuple[str, bool], Any]] = {
    "openai-chat": {},
    "openai-responses": {},
    "anthropic": {},
    "gemini": {
        (OBJECT, False): {"degrees": 7},
        (LIST, False): {"output": [1, 2]},
        (SCALAR, False): {"output": 7},
        (WORDS, False): {"output": WORDS},
        (FAILED, False): {"error": "no such city"},
        (OBJECT, True): {"error": {"degrees": 7}},
        (LIST, True): {"error": [1, 2]},
        (SCALAR, True): {"error": 7},
        (WORDS, True): {"error": WORDS},
        (EMPTY, True): {"error": ""},
        (FAILED, True): {"error": "no such city"},
    },
}
for _text in (OBJECT, LIST, SCALAR, WORDS, FAILED):
    for _wire in ("openai-chat", "openai-responses"):
        FORMS[_wire][_text, False] = _text
    FORMS["anthropic"][_text, False] = (_text, False)
    FORMS["anthropic"][_text, True] = (_text, True)
FORMS["anthropic"][EMPTY, True] = ("error", True)
FORMS["anthropic"][EMPTY, False] = (None, False)
for _wire in ("openai-chat", "openai-responses"):
    FORMS[_wire] |= {
        (OBJECT, True): '{"error":{"degrees":7}}',
        (LIST, True): '{"error":[1,2]}',
        (SCALAR, True): '{"error":7}',
        (WORDS, True): '{"error":"rain, søndag"}',
        (EMPTY, True): '{"error":"error"}',
        (FAILED, True): FAILED,
        (EMPTY, False): "",
    }
CASES = [(wire, *case, form) for wire, forms in FORMS.items() for case, form in forms.items()]


@pytest.mark.parametrize(("wire", "content", "is_error", "form"), CASES)
def test_a_result_has_the_form_of_its_format(wire: str, content: str, is_error: bool, form: Any) -> None:
    found = sent(wire, content, is_error=is_error)
    if is_error and isinstance(found, str):
        found, form = json.loads(found), json.loads(form)
    assert found == form


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("is_error", [False, True])
@pytest.mark.parametrize("content", [OBJECT, LIST, SCALAR, WORDS, EMPTY, FAILED])
@pytest.mark.parametrize("media", [(), (PNG,)], ids=["alone", "picture"])
def test_who_made_a_result_is_never_sent_and_the_demo_takes_it(
    wire: str, is_error: bool, content: str, media: tuple[Media, ...]
) -> None:
    request = build(ask(wire), conversation(content, is_error=is_error, media=media))
    for canary in (CANARY.encode(), b"1234567890", b"77.125", b'"made"', b'"edited"'):
        assert canary not in request.body
        assert canary.decode() not in json.dumps([request.url, *map(list, request.headers)])
    with httpx.Client(transport=DemoTransport()) as client:
        response = client.request(request.method, request.url, headers=list(request.headers), content=request.body)
    assert response.status_code == 200, response.text
    turn = read(WIRES[wire], response.content)
    assert turn.problem is None
    told = "You can fix the cause and ask again" in turn.text
    # Elsewhere than in Messages an object that says "error" is how an error is said; Chat names the picture beside it.
    says_so = content == FAILED and wire != "anthropic" and not (media and wire == "openai-chat")
    assert told == (is_error or says_so), turn.text
