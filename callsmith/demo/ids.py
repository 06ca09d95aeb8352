"""Ids made from the request alone, so that the same request gives the same reply."""

from __future__ import annotations

import hashlib


def made_id(kind: str, seed: str, number: int = 0) -> str:
    """24 hexadecimal digits; each format puts its own prefix before them."""
    return hashlib.sha256(f"{seed}:{kind}:{number}".encode()).hexdigest()[:24]
