"""What the next request will be refused for, what it loses on the way, and what has no effect: said before it is sent.

Pure. Each room of rules answers one question; a rule says where it comes from (wire-format notes, traps by number).
"""

from __future__ import annotations

from collections.abc import Sequence

from callsmith.conversation import Conversation
from callsmith.notes.features import of_features
from callsmith.notes.gateway import of_gateway
from callsmith.notes.history import of_history
from callsmith.notes.media import of_media
from callsmith.notes.options import of_options
from callsmith.notes.thinking import of_thinking
from callsmith.notes.tools import of_tools
from callsmith.notes.types import Case, Fix, Level, Note
from callsmith.notes.ways_out import ways_out
from callsmith.types.connection import Target
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool

__all__ = ["Fix", "Note", "notes", "ways_out"]

_ORDER: tuple[Level, ...] = ("refused", "lost", "ignored", "info")
_ROOMS = (of_thinking, of_options, of_tools, of_features, of_gateway, of_history, of_media)


def notes(
    setup: Setup, target: Target, tools: Sequence[Tool], options: Options, conversation: Conversation
) -> tuple[Note, ...]:
    """Most serious first. ``tools`` and ``options`` as the request would carry them; each fix changes ``setup``."""
    case = Case(setup, target, tools, options.active(), conversation)
    found = [note for room in _ROOMS for note in room(case)]
    return tuple(sorted(found, key=lambda note: _ORDER.index(note.level)))
