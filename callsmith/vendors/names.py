"""Tool names that a vendor takes, made of names that it refuses (wire-format notes, 7.6; traps 39 and 40).

The one place for this outside of a history: there the wire formats see to names that were once called.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

MAX_LENGTH = 64
# A name that every vendor takes.
SAFE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
# What each format takes, and the same in words.
NAMES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "openai-chat": (re.compile(r"[A-Za-z0-9_-]{1,64}"), "1 to 64 letters, digits, _ and -"),
    "openai-responses": (re.compile(r"[A-Za-z0-9_-]{1,64}"), "1 to 64 letters, digits, _ and -"),
    "anthropic": (re.compile(r"[A-Za-z0-9_-]{1,128}"), "1 to 128 letters, digits, _ and -"),
    "gemini": (
        re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}"),
        "a letter or _ first, then letters, digits, _ . : and -, 128 in all",
    ),
    # A recommendation of the protocol; its servers name tools as they like.
    "mcp": (re.compile(r".+", re.DOTALL), "any text"),
}
_ILLEGAL = re.compile(r"[^A-Za-z0-9_-]+")
_NOTHING_LEFT = re.compile(r"[_-]*")


def legal(name: str, taken: Collection[str] = ()) -> str:
    """The nearest name of ``SAFE`` that is not ``taken``. A safe and free name comes back as it is."""
    if not SAFE.fullmatch(name):
        plain = unicodedata.normalize("NFKD", name[: 8 * MAX_LENGTH])
        letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
        name = _ILLEGAL.sub("_", letters)[:MAX_LENGTH]
        if _NOTHING_LEFT.fullmatch(name):
            name = "tool"
        elif not SAFE.fullmatch(name):
            name = f"_{name}"[:MAX_LENGTH]
    free, number = name, 2
    while free in taken:
        free, number = _numbered(name, number), number + 1
    return free


def legal_name(name: str, wire: str, taken: Collection[str] = ()) -> str:
    """The name itself where the format takes it, else one that every format takes."""
    if NAMES[wire][0].fullmatch(name) and name not in taken:
        return name
    return legal(name, taken)


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """The same names in the same order, with ``_2``, ``_3``, ... at the end of those that were there before."""
    given = tuple(names)
    taken, used = set(given), set[str]()
    next_number: dict[str, int] = {}
    out = []
    for name in given:
        if name in used:
            number = next_number.get(name, 2)
            while (free := _numbered(name, number)) in taken:
                number += 1
            next_number[name] = number + 1
            taken.add(free)
            name = free
        used.add(name)
        out.append(name)
    return tuple(out)


def _numbered(name: str, number: int) -> str:
    end = f"_{number}"
    return name[: max(len(name), MAX_LENGTH) - len(end)] + end
