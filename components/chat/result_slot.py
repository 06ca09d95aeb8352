"""The slot under a waiting call, where a mock result is typed."""

from __future__ import annotations

import streamlit as st

from callsmith.jsontext import indented
from callsmith.media import MAX_FILE, takes_result_media
from callsmith.results import output_warnings, starting_point
from callsmith.slots import Slot
from callsmith.types.tool import Tool
from callsmith.wire.registry import WIRES
from components.chat import actions, drafts
from components.chat.attachments import read_files
from components.chat.media import icon, size_words
from components.live_text import live_text, submitted
from components.state import ui
from components.words import joined, plain


def result_slot(conversation_id: str, slot: Slot, tool: Tool | None, wire: str) -> None:
    """Draw the slot. Every change is kept at once as a draft. ``wire`` is the format it will be sent in."""
    key = drafts.area(slot.key)
    draft = slot.draft
    live_text(
        f"Result of {slot.call.name}",
        draft.text,
        key=key,
        revision=draft.revision,
        on_change=lambda: _typed(conversation_id, slot.key),
        rows=min(14, max(4, draft.text.count("\n") + 1)),
        placeholder="What the tool says, as JSON" if draft.format == "JSON" else "What the tool says",
        invalid=bool(draft.text.strip() and slot.problem),
    )
    if drafts.take_unheard(conversation_id, slot):
        st.rerun()
    if draft.text.strip() and slot.problem:
        st.markdown(f":red[:material/error: {slot.problem}]")
    for warning in output_warnings(tool, draft)[:4]:
        st.caption(f":material/warning: Not as its output schema says: {warning}")
    st.session_state.setdefault(f"{key}-format", draft.format)
    tidy = draft.format == "JSON" and bool(draft.text.strip()) and not slot.problem
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
            args=(conversation_id, slot.key, starting_point(tool, slot.call, draft.revision)),
        )
        st.button(
            "Tidy",
            key=f"{key}-tidy",
            type="tertiary",
            disabled=not tidy,
            help="Lays the JSON out for reading" if tidy else "There is no valid JSON to lay out yet",
            on_click=_tidy,
            args=(conversation_id, slot.key),
        )
        _attach(conversation_id, slot.key, wire)
    _attached(conversation_id, slot, wire)


def _attach(conversation_id: str, slot_key: str, wire: str) -> None:
    label = WIRES[wire].label
    able = [WIRES[name].label for name in WIRES if takes_result_media(name)]
    fits = takes_result_media(wire)
    key = f"attach-{slot_key}"
    popover = st.popover(
        "Attach",
        key=key,
        icon=":material/attach_file:",
        type="tertiary",
        disabled=not fits,
        on_change="rerun",
        help="An image or a file beside the result"
        if fits
        else f"{label} has no place for images or files in a tool result; {joined(able)} have",
    )
    if popover.open:
        with popover:
            # A new number empties the uploader once its files are kept.
            uploader = f"upload-{slot_key}-{st.session_state.get(f'{key}-number', 0)}"
            st.file_uploader(
                "Image or file",
                accept_multiple_files=True,
                max_upload_size=MAX_FILE // 10**6,
                key=uploader,
                on_change=_upload,
                args=(conversation_id, slot_key, uploader),
            )


def _attached(conversation_id: str, slot: Slot, wire: str) -> None:
    for one in slot.draft.media:
        with st.container(horizontal=True, vertical_alignment="center", key=f"file-{slot.key}-{one.id}"):
            fits = takes_result_media(wire, one.media_type)
            lost = "" if fits else f" · :orange[:material/warning: {WIRES[wire].label} will not carry it]"
            st.caption(
                f"{icon(one.media_type)} {plain(one.name)} · {plain(one.media_type)} · {size_words(one.size)}{lost}",
                width="content",
            )
            st.button(
                "Remove",
                key=f"detach-{slot.key}-{one.id}",
                type="tertiary",
                icon=":material/close:",
                help=f"Take {one.name} away from this result",
                on_click=drafts.detach,
                args=(conversation_id, slot.key, one.id),
            )


def _upload(conversation_id: str, slot_key: str, uploader: str) -> None:
    media, problems = read_files(st.session_state[uploader] or [])
    drafts.attach(conversation_id, slot_key, media)
    number = f"attach-{slot_key}-number"
    st.session_state[number] = st.session_state.get(number, 0) + 1
    ui().notice = " ".join(problems)


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
    revision = drafts.kept(conversation_id, slot_key).revision
    drafts.change(conversation_id, slot_key, revision=revision + 1, **to)
