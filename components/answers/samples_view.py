"""Results made up from the output schema: which ones, and how they look."""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from callsmith.answering.samples import answer_of
from callsmith.types.answering import Samples
from components.answers import settings
from components.answers.content import told
from components.answers.settings import Settings
from components.answers.trial import call_of, sampled
from components.answers.words import missing
from components.words import plain

PREVIEWS = 2


def render(here: Settings) -> None:
    lacking = missing(here.tool, here.answering, "schema")
    if lacking:
        st.info(
            f"{plain(lacking)} It stands in the tool's JSON as output_schema: a JSON Schema of what the tool returns.",
            icon=":material/info:",
        )
        return
    samples = here.answering.samples
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = here.key("samples-seed")
        st.number_input(
            "Seed",
            min_value=0,
            max_value=1_000_000,
            step=1,
            **settings.entry(here.tool_id, key, samples.seed),
            help="The same seed gives the same results; each call of a conversation gets another one of them",
            width=160,
            on_change=_seed,
            args=(here.tool_id, key),
        )
        edges = here.key("samples-edges")
        st.checkbox(
            "Edge cases",
            key=settings.choice(here.tool_id, edges, samples.edges),
            help="Values at the limits of the schema: the shortest, the most, without the optional parts",
            on_change=_edges,
            args=(here.tool_id, edges),
        )
    _preview(here)


def _preview(here: Settings) -> None:
    call = call_of(here.tool, sampled(here.tool))
    st.caption("With these arguments; where a field of the result is named like an argument, it repeats it")
    st.code(call.arguments or " ", language="json", wrap_lines=True)
    for number in range(1, PREVIEWS + 1):
        st.markdown(f"**Call {number} gets**")
        try:
            content, notes = answer_of(here.tool, here.answering.samples, call, number)
        except ValueError as error:
            st.warning(plain(str(error)), icon=":material/warning:")
            continue
        st.code(_laid_out(content), language="json", wrap_lines=True)
        with st.container(gap="xsmall"):
            told(here.tool, content, is_error=False)
            for note in notes:
                st.caption(plain(note))


def _laid_out(content: str) -> str:
    return json.dumps(json.loads(content), indent=2, ensure_ascii=False)


def _seed(tool_id: str, key: str) -> None:
    value = int(st.session_state[key] or 0)
    settings.change(tool_id, lambda now: replace(now, samples=Samples(value, now.samples.edges)), "seed")


def _edges(tool_id: str, key: str) -> None:
    settings.change(tool_id, lambda now: replace(now, samples=replace(now.samples, edges=st.session_state[key])))
