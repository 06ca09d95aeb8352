"""What in a pasted request is a secret: told by its name, or by how it looks. Said too often rather than too seldom."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

_NAME = re.compile(
    r"api[-_]?key|^key$|subscription[-_]?key|access[-_]?key|private[-_]?key|[-_]key$|apikey|token|secret|passw|passwd|"
    r"^pwd$|^pass$|auth|cookie|session|^sid$|signature|^sig$|credential|csrf|xsrf|bearer|jwt|^code$|webhook|"
    r"pass[-_]?(?:code|phrase|key)|(?:^|[-_.])pin(?:[-_]?code)?$|(?:^|[-_.])otp$",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(r"tokens|token[-_]?(?:type|count|limit)|author(?!iz)|page[-_]?token$", re.IGNORECASE)
_KNOWN = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:(?:sk|pk|rk|gsk|xai|whsec)[-_]|gh[oprsu]_|github_pat_|xox[a-z]-|xapp-|glpat-|hf_|npm_|pypi-)"
    r"[-_.A-Za-z0-9]{12,}|(?:AIza|AKIA|ASIA|eyJ|ya29\.|SG\.)[-_.A-Za-z0-9]{12,})"
)
# name=value, name: value and "name": "value" inside of a longer text.
_PAIR = re.compile(r"""(?:^|[\s;,&?/{(\["'])([A-Za-z][\w.-]{1,40})["']?(?:=|\s*:\s*(?!//))["']?[^\s;,&"'/]""")
_BETWEEN = re.compile(r"""[\s;,&"'`<>(){}\[\]|@?#]+""")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)
_OPAQUE = re.compile(r"[A-Za-z0-9_\-+/=.:~%]{24,}")
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_LETTERS = re.compile(r"[A-Za-z]{20,}")
_CAMEL_CASE = re.compile(r"(?:[A-Z]{1,6}(?![a-z])|[A-Z]?[a-z]{2,}|Id|By|In|Of|To|Or|On|At|As|Is|My|No|Up)+")
_WORDS = re.compile(r"(?:(?:[A-Za-z]?[a-z]+|[A-Z]{1,12}|[vV]?\d{1,4})(?:[_.\-\[\] :]+|(?=[A-Z0-9])|$))+")
_BOT = re.compile(r"bot\d+:[\w-]+")
_NOT_WORD = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 20_000
_LEAST = 16
_LEAST_NUMBER = 1_000


def secret_name(name: str) -> bool:
    return bool(_NAME.search(name)) and not _NO_SECRET.search(name)


def placeholder(name: str) -> str:
    """``{{NAME}}`` for a secret, named after what it is called there."""
    words = _NOT_WORD.sub("_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).strip("_").upper() or "SECRET"
    return "{{" + (f"_{words}" if words[0].isdigit() else words)[:64] + "}}"


def known_key(text: str) -> bool:
    """Whether a key of a known kind stands anywhere in it."""
    return bool(_KNOWN.search(text))


def looks_secret(value: str) -> bool:
    """Whether a known kind of key, a pair whose name tells a secret, or a long run of letters and digits that is no
    word, moment or UUID stands in it."""
    value = value[:_LONGEST]
    if _judged(value):
        return True
    plain = unquote(value)
    return plain != value and _judged(plain)


def secret_as_name(name: str) -> bool:
    """Whether what stands where a name should is a secret: names are words, however long."""
    return known_key(name) or (looks_secret(name) and not _WORDS.fullmatch(name[:200]))


def holds_secret(value: Any, name: str = "") -> bool:
    """Whether a value of this name is a secret, or holds one somewhere inside."""
    waiting = [(name, value)]
    while waiting:
        called, one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.items()
            if any(secret_as_name(key) for key in one):
                return True
        elif isinstance(one, list):
            waiting += ((called, item) for item in one)
        elif isinstance(one, str):
            if one and (secret_name(called) or looks_secret(one)):
                return True
        elif isinstance(one, int) and abs(one) >= _LEAST_NUMBER and secret_name(called):
            return True
    return False


def _judged(value: str) -> bool:
    if known_key(value) or any(secret_name(name) for name in _PAIR.findall(value)):
        return True
    pieces = _BETWEEN.split(value)
    return any(_opaque(part) for piece in pieces for part in (piece.split("/") if "://" in piece else (piece,)))


def _opaque(piece: str) -> bool:
    if len(piece) < _LEAST or _UUID.fullmatch(piece) or _MOMENT.fullmatch(piece):
        return False
    if _BOT.fullmatch(piece) or _HEX.fullmatch(piece):
        return True
    if any(_mixed(run) and not _CAMEL_CASE.fullmatch(run) for run in _LETTERS.findall(piece)):
        return True
    digits = sum(letter.isdigit() for letter in piece)
    opaque = digits >= 4 or (_mixed(piece) and digits > 0)
    return bool(_OPAQUE.fullmatch(piece)) and opaque and any(map(str.isalpha, piece))


def _mixed(text: str) -> bool:
    return any(map(str.islower, text)) and any(map(str.isupper, text))
