"""Whatever stands wherever in a request, the demo provider's Responses and Gemini answer it, or refuse it in words."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from callsmith.starters import STARTERS
from callsmith.types.features import Effort, McpServer, ResponseSchema, WebSearch
from callsmith.types.options import Options
from callsmith.types.parts import Media
from tests.demo.talk import Talk

ODD: tuple[Any, ...] = (None, True, -1, "x", [], {}, [None], [{}], {"type": "x"})
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document but its root."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield (*path, key)
        yield from places(part, (*path, key))


@pytest.mark.parametrize("wire", ["openai-responses", "gemini"])
@pytest.mark.slow
def test_an_odd_value_anywhere_gets_a_clear_answer(wire: str) -> None:
    servers = () if wire == "gemini" else (McpServer("docs", "https://docs.example/mcp"),)
    options = Options(
        thinking=Effort("low"), web_search=WebSearch(), response=ResponseSchema(SCHEMA), mcp=servers, max_tokens=200
    )
    talk = Talk(wire, "demo-thinking", [STARTERS[0].tools[0]], options)
    talk.say("weather in Paris and Tokyo", [Media("image/png", data="iVBORw0KGgo=")])
    talk.answer({"temperature": 1}, ValueError("timeout"))
    talk.say("search the web for comets")
    talk.say("ask docs about bread")
    good = talk.body
    statuses: set[int] = set()
    for path in places(good):
        for odd in ODD:
            body = copy.deepcopy(good)
            at = body
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = odd
            status, data = talk.raw(json.dumps(body).encode())
            statuses.add(status)
            assert status == 200 or json.loads(data)["error"]["message"], (path, odd)
    assert {200, 400} <= statuses <= {200, 400, 404}
