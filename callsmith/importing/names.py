"""Names of imported tools: legal for every vendor, and each once in an import."""

from __future__ import annotations

from callsmith.importing.types import Candidate, renamed
from callsmith.vendors.names import MAX_LENGTH, legal


class Names:
    """The names given so far. Linear in their number, also where thousands are the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def named(self, candidate: Candidate) -> Candidate:
        """The candidate under a legal name that no other has; a refused one as it is."""
        return candidate if candidate.refused else renamed(candidate, self.free(candidate.tool.name))

    def free(self, name: str) -> str:
        wanted = legal(name)
        free, number = wanted, self._next.get(wanted, 2)
        while free in self._taken:
            end = f"_{number}"
            free, number = wanted[: MAX_LENGTH - len(end)] + end, number + 1
        self._next[wanted] = number
        self._taken.add(free)
        return free
