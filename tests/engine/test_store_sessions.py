"""All conversations, found again and kept in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.prices_own import OwnPrices
from callsmith.store import Store, Wanted
from callsmith.types.parts import ToolCall
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage
from callsmith.usage_totals import of_used
from tests.engine.store_kit import exchange, exchanged, raw, said, turn, url_in


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(url_in(tmp_path))
    yield made
    made.close()


def titles(store: Store, **wanted: object) -> list[str]:
    return [row.title for row in store.find(Wanted(**wanted)).rows]  # type: ignore[arg-type]


@pytest.fixture
def three(store: Store) -> tuple[str, str, str]:
    call = ToolCall("c", "get_weather", '{"city": "Málaga"}')
    first = exchanged(store, "Weather in Málaga", turn("It is sunny", call, usage=Usage(10, 5)), "e1")
    second = exchanged(store, "Book a meeting with Ana", turn("Done, it is booked"), "e2")
    third = exchanged(store, "天気はどうですか", turn("晴れです"), "e3")
    return first, second, third


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("malaga", 1),
        ("MÁLAGA", 1),
        ("sunny weather", 1),
        ("get_wea", 1),
        ('"it is"', 2),
        ('"it is booked"', 1),
        ("天気", 1),
        ("nothing of this", 0),
        ("100%", 0),
        ("", 3),
    ],
)
@pytest.mark.slow
def test_all_words_are_found_whatever_their_accents(
    store: Store, three: tuple[str, str, str], query: str, number: int
) -> None:
    found = store.find(Wanted(query))
    assert (len(found.rows), found.total) == (number, number)


@pytest.mark.parametrize("title", ["Málaga trip", "서울 날씨", "がっこう", "Straße", "ΑΘΗΝΑ"])
def test_a_title_is_found_that_nobody_said(store: Store, title: str) -> None:
    store.create(Setup(), title)
    assert titles(store, query=title) == titles(store, query=title.lower()) == [title]


def test_white_space_in_what_was_said_is_one_space(store: Store) -> None:
    exchanged(store, "Question", turn("two\nlines  here"), "e1")
    assert titles(store, query='"two lines here"') == ["Question"]


def test_a_message_that_is_kept_again_is_in_the_index_once(
    store: Store, three: tuple[str, str, str], tmp_path: Path
) -> None:
    loaded = store.load(three[0])
    assert loaded is not None
    store.save_nodes(three[0], list(loaded.nodes.values()), loaded.head)
    with raw(tmp_path) as database:
        kept = database.execute("SELECT said FROM conversation_words WHERE conversation_id = ?", [three[0]]).fetchone()
    assert kept[0].count("sunny") == 1


@pytest.mark.parametrize("tag", ["größe", "日本", 'a "b" \\ c', "100%"])
def test_any_tag_can_be_a_filter(store: Store, three: tuple[str, str, str], tag: str) -> None:
    assert store.tag([three[0]], [tag]) == {three[0]: ()}
    assert titles(store, tags=(tag,)) == ["Weather in Málaga"]
    assert store.tag([three[0]], remove=[tag]) == {three[0]: (tag,)}


def test_a_snippet_shows_what_the_title_does_not(store: Store, three: tuple[str, str, str]) -> None:
    assert "sunny" in store.find(Wanted("sunny")).rows[0].snippet
    assert store.find(Wanted("weather")).rows[0].snippet == ""


def test_filters_by_model_tool_tag_and_state(store: Store, three: tuple[str, str, str]) -> None:
    first, second, _ = three
    assert titles(store, tools=("get_weather",)) == ["Weather in Málaga"]
    assert titles(store, models=("m",)) and not titles(store, models=("other",))
    store.tag([first, second], ["  demo   one ", "b"])
    store.tag([second], remove=["b"])
    assert len(titles(store, tags=("demo one",))) == 2
    assert titles(store, tags=("b",)) == ["Weather in Málaga"]
    assert titles(store, state="waiting") == ["Weather in Málaga"]
    models, tools, tags = store.session_choices()
    assert (models, tools, tags) == (("m",), ("get_weather",), ("b", "demo one"))


def test_pinned_come_first_archived_are_put_away_deleted_are_gone_and_come_back(
    store: Store, three: tuple[str, str, str]
) -> None:
    first, second, third = three
    store.pin([first])
    assert titles(store)[0] == "Weather in Málaga"
    store.archive([first, second])
    assert len(titles(store)) == 1
    assert len(titles(store, state="archived")) == 2
    store.archive([first, second], archived=False)
    store.delete_all([first, third])
    assert titles(store) == ["Book a meeting with Ana"]
    store.restore_all([first, third])
    assert len(titles(store)) == 3


def test_orders_and_pages(store: Store, three: tuple[str, str, str]) -> None:
    assert titles(store, order="oldest")[0] == "Weather in Málaga"
    assert titles(store, order="title")[0] == "Book a meeting with Ana"
    assert titles(store, order="tokens")[0] == "Weather in Málaga"
    page = store.find(Wanted(), limit=2, offset=2)
    assert (len(page.rows), page.total) == (1, 3)
    assert store.find(Wanted(), limit=2, offset=4).total == 3


def test_a_row_says_what_was_used(store: Store, three: tuple[str, str, str]) -> None:
    row = store.find(Wanted("sunny")).rows[0]
    sums = of_used(row.used, OwnPrices())
    assert (row.models, row.tools, row.turns) == (("m",), ("get_weather",), 1)
    assert (sums["calls"], sums.exchanges, sums.tokens("total"), sums.usd) == (1, 1, 15, None)
    assert of_used(store.find(Wanted("booked")).rows[0].used, OwnPrices()).tokens("total") is None


@pytest.mark.slow
def test_the_turns_are_those_of_the_arm_in_view(store: Store, three: tuple[str, str, str]) -> None:
    head = store.load(three[1]).head  # type: ignore[union-attr]
    second, other = said("And then?", head), said("And else?", head)
    store.save_nodes(three[1], [second], second.id)
    third = said("And after that?", second.id)
    store.save_nodes(three[1], [third, other], third.id)
    assert store.find(Wanted("booked")).rows[0].turns == 3
    store.set_head(three[1], other.id)
    assert store.find(Wanted("booked")).rows[0].turns == 2
    store.set_head(three[1], None)
    assert store.find(Wanted("booked")).rows[0].turns == 0


def test_where_a_conversation_stands(store: Store, three: tuple[str, str, str]) -> None:
    broken = exchanged(store, "It broke off", turn("Half of", state="interrupted"), "e4")
    failed = exchanged(store, "It failed", exchange_id="e5")
    store.finish_exchange(exchange("e5"), Turn((), "failed", None, problem=Problem("http", "no", 500)), None)
    exchanged(store, "It runs", exchange_id="e6")
    states = {row.title: row.state for row in store.find(Wanted()).rows}
    assert states == {
        "Weather in Málaga": "waiting",
        "Book a meeting with Ana": "idle",
        "天気はどうですか": "idle",
        "It broke off": "interrupted",
        "It failed": "failed",
        "It runs": "running",
    }
    assert {item.title: item.state for item in store.recent()} == states
    assert set(titles(store, state="broken")) == {"It broke off", "It failed"}
    store.set_head(broken, None)
    assert titles(store, state="broken") == ["It failed"]
    more = said("Again", store.load(failed).head)  # type: ignore[union-attr]
    store.save_nodes(failed, [more], more.id)
    assert titles(store, state="broken") == []


def test_a_tool_that_was_only_at_hand_is_not_found(store: Store, three: tuple[str, str, str]) -> None:
    tool = store.save_tool(Tool("get_weather"))
    store.create(Setup(tools=(ToolUse(tool),)), "It was at hand here")
    assert titles(store, tools=("get_weather",)) == ["Weather in Málaga"]


def test_everything_that_fits_is_told_without_its_rows(store: Store, three: tuple[str, str, str]) -> None:
    assert set(store.find_ids(Wanted())) == set(three)
    assert store.find_ids(Wanted("sunny")) == [three[0]]


def test_an_act_says_which_it_changed(store: Store, three: tuple[str, str, str]) -> None:
    first, second, _ = three
    assert store.pin([first]) == [first]
    assert store.pin([first, second]) == [second]
    assert store.archive([first]) == [first] and store.archive([first, second], archived=False) == [first]
    assert store.delete_all([first]) == [first] and set(store.delete_all(three)) == {second, three[2]}
    assert set(store.restore_all(three)) == set(three)
    assert store.pin([]) == []


def test_tags_go_back_to_what_they_were(store: Store, three: tuple[str, str, str]) -> None:
    store.tag([three[0]], ["b", "a"])
    before = store.tag(three[:2], ["a", "c"], ["b"])
    store.set_tags(before)
    assert {row.title: row.tags for row in store.find(Wanted()).rows if row.tags} == {"Weather in Málaga": ("b", "a")}


@pytest.mark.slow
def test_more_than_one_statement_takes(store: Store, three: tuple[str, str, str]) -> None:
    many = [*three, *(f"c{number}" for number in range(40_000))]
    assert set(store.archive(many)) == set(three)
    assert set(store.tag(many, ["a"])) == set(three)


def test_a_copy_has_every_message_and_no_exchange(store: Store, three: tuple[str, str, str]) -> None:
    copy = store.duplicate(three[0])
    original, copied = store.load(three[0]), store.load(copy)
    assert original is not None and copied is not None
    assert copied.nodes == original.nodes and copied.head == original.head
    assert copied.title == "Weather in Málaga (copy)"
    assert not store.exchange_turn_info(copy)
    assert len(store.find(Wanted("sunny")).rows) == 2


def test_what_was_deleted_of_a_conversation_is_not_found_any_more(store: Store, three: tuple[str, str, str]) -> None:
    loaded = store.load(three[0])
    assert loaded is not None and loaded.head is not None
    store.delete_nodes(three[0], [loaded.head], said("Weather in Málaga").id)
    assert not store.find(Wanted("sunny")).rows
    assert not titles(store, tools=("get_weather",))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(query=st.text(max_size=30))
@pytest.mark.slow
def test_no_query_fails(store: Store, query: str) -> None:
    store.find(Wanted(query))
