"""A call to try the rules with: which one answers, why the others do not, and the reply as it would be sent."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from callsmith.answering import rules as engine
from callsmith.answering.rules import Tried
from callsmith.schema.text import write
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool
from components import services
from components.answers import settings
from components.answers.area import area
from components.answers.content import not_json, short
from components.answers.rule_words import title
from components.answers.settings import Settings
from components.answers.trial import call_of, sampled
from components.words import plain, seconds

RECORDED = 30


def tester(here: Settings) -> None:
    opened = st.expander("Try the rules", key=here.key("try"), on_change="rerun", icon=":material/rule:")
    if not opened.open:
        return
    with opened:
        typed, number = _typed(here), int(st.session_state.get(_key(here.tool_id, "number"), 1))
        _inputs(here, typed)
        call = call_of(here.tool, typed)
        if here.tool.type != "custom" and typed.strip() and not_json(typed):
            st.caption(f":orange[:material/warning: Not JSON: {plain(not_json(typed))}.] Rules see it as one text.")
        _verdict(engine.tried(here.answering.rules, call, number), call)


def _inputs(here: Settings, typed: str) -> None:
    tool_id = here.tool_id
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Another sample",
            key=_key(tool_id, "sample"),
            icon=":material/casino:",
            on_click=_sample,
            args=(here.tool, tool_id),
        )
        recorded = _recorded(tool_id)
        if recorded:
            st.selectbox(
                "Recorded call",
                recorded,
                index=None,
                key=_key(tool_id, "recorded"),
                format_func=lambda arguments: short(arguments, 90),
                placeholder="Take a recorded call",
                label_visibility="collapsed",
                width="stretch",
                on_change=_take,
                args=(tool_id,),
            )
        st.number_input(
            "Call number",
            min_value=1,
            max_value=10_000,
            step=1,
            key=_key(tool_id, "number"),
            help="How many times the tool was called in the conversation, this call included",
            width=150,
        )
    area(
        "Text of the call" if here.tool.type == "custom" else "Arguments of the call",
        typed,
        key=_key(tool_id, "arguments"),
        keep=lambda text: _put(tool_id, text),
        invalid=here.tool.type != "custom" and bool(typed.strip() and not_json(typed)),
    )


def _verdict(tries: Sequence[Tried], call: ToolCall) -> None:
    hit = next((one for one in tries if one.hit), None)
    with st.container(key="rules-verdict", gap="xsmall"):
        for one in tries:
            name = plain(title(one.rule, one.index + 1))
            if one is hit:
                st.markdown(f":green-badge[answers] **{name}**  \n:small[{plain(one.words)}]")
            elif hit is not None and one.index > hit.index:
                st.markdown(f":gray-badge[not asked] {name}")
            else:
                st.markdown(f":gray-badge[does not fit] {name}  \n:small[{plain(one.words)}]")
    if hit is None:
        st.info("No rule fits: this call would wait for you.", icon=":material/info:")
        return
    replied = engine.reply(hit.rule, call)
    error = " :red-badge[error]" if replied.is_error else ""
    after = f" after {seconds(replied.delay)}" if replied.delay else ""
    st.markdown(f"**The reply as it would be sent**{after}{error}")
    st.code(replied.content or " ", language=None if not_json(replied.content) else "json", wrap_lines=True)
    for note in replied.notes:
        st.caption(f":orange[:material/warning: {plain(note)}]")


def _key(tool_id: str, name: str) -> str:
    return settings.key_of(tool_id, f"try-{name}")


def _typed(here: Settings) -> str:
    key = _key(here.tool_id, "typed")
    if key not in st.session_state:
        _put(here.tool_id, sampled(here.tool, 0))
    kept: str = st.session_state[key]
    return kept


def _put(tool_id: str, typed: str) -> None:
    st.session_state[_key(tool_id, "typed")] = typed


def _sample(tool: Tool, tool_id: str) -> None:
    key = _key(tool_id, "seed")
    st.session_state[key] = st.session_state.get(key, 0) + 1
    _put(tool_id, sampled(tool, st.session_state[key]))


def _recorded(tool_id: str) -> list[str]:
    """The arguments that models gave, each once, the newest first."""
    return list(dict.fromkeys(call.arguments for call in services.store().calls_of(tool_id, RECORDED)))


def _take(tool_id: str) -> None:
    key = _key(tool_id, "recorded")
    arguments = st.session_state[key]
    st.session_state[key] = None
    if arguments is not None:
        _put(tool_id, arguments if not_json(arguments) else write(json.loads(arguments)))
