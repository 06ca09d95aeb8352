"""Sums of some thousands of exchanges, made when they are asked for: the answers of the database's sums, but exact to
the second, and for single conversations."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from typing import Any

from callsmith.store.usage_tables import HOUR, SUMS, Kind, Span
from callsmith.store.usage_tally import Sums, Tally, plus

Rows = list[tuple[Any, ...]]
_TOTAL = SUMS.index("total")


class ExactSums:
    """Answers as ``SumsRead`` says. All that was counted lies in the span, so the span is not asked about again."""

    def __init__(self, tally: Tally, titles: Mapping[str, str]) -> None:
        self._tally = tally
        self._titles = titles

    def usage_kinds(self, *, by_tools: bool = True) -> list[Kind]:
        return [kind for kind in self._tally.kinds.values() if by_tools or not kind.tools]

    def usage_sums(self, kinds: Collection[int], span: Span, *, step: int, shift: int = 0) -> Rows:
        bases = self._bases(kinds)
        found: Sums = {}
        for (kind, hour), sums in self._tally.hours.items():
            if kind in bases:
                plus(found, (bases[kind], (hour + shift) // step), sums)
        return _rows(found)

    def usage_bounds(self, kinds: Collection[int]) -> tuple[float, float] | None:
        wanted = set(kinds)
        hours = [hour for kind, hour in self._tally.hours if kind in wanted]
        return (float(min(hours) * HOUR), float((max(hours) + 1) * HOUR)) if hours else None

    def usage_times(self, who: Collection[int], span: Span, *, step: int, shift: int = 0) -> Rows:
        wanted = set(who)
        found: Sums = {}
        for (one, day, mark, bucket), number in self._tally.times.items():
            if one in wanted:
                plus(found, ((day * 24 + shift) // step, mark, bucket), number)
        return _rows(found)

    def usage_tools(self, who: Collection[int], span: Span) -> Rows:
        wanted = set(who)
        found: Sums = {}
        for (one, _, tool), called in self._tally.tools.items():
            if one in wanted:
                plus(found, (tool,), called)
        return _rows(found)

    def usage_sessions(self, kinds: Collection[int], span: Span, most: int) -> Rows:
        bases = self._bases(kinds)
        theirs = {key: sums for key, sums in self._tally.sessions.items() if key[1] in bases}
        tokens: dict[str, int] = {}
        for (conversation_id, _, _), sums in theirs.items():
            tokens[conversation_id] = tokens.get(conversation_id, 0) + sums[_TOTAL]
        largest = set(heapq.nlargest(most, tokens, key=lambda one: tokens[one]))
        return [
            (conversation_id, self._titles.get(conversation_id, ""), bases[kind], day, *sums)
            for (conversation_id, kind, day), sums in theirs.items()
            if conversation_id in largest
        ]

    def _bases(self, kinds: Collection[int]) -> dict[int, int]:
        wanted = set(kinds)
        return {kind.id: kind.base for kind in self._tally.kinds.values() if kind.id in wanted}


def _rows(sums: Sums) -> Rows:
    return [(*key, *values) for key, values in sums.items()]
