"""The slot under a waiting call, where a mock result is typed."""

from __future__ import annotations

import streamlit as st

from callsmith.jsontext import indented
from callsmith.results import output_warnings, starting_point
from callsmith.types.tool import Tool
from components.chat import actions, drafts
from components.chat.drafts import Slot
from components.live_text import live_text, submitted


def result_slot(conversation_id: str, slot: Slot, tool: Tool | None) -> None:
    """Draw the slot. Every change is kept at once as a draft."""
    key = drafts.area(slot.key)
    draft = slot.draft
    revision = st.session_state.get(f"{key}-revision", 0)
    live_text(
        f"Result of {slot.call.name}",
        draft.text,
        key=key,
        revision=revision,
        on_change=lambda: _typed(conversation_id, slot.key),
        rows=min(14, max(4, draft.text.count("\n") + 1)),
        placeholder='{"temperature": 21}' if draft.format == "JSON" else "What the tool says",
        invalid=bool(draft.text.strip() and slot.problem),
    )
    if draft.text.strip() and slot.problem:
        st.markdown(f":red[:material/error: {slot.problem}]")
    for warning in output_warnings(tool, draft)[:4]:
        st.caption(f":material/warning: Not as its output schema says: {warning}")
    st.session_state.setdefault(f"{key}-format", draft.format)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "Send as",
            ["JSON", "Text"],
            key=f"{key}-format",
            label_visibility="collapsed",
            required=True,
            on_change=_set_format,
            args=(conversation_id, slot.key),
        )
        st.checkbox(
            "Return as error",
            value=draft.is_error,
            key=f"{key}-error",
            help="Tells the model that the tool failed, in the way this wire format has for it",
            on_change=_set_error,
            args=(conversation_id, slot.key),
        )
        st.button(
            "Fill in a sample",
            key=f"{key}-sample",
            type="tertiary",
            on_click=_fill,
            args=(conversation_id, slot.key, starting_point(tool, slot.call, revision)),
        )
        st.button(
            "Tidy",
            key=f"{key}-tidy",
            type="tertiary",
            disabled=draft.format != "JSON" or bool(slot.problem),
            help="There is no valid JSON to lay out yet" if slot.problem else "Lays the JSON out for reading",
            on_click=_tidy,
            args=(conversation_id, slot.key),
        )


def _typed(conversation_id: str, slot_key: str) -> None:
    drafts.take_typed(conversation_id, slot_key)
    if submitted(drafts.area(slot_key)):
        actions.continue_turn()


def _set_format(conversation_id: str, slot_key: str) -> None:
    drafts.change(conversation_id, slot_key, format=st.session_state[f"{drafts.area(slot_key)}-format"])


def _set_error(conversation_id: str, slot_key: str) -> None:
    drafts.change(conversation_id, slot_key, is_error=st.session_state[f"{drafts.area(slot_key)}-error"])


def _fill(conversation_id: str, slot_key: str, text: str) -> None:
    """Put JSON text into the slot; the next sample differs."""
    st.session_state[f"{drafts.area(slot_key)}-format"] = "JSON"
    _replace(conversation_id, slot_key, text=text, format="JSON")


def _tidy(conversation_id: str, slot_key: str) -> None:
    draft = drafts.kept(conversation_id, slot_key)
    if not draft.problem():
        _replace(conversation_id, slot_key, text=indented(draft.text))


def _replace(conversation_id: str, slot_key: str, **to: str) -> None:
    revision = f"{drafts.area(slot_key)}-revision"
    st.session_state[revision] = st.session_state.get(revision, 0) + 1
    drafts.change(conversation_id, slot_key, **to)
