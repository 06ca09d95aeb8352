"""Images, files and sound of the conversation that the format in use cannot carry, or carries elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from callsmith.notes.types import ANTHROPIC, CHAT, GEMINI, RESPONSES, Case, Note, count, verb
from callsmith.types.message import Message
from callsmith.types.parts import Media
from callsmith.wire.body import is_own

_CHAT_SOUNDS = frozenset(
    (*("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"), *("audio/mpeg", "audio/mp3")),
)
_ANTHROPIC_IMAGES = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp"))


def of_media(case: Case) -> Iterator[Note]:
    yield from _sent(case)
    yield from _results(case)
    yield from _replies(case)


def _sent(case: Case) -> Iterator[Note]:
    """What the user or a tool gave."""
    held = [part for message in case.messages if message.role != "assistant" for part in _media(message)]
    left = [part for part in held if not _takes(case.wire, part)]
    if left:
        kinds = ", ".join(sorted({part.media_type for part in left}))
        text = f"{case.label} cannot carry {count(len(left), 'file')} of the conversation: {kinds}."
        yield Note("media-kind", "lost", text, case.to(GEMINI, CHAT, RESPONSES, ANTHROPIC))


def _takes(wire: str, part: Media) -> bool:
    kind = part.media_type
    match wire:
        case "anthropic":
            if kind.startswith("image/"):
                return kind in _ANTHROPIC_IMAGES or bool(part.url)
            return kind == "application/pdf" or (
                bool(part.data) and (kind.startswith("text/") or kind == "application/json")
            )
        case "openai-responses":
            return not kind.startswith("audio/")
        case "openai-chat":
            return kind in _CHAT_SOUNDS and bool(part.data) if kind.startswith("audio/") else _is_inline(part)
        case _:
            return True


def _is_inline(part: Media) -> bool:
    return part.media_type.startswith("image/") or bool(part.data)


def _results(case: Case) -> Iterator[Note]:
    """Chat takes text alone in a result (2.3)."""
    if case.wire != CHAT:
        return
    held = sum(len(_media(message)) for message in case.messages if message.role == "tool")
    if held:
        text = f"Chat takes only text in a tool result: {count(held, 'file')} of the results "
        text += f"{verb(held, 'is', 'are')} named there, but not sent."
        yield Note("media-results", "lost", text, case.to(RESPONSES, ANTHROPIC, GEMINI))


def _replies(case: Case) -> Iterator[Note]:
    """Pictures and sound that a model made. Gemini takes them from anyone, the others at most their own."""
    if case.wire == GEMINI:
        return
    made = [message for message in case.messages if message.role == "assistant" and not is_own(message, case.target)]
    held = sum(len(_media(message)) for message in made)
    if held:
        text = (
            f"{count(held, 'file')} that a model made {verb(held, 'stays', 'stay')} here: {case.label} takes none in "
        )
        text += "replies."
        yield Note("media-replies", "lost", text)


def _media(message: Message) -> list[Media]:
    return [part for part in message.parts if isinstance(part, Media)]
