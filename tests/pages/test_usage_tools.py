"""Calls per tool on the Usage page, its filters by tool and conversation; tables, sums and the data frame agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from callsmith import settings, usage
from callsmith.prices_own import OwnPrices
from callsmith.record.calls import rows
from callsmith.store import Store
from callsmith.store.usage_tables import Span
from callsmith.types.parts import ToolCall
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool
from callsmith.types.usage import Usage
from callsmith.usage_totals import Picked, called_in, totals
from components import services
from components.usage import page as usage_page
from components.usage import tool_calls
from tests.engine.record.kit import taken
from tests.engine.store_kit import exchange, reply, said, turn
from tests.pages.test_usage_page import metrics, page, words

pytestmark = pytest.mark.slow
WEATHER = Tool("get_weather", parameters={"type": "object", "required": ["city"], "properties": {"city": {}}})


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(settings.load().database_url)
    monkeypatch.setattr(services, "store", lambda: opened)
    yield opened
    opened.close()


def called(store: Store, name: str, *calls: ToolCall) -> str:
    """A conversation with the weather tool and one exchange of 10 tokens in which these calls were made."""
    conversation_id = store.create(Setup(tools=(ToolUse(store.save_tool(WEATHER)),)))
    question, asked, answer = said(name), exchange(name), turn("", *calls, usage=Usage(input=10, output=5))
    store.begin_exchange(replace(asked, status=None, headers=()), conversation_id, question.id, nodes=[question])
    store.finish_exchange(asked, answer, reply(asked, question, answer))
    return conversation_id


def tools(at: AppTest) -> dict[str, list[Any]]:
    """The rows of the table by tool: calls, the valid rate in percent, valid, invalid, not judged, exchanges."""
    assert not at.exception
    return {row[0]: list(row[1:]) for row in at.dataframe[0].value.itertuples(index=False)}


def fits(number: int) -> ToolCall:
    return ToolCall(f"c{number}", "get_weather", '{"city": "Bern"}')


def test_calls_are_told_by_tool_with_what_fits_what_does_not_and_what_cannot_be_judged(store: Store) -> None:
    called(store, "a", fits(1), fits(2), ToolCall("c3", "get_weather", "{}"), ToolCall("c4", "get_weather", "{cut"))
    called(store, "b", ToolCall("c5", "invented", "{}"))
    at = page()
    found = tools(at)
    assert found["get_weather"] == [4, 50.0, 2, 2, 0, 1]
    assert found["invented"][2:] == [0, 0, 1, 1] and pd.isna(found["invented"][1])


def test_exchanges_are_filtered_by_tool_and_by_conversation(store: Store) -> None:
    bern = called(store, "About Bern", fits(1))
    called(store, "About nothing", ToolCall("c5", "invented", "{}"))
    just_words = called(store, "Just words")
    at = page()
    at.multiselect(key="usage-tool").set_value(["invented"]).run()
    assert metrics(at)["Exchanges"] == "1" and list(tools(at)) == ["invented"]
    at.multiselect(key="usage-tool").set_value([]).run()
    at.multiselect(key="usage-conversation").set_value([bern, just_words]).run()
    assert metrics(at)["Exchanges"] == "2" and list(tools(at)) == ["get_weather"]
    at.multiselect(key="usage-tool").set_value(["invented"]).run()
    assert not at.metric and at.button(key="usage-clear")
    assert "Prices" in {one.label for one in at.expander}, "prices are set up whatever is filtered"
    at.button(key="usage-clear").click().run()
    assert metrics(at)["Exchanges"] == "3"


def test_exchanges_without_calls_say_so_and_calls_of_a_deleted_conversation_stay_told(store: Store) -> None:
    called(store, "words")
    assert "No tool was called in these exchanges." in words(page())
    called(store, "kept", fits(1))
    store.delete(called(store, "gone", fits(2), fits(3)))
    assert tools(page())["get_weather"][0] == 3


def test_where_there_are_many_the_sums_tell_the_calls_and_narrow_to_each(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_page, "FEW", 1)
    bern = called(store, "a", fits(1), ToolCall("c2", "get_weather", "{}"))
    called(store, "b", fits(2))
    at = page()
    assert tools(at)["get_weather"] == [3, pytest.approx(66.7, abs=0.1), 2, 1, 0, 2]
    assert "These are more than 1 exchanges." in words(at)
    assert "usage-view" not in {one.key for one in at.get("segmented_control")}
    at.multiselect(key="usage-conversation").set_value([bern]).run()
    assert metrics(at)["Exchanges"] == "1" and tools(at)["get_weather"] == [2, 50.0, 1, 1, 0, 1]
    assert at.segmented_control(key="usage-view").value == "Each exchange"


def test_the_data_frame_sums_to_the_charts(store: Store, shared: Path) -> None:
    """Recorded conversations: their rows, the tables of each exchange, and what the database summed."""
    for file in sorted((shared / "recordings").glob("*/*.json"))[::12]:
        taken(store, file.read_bytes())
    kept, told = store.usage_rows(), list(rows(store))
    each = usage.totals(usage.frame(kept))
    summed = totals(store, Picked(), OwnPrices()).whole
    assert len(kept) == len({row.exchange_id for row in told}) == summed.exchanges > 100
    for name, total in (("input", summed["input"]), ("output", summed["output"])):
        value = sum(getattr(row, f"{name}_tokens") or 0 for row in told)
        assert value == each["output_total" if name == "output" else name].value == total > 0
    for called in (totals(store, Picked(), OwnPrices()).called, called_in(store.usage_each(Span())[1].values())):
        found = tool_calls.frame(called)
        assert found["calls"].sum() == each["calls"].value == sum(row.tool is not None for row in told) > 50
        assert found["valid"].sum() == sum(row.valid is True for row in told) > 20
        assert found["invalid"].sum() == sum(row.valid is False for row in told)
