"""Usage frames: parts add up to their totals, and what was not reported stays unknown."""

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from callsmith import usage
from callsmith.store import UsageRow
from callsmith.types.exchange import Marks
from callsmith.types.usage import Usage

NOON = 1_780_315_200.0  # 2026-06-01 12:00 UTC


def row(
    number: int, reported: Usage | None, marks: Marks | None = None, state: str = "finished", plays: str = ""
) -> UsageRow:
    return UsageRow(
        exchange_id=f"e{number}",
        conversation_id="c",
        title="Weather",
        state=state,  # type: ignore[arg-type]
        connection="Demo",
        wire="openai-chat",
        model="m",
        marks=marks or Marks(NOON + number, first_token=0.5, done=2.5),
        calls=1,
        usage=reported,
        plays=plays,
    )


FULL = Usage(input=80, output=23, cache_read=30, reasoning=3, total=103)
PLAIN = Usage(input=80, output=20)
ROWS = [row(0, FULL), row(1, PLAIN), row(2, None), row(3, Usage(output=7)), row(4, None, Marks(NOON), "running")]


def unknown(frame: pd.DataFrame, name: str) -> list[bool]:
    return frame[name].isna().tolist()


def known(frame: pd.DataFrame, number: int, *names: str) -> list[object]:
    return [None if pd.isna(value) else value for value in frame.loc[number, list(names)]]


PARTS = ("uncached_input", "cached_input", "output", "reasoning")
TOTALS = ("input", "output_total", "total")


def test_parts_add_up() -> None:
    frame = usage.frame(ROWS)
    assert known(frame, 0, *PARTS, *TOTALS) == [50, 30, 20, 3, 80, 23, 103]


def test_without_details_the_total_stands_whole_and_the_part_is_unknown() -> None:
    frame = usage.frame(ROWS)
    assert known(frame, 1, *PARTS, *TOTALS) == [80, None, 20, None, 80, 20, 100]


def test_unknown_is_never_zero() -> None:
    frame = usage.frame(ROWS)
    assert known(frame, 2, *PARTS, *TOTALS, "tokens_per_s") == [None] * 8
    assert known(frame, 3, *PARTS, *TOTALS) == [None, None, 7, None, None, 7, None]
    assert known(frame, 4, "first_token_s", "total_s", "calls") == [None] * 3


def test_zero_is_not_unknown() -> None:
    frame = usage.frame([row(0, Usage(input=0, output=0, cache_read=0, reasoning=0))])
    assert known(frame, 0, *PARTS, *TOTALS) == [0] * 7


def test_more_cached_than_input_is_not_negative() -> None:
    assert known(usage.frame([row(0, Usage(input=5, cache_read=9))]), 0, "uncached_input") == [0]


def test_types_hold_even_without_any_row() -> None:
    for frame in (usage.frame(ROWS), usage.frame([])):
        assert tuple(frame.columns) == usage.COLUMNS
        assert {str(frame[name].dtype) for name in (*PARTS, *TOTALS, "calls")} == {"Int64"}
        assert {str(frame[name].dtype) for name in ("first_token_s", "total_s", "tokens_per_s", "cost")} == {"Float64"}
        assert isinstance(frame["time"].dtype, pd.DatetimeTZDtype)


def test_times_are_in_the_reader_s_zone() -> None:
    frame = usage.frame(ROWS, ZoneInfo("Asia/Tokyo"))
    assert frame["time"].iloc[0].isoformat() == "2026-06-01T21:00:00+09:00"


@pytest.mark.parametrize(
    ("marks", "reported", "speed"),
    [
        (Marks(NOON, first_token=0.5, done=2.5), PLAIN, 10.0),
        (Marks(NOON, first_token=0.5, done=0.52), PLAIN, None),
        (Marks(NOON, first_token=None, done=2.5), PLAIN, None),
        (Marks(NOON, first_token=0.5, done=2.5), None, None),
    ],
)
def test_speed(marks: Marks, reported: Usage | None, speed: float | None) -> None:
    assert known(usage.frame([row(0, reported, marks)]), 0, "tokens_per_s") == [speed]


def test_totals_say_how_many_did_not_report() -> None:
    totals = usage.totals(usage.frame(ROWS))
    assert totals["input"] == usage.Total(160, 2)
    assert totals["output_total"] == usage.Total(50, 1)
    assert totals["cached_input"] == usage.Total(30, 3)
    assert totals["calls"] == usage.Total(4, 0)
    assert usage.totals(usage.frame([row(0, None)]))["input"] == usage.Total(None, 1)
    assert usage.totals(usage.frame([]))["input"] == usage.Total(None, 0)


def test_long_has_a_row_for_each_reported_part_in_stacking_order() -> None:
    long = usage.long(usage.frame(ROWS))
    assert list(zip(long["exchange"], long["part"], long["tokens"], strict=True)) == [
        (1, "Uncached input", 50),
        (1, "Cached input", 30),
        (1, "Output", 20),
        (1, "Reasoning", 3),
        (2, "Uncached input", 80),
        (2, "Output", 20),
        (4, "Output", 7),
    ]
    assert str(long["tokens"].dtype) == "int64"


def test_the_running_sum_skips_what_was_not_reported() -> None:
    running = usage.cumulative(usage.frame(ROWS))
    assert list(zip(running["exchange"], running["tokens"], strict=True)) == [(1, 103), (2, 203)]
    assert unknown(running, "tokens") == [False, False]


def test_empty_frames_stay_frames() -> None:
    frame = usage.frame([])
    assert usage.long(frame).empty and usage.cumulative(frame).empty


def test_what_was_written_to_the_cache_stands_apart() -> None:
    frame = usage.frame([row(0, Usage(input=900, cache_read=300, cache_write=500)), row(1, Usage(input=1))])
    assert known(frame, 0, "cache_written") == [500]
    assert usage.totals(frame)["cache_written"] == usage.Total(500, 1)


def test_a_cost_is_known_or_not_and_never_of_what_still_runs() -> None:
    frame = usage.frame(ROWS, cost=lambda row: {"e0": 0.5, "e1": 0.0}.get(row.exchange_id))
    assert [known(frame, number, "cost") for number in range(5)] == [[0.5], [0.0], [None], [None], [None]]
    assert usage.spent(frame) == usage.Spent(0.5, 2)
    assert usage.spent(usage.frame(ROWS)) == usage.Spent(None, 4)
    running = usage.frame([row(0, None, state="running")], cost=lambda row: 1.0)
    assert unknown(running, "cost") == [True]
    assert usage.spent(running) == usage.Spent(None, 0)


def test_played_tools_stand_apart() -> None:
    frame = usage.frame([row(0, FULL), row(1, PLAIN, plays="get_weather")])
    assert usage.turns(frame)["exchange"].tolist() == [1]
    assert usage.played(frame)["plays"].tolist() == ["get_weather"]
    assert usage.totals(frame)["total"] == usage.Total(203, 0)
