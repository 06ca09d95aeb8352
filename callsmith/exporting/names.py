"""Names for code out of names from anywhere: legal, unique, short, and never a word that means something else."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

LONGEST = 60
_WORD = re.compile(r"[A-Za-z0-9]+")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
PYTHON_WORDS = frozenset((*keyword.kwlist, *keyword.softkwlist))
# ECMAScript's reserved words, those of strict mode and modules, and TypeScript's own types.
TYPESCRIPT_WORDS = frozenset(
    re.findall(
        r"\w+",
        """arguments as async await boolean break case catch class const continue debugger default delete do else enum
        eval export extends false finally for from function get if implements import in instanceof interface let
        never new null number object of package private protected public return set static string super switch
        symbol this throw true try type typeof undefined unknown var void while with yield any bigint""",
    )
)


class Names:
    """Gives out each name once. ``taken`` are not given at all."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def new(self, wanted: str) -> str:
        name, number = wanted, self._next.get(wanted, 2)
        while name in self._taken:
            name = f"{wanted}{'_' if wanted[-1:].isdigit() else ''}{number}"
            number += 1
        self._next[wanted] = number
        self._taken.add(name)
        return name


def is_plain(name: str, words: frozenset[str] = PYTHON_WORDS) -> bool:
    """Whether a name can stand in code as it is."""
    return len(name) <= LONGEST and _PLAIN.fullmatch(name) is not None and name not in words


def type_name(text: str, otherwise: str = "Model") -> str:
    """``get weather`` and ``get_weather`` become GetWeather."""
    name = "".join(word[:1].upper() + word[1:] for word in _WORD.findall(text[: 10 * LONGEST]))[:LONGEST]
    if not name:
        return otherwise
    return name if name[0].isalpha() else f"{otherwise}{name}"


def value_name(text: str, otherwise: str, words: frozenset[str] = PYTHON_WORDS) -> str:
    """A name for a field, argument or function."""
    if is_plain(text, words):
        return text
    name = "_".join(_WORD.findall(text[: 10 * LONGEST]))[:LONGEST].strip("_")
    if not name:
        return otherwise
    if not name[0].isalpha():
        name = f"{otherwise}_{name}"
    return f"{name}_" if name in words else name
