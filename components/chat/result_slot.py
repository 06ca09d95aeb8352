"""The slot under a waiting call: who answers it, and the result, which stays open to change until it is sent."""

from __future__ import annotations

import streamlit as st

from callsmith.media import MAX_FILE, takes_result_media
from callsmith.results import output_warnings
from callsmith.slots import Slot
from callsmith.wire.registry import WIRES
from components import loaded
from components.chat import drafts, slot_actions
from components.chat.attachments import read_files
from components.chat.media import icon, size_words
from components.chat.result_facts import draw_text, facts
from components.chat.slot_ways import Answerer
from components.chat.way_row import way_row
from components.live_text import live_text, submitted
from components.state import ui
from components.words import joined, plain

LONG = 20_000
"""Characters of a result that came by itself which are put into a text area without asking."""


def result_slot(conversation_id: str, slot: Slot, wire: str, answerer: Answerer) -> None:
    """Draw the slot. Every change is kept at once as a draft. ``wire`` is the format it will be sent in."""
    draft = slot.draft
    if draft.made is not None and draft.made.by == "refused" and not draft.made.edited:
        _refused(conversation_id, slot)
        return
    way_row(conversation_id, slot, answerer)
    if draft.note and (draft.made is not None or not (draft.text or answerer.way(draft).missing)):
        _note(conversation_id, slot, answerer)
    by_hand = answerer.by(draft) == "hand"
    # An area that was there stays, also when it is emptied: it may be typed in just now.
    if not by_hand and not (draft.text or draft.media or draft.made is not None or draft.revision):
        return
    _facts(conversation_id, slot)
    if _is_long(slot):
        _long(slot)
    else:
        _area(conversation_id, slot)
    if draft.text.strip() and slot.problem:
        st.markdown(f":red[:material/error: {plain(slot.problem)}]")
    for warning in output_warnings(answerer.tool, draft)[:4]:
        st.caption(f":material/warning: Not as its output schema says: {plain(warning)}")
    _controls(conversation_id, slot, wire)
    _attached(conversation_id, slot, wire)


def _facts(conversation_id: str, slot: Slot) -> None:
    """Who made the result, and the way back to the one before."""
    undo = slot_actions.undo_label(slot)
    if slot.draft.made is None and not undo:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"facts-{slot.key}"):
        if slot.draft.made is not None:
            st.caption(f":material/output: {facts(slot.draft.made, slot.draft.text)}", width="content")
        if undo:
            st.button(
                undo,
                key=f"undo-{slot.key}",
                type="tertiary",
                icon=":material/undo:" if undo == "Undo" else ":material/redo:",
                help="Brings back the result that was here before",
                on_click=slot_actions.undo,
                args=(conversation_id, slot.key),
            )


def _area(conversation_id: str, slot: Slot) -> None:
    draft = slot.draft
    live_text(
        f"Result of {slot.call.name}",
        draft.text,
        key=drafts.area(slot.key),
        revision=draft.revision,
        on_change=lambda: _typed(conversation_id, slot.key),
        rows=min(14, max(4, draft.text.count("\n") + 1)),
        placeholder="What the tool says, as JSON" if draft.format == "JSON" else "What the tool says",
        invalid=bool(draft.text.strip() and slot.problem),
    )
    if drafts.take_unheard(conversation_id, slot):
        st.rerun()


def _refused(conversation_id: str, slot: Slot) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"refused-{slot.key}"):
        st.markdown(":gray-badge[:material/block: refused] The model will be told so.", width="content")
        st.button(
            "Take back",
            key=f"take-back-{slot.key}",
            type="tertiary",
            icon=":material/undo:",
            help="The call waits for a result again",
            on_click=slot_actions.take_back,
            args=(conversation_id, slot.key),
        )
    st.code(slot.draft.text, language="json", wrap_lines=True)


def _note(conversation_id: str, slot: Slot, answerer: Answerer) -> None:
    """Why there is no result, or what is odd about the one there is."""
    note = plain(slot.draft.note)
    with st.container():
        if slot.draft.made is not None and not answerer.restart:
            st.caption(f":material/info: {note}")
            return
        st.markdown(f":orange[:material/warning: No {'new ' if slot.draft.made is not None else ''}result: {note}]")
        if answerer.restart:
            st.button(
                "Restart the server",
                key=f"restart-{slot.key}",
                icon=":material/restart_alt:",
                on_click=slot_actions.restart,
                args=(conversation_id, slot.key, answerer.answering),
            )


def _is_long(slot: Slot) -> bool:
    made = slot.draft.made
    asked = st.session_state.get(f"slot-whole-{slot.key}") == slot.draft.revision
    return made is not None and not made.edited and len(slot.draft.text) > LONG and not asked


def _long(slot: Slot) -> None:
    """Its beginning: a text area of megabytes would slow every click."""
    key = f"long-{slot.key}"
    draw_text(slot.draft.text, slot.draft.text, key, name=slot.call.name or "result")
    st.button(
        "Change by hand",
        key=f"{key}-edit",
        type="tertiary",
        icon=":material/edit:",
        help=f"Puts all {size_words(len(slot.draft.text))} into a text area; the page may become slow",
        on_click=_edit_long,
        args=(slot.key, slot.draft.revision),
    )


def _edit_long(slot_key: str, revision: int) -> None:
    st.session_state[f"slot-whole-{slot_key}"] = revision


def _controls(conversation_id: str, slot: Slot, wire: str) -> None:
    """What can be done about the text."""
    key, draft = drafts.area(slot.key), slot.draft
    tidy = draft.format == "JSON" and bool(draft.text.strip()) and not slot.problem and not _is_long(slot)
    with st.container(horizontal=True, vertical_alignment="center", key=f"slot-controls-{slot.key}"):
        st.segmented_control(
            "Send as",
            ["JSON", "Text"],
            key=loaded.choice(f"{key}-format", draft.format),
            label_visibility="collapsed",
            required=True,
            on_change=slot_actions.set_format,
            args=(conversation_id, slot.key, f"{key}-format"),
        )
        st.checkbox(
            "Return as error",
            key=loaded.choice(f"{key}-error", draft.is_error),
            help="Tells the model that the tool failed, in the way this wire format has for it",
            on_change=slot_actions.set_error,
            args=(conversation_id, slot.key, f"{key}-error"),
        )
        st.button(
            "Tidy",
            key=f"{key}-tidy",
            type="tertiary",
            disabled=not tidy,
            help="Lays the JSON out for reading" if tidy else "There is no valid JSON to lay out yet",
            on_click=slot_actions.tidy,
            args=(conversation_id, slot.key),
        )
        _attach(conversation_id, slot.key, wire)


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
            name = f"{plain(one.name)} · " if one.name else ""
            lost = "" if fits else f" · :orange[:material/warning: {WIRES[wire].label} will not carry it]"
            st.caption(
                f"{icon(one.media_type)} {name}{plain(one.media_type)} · {size_words(one.size)}{lost}",
                width="content",
            )
            st.button(
                "Remove",
                key=f"detach-{slot.key}-{one.id}",
                type="tertiary",
                icon=":material/close:",
                help=f"Take {one.name or 'it'} away from this result",
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
        slot_actions.go_on()
