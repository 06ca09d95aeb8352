"""What came of an import, for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_SAID = 1_000


@dataclass(frozen=True, slots=True)
class Copied:
    """A conversation whose id stood here with other content: it came in beside it, under another id."""

    id: str
    new_id: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not taken, with its place in the file, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """``added`` and ``tools`` are the ids of new conversations and tools; ``there`` counts conversations that were here
    with the same content. ``notes`` are sentences. ``unsaid`` counts what is left out of the lists of a very bad file.
    """

    added: tuple[str, ...] = ()
    copied: tuple[Copied, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    there: int = 0
    tools: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unsaid: int = 0

    @property
    def conversations(self) -> tuple[str, ...]:
        """The ids of everything that came in."""
        return (*self.added, *(one.new_id for one in self.copied))

    def lines(self) -> Iterator[str]:
        counts = [
            (len(self.added), "conversation added", "conversations added"),
            (len(self.copied), "added as a copy", "added as copies"),
            (self.there, "already here", "already here"),
            (len(self.tools), "tool added", "tools added"),
            (len(self.skipped) + self.unsaid, "entry not taken", "entries not taken"),
        ]
        said = [f"{number:,} {one if number == 1 else many}" for number, one, many in counts if number]
        yield f"{', '.join(said) or 'Nothing to import'}."
        yield from self.notes
        for copy in self.copied:
            yield f"{copy.what}: {copy.why}"
        for skip in self.skipped:
            yield f"{skip.what}: {skip.why}"
        if self.unsaid:
            yield f"And {self.unsaid:,} more entries not taken."


@dataclass(slots=True)
class Tally:
    """A report in the making."""

    added: list[str] = field(default_factory=list)
    copied: list[Copied] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    there: int = 0
    tools: list[str] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    unsaid: int = 0

    def skip(self, what: str, why: str) -> None:
        if len(self.skipped) < MOST_SAID:
            self.skipped.append(Skipped(what, why))
        else:
            self.unsaid += 1

    def note(self, words: str) -> None:
        if len(self.notes) < MOST_SAID:
            self.notes[words] = None

    def report(self) -> Report:
        return Report(
            added=tuple(self.added),
            copied=tuple(self.copied),
            skipped=tuple(self.skipped),
            there=self.there,
            tools=tuple(self.tools),
            notes=tuple(self.notes),
            unsaid=self.unsaid,
        )
