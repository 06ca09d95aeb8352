"""One tool call as a card: said in words, shown as JSON, its validity and state, its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import streamlit as st

from callsmith.calls import Verdict, judge
from callsmith.jsontext import indented
from callsmith.types.parts import Media, Parsed, ToolCall, ToolResult
from callsmith.types.tool import Tool
from components.chat.media import draw_media
from components.chat.result_facts import badge, draw_text, facts
from components.words import plain, spoken

LAID_OUT = 20_000
"""Characters of a result that are laid out for reading; a longer one is shown as it came, which costs nothing."""

State = Literal["waiting", "arriving", "cut off"]

_BADGES: Mapping[State, str] = {
    "waiting": ":orange-badge[:material/hourglass_empty: waiting]",
    "arriving": ":blue-badge[:material/more_horiz: arriving]",
    "cut off": ":gray-badge[:material/content_cut: cut off, will not be sent]",
}


_NOT_YOURS = ":red-badge[:material/help: not one of your tools]"
_GONE = ":gray-badge[:material/history: no longer in your tools]"
_TYPES = {"custom": ":material/notes: free text", "function_call": ":material/history: legacy function_call"}


def head(
    call: ToolCall,
    state: State,
    verdict: Verdict | None,
    *,
    was_offered: bool = False,
    result: ToolResult | None = None,
) -> str:
    """The lines above the JSON, as markdown. ``was_offered``: a tool that is gone by now was one then."""
    badges = [_BADGES[state] if result is None else badge(result.made, is_error=result.is_error)]
    if call.type != "function":
        badges.append(f":gray-badge[{_TYPES.get(call.type, plain(call.type))}]")
    if call.original is not None:
        badges.append(":violet-badge[:material/edit: arguments edited by hand]")
    if verdict is not None:
        if not verdict.known:
            badges.append(_GONE if was_offered else _NOT_YOURS)
        if verdict.valid is True:
            badges.append(":green-badge[:material/rule: arguments valid]")
        elif verdict.valid is False:
            badges.append(":red-badge[:material/rule: arguments invalid]")
    lines = [f":material/build: **{plain(call.name or 'no name')}** {' '.join(badges)}"]
    if state != "arriving":
        lines.append(spoken(call))
    if verdict is not None:
        lines += [f":material/error: {plain(note)}" for note in verdict.notes[:8]]
        if len(verdict.notes) > 8:
            lines.append(f"and {len(verdict.notes) - 8} more")
    return "\n\n".join(lines)


def pretty(text: str) -> str:
    """JSON text laid out for reading; anything else as it is. Numbers and key order stay as sent."""
    call = ToolCall("", "", text)
    parsed = call.parsed()
    if not isinstance(parsed, Parsed):
        return text
    compact = len(text) <= 60 and "\n" not in text
    return text if compact else indented(text)


def call_card(
    call: ToolCall,
    tools: Mapping[str, Tool],
    result: ToolResult | None,
    *,
    cut: bool,
    key: str,
    answer: Callable[[], None] | None = None,
    was_offered: Callable[[], bool] = lambda: False,
    media: Sequence[Media] = (),
    beside: Callable[[], None] | None = None,
) -> None:
    """A call of the transcript. ``answer`` draws the slot of a waiting call, in the place of its result. ``media``
    are part of the result; ``was_offered`` is asked for a tool that is not there; ``beside`` draws what else can be
    done with the call."""
    verdict = judge(call, tools)
    offered = not verdict.known and was_offered()
    with st.container(border=True, key=key):
        state: State = "cut off" if cut else "waiting"
        st.markdown(head(call, state, verdict, was_offered=offered, result=None if cut else result))
        custom = call.type == "custom"
        shown = call.arguments if custom else pretty(call.arguments)
        st.code(shown, language=None if custom else "json", wrap_lines=True)
        if call.original is not None:
            with st.expander("What the model had asked"):
                st.code(pretty(call.original), language=None if custom else "json", wrap_lines=True)
        with st.container(horizontal=True, vertical_alignment="center", key=f"id-of-{key}"):
            st.caption(f"id {plain(call.id)}" if call.id else "no id", width="content")
            if beside is not None:
                beside()
        with st.container(key=f"{key}-answer"):
            if result is not None:
                _result(result, media, key)
            elif answer is not None:
                answer()


def _result(result: ToolResult, media: Sequence[Media], key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Returned as an error**" if result.is_error else "**Result**", width="content")
        st.caption(facts(result.made, result.content), width="content")
    if result.content or not media:
        shown = pretty(result.content) if len(result.content) <= LAID_OUT else result.content
        draw_text(result.content, shown, f"result-of-{key}", name=result.name or "result")
    for number, one in enumerate(media):
        draw_media(one, f"{key}-media-{number}")
