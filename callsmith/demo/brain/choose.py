"""Which of the offered tools a prompt asks for, by its words; and which part of the prompt asks for which."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from callsmith.demo.brain.words import name_stems, stem, stems
from callsmith.types.tool import Tool

# A word in the name says most, one in a parameter's description least.
_NAME, _DESCRIPTION, _PARAMETER, _DETAIL = 3.0, 1.3, 1.0, 0.5
_ENOUGH = 2.3
# Verbs and nouns that name half of all tools say little about any one of them.
_COMMON = frozenset(
    map(
        stem,
        [
            "get",
            "set",
            "list",
            "check",
            "data",
            "info",
            "information",
            "detail",
            "details",
            "run",
            "execute",
            "api",
            "service",
            "services",
            "search",
            "find",
            "create",
            "update",
            "delete",
            "process",
            "handle",
            "manage",
            "system",
            "request",
            "result",
            "results",
            "item",
            "items",
            "name",
            "type",
            "number",
            "time",
            "calculate",
            "new",
            "add",
            "make",
            "show",
            "current",
            "available",
            "specific",
        ],  # noqa: SIM905
    )
)
_COMMON_SHARE = 0.4
_CUT = re.compile(
    r"(?<=[a-z)\"”’'\d][.?!;])\s+|\n+|;\s*|,?\s+(?:and then|then|and also|and|also|plus|as well as)\s+|,\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tool and the stretch of the prompt that asks for it. ``words`` are those that spoke for it."""

    tool: Tool
    text: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Bag:
    weights: Mapping[str, float]
    name: frozenset[str]


class Chooser:
    def __init__(self, tools: Sequence[Tool]) -> None:
        self.tools = tools
        self._bags = {tool.name: _bag(tool) for tool in tools}
        held = Counter(word for bag in self._bags.values() for word in bag.weights)
        self._rarity = {word: 1 / math.sqrt(count) for word, count in held.items()}

    def score(self, tool: Tool, text: str) -> float:
        return sum(self._points(tool, word) for word in set(stems(text)))

    def words(self, tool: Tool, text: str) -> tuple[str, ...]:
        """The words of the text that speak for the tool, strongest first."""
        there = [word for word in dict.fromkeys(stems(text)) if self._points(tool, word) > 0]
        return tuple(sorted(there, key=lambda word: -self._points(tool, word)))

    def _points(self, tool: Tool, word: str) -> float:
        weight = self._bags[tool.name].weights.get(word, 0.0)
        return weight * self._rarity.get(word, 1.0) * (_COMMON_SHARE if word in _COMMON else 1.0)

    def best(self, text: str) -> tuple[Tool, float]:
        scored = [(self.score(tool, text), -place) for place, tool in enumerate(self.tools)]
        points, place = max(scored)
        return self.tools[-place], points

    def plan(self, text: str, *, forced: bool) -> list[Wanted]:
        """What to call, in the order of the prompt; empty where nothing fits and nothing is ``forced``."""
        whole, points = self.best(text)
        if points < _ENOUGH and not forced:
            return []
        groups: list[tuple[Tool | None, str]] = []
        for segment in _segments(text):
            tool, score = self.best(segment)
            fits = score >= _ENOUGH and self._names(tool, segment)
            last = groups[-1][0] if groups else None
            if fits and (last is None or tool.name != last.name or self._again(tool, segment, groups[-1][1])):
                groups.append((tool, segment))
            elif groups:
                groups[-1] = (last, _joined(text, groups[-1][1], segment))
            else:
                groups.append((None, segment))
        wanted = self._merged(text, groups)
        return wanted or [Wanted(whole, text, self.words(whole, text))]

    def _names(self, tool: Tool, segment: str) -> bool:
        """A part of a prompt asks for a tool of its own only with a telling word of its name."""
        return bool((self._bags[tool.name].name - _COMMON) & set(stems(segment)))

    def _again(self, tool: Tool, segment: str, before: str) -> bool:
        """The same tool a second time: only where its name's words are said again."""
        name = self._bags[tool.name].name
        return bool(name & set(stems(segment)) & set(stems(before)))

    def _merged(self, text: str, groups: list[tuple[Tool | None, str]]) -> list[Wanted]:
        """A beginning that asks for nothing yet belongs to what follows; one single group is the whole prompt."""
        if len(groups) > 1 and groups[0][0] is None:
            groups = [(groups[1][0], _joined(text, groups[0][1], groups[1][1])), *groups[2:]]
        named = [(tool, part) for tool, part in groups if tool is not None]
        if len(named) < 2:
            return []
        return [Wanted(tool, part, self.words(tool, part)) for tool, part in named]


def _segments(text: str) -> list[str]:
    return [part for part in _CUT.split(text) if part and part.strip()]


def _joined(text: str, first: str, second: str) -> str:
    """The stretch of the text from the first part to the end of the second, with what stood between."""
    start = text.find(first)
    end = text.find(second, start + len(first)) + len(second)
    return text[start:end]


@lru_cache(maxsize=512)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(stems(text))


def _bag(tool: Tool) -> _Bag:
    name = frozenset(name_stems(tool.name))
    weights: dict[str, float] = {}
    _add(weights, _words_of(tool.description), _DESCRIPTION)
    for parameter, schema in _properties(tool.parameters):
        _add(weights, frozenset(name_stems(parameter)), _PARAMETER)
        if isinstance(schema, Mapping):
            told = schema.get("description")
            _add(weights, _words_of(told) if isinstance(told, str) else frozenset(), _DETAIL)
            values = schema.get("enum")
            words = " ".join(map(str, values)) if isinstance(values, list) else ""
            _add(weights, _words_of(words), _PARAMETER)
    _add(weights, name, _NAME)
    return _Bag(weights, name)


def _properties(parameters: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    properties = (parameters or {}).get("properties")
    return list(properties.items()) if isinstance(properties, Mapping) else []


def _add(weights: dict[str, float], words: frozenset[str], weight: float) -> None:
    for word in words:
        weights[word] = max(weights.get(word, 0.0), weight)
