"""One reply, part by part, in the order the model said it. The only place that knows how each kind of part looks
in the transcript; ``live`` draws the same kinds, plainly, while they arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import streamlit as st

from callsmith.conversation import APPROVAL_REQUEST, Approval, approvals
from callsmith.types.features import ResponseSchema
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, Part, Refusal, Text, Thinking, ToolCall
from callsmith.wire.citations import citations
from components.chat.citations import Sources, draw_sources
from components.chat.endings import REFUSED
from components.chat.media import draw_media
from components.chat.prose import markdown
from components.chat.steps import draw_extra, draw_hidden, draw_step
from components.chat.structured import draw_data, is_data
from components.words import count

# Sources of thinking that is a summary of it: Responses' summaries, Gemini's thought parts (notes, 3.2 and 5.2).
_SUMMARIES = ("reasoning_summary", "thought")
# Fields of a reply that are drawn already: citations, and reasoning kept for the way back.
_DRAWN_ELSEWHERE = frozenset(
    ("annotations", "reasoning_details", "groundingMetadata", "citationMetadata", "urlContextMetadata", "content")
)


@dataclass(frozen=True, slots=True)
class Cards:
    """What draws the parts that wait for, or hold, an answer; each is told its number among its kind."""

    call: Callable[[ToolCall, int], None]
    approval: Callable[[Approval, int], None]


def draw_reply(
    message: Message, key: str, cards: Cards, *, reasoning: int | None = None, response: ResponseSchema | None = None
) -> None:
    """``reasoning`` is what was reported for the whole message, in tokens; ``response`` the schema of now."""
    sources = Sources(citations(message))
    as_data = is_data(message, response)
    leaves = asked = approvals(message)
    numbers: dict[str, int] = {}
    told = False
    for start, part in runs(message.parts):
        number = numbers[part.kind] = numbers.get(part.kind, -1) + 1
        here = f"{part.kind}-{key}-{number}"
        match part:
            case Thinking():
                _thinking(part, None if told else reasoning, here)
                told = True
            case Text() if as_data:
                if number == 0:
                    draw_data(message, response)
            case Text():
                st.markdown(sources.marked(part.text, start))
            case ToolCall():
                cards.call(part, number)
            case Opaque() if part.type == APPROVAL_REQUEST and leaves:
                cards.approval(leaves[0], len(asked) - len(leaves))
                leaves = leaves[1:]
            case _:
                _other(part, here)
    if message.finish == REFUSED and not message.refusal:
        st.markdown(":red[:material/block: **Refused**] The provider ended this reply as a refusal.")
    draw_sources(sources, f"sources-{key}")
    more = {name: value for name, value in message.extra.items() if value and name not in _DRAWN_ELSEWHERE}
    if more:
        draw_extra(more, f"extra-{key}")


def _other(part: Part, key: str) -> None:
    match part:
        case Refusal():
            st.markdown(f":red[:material/block: **Refused**] {markdown(part.text)}")
        case Opaque():
            draw_step(part, key)
        case Media():
            draw_media(part, key)


def runs(parts: tuple[Part, ...]) -> Iterator[tuple[int, Part]]:
    """The parts to draw, each with where its text begins in the message's whole text.

    Texts that follow each other are one: Anthropic cuts a sentence wherever a citation begins. A text that is
    empty, since it only carries a signature, is left out.
    """
    start = 0
    held: list[str] = []
    for part in parts:
        if isinstance(part, Text):
            held.append(part.text)
            continue
        if held:
            text = "".join(held)
            held = []
            if text:
                yield start, Text(text)
            start += len(text)
        yield start, part
    text = "".join(held)
    if text:
        yield start, Text(text)


def _thinking(part: Thinking, tokens: int | None, key: str) -> None:
    said = thinking_title(part)
    title = f"{said} ({count(tokens, 'token')})" if tokens else said
    if not part.text.strip():
        draw_hidden(title, dict(part.extra), key)
        return
    with st.expander(title, icon=":material/psychology:", type="step"):
        st.markdown(markdown(part.text))


def thinking_title(part: Thinking) -> str:
    if not part.text.strip():
        return "Thinking, not shown by the provider"
    return "Thinking, summarised" if part.source in _SUMMARIES else "Thinking"


def draw_said(message: Message, key: str) -> None:
    """A user's message: its files, then its words."""
    draw_files(message, key)
    if message.text:
        st.markdown(markdown(message.text))


def draw_files(message: Message, key: str) -> None:
    files = [part for part in message.parts if isinstance(part, Media)]
    for number, part in enumerate(files):
        draw_media(part, f"media-{key}-{number}")
