"""One conversation in the list: its title, where it stands, what it used, and a menu of what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from callsmith.prices_own import OwnPrices
from callsmith.store import SessionRow
from callsmith.usage_totals import Sum, of_used
from components.conversations import acts
from components.conversations.when import ago
from components.usage import clock
from components.words import count, money, plain

_STATES = {
    "running": ":blue-badge[running]",
    "waiting": ":orange-badge[waiting for you]",
    "interrupted": ":gray-badge[interrupted]",
    "failed": ":red-badge[error]",
}


def draw(row: SessionRow, own: OwnPrices, tags: Sequence[str]) -> None:
    """``tags``: those that any conversation has."""
    key, title = row.id, acts.short(row.title)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"session-{key}"):
        picked = row.id in acts.picked()
        st.checkbox(
            f"Pick {plain(title)}",
            value=picked,
            key=f"pick-{key}-{picked}",
            label_visibility="collapsed",
            width="content",
            on_change=acts.pick,
            args=(row.id, f"pick-{key}-{picked}"),
        )
        with st.container(gap=None):
            _title(row, title, key)
            st.caption(_facts(row, of_used(row.used, own)))
            if row.snippet:
                st.caption(f":material/search: {plain(row.snippet)}")
        _more(row, key, tags)


def _title(row: SessionRow, title: str, key: str) -> None:
    """A long one is cut at the end of its line, and what stands beside it goes below."""
    beside = [_STATES.get(row.state, ""), *(f":gray-badge[{plain(tag)}]" for tag in row.tags)]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            f"{':material/keep: ' if row.pinned else ''}{plain(title)}",
            key=f"session-open-{key}",
            type="tertiary",
            on_click=acts.show,
            args=(row.id,),
            help="Open it in the Playground",
        )
        if said := " ".join(filter(None, beside)):
            st.markdown(said, width="content")


def _facts(row: SessionRow, used: Sum) -> str:
    said = [plain(", ".join(row.models[-3:])) or "no model asked yet"]
    if row.tools:
        more = f" and {len(row.tools) - 4} more" if len(row.tools) > 4 else ""
        said.append(plain(", ".join(row.tools[:4])) + more)
    said += [count(row.turns, "turn")] if row.turns else []
    said += [count(used["calls"], "call")] if used["calls"] else []
    said += [_tokens(used), plain(_cost(used))] if used.exchanges else []
    said.append(f"changed {ago(row.updated_at, datetime.now(UTC), clock.zone())}")
    return " · ".join(said)


def _tokens(used: Sum) -> str:
    total = used.tokens("total")
    return "tokens not reported" if total is None else count(total, "token")


def _cost(used: Sum) -> str:
    partly = " and a part of unknown price" if used.usd is not None and used.unpriced else ""
    return money(used.usd) + partly


def _more(row: SessionRow, key: str, all_tags: Sequence[str]) -> None:
    popover = st.popover("More", key=f"session-more-{key}", type="tertiary", on_change="rerun")
    if not popover.open:
        return
    with popover:
        one = acts.One(row.id, row.title)
        title = f"session-title-{key}"
        st.text_input("Title", value=row.title, key=title, on_change=acts.rename, args=(one, title))
        tags = f"session-tags-{key}"
        st.multiselect(
            "Tags",
            sorted({*all_tags, *row.tags}),
            default=list(row.tags),
            key=tags,
            accept_new_options=True,
            placeholder="Type a tag",
            on_change=acts.set_tags,
            args=(one, tags, row.tags),
        )
        with st.container(horizontal=True, gap="xsmall", width=300):
            st.button(
                "Unpin" if row.pinned else "Pin",
                key=f"session-pin-{key}",
                icon=":material/keep:",
                on_click=acts.pin,
                args=([row.id], one),
                kwargs={"pinned": not row.pinned},
            )
            st.button(
                "Duplicate",
                key=f"session-copy-{key}",
                icon=":material/content_copy:",
                on_click=acts.duplicate,
                args=(one,),
            )
            st.button(
                "Bring back" if row.archived else "Archive",
                key=f"session-archive-{key}",
                icon=":material/archive:",
                on_click=acts.archive,
                args=([row.id], one),
                kwargs={"archived": not row.archived},
            )
            st.button(
                "Delete",
                key=f"session-delete-{key}",
                icon=":material/delete:",
                on_click=acts.delete,
                args=([row.id], one),
            )
