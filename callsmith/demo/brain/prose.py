"""Text of an exact length, for trying out long replies: "write 300 words" gives 300, one token each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle, islice

LONGEST = 100_000
PARAGRAPH = 50
_WANTED = re.compile(
    r"\b(?:write|say|give|generate|tell|reply|respond|answer|produce|stream|send|print)\b[^.?!\n]{0,60}?"
    r"\b(\d[\d,]*)[\s-]*(?:words?|tokens?)\b",
    re.IGNORECASE,
)
_OPENING = "This text is filler from a scripted demo model, not written by an LLM."
_SENTENCES = (
    "It has exactly as many words as were asked for.",
    "Each word is one token and arrives in a chunk of its own.",
    "A tool call starts with a prompt and a list of tools on offer.",
    "The model names one of them and writes its arguments as JSON.",
    "Somebody else runs the tool and sends the result back.",
    "Then the model reads the result and goes on from there.",
    "A good description says what a tool does and when to use it.",
    "A good schema leaves little room for wrong arguments.",
    "Short names are easy to remember, and plain words are easy to match.",
    "Long replies like this one show how a page behaves under load.",
)


def wanted_length(text: str) -> int | None:
    """How many words or tokens a prompt asks for outright."""
    match = _WANTED.search(text)
    return min(int(match.group(1).replace(",", "")), LONGEST) if match else None


def prose(length: int) -> str:
    """Exactly ``length`` words, in paragraphs."""
    words = list(islice(_words(), length))
    paragraphs = (" ".join(words[start : start + PARAGRAPH]) for start in range(0, length, PARAGRAPH))
    return "\n\n".join(paragraphs)


def _words() -> Iterator[str]:
    yield from _OPENING.split()
    for sentence in cycle(_SENTENCES):
        yield from sentence.split()
