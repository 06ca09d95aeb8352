"""Above a waiting call's result: who answers it, and the one button that brings a result."""

from __future__ import annotations

import streamlit as st

from callsmith.results import starting_point
from callsmith.slots import Slot
from components.chat import slot_actions, slot_picks
from components.chat.slot_ways import Answerer, Way, ways
from components.tools import panel
from components.words import plain


def way_row(conversation_id: str, slot: Slot, answerer: Answerer) -> None:
    """A call of no tool of the conversation is answered by hand, and nothing can be kept for it."""
    draft = slot.draft
    here = answerer.way(draft)
    with st.container(horizontal=True, vertical_alignment="center", key=f"way-{slot.key}"):
        if answerer.tool_id:
            _select(conversation_id, slot, answerer)
        if here.by == "hand":
            _by_hand(conversation_id, slot, answerer)
        else:
            _run(slot, here)
        st.button(
            "Refuse",
            key=f"refuse-{slot.key}",
            type="tertiary",
            help="Tells the model, as an error, that you refused this call",
            on_click=slot_actions.refuse,
            args=(conversation_id, slot.key),
        )
        if answerer.tool_id:
            st.button(
                "Set up answers",
                key=f"set-up-{slot.key}",
                type="tertiary",
                help="Rules, samples, faults, HTTP, MCP or a model: for all calls of this tool",
                on_click=panel.open_editor,
                args=(answerer.tool_id,),
            )


def _select(conversation_id: str, slot: Slot, answerer: Answerer) -> None:
    own = answerer.answering.by
    found = {one.by: one for one in ways(answerer, slot.draft)}
    key = f"answered-by-{slot.key}"
    here = answerer.by(slot.draft)
    if st.session_state.get(key) != here:
        st.session_state[key] = here
    st.markdown(":small[Answered by]", width="content")
    st.selectbox(
        "Answered by",
        list(found),
        key=key,
        format_func=lambda by: (
            f"{found[by].label} (set for the tool)" if by == own and len(found) > 1 else found[by].label
        ),
        label_visibility="collapsed",
        width=260,
        on_change=slot_actions.choose_way,
        args=(conversation_id, slot.key, own, key),
    )


def _by_hand(conversation_id: str, slot: Slot, answerer: Answerer) -> None:
    st.button(
        "Fill in a sample",
        key=f"result-{slot.key}-sample",
        type="tertiary",
        on_click=slot_actions.fill,
        args=(conversation_id, slot.key, starting_point(answerer.tool, slot.call, slot.draft.revision)),
    )
    if answerer.tool_id:
        slot_picks.pick(conversation_id, slot, answerer.tool_id, answerer.answering.mocks)


def _run(slot: Slot, here: Way) -> None:
    st.button(
        "Run again" if slot.draft.made is not None else "Run",
        key=f"run-{slot.key}",
        icon=":material/play_arrow:",
        disabled=bool(here.missing),
        help=here.missing or "Answers this call now; you see the result before it is sent",
        on_click=slot_actions.run_one,
        args=(slot.key,),
    )
    if here.missing:
        st.caption(f":orange[:material/warning: {plain(here.missing)}]", width="content")
