"""Recorded exchanges, as the recordings format has them, made into conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from callsmith.record.entries import Entry
from callsmith.record.written import WrittenConversation


@dataclass(frozen=True, slots=True)
class Recorded:
    conversation: WrittenConversation


def grouped(found: Iterable[Entry]) -> Iterator[Entry]:
    yield from found
