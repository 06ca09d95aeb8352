"""About what a tool costs in every request that offers it, and which of its words cost most."""

from __future__ import annotations

import json

import streamlit as st

from callsmith.schema.document import EditError
from callsmith.schema.tokens import Bill, Ratio, about, bill, grouped, ratio
from callsmith.schema.tool_document import tool_of
from callsmith.store import Store
from callsmith.store.records import UsageRow
from callsmith.vendors.sending import sent
from components import services
from components.tools.desk import Desk
from components.words import count, plain

WIRES = {"openai-chat": "Chat", "openai-responses": "Responses", "anthropic": "Anthropic", "gemini": "Gemini"}
MOST_LINES = 60
# How many of the last exchanges are learned from, and the longest request that is read for it.
LAST = 50
LONGEST = 200_000


def render(here: Desk) -> None:
    wire = st.selectbox(
        "Format",
        list(WIRES),
        key=f"token-bill-format-{here.tool_id}",
        format_func=WIRES.__getitem__,
        help="The same tool is written differently in each format",
        width=220,
    )
    try:
        definition = sent(tool_of(here.editing.document), wire)
    except (EditError, ValueError, KeyError) as error:
        st.warning(f"This tool cannot be written for {WIRES[wire]}: {plain(str(error))}", icon=":material/warning:")
        return
    model, learned = _learned(services.store(), wire)
    made = bill(definition, learned)
    st.metric("Tokens of this tool", f"about {made.total:,}", help="Sent again with every request that offers the tool")
    st.caption(_source(model, learned))
    _table(made)


def _source(model: str, learned: Ratio | None) -> str:
    if learned is None:
        return (
            "Estimated by counting words and symbols; no request with tools in this format has reported its tokens "
            "yet. Costs are paid in every request that offers the tool."
        )
    return (
        f"Estimated, and corrected by what was reported for {count(learned.observations, 'request')} with tools to "
        f"{plain(model)}: {learned.factor:.2f} of the plain estimate. Paid in every request that offers the tool."
    )


def _table(made: Bill) -> None:
    shown = grouped(made, MOST_LINES)
    rows = [
        {"Part": line.words, "Tokens": line.tokens, "Share": line.tokens / made.total if made.total else 0.0}
        for line in shown.lines
    ]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "Tokens": st.column_config.NumberColumn(format="localized", width="small"),
            "Share": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1),
        },
    )


def _learned(store: Store, wire: str) -> tuple[str, Ratio | None]:
    """The model of this format that was asked last with tools, and what its last exchanges teach."""
    rows = store.last_usage_rows(wire, LAST)
    return _of_rows(tuple(row.exchange_id for row in rows), store, rows)


@st.cache_data(max_entries=20, show_spinner=False)
def _of_rows(ids: tuple[str, ...], _store: Store, _rows: list[UsageRow]) -> tuple[str, Ratio | None]:
    pairs: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in reversed(_rows):
        estimated = _estimate(_store, row.exchange_id)
        if estimated and row.usage and row.usage.input:
            pairs.setdefault((row.connection, row.model), []).append((estimated, row.usage.input))
    for (_, model), found in pairs.items():
        return model, ratio(found)
    return "", None


def _estimate(store: Store, exchange_id: str) -> int:
    """Of the whole request; 0 where it offers no tools, or is too long to be looked at."""
    exchange = store.exchange(exchange_id)
    if exchange is None or len(exchange.request.body) > LONGEST:
        return 0
    try:
        body = exchange.request.json()
    except ValueError:
        return 0
    if not isinstance(body, dict) or not body.get("tools"):
        return 0
    return about(json.dumps(body, ensure_ascii=False, separators=(",", ":")))
