"""Tools so alike that a model confuses them: by the words of their names and descriptions.

Pairs are found through their rarest words, so that the work grows with the number of tools, not with its square.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callsmith.schema.sample_text import name_words
from callsmith.types.tool import Tool

# The share of words two descriptions have in common when they say the same.
ALIKE = 0.8
_FEWEST = 4
_LONGEST = 4_000
# A word in more tools than this tells none of them apart; it also bounds the pairs that are compared.
_MOST_SHARING = 60
_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "is", "it", "its", "of"),
        *("on", "or", "that", "the", "this", "to", "will", "with"),
    )
)
# Verbs that say the same in the name of a tool.
_SAME = {"fetch": "get", "retrieve": "get", "read": "get", "find": "search", "lookup": "search", "query": "search"}
_SAME |= {"make": "create", "add": "create", "new": "create", "remove": "delete", "edit": "update", "modify": "update"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tools by their numbers, the smaller first, and what makes them alike."""

    one: int
    other: int
    reason: str


def pairs(tools: Sequence[Tool]) -> tuple[Pair, ...]:
    """Tools of the very same name are left out: that is another fault, and a plain one."""
    found: dict[tuple[int, int], str] = {}
    for one, other in _same_key([_name_key(tool.name) for tool in tools]):
        found[one, other] = "their names say the same"
    described = [frozenset(_words(tool.description)) for tool in tools]
    for one, other in _candidates(described):
        share = len(described[one] & described[other]) / len(described[one] | described[other])
        if share == 1:
            found.setdefault((one, other), "their descriptions say the same")
        elif share >= ALIKE:
            found.setdefault((one, other), f"their descriptions share {share:.0%} of their words")
    return tuple(
        Pair(one, other, reason)
        for (one, other), reason in sorted(found.items())
        if tools[one].name != tools[other].name
    )


def _name_key(name: str) -> tuple[str, ...]:
    """Words without order, number and synonyms: ``getUsers``, ``fetch_user`` and ``user-get`` are one."""
    words = [word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word for word in name_words(name)]
    return tuple(sorted(_SAME.get(word, word) for word in words)) or (name,)


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text[:_LONGEST].lower()):
        if word not in _EMPTY:
            yield word


def _same_key(keys: Sequence[object]) -> Iterator[tuple[int, int]]:
    groups: dict[object, list[int]] = {}
    for number, key in enumerate(keys):
        groups.setdefault(key, []).append(number)
    for numbers in groups.values():
        # Each is told of the one before it; a thousand copies need no million pairs.
        yield from zip(numbers, numbers[1:], strict=False)


def _candidates(described: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Pairs that may be alike. Two sets that share so much share one of their rarest words (prefix filtering)."""
    usual = Counter(word for words in described for word in words)
    holders: dict[str, list[int]] = {}
    seen: set[tuple[int, int]] = set()
    for number, words in enumerate(described):
        if len(words) < _FEWEST:
            continue
        rarest = sorted(words, key=lambda word: (usual[word], word))
        for word in rarest[: len(words) - math.ceil(ALIKE * len(words)) + 1]:
            others = holders.setdefault(word, [])
            for other in others[-_MOST_SHARING:]:
                if (other, number) not in seen and _lengths_fit(len(described[other]), len(words)):
                    seen.add((other, number))
                    yield other, number
            others.append(number)


def _lengths_fit(one: int, other: int) -> bool:
    return min(one, other) >= ALIKE * max(one, other)
