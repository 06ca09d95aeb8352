"""The token bill below the editor: estimated, and corrected by what was reported."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.schema.tokens import about
from callsmith.store import Store
from callsmith.types.exchange import HttpRequest
from callsmith.types.tool import Tool
from callsmith.types.usage import Usage
from components.tools import token_bill

pytestmark = pytest.mark.slow

SCHEMA = {"type": "object", "properties": {"place": {"type": "string", "description": "City, e.g. Paris"}}}


def panel(tool_id: str) -> AppTest:
    def script(tool_id: str) -> None:
        from components.tools import desk, token_bill

        found = desk.desk(tool_id)
        assert found is not None
        token_bill.render(found)

    at = AppTest.from_function(script, args=(tool_id,), default_timeout=20).run()
    assert not at.exception, at.exception
    return at


def test_the_bill_says_the_total_and_that_it_is_an_estimate(store: Store) -> None:
    at = panel(store.save_tool(Tool("get_weather", "Weather of a place", SCHEMA)))
    assert at.metric[0].value.startswith("about ")
    assert "Estimated by counting words and symbols" in at.caption[0].value
    table = at.dataframe[0].value
    assert f"about {table['Tokens'].sum():,}" == at.metric[0].value
    assert list(table["Tokens"]) == sorted(table["Tokens"], reverse=True)
    at.selectbox[0].select("gemini").run()
    assert not at.exception and at.metric[0].value.startswith("about ")


def test_what_was_reported_corrects_the_estimate(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tool_id = store.save_tool(Tool("get_weather", "Weather of a place", SCHEMA))
    plain = int(panel(tool_id).metric[0].value.removeprefix("about "))
    monkeypatch.setattr(token_bill, "_learned", lambda store, wire: ("m-1", token_bill.Ratio(2.0, 3)))
    at = panel(tool_id)
    assert at.metric[0].value == f"about {2 * plain}"
    assert "3 requests with tools to m-1" in at.caption[0].value.replace("\\", "")


def test_only_requests_with_tools_of_this_format_teach() -> None:
    tools = {"model": "m", "tools": [{"name": "t", "description": "word " * 50}]}
    bodies = {"a": tools, "b": tools, "c": {"model": "m"}, "d": tools, "e": tools}
    wires = {"d": "gemini"}

    class Fake:
        def last_usage_rows(self, wire: str, most: int) -> list[Any]:
            rows = [
                SimpleNamespace(
                    exchange_id=id_,
                    wire=wires.get(id_, "openai-chat"),
                    usage=Usage(input=None if id_ == "e" else 200),
                    connection="k",
                    model="m-1",
                )
                for id_ in bodies
            ]
            return [row for row in rows if row.wire == wire and row.usage.input][-most:]

        def exchange(self, id_: str) -> Any:
            body = json.dumps(bodies[id_]).encode()
            return SimpleNamespace(request=HttpRequest("POST", "https://example.com", (), body))

    model, learned = token_bill._learned(Fake(), "openai-chat")  # type: ignore[arg-type]
    assert model == "m-1" and learned is not None and learned.observations == 2
    assert learned.factor == 200 / about(json.dumps(tools, separators=(",", ":")))
    assert token_bill._learned(Fake(), "anthropic") == ("", None)  # type: ignore[arg-type]
