"""The tab "Answers" of a tool: who answers its calls, whether it asks first, and the settings of the way in use."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from callsmith.types.answering import By
from components.answers import fault_view, mocks_view, rules_view, samples_view, settings
from components.answers.settings import Settings
from components.answers.words import ALONE, ASK, WAYS, missing
from components.tools import home
from components.tools.desk import Desk
from components.words import plain

_STYLE = """<style>
[class*="st-key-answers-by-"] [role="radiogroup"] {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0.5rem 1rem; align-items: start;
}
[class*="st-key-answers-by-"], [class*="st-key-answers-by-"] .stRadio, [class*="st-key-answers-by-"] .stRadio > div {
  width: 100%;
}
</style>"""


def render(here: Desk) -> None:
    tool = home.kept(here.tool_id)
    if tool is None:
        return
    answers = Settings(here.tool_id, tool, settings.kept(here.tool_id))
    st.html(_STYLE)
    who(answers)
    with st.container(key=answers.key("editor")):
        _EDITORS[answers.answering.by](answers)


def who(here: Settings) -> None:
    """The choice of the way, and whether it asks."""
    st.radio(
        "Who answers",
        list(WAYS),
        key=settings.choice(here.tool_id, here.key("by"), here.answering.by),
        format_func=lambda by: WAYS[by].label,
        captions=[way.line for way in WAYS.values()],
        horizontal=True,
        width="stretch",
        on_change=choose,
        args=(here.tool_id, here.key("by")),
    )
    with st.container(horizontal=True, vertical_alignment="center", key=here.key("asks")):
        asks(here)
        _undo(here)


def asks(here: Settings, place: str = "auto") -> None:
    """Whether calls are answered without asking; ``place`` tells this control from others of the same tool."""
    key = here.key(place)
    reason = why_not_alone(here)
    st.segmented_control(
        "When the model calls",
        [ASK, ALONE],
        key=settings.choice(here.tool_id, key, ALONE if here.answering.auto and not reason else ASK),
        label_visibility="collapsed",
        required=True,
        disabled=bool(reason),
        on_change=choose_auto,
        args=(here.tool_id, key),
    )
    if reason:
        st.caption(plain(reason), width="content")


def why_not_alone(here: Settings) -> str:
    """Why this tool cannot run by itself; empty where it can."""
    by = here.answering.by
    if by == "hand":
        return "Answers by hand wait for a person, so they never run by themselves."
    lacking = missing(here.tool, here.answering, by)
    return f"{lacking} Until then each call waits for you." if lacking else ""


def choose(tool_id: str, key: str) -> None:
    by: By = st.session_state[key]
    settings.change(tool_id, lambda now: replace(now, by=by))


def choose_auto(tool_id: str, key: str) -> None:
    settings.change(tool_id, lambda now: replace(now, auto=st.session_state[key] == ALONE))


def _undo(here: Settings) -> None:
    if not settings.can_undo(here.tool_id):
        return
    st.button(
        "Undo",
        key=here.key("undo"),
        icon=":material/undo:",
        type="tertiary",
        help="Takes back the last change of who answers",
        on_click=settings.undo,
        args=(here.tool_id,),
    )
    said = settings.last_said(here.tool_id)
    if said:
        st.caption(plain(said), width="content")


def _elsewhere(module: str) -> Callable[[Settings], None]:
    """The editor in a module that is loaded when it is first drawn: some bring large libraries along."""

    def draw(here: Settings) -> None:
        importlib.import_module(f"components.answers.{module}").render(here)

    return draw


_EDITORS: dict[By, Callable[[Settings], None]] = {
    "hand": mocks_view.render,
    "rules": rules_view.render,
    "schema": samples_view.render,
    "fault": fault_view.render,
    "http": _elsewhere("http_view"),
    "mcp": _elsewhere("mcp_view"),
    "model": _elsewhere("model_view"),
}
