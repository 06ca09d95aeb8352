"""Where a conversation stands: the last prompt, and what was called and answered since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, ToolCall, ToolResult

_UNITS = ("bytes", "KB", "MB")


@dataclass(frozen=True, slots=True)
class Now:
    prompt: str
    media: tuple[Media, ...]
    since: tuple[Message, ...]
    earlier: tuple[Message, ...]

    @property
    def calls(self) -> list[ToolCall]:
        return [call for message in self.since for call in message.calls]

    @property
    def answered(self) -> list[tuple[ToolCall, ToolResult]]:
        results = {result.call_id: result for message in self.since for result in message.results}
        return [(call, results[call.id]) for call in self.calls if call.id in results]

    def did(self, step: str) -> bool:
        """Whether the provider ran such a step of its own since the prompt: ``search`` or ``remote``."""
        return any(isinstance(part, Opaque) and part.type == step for message in self.since for part in message.parts)


def where(messages: Sequence[Message]) -> Now:
    asked = [number for number, message in enumerate(messages) if message.role == "user"]
    if not asked:
        return Now("", (), tuple(messages), ())
    prompt = messages[asked[-1]]
    media = tuple(part for part in prompt.parts if isinstance(part, Media))
    return Now(prompt.text, media, tuple(messages[asked[-1] + 1 :]), tuple(messages[: asked[-1]]))


def told_media(media: Sequence[Media]) -> str:
    """What was attached, counted and measured; empty where nothing was."""
    if not media:
        return ""
    kinds = [_one(item) for item in media]
    what = kinds[0] if len(kinds) == 1 else f"{len(kinds)} files: {'; '.join(kinds)}"
    return f"You attached {what}. A script sees nothing in it."


def _one(media: Media) -> str:
    kind = media.media_type.split("/")[0]
    noun = {"image": "an image", "audio": "a sound clip", "video": "a video"}.get(kind, "a file")
    name = f" called {media.name}" if media.name else ""
    said = [media.media_type or "type not given", _size(media) if media.data else "given by its address"]
    return f"{noun}{name} ({', '.join(said)})"


def _size(media: Media) -> str:
    size = float(len(media.data.rstrip("=")) * 3 // 4)
    for unit in _UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"
