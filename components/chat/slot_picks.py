"""Results to pick from for a waiting call: those saved under a name, and what this tool was answered with before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from callsmith.evidence.calls import RecordedResult
from callsmith.slots import Slot
from callsmith.types.answering import Mock
from components import services
from components.chat import slot_actions
from components.chat.result_facts import who
from components.tools.desk import LIVE
from components.usage.clock import zone
from components.words import plain

SEARCHED, SHOWN = 60, 12
"""Earlier results that are read, and how many different ones are shown."""


def pick(conversation_id: str, slot: Slot, tool_id: str, mocks: Sequence[Mock]) -> None:
    """The button that opens the list. What is picked takes the place of the text, which can be undone."""
    key = f"pick-{slot.key}"
    popover = st.popover(
        "Pick",
        key=key,
        type="tertiary",
        icon=":material/list:",
        help="A saved result, or one this tool gave before",
        on_change="rerun",
    )
    if not popover.open:
        return
    earlier = differing(services.store().results_of(tool_id, SEARCHED), SHOWN)
    with popover, st.container(key=f"{key}-list", gap="small", width=340):
        if not mocks and not earlier:
            st.caption("Nothing to pick yet. Results that you save or send for this tool are found here.")
        if mocks:
            st.markdown(":small[**Saved results**]")
        for number, mock in enumerate(mocks):
            _choice(
                conversation_id,
                slot,
                f"{key}-mock-{number}",
                mock.name or "(no name)",
                mock.content,
                f"saved result {mock.name}".strip(),
                beside=plain(first_words(mock.content)),
                is_error=mock.is_error,
            )
        if earlier:
            st.markdown(":small[**Earlier results**]")
        for number, one in enumerate(earlier):
            _choice(
                conversation_id,
                slot,
                f"{key}-earlier-{number}",
                first_words(one.result.content),
                one.result.content,
                "an earlier result",
                beside=_where(one),
                is_error=one.result.is_error,
            )


def _choice(
    conversation_id: str, slot: Slot, key: str, label: str, content: str, detail: str, *, beside: str, is_error: bool
) -> None:
    with st.container(gap=None):
        st.button(
            plain(label),
            key=key,
            type="tertiary",
            on_click=slot_actions.pick,
            args=(conversation_id, slot.key, content, detail),
            kwargs={"is_error": is_error, "popover": f"pick-{slot.key}"},
        )
        st.caption(f"{':red[error] · ' if is_error else ''}{beside}")


def save(conversation_id: str, slot: Slot, tool_id: str, mocks: Sequence[Mock]) -> None:
    """Keep the text of the slot with the tool, under a name."""
    key = f"save-{slot.key}"
    popover = st.popover(
        "Save as mock",
        key=key,
        type="tertiary",
        disabled=bool(slot.problem),
        help=f"Nothing to save: {slot.problem}"
        if slot.problem
        else "Keeps this result with the tool, to pick it for other calls",
        on_change="rerun",
    )
    if not popover.open or slot.problem:
        return
    with popover:
        name = st.text_input(
            "Name",
            key=f"{key}-name",
            placeholder="Paris, sunny",
            max_chars=80,
            live=LIVE,
        )
        taken = " ".join((name or "").split()) in [mock.name for mock in mocks]
        st.button(
            "Replace" if taken else "Save",
            key=f"{key}-keep",
            disabled=not (name or "").strip(),
            help="Another result has this name; it is replaced" if taken else None,
            on_click=slot_actions.save_mock,
            args=(conversation_id, slot.key, tool_id, f"{key}-name", key),
        )


def differing(found: Sequence[RecordedResult], most: int) -> list[RecordedResult]:
    """The newest of those that say the same."""
    seen: dict[tuple[str, bool], RecordedResult] = {}
    for one in found:
        seen.setdefault((one.result.content, one.result.is_error), one)
    return list(seen.values())[:most]


def first_words(content: str, most: int = 60) -> str:
    """Of a result, on one line."""
    said = " ".join(content[: 4 * most].split())
    if len(said) > most or len(content) > 4 * most:
        said = f"{said[:most].rstrip()}…"
    return said or "(empty)"


def _where(one: RecordedResult) -> str:
    """From which call it is, as markdown."""
    asked = plain(first_words(one.call.arguments, 40))
    when = f"{datetime.fromtimestamp(one.at, zone()):%d %b, %H:%M}"
    made = [who(one.result.made)] if one.result.made is not None else []
    return " · ".join([asked, *made, plain(one.title or "Untitled"), when])
