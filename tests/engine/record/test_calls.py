"""The data frame: one row a call, sums that agree with the usage charts, unknown that stays unknown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from callsmith import usage
from callsmith.cli import main as cli
from callsmith.record.calls import CallRow, rows
from callsmith.record.frame import COLUMNS, to_csv, to_parquet
from callsmith.store import Store
from callsmith.types.parts import ToolCall
from tests.engine.record.kit import CANARY, document, filled, opened, reads
from tests.engine.store_kit import exchanged, turn


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened_store = opened(tmp_path, "one")
    yield opened_store
    opened_store.close()


def frame_of(store: Store) -> pd.DataFrame:
    out = io.BytesIO()
    to_parquet(rows(store, price=lambda row: 0.5), out)
    return pd.read_parquet(io.BytesIO(out.getvalue()))


@pytest.mark.slow
def test_sums_agree_with_the_usage_charts(store: Store) -> None:
    filled(store)
    calls = frame_of(store)
    charts = usage.frame(store.usage_rows(), cost=lambda row: 0.5)
    totals = usage.totals(charts)
    for ours, theirs in (("input_tokens", "input"), ("output_tokens", "output_total"), ("total_tokens", "total")):
        assert totals[theirs].value == calls[ours].sum() > 0
    assert calls["cost_usd"].sum() == usage.spent(charts).usd
    assert set(calls["exchange_id"]) == {row.exchange_id for row in store.usage_rows()}


def test_each_call_has_a_row(store: Store) -> None:
    main = filled(store)
    first, second, *others = rows(store, [main])
    assert [first.call, second.call] == [1, 2] and not [one for one in others if one.tool]
    assert (first.tool, first.arguments, first.answered_by) == ("weather", '{"city": "Bern"}', "model")
    assert (first.tool_s, first.is_error, first.result_bytes) == (2.5, False, 4)
    assert (first.valid, first.schema_version) == (True, 2)
    assert (second.valid, second.answered_by, second.is_error) == (False, "hand", True)
    assert (first.input_tokens, second.input_tokens, second.cost_usd) == (100, None, None)
    assert [one.plays for one in others if one.exchange_id == "p1"] == ["weather"]


def test_the_version_is_the_one_the_model_was_asked_with(store: Store) -> None:
    main = filled(store)
    tool_id = store.setup(main).tools[0].tool_id
    tool = store.tool(tool_id)
    assert tool is not None
    store.save_tool(replace(tool.tool, parameters={"type": "object", "required": ["later"]}), tool_id)
    assert next(rows(store, [main])).schema_version == 2


@pytest.mark.slow
def test_csv_says_the_same(store: Store) -> None:
    filled(store)
    text = b"".join(to_csv(rows(store, price=lambda row: 0.5)))
    read = pd.read_csv(io.BytesIO(text), parse_dates=["time"])
    assert tuple(read.columns) == COLUMNS
    calls = frame_of(store)
    for name in ("input_tokens", "cost_usd", "tool_s", "result_bytes"):
        assert read[name].sum() == calls[name].sum()
    assert list(read["arguments"].dropna()) == list(calls["arguments"].dropna())


@pytest.mark.parametrize("name", ["x.json", "x.jsonl", "x.csv", "x.parquet"])
@pytest.mark.slow
def test_the_commands(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("CALLSMITH_API_KEY", CANARY)
    main = filled(store)
    url = ["--database", f"sqlite:///{tmp_path / 'one.db'}"]
    made = CliRunner().invoke(cli, ["export", *url, str(tmp_path / name)])
    assert made.exit_code == 0, made.output
    data = (tmp_path / name).read_bytes()
    assert data and CANARY.encode() not in data and not list(tmp_path.glob("*.part"))
    one = CliRunner().invoke(cli, ["export", *url, "--conversation", main, str(tmp_path / name)])
    assert one.exit_code == 0 and 0 < (tmp_path / name).stat().st_size < max(len(data), 30_000)
    if name.endswith("json"):
        assert data == document(store)


@pytest.mark.slow
def test_import_says_what_it_did(store: Store, tmp_path: Path) -> None:
    filled(store)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(document(store))
    bad.write_bytes(b"{}")
    url = ["--database", f"sqlite:///{tmp_path / 'two.db'}"]
    made = CliRunner().invoke(cli, ["import", *url, str(good)])
    assert made.exit_code == 0 and "4 conversations added" in made.output
    again = CliRunner().invoke(cli, ["import", *url, str(good), str(bad)])
    assert again.exit_code == 1 and "4 already here" in again.output and "no record" in again.output
    missing = CliRunner().invoke(cli, ["import", *url, str(tmp_path / "none.json")])
    assert missing.exit_code == 2 and "cannot be read" in missing.output
    two = opened(tmp_path, "two")
    try:
        assert reads(two) == reads(store)
    finally:
        two.close()


def test_export_says_what_is_wrong(store: Store, tmp_path: Path) -> None:
    url = ["--database", f"sqlite:///{tmp_path / 'one.db'}"]
    unknown = CliRunner().invoke(cli, ["export", *url, "--conversation", "nope", str(tmp_path / "x.json")])
    assert unknown.exit_code == 1 and "no conversation nope" in unknown.output
    nowhere = CliRunner().invoke(cli, ["export", *url, str(tmp_path / "no" / "x.json")])
    assert nowhere.exit_code == 2 and "cannot be written" in nowhere.output


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_a_formula_in_a_csv_file(begin: str) -> None:
    title = f"{begin}cmd|' /C calc'!A0"
    row = CallRow(title, "c", "e", 0, datetime(2026, 1, 1, tzinfo=UTC), "m", "d", "gemini", "done", "", cost_usd=-0.5)
    read = next(csv.DictReader(io.StringIO(b"".join(to_csv([row])).decode(), newline="")))
    assert read["conversation"] == f"'{title}"
    assert read["cost_usd"] == "-0.5"
    out = io.BytesIO()
    to_parquet([row], out)
    assert pd.read_parquet(out)["conversation"][0] == title


@pytest.mark.slow
def test_many_conversations_are_read_at_once_and_stand_in_order(store: Store) -> None:
    """More than one batch of them, a few questions to the database for each batch, and none that is not asked for."""
    ids = [exchanged(store, f"Hello {n}", turn("x", ToolCall("c", "f", "{}")), f"many-{n}") for n in range(150)]
    store.delete(ids[7])
    asked: list[str] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    found = list(rows(store, ids))
    assert len(asked) <= 10
    assert [one.conversation_id for one in found] == [*ids[:7], *ids[8:]]
    assert [one.conversation for one in found][:2] == ["Hello 0", "Hello 1"]
    assert {one.tool for one in found} == {"f"} and not list(rows(store, ["nope"]))
    gone = [one for one in rows(store) if one.conversation_id == ids[7]]
    assert [(one.conversation, one.tool, one.call) for one in gone] == [("", "f", 1)]
    assert gone[0].arguments is None and gone[0].valid is None


@pytest.mark.slow
def test_the_exchanges_of_a_conversation_are_found_by_its_index(store: Store) -> None:
    """Those that still run, of which there are few, by theirs."""
    asked: list[tuple[str, Any]] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    main = filled(store)
    asked.clear()
    list(store.kept_exchanges(main))
    store.usage_rows(main)
    store.exchange_turn_info(main)
    list(rows(store, [main, *store.kept_ids()]))
    looked = [(text, given) for text, given in asked if "FROM exchanges" in text]
    assert len(looked) >= 4
    with store._engine.connect() as connection:
        for text, given in looked:
            plan = " ".join(str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given))
            name = "state" if "exchanges.state = ?" in text else "conversation_id_started_at"
            assert f"ix_exchanges_{name}" in plan, (text, plan)
