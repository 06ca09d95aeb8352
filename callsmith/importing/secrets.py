"""What in a pasted request is a secret: told by its name, or by how it looks. Said too often rather than too seldom."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"api[-_]?key|^key$|subscription[-_]?key|access[-_]?key|private[-_]?key|[-_]key$|apikey|token|secret|passw|passwd|"
    r"^pwd$|^pass$|auth|cookie|session|^sid$|signature|^sig$|credential|csrf|xsrf|bearer|jwt|^code$|webhook",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(r"tokens|token[-_]?(?:type|count|limit)|author(?!iz)|page[-_]?token$", re.IGNORECASE)
_KNOWN = re.compile(r"(?:sk|pk|rk|ghp|gho|ghs|github_pat|xox[abeprs]|glpat|hf|npm|AIza|AKIA|eyJ|ya29)[-_.A-Za-z0-9]")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_OPAQUE = re.compile(r"[A-Za-z0-9_\-+/=.:~%]{24,}")
_BOT = re.compile(r"bot\d+:[\w-]+")


def secret_name(name: str) -> bool:
    return bool(_NAME.search(name)) and not _NO_SECRET.search(name)


def looks_secret(value: str) -> bool:
    """A long run of letters and digits that is no word and no UUID, or the beginning of a known kind of key."""
    if _UUID.fullmatch(value) or len(value) < 16:
        return False
    if _KNOWN.match(value) or _BOT.fullmatch(value):
        return True
    digits = sum(letter.isdigit() for letter in value)
    mixed = any(letter.islower() for letter in value) and any(letter.isupper() for letter in value)
    return bool(_OPAQUE.fullmatch(value)) and (digits >= 4 or (mixed and digits > 0)) and any(map(str.isalpha, value))
