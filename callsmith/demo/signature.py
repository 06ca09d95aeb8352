"""Signatures of the demo model's thinking: made so that they can be checked without remembering anything.

A real provider signs what must come back unchanged, and refuses what was changed, moved to another model, or
made up. These do the same, so that a mistake in sending them back hurts here already.
"""

from __future__ import annotations

import base64
import hashlib

_PURPOSE = b"callsmith-demo-signature"


def sign(model: str, kind: str, text: str) -> str:
    """Base64, 88 characters. ``kind`` names what is signed (thinking, call, reasoning), so that one cannot stand in
    for another."""
    parts = (part.encode("utf-8", "replace") for part in (model, kind, text))
    digest = hashlib.sha512(b"\0".join((_PURPOSE, *parts)))
    return base64.b64encode(digest.digest()).decode()


def is_genuine(signature: str, model: str, kind: str, text: str) -> bool:
    return signature == sign(model, kind, text)
