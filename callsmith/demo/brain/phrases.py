"""Free text out of a prompt: what to search for, what to call something, what to say."""

from __future__ import annotations

import re

from callsmith.demo.brain.slots import Slot
from callsmith.demo.brain.words import stem

_END = (
    r"(?=\s*(?:[.?!;\n]|,\s|\s(?:saying|that says|with the)\b|\s(?:and|then|but)\s+(?:then\s+)?"
    r"(?:tell|show|send|give|open|read|fetch|get|let|summari[sz]e|explain|make|add|put|also|then|email|ship|set|find|"
    r"search|what|how|who|when|where|if|please|after)\b|$))"
)
_SHORT_END = (
    r"(?=\s*(?:[.?!;,\n]|\s(?:with|on|at|in|for|from|to|by|and|then|of the|using|that|who|which|into|starting|before|"
    r"after|until|tomorrow|today|next|this)\b|$))"
)
_DETERMINER = re.compile(
    r"^(?:(?:the|a|an|our|my|your|their|his|her|its|some|any|all|this|that|these|those)\s+)+", re.I
)
_POLITE = re.compile(
    r"^(?:(?:please|hey|hi|hello|ok|okay|now|so|well|then|and|also|first|next|finally|can|could|would|will|you|"
    r"i|i'd|i’d|we|want|need|like|to|help|me|us|let's|lets|just|kindly)\b[\s,]*)+",
    re.I,
)
_QUESTION = re.compile(
    r"^(?:what(?:'s|’s| is| are| was| were| do| does)?|who(?:'s| is)?|where(?:'s| is| are)?|when(?:'s| is)?|"
    r"how (?:much|many|do|does|is|are)|is there|are there|tell me)\s+(?:about\s+)?",
    re.I,
)
_SAYING = re.compile(
    rf"\b(?:saying|says?|that reads|reading|with the (?:text|message|body))\b:?\s+(?:that\s+)?(.+?){_END}", re.I
)
_AFTER_COLON = re.compile(r":\s+(.+)$", re.S)
_ABOUT = re.compile(rf"\b(?:about|regarding|concerning|on the (?:topic|subject) of)\s+(.+?){_END}", re.I)
_FOR = re.compile(rf"\b(?:for|of)\s+(.+?){_END}", re.I)
_CALLED = re.compile(rf"\b(?:called|named|titled|entitled|under the name)\s+(.+?){_SHORT_END}", re.I)

_SAID = frozenset(map(stem, ("message", "body", "text", "content", "comment", "note")))
_TITLES = frozenset(map(stem, ("title", "name", "subject", "summary")))
NAMING = ("called", "named", "titled", "entitled")
_COMMANDS = frozenset(map(stem, ("command", "code", "sql", "script")))


def phrase_for(slot: Slot, text: str) -> str | None:
    """The words of ``text`` that best answer a free-text slot; None where nothing does."""
    names = set(slot.names)
    if names & _SAID:
        found = _first(text, _SAYING, _AFTER_COLON, _ABOUT)
    elif names & _TITLES:
        about = _first(text, _ABOUT)
        found = _first(text, _CALLED) or (about if stem("subject") in names else None) or _object_of(text) or about
    elif names & _COMMANDS:
        found = _first(text, _AFTER_COLON)
    else:
        found = _first(text, _ABOUT) or _first(text, _CALLED) or _first(text, _FOR) or _object_of(text)
    return _tidy(found or "") or None


def names_a_thing(slot: Slot) -> bool:
    """A title or name of what the call makes, not of something inside it."""
    return len(slot.path) == 1 and bool(set(slot.names) & _TITLES) and slot.meaning in ("text", "other", "person")


def has_cue(slot: Slot, text: str) -> bool:
    """Whether the text says outright what belongs there: enough for a slot that may stay empty."""
    names = set(slot.names)
    if names & _SAID:
        return _SAYING.search(text) is not None
    return len(slot.path) == 1 and bool(names & _TITLES) and _CALLED.search(text) is not None


def rest_of(text: str) -> str:
    """The prompt without its politeness and its question words: the plainest query."""
    return _tidy(_QUESTION.sub("", _POLITE.sub("", text.strip())))


def _object_of(text: str) -> str | None:
    """What the first verb acts on: "Book a 45-minute design review with ..." gives "design review"."""
    rest = _POLITE.sub("", text.strip())
    rest = re.sub(r"^\w+\s+(?:up\s+|out\s+)?(?:me\s+)?", "", rest, count=1)
    rest = re.sub(r"\b\d+[\s-]?(?:minute|min|hour|day|week)s?(?:[\s-]long)?\s+", "", rest, flags=re.I)
    match = re.match(rf"(.+?){_SHORT_END}", rest, re.I)
    return match.group(1) if match else None


def _first(text: str, *patterns: re.Pattern[str]) -> str | None:
    for pattern in patterns:
        match = pattern.search(text)
        if match:
            return match.group(1)
    return None


def _tidy(text: str) -> str:
    text = text.strip().strip("\"'“”‘’").rstrip(" .?!,;:")
    return _DETERMINER.sub("", text).strip()
