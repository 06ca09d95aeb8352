"""Ids and sealed reasoning of the Responses format, made so that they can be checked without remembering anything.

An item's id names the reply it came in, its place there, and the place of the reasoning item it was made after. So
what OpenAI checks against its own copy can be checked here against the id: a reasoning item goes back together with
the item that followed it, and an item together with the reasoning that led to it (wire-format notes, 3.2).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from callsmith.demo.signature import is_genuine, sign

_ID = re.compile(r"[a-z]+_([0-9a-f]{24})([0-9a-f]{2})([0-9a-f]{2})")
_NONE = 0xFF
_SIGNATURE = 88


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which reply an item stood; ``after`` is the place of its reasoning, None where it had none."""

    reply: str
    at: int
    after: int | None


def item_id(prefix: str, reply: str, at: int, after: int | None = None) -> str:
    """``reply`` is 24 hexadecimal digits; a reply has fewer than 255 items."""
    return f"{prefix}_{reply}{at:02x}{_NONE if after is None else after:02x}"


def place_of(identifier: object) -> Place | None:
    """What the id says; None for an id that was not made here."""
    found = _ID.fullmatch(identifier) if isinstance(identifier, str) else None
    if found is None:
        return None
    after = int(found[3], 16)
    return Place(found[1], int(found[2], 16), None if after == _NONE else after)


def seal(model: str, identifier: str, thoughts: str) -> str:
    """The reasoning as ``encrypted_content``: it opens only for the same model and item."""
    thoughts = thoughts.encode("utf-8", "replace").decode()
    signature = sign(model, "reasoning", f"{identifier}\0{thoughts}")
    return base64.urlsafe_b64encode(f"{signature}{thoughts}".encode()).decode()


def unseal(model: str, identifier: str, sealed: str) -> str | None:
    """The reasoning; None where it was changed, moved to another item or model, or made up."""
    try:
        text = base64.urlsafe_b64decode(sealed.encode()).decode()
    except (binascii.Error, UnicodeError):
        return None
    thoughts = text[_SIGNATURE:]
    return thoughts if is_genuine(text[:_SIGNATURE], model, "reasoning", f"{identifier}\0{thoughts}") else None
