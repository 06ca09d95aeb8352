"""Template variables of prompts: ``{{user}}`` in the system prompt and in what the user says, filled when it is sent.

What is kept is the template, so the values of a conversation can be changed and everything asked again. Only names that
have a value are filled; any other double braces are text. Values are never read for variables themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from callsmith.types.message import Message, Thread
from callsmith.types.parts import Text

_NAME = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_-]{0,63})\s*\}\}")


def names(texts: Iterable[str]) -> tuple[str, ...]:
    """The variables in these texts, each once, in order."""
    return tuple(dict.fromkeys(name for text in texts for name in _NAME.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: values.get(found.group(1), found.group(0)), text) if values else text


def filled_thread(thread: Thread, values: Mapping[str, str]) -> Thread:
    """What goes out: the system prompt and the user's own words with their values."""
    if not values:
        return thread
    return Thread(filled(thread.system, values), tuple(filled_message(message, values) for message in thread.messages))


def of_thread(thread: Thread) -> tuple[str, ...]:
    """The variables that a thread asks for."""
    said = (message.text for message in thread.messages if message.role == "user")
    return names((thread.system, *said))


def filled_message(message: Message, values: Mapping[str, str]) -> Message:
    if message.role != "user" or not values:
        return message
    parts = tuple(
        replace(part, text=filled(part.text, values)) if isinstance(part, Text) else part for part in message.parts
    )
    return replace(message, parts=parts)
