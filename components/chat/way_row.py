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
    here = answerer.way(slot.draft)
    if answerer.tool_id:
        with st.container(horizontal=True, vertical_alignment="center", key=f"way-{slot.key}"):
            _select(conversation_id, slot, answerer)
            st.button(
                "Set up",
                key=f"set-up-{slot.key}",
                type="tertiary",
                help="Who answers all calls of this tool: rules, samples, faults, HTTP, MCP or a model",
                on_click=panel.open_answers,
                args=(answerer.tool_id,),
            )
    with st.container(horizontal=True, vertical_alignment="center", key=f"bring-{slot.key}"):
        if here.by == "hand":
            _by_hand(conversation_id, slot, answerer)
        else:
            _run(conversation_id, slot, answerer, here)
        if answerer.tool_id and (here.by == "hand" or not slot.problem):
            slot_picks.save(conversation_id, slot, answerer.tool_id, answerer.answering.mocks)
        st.button(
            "Refuse",
            key=f"refuse-{slot.key}",
            type="tertiary",
            help="Tells the model, as an error, that you refused this call",
            on_click=slot_actions.refuse,
            args=(conversation_id, slot.key),
        )
    _expected(slot, answerer, here)


def _expected(slot: Slot, answerer: Answerer, here: Way) -> None:
    """What a run would do, or what it lacks."""
    rule = answerer.rule if here.by == "rules" and slot.draft.made is None else None
    with st.container():
        if here.missing:
            st.caption(f":orange[:material/warning: {plain(here.missing)}]")
        elif rule is not None:
            name = f", {plain(rule.rule.name)}," if rule.rule.name else ""
            st.caption(f"Rule {rule.index + 1}{name} answers this call")


def _select(conversation_id: str, slot: Slot, answerer: Answerer) -> None:
    own = answerer.answering.by
    found = {one.by: one for one in ways(answerer, slot.draft)}
    key = f"answered-by-{slot.key}"
    here = answerer.by(slot.draft)
    # Written in every run: the browser keeps a label, and one that is no longer there would come back as the choice.
    st.session_state[key] = here
    st.markdown(":small[Answered by]", width="content")
    st.selectbox(
        "Answered by",
        list(found),
        key=key,
        format_func=lambda by: f"{found[by].label} (tool's own)" if by == own and len(found) > 1 else found[by].label,
        label_visibility="collapsed",
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


def _run(conversation_id: str, slot: Slot, answerer: Answerer, here: Way) -> None:
    samples = here.by == "schema" and not here.missing
    if not samples or slot.draft.made is None:
        st.button(
            "Run" if slot.draft.made is None else "Run again",
            key=f"run-{slot.key}",
            icon=":material/play_arrow:",
            disabled=bool(here.missing),
            help=here.missing or "Answers this call now; you see the result before it is sent",
            on_click=slot_actions.run_one,
            args=(slot.key,),
        )
    if samples:
        for label, edge in (("Another sample", False), ("Edge case", True)):
            if edge or slot.draft.made is not None:
                st.button(
                    label,
                    key=f"{'edge' if edge else 'another'}-{slot.key}",
                    type="tertiary",
                    help="A value at the limits of the schema: the least and the most in turn" if edge else None,
                    on_click=slot_actions.sample,
                    args=(conversation_id, slot, answerer),
                    kwargs={"edge": edge},
                )
