"""Calls as a table that other programs read: CSV and Parquet, written a batch at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from itertools import islice
from typing import Any, BinaryIO

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from callsmith.record.calls import CallRow
from callsmith.spreadsheet import cell

_AT_ONCE = 10_000
_TEXT = (
    *("conversation", "conversation_id", "exchange_id", "model", "connection", "format", "state", "plays"),
    *("tool", "call_id", "arguments", "answered_by"),
)
_TYPES: dict[str, Any] = {
    **dict.fromkeys(_TEXT, pa.string()),
    **dict.fromkeys(("call", "schema_version", "result_bytes"), pa.int64()),
    **{f"{name}_tokens": pa.int64() for name in ("input", "output", "cached", "reasoning", "total")},
    **dict.fromkeys(("tool_s", "first_token_s", "total_s", "cost_usd"), pa.float64()),
    **dict.fromkeys(("valid", "is_error"), pa.bool_()),
    "time": pa.timestamp("us", tz="UTC"),
}
COLUMNS = tuple(field.name for field in fields(CallRow))
SCHEMA = pa.schema([(name, _TYPES[name]) for name in COLUMNS])
SNIPPET = """\
import pandas as pd

calls = pd.read_parquet("calls.parquet")   # or pd.read_csv("calls.csv", parse_dates=["time"])

# Tokens and cost stand on the first row of each exchange, so a plain sum counts them once.
calls.groupby("model")[["input_tokens", "output_tokens", "cost_usd"]].sum(min_count=1)

# Calls per tool, and the share whose arguments fit the schema.
made = calls[calls["tool"].notna()]
made.groupby("tool")["valid"].agg(["size", "mean"])
"""


def to_csv(rows: Iterable[CallRow]) -> Iterator[bytes]:
    """In UTF-8, with a header. Empty means unknown. Text that would be a formula has an apostrophe before it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in COLUMNS])
        if text.tell() > 1_000_000:
            yield text.getvalue().encode("utf-8", "replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8", "replace")


def to_parquet(rows: Iterable[CallRow], out: BinaryIO) -> None:
    left = iter(rows)
    with pq.ParquetWriter(out, SCHEMA, compression="zstd") as writer:
        while batch := list(islice(left, _AT_ONCE)):
            writer.write_table(pa.Table.from_pylist([_plain(row) for row in batch], schema=SCHEMA))


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return cell(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _plain(row: CallRow) -> dict[str, Any]:
    """A lone surrogate, which the format cannot hold, becomes the mark for what cannot be read."""
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in asdict(row).items()
    }
