"""The Usage page and the Playground's Usage tab: figures, charts, table; unknown is said, never counted as 0."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from callsmith import prices_own, settings
from callsmith.connections import DEMO
from callsmith.prices_own import OwnPrice, OwnPrices
from callsmith.store import Store
from callsmith.types.exchange import Exchange, Marks
from callsmith.types.setup import Setup
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage
from components import services
from components.usage import charts, prices_editor
from components.usage import page as usage_page
from components.usage.table import to_csv
from tests.engine.store_kit import exchange, reply, said, turn

pytestmark = pytest.mark.slow

APP = Path(__file__).resolve().parents[2] / "app.py"
DAY = 86_400.0
FULL = Usage(input=1200, output=34, cache_read=1000, reasoning=4, total=1234)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(settings.load().database_url)
    monkeypatch.setattr(services, "store", lambda: opened)
    yield opened
    opened.close()


def kept(store: Store, exchange_id: str, usage: Usage | None, *, model: str = "m", days_ago: float = 0.0) -> str:
    conversation_id = store.create(Setup())
    question = said(f"Question {exchange_id}")
    started = time.time() - days_ago * DAY
    asked = replace(exchange(exchange_id, started=started, model=model), connection=f"Connection of {model}")
    store.begin_exchange(asked, conversation_id, question.id, nodes=[question])
    answer = turn(usage=usage)
    store.finish_exchange(asked, answer, reply(asked, question, answer))
    return conversation_id


def asked(exchange_id: str, model: str, url: str) -> Exchange:
    made = exchange(exchange_id, started=time.time(), model=model)
    return replace(made, request=replace(made.request, url=url))


OPENAI = "https://api.openai.com/v1/chat/completions"


def mixed(store: Store) -> str:
    """A turn of gpt-5 and of a model without a price, and a tool that gpt-5 played last."""
    conversation_id = store.create(Setup())
    question = said("What is it like?")
    for number, model in enumerate(("gpt-5", "no-such-model")):
        sent = asked(f"t{number}", model, OPENAI)
        store.begin_exchange(sent, conversation_id, question.id, nodes=[question])
        store.finish_exchange(sent, turn(usage=Usage(input=1000, output=100)), None)
    sent = asked("p", "gpt-5", OPENAI)
    store.begin_played(sent, conversation_id, "get_weather")
    store.finish_exchange(sent, turn(usage=Usage(input=200, output=112)), None)
    return conversation_id


def page() -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=20)
    at.session_state["_framed"] = True
    return at.switch_page("pages/usage.py").run()


def panel(conversation_id: str) -> AppTest:
    def script(conversation_id: str) -> None:
        from callsmith.conversation import Conversation
        from components import services
        from components.usage import panel

        store = services.store()
        panel.render(store.load(conversation_id) or Conversation(""), store.exchange_turn_info(conversation_id))

    return AppTest.from_function(script, args=(conversation_id,), default_timeout=20).run()


def metrics(at: AppTest) -> dict[str, str]:
    assert not at.exception
    return {metric.label: metric.value for metric in at.metric}


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.markdown, *at.caption))


def drawn(at: AppTest) -> list[str]:
    """The alternative texts of the charts."""
    return [chart.proto.alt for chart in at.get("vega_lite_chart")]


def test_an_empty_page_says_what_will_be_here(store: Store) -> None:
    at = page()
    assert not at.exception and not at.metric
    assert "Nothing was sent yet" in words(at)


def test_five_figures_two_charts_one_table(store: Store) -> None:
    kept(store, "a", FULL)
    kept(store, "b", None)
    at = page()
    assert metrics(at) == {
        "Exchanges": "2",
        "Input tokens": "1,200",
        "Output tokens": "34",
        "Cost": "price unknown",
        "First token, median": "0.3 s",
    }
    assert "1,000 cached. Not counted: 1 exchange without a report." in at.metric[1].help
    assert len(drawn(at)) == 2 and all(drawn(at))
    assert "1,234 tokens in all" in drawn(at)[0]
    assert "? marks an exchange whose usage was not reported (1 here)." in words(at)
    assert len(at.dataframe) == 1 and at.dataframe[0].value["exchange"].tolist() == [2, 1]


def test_what_nobody_reported_is_said_not_drawn_as_zero(store: Store) -> None:
    kept(store, "a", None)
    at = page()
    assert metrics(at)["Input tokens"] == metrics(at)["Output tokens"] == "not reported"
    assert "No tokens were reported" in words(at)
    assert at.dataframe[0].value["input"].isna().all()
    assert at.dataframe[0].proto.placeholder == "not reported"
    at.segmented_control(key="usage-tokens").set_value("Running total").run()
    assert not at.exception and "nothing to add up" in words(at)


def test_an_exchange_that_failed_at_once_has_no_times(store: Store) -> None:
    conversation_id = store.create(Setup())
    asked = replace(exchange("a"), marks=Marks(time.time()))
    store.begin_exchange(asked, conversation_id, None)
    store.finish_exchange(asked, Turn(state="failed"), None)
    at = page()
    assert metrics(at)["First token, median"] == "unknown"
    assert "there are no times" in words(at)


def test_filters_narrow_everything_and_can_be_cleared(store: Store) -> None:
    kept(store, "a", FULL, model="old-model", days_ago=3)
    kept(store, "b", Usage(input=5, output=6), model="new-model")
    at = page()
    assert metrics(at)["Input tokens"] == "1,205"
    at.multiselect(key="usage-model").set_value(["old-model"]).run()
    assert metrics(at)["Input tokens"] == "1,200"
    at.multiselect(key="usage-model").set_value([]).run()
    at.multiselect(key="usage-connection").set_value(["Connection of new-model"]).run()
    assert metrics(at)["Input tokens"] == "5"
    at.multiselect(key="usage-connection").set_value([]).run()
    at.selectbox(key="usage-since").set_value("Last 24 hours").run()
    assert metrics(at)["Input tokens"] == "5"
    at.multiselect(key="usage-model").set_value(["old-model"]).run()
    assert not at.metric and "No exchange passes these filters" in words(at)
    at.button(key="usage-clear").click().run()
    assert metrics(at)["Input tokens"] == "1,205"


def test_the_running_total(store: Store) -> None:
    for name in "abc":
        kept(store, name, FULL)
    at = page()
    at.segmented_control(key="usage-tokens").set_value("Running total").run()
    assert "3,702 tokens" in drawn(at)[0]


@pytest.mark.parametrize(("view", "switch"), [("Each exchange", "usage-tokens"), ("Summed over time", "usage-spent")])
def test_cost_as_a_chart(store: Store, view: str, switch: str) -> None:
    mixed(store)
    at = page()
    at.segmented_control(key="usage-view").set_value(view).run()
    at.segmented_control(key=switch).set_value("Cost").run()
    assert any(said.startswith("Cost of ") and "$0.0" in said for said in drawn(at)), drawn(at)
    at.multiselect(key="usage-model").set_value(["no-such-model"]).run()
    assert "No price is known for these exchanges." in words(at)


def test_many_exchanges_are_shortened_and_it_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "LATEST", 2)
    for name in "abc":
        kept(store, name, FULL)
    assert "The latest 2 of 3 exchanges." in words(page())


def test_the_file_has_every_column_and_leaves_unknown_empty(store: Store) -> None:
    kept(store, "a", Usage(input=7))
    from callsmith import usage

    head, row = to_csv(usage.frame(store.usage_rows())).strip().splitlines()
    fields = dict(zip(head.split(","), row.split(","), strict=True))
    assert tuple(fields) == usage.COLUMNS
    assert (fields["input"], fields["uncached_input"], fields["cached_input"], fields["output"]) == ("7", "7", "", "")
    assert fields["time"].endswith("+00:00")


def test_the_tab_counts_its_own_conversation(store: Store) -> None:
    kept(store, "a", Usage(input=5, output=6))
    mine = kept(store, "b", FULL)
    at = panel(mine)
    assert metrics(at) == {
        "Input tokens": "1,200",
        "Output tokens": "34",
        "Last turn, input": "1,200",
        "Last turn, output": "34",
        "Cost": "price unknown",
        "Last turn, cost": "price unknown",
    }
    for chart in ("Running total", "Times"):
        at.segmented_control(key="usage-chart").set_value(chart).run()
        assert not at.exception and len(drawn(at)) == 1


@pytest.mark.parametrize("conversation_id", ["", "unknown"])
def test_the_tab_of_an_empty_conversation(store: Store, conversation_id: str) -> None:
    at = panel(conversation_id)
    assert not at.exception and "Nothing was sent yet" in words(at)


def test_a_running_exchange_is_neither_counted_as_silent_nor_as_zero(store: Store) -> None:
    conversation_id = kept(store, "a", FULL)
    asked = replace(exchange("b"), marks=Marks(time.time()))
    store.begin_exchange(asked, conversation_id, said("Question a").id)
    at = panel(conversation_id)
    assert metrics(at)["Last turn, input"] == "1,200"
    assert "Not counted" not in at.metric[0].help
    assert at.dataframe[0].value["state"].tolist() == ["running", "finished"]
    assert "? marks" not in words(at)


def test_costs_and_what_models_that_play_tools_cost_apart(store: Store) -> None:
    mixed(store)
    at = page()
    # gpt-5: 1.25 US dollars a million tokens in, 10 out.
    assert metrics(at)["Cost"] == "$0.0036"
    assert "1 exchange without a known price" in at.metric[3].help
    said = words(at).replace("\\", "")
    assert "The cost is partly unknown: 1 exchange without a known price." in said
    assert "Of this $0.0014 and 312 tokens by models playing tools." in said
    table = at.dataframe[0].value
    assert table["plays"].tolist() == ["get_weather", "", ""]
    assert table["cost"].isna().tolist() == [False, True, False]


def test_the_tab_s_last_turn_is_no_played_tool(store: Store) -> None:
    at = panel(mixed(store))
    assert metrics(at)["Last turn, input"] == "2,000"
    last = next(one.value for one in at.caption if one.value.startswith("The last turn"))
    assert last.replace("\\", "") == (
        "The last turn: 2 exchanges, 2,000 tokens in, 200 tokens out, at least $0.0023, 1 exchange has no price. "
        "Beside it, models that played tools: 1 exchange, 200 tokens in, 112 tokens out, $0.0014."
    )
    assert (metrics(at)["Cost"], metrics(at)["Last turn, cost"]) == ("$0.0036", "$0.0023")
    assert "312 tokens by models playing tools." in words(at)


def test_the_demo_model_is_free(store: Store) -> None:
    conversation_id = store.create(Setup())
    sent = asked("d", "demo-agent", f"{DEMO.base_url}/chat/completions")
    store.begin_exchange(sent, conversation_id, None)
    store.finish_exchange(sent, turn(), None)
    assert metrics(page())["Cost"] == "$0"


def test_one_s_own_prices_win_and_are_edited_here(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed(store)
    table = OwnPrices((OwnPrice("Demo", "no-such-*", 1.0, None, 2.0), OwnPrice("", "half", 1.0)))
    store.set_preference(prices_own.PREFERENCE, prices_own.to_json(table))
    at = page()
    assert metrics(at)["Cost"] == "$0.0048"
    assert "partly unknown" not in words(at)
    at.session_state[prices_editor.FOLDED] = True
    at.run()
    assert not at.exception
    assert at.dataframe[1].value["model"].tolist() == ["no-such-*", "half"]
    assert "genai-prices 0.2.3 of 2026-11-10" in words(at)
    assert "it has no price for output" in words(at)


def test_an_edit_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    state = {
        prices_editor.KEY: {"edited_rows": {0: {"output": 9}}, "added_rows": [{"model": "new"}], "deleted_rows": []},
        prices_editor._BASE: OwnPrices((OwnPrice("", "a", 1.0, None, 2.0),)),
    }
    monkeypatch.setattr(streamlit, "session_state", state)
    prices_editor._keep()
    kept = prices_own.from_json(store.preference(prices_own.PREFERENCE))
    assert kept.rows == (OwnPrice("", "a", 1.0, None, 9.0), OwnPrice("", "new"))


def test_summed_over_time_says_the_same_as_each_exchange(store: Store) -> None:
    mixed(store)
    at = page()
    each = metrics(at)
    at.segmented_control(key="usage-view").set_value("Summed over time").run()
    summed = metrics(at)
    same = ("Exchanges", "Input tokens", "Output tokens", "Cost")
    assert [summed[name] for name in same] == [each[name] for name in same]
    said = words(at).replace("\\", "")
    assert "The cost is partly unknown: 1 exchange without a known price." in said
    assert "Of this $0.0014 and 312 tokens by models playing tools." in said
    assert len(drawn(at)) == 2 and all(drawn(at))
    assert at.dataframe[0].value["Model"].tolist() == ["gpt-5", "no-such-model"]
    for by, first in (
        ("Played tool", "get_weather"),
        ("Connection", "Demo"),
        ("Conversation", "What is it like?"),
    ):
        at.segmented_control(key="usage-by").set_value(by).run()
        assert not at.exception and at.dataframe[0].value[by].tolist() == [first]
    at.multiselect(key="usage-model").set_value(["no-such-model"]).run()
    assert (metrics(at)["Exchanges"], metrics(at)["Cost"]) == ("1", "price unknown")
    at.selectbox(key="usage-since").set_value("Last hour").run()
    assert metrics(at)["Exchanges"] == "1"


def test_many_exchanges_are_summed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_page, "FEW", 1)
    kept(store, "a", FULL)
    assert page().segmented_control(key="usage-view").value == "Each exchange"
    kept(store, "b", None)
    at = page()
    assert not any(control.key == "usage-view" for control in at.segmented_control)
    assert metrics(at)["Input tokens"] == "1,200"
    assert "Not counted: 1 exchange without a report." in at.metric[1].help
