"""What a prompt gives: quoted texts, numbers, dates, names, addresses and the like, with the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from callsmith.demo.brain.dates import DATE_PATTERNS, TIME_PATTERN, read_date, read_time
from callsmith.demo.brain.places import PLACES, REGIONS, known_place
from callsmith.demo.brain.words import STOP

Kind = Literal[
    "quoted",
    "url",
    "email",
    "uuid",
    "date",
    "time",
    "duration",
    "address",
    "phone",
    "path",
    "id",
    "number",
    "place",
    "name",
    "list",
]


@dataclass(frozen=True, slots=True)
class Span:
    """``value`` is the text, the number, the ISO date or time; ``unit`` follows a number ("km", "minutes", "%")."""

    kind: Kind
    start: int
    end: int
    text: str
    value: Any
    unit: str = ""


_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]  # noqa: SIM905
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "dozen": 12, "thousand": 1000}
_WORDS = "|".join(_NUMBER_WORDS)
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9, "hundred": 100, "dozen": 12}
_DURATION = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|nights?|months?|years?)"
_STREET = r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Way|Boulevard|Blvd|Square|Court|Place|Highway)"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'&-]*\.?(?<!\.\s)"
_PLACE = "|".join(re.escape(place) for place in sorted(PLACES, key=len, reverse=True))
_REGION = "|".join(re.escape(place) for place in sorted(REGIONS, key=len, reverse=True))

_FILE = "txt|md|csv|json|py|js|ts|pdf|png|jpe?g|svg|ya?ml|toml|log|docx?|xlsx?|html?|sql|mp3|mp4|zip"
_LABEL = "room|gate|table|floor|suite|building|hall|platform|chapter|track|lane|zone|terminal"

_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("quoted", re.compile(r"\"([^\"\n]+)\"|“([^”\n]+)”|`([^`\n]+)`|(?<!\w)['‘]([^'‘’\n]{2,200}?)['’](?!\w)")),
    ("url", re.compile(r"\b(?:https?|ftp)://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    ("uuid", re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")),
    ("list", re.compile(r"\[[^\[\]\n]*\]")),
    (
        "address",
        re.compile(
            rf"\b\d{{1,5}}[A-Z]?(?:\s+[A-Z][\w'.]*){{0,4}}?\s+{_STREET}\b\.?"
            r"(?:,\s*[A-Z][\w'.]*(?:\s+[A-Z][\w'.]*)*)*(?:\s+\d{5})?"
        ),
    ),
    ("phone", re.compile(r"(?<!\w)\+?\d{1,3}[\s-]\(?\d{2,4}\)?(?:[\s-]\d{2,4}){2,4}\b")),
    ("duration", re.compile(rf"\b(?P<count>\d+(?:\.\d+)?|an?|half an|{_WORDS})[\s-]{_DURATION}\b", re.IGNORECASE)),
    (
        "path",
        re.compile(rf"(?<![\w/])(?:~|\.{{1,2}})?/?(?:[A-Za-z_][\w.-]*/)+[\w.-]*\w|(?<!\w)/\w+|\b[\w-]+\.(?:{_FILE})\b"),
    ),
    ("name", re.compile(rf"\b(?:{_LABEL})\s+(?:\d+\w?|[A-Z]\w*)\b", re.IGNORECASE)),
    (
        "id",
        re.compile(
            r"#\w+|\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z_])(?!\d+(?:-\w+)?\b)[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)+\b"
            r"|\b[A-Z]{1,5}\d{2,}\b"
        ),
    ),
    (
        "number",
        re.compile(
            r"(?<![\w.])[-−]?[$€£¥]?\s?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
            r"(?P<scale>k(?!\w)|\s?(?:thousand|million|billion|hundred|dozen)\b)?"
            r"(?P<unit>\s?%|(?:\s|-)?[A-Za-z°µ/]+\d?)?"
        ),
    ),
    ("number", re.compile(rf"\b(?P<word>{_WORDS})\b(?P<unit>(?:\s|-)[a-z]+)?", re.IGNORECASE)),
    ("place", re.compile(rf"\b(?:{_PLACE})\b(?:,\s*(?:(?-i:[A-Z]{{2}})\b|(?:{_REGION})\b))?", re.IGNORECASE)),
    (
        "name",
        re.compile(
            rf"(?<!\w){_CAPITAL}(?:(?:\s+(?:of|de|la|the|van|von|del|du)\s+|\s+|\s*&\s*){_CAPITAL})*"
            r"(?:\s+\d+\b(?!\s*[:/%.]\d))?(?:,\s[A-Z]{2}\b)?"
        ),
    ),
)


def find_spans(text: str, today: date) -> list[Span]:
    """In the order of the text; a stretch of text belongs to the first kind that matches it."""
    taken: list[tuple[int, int]] = []
    found: list[Span] = []
    for span in _all(text, today):
        if not any(span.start < end and start < span.end for start, end in taken):
            taken.append((span.start, span.end))
            found.append(span)
    return sorted(found, key=lambda span: span.start)


def _all(text: str, today: date) -> Iterator[Span]:
    for kind, pattern in _PATTERNS:
        if kind == "duration":
            yield from _dates(text, today)
        for match in pattern.finditer(text):
            span = _span(kind, match, text)
            if span is not None:
                yield span


def _dates(text: str, today: date) -> Iterator[Span]:
    for pattern in DATE_PATTERNS:
        for match in pattern.finditer(text):
            value = read_date(match, today)
            if value is not None:
                yield Span("date", match.start(), match.end(), match.group(), value)
    for match in TIME_PATTERN.finditer(text):
        yield Span("time", match.start(), match.end(), match.group(), read_time(match))


def _span(kind: Kind, match: re.Match[str], text: str) -> Span | None:
    whole = match.group().strip()
    start, end = match.start(), match.end()
    match kind:
        case "quoted":
            inner = next(group for group in match.groups() if group is not None)
            return Span(kind, start, end, inner.strip(), inner.strip()) if inner.strip() else None
        case "number":
            return _number(match)
        case "duration":
            unit = re.split(r"[\s-]", whole)[-1].lower()
            return Span(kind, start, end, whole, _count(match.group("count")), unit)
        case "list":
            return Span(kind, start, end, whole, [part.strip(" '\"") for part in whole[1:-1].split(",")])
        case "place":
            if not whole[0].isupper() and whole != whole.lower():
                return None
            first, _, rest = whole.partition(",")
            usual = known_place(first) or first
            return Span(kind, start, end, whole, f"{usual},{rest}" if rest else usual)
        case "name":
            return _name(match, text)
        case "id":
            return Span(kind, start, end, whole, whole.lstrip("#"))
        case _:
            return Span(kind, start, end, whole, whole)


def _number(match: re.Match[str]) -> Span | None:
    found = match.groupdict()
    unit = (found.get("unit") or "").strip(" -").lower()
    end = match.end() - len(found.get("unit") or "")
    if found.get("word"):
        return Span("number", match.start(), end, found["word"], _NUMBER_WORDS[found["word"].lower()], unit)
    digits = found["digits"].replace(",", "")
    value = float(digits) * _SCALE.get((found["scale"] or "").strip().lower(), 1)
    if match.group().lstrip()[:1] in "-−":
        value = -value
    plain = int(value) if value.is_integer() and ("." not in digits or found["scale"]) else value
    return Span("number", match.start(), end, match.group()[: end - match.start()].strip(), plain, unit)


def _count(text: str) -> float:
    lowered = text.lower()
    if lowered in ("a", "an"):
        return 1
    if lowered == "half an":
        return 0.5
    return _NUMBER_WORDS[lowered] if lowered in _NUMBER_WORDS else float(text)


def _name(match: re.Match[str], text: str) -> Span | None:
    """Capitalised words, without what is capitalised only because a sentence begins there."""
    whole, start = match.group(), match.start()
    if whole.split()[0].lower() in _LABEL.split("|"):
        return Span("name", start, match.end(), whole, whole[0].upper() + whole[1:])
    begins = re.search(r"(?:^|[.!?:\n]\s*|[\"“(]\s*)$", text[:start]) is not None
    if begins:
        first, _, rest = whole.partition(" ")
        if not rest:
            return None
        if not first.isupper() or len(first) == 1:
            start += len(first) + 1
            whole = rest
    words = whole.split()
    while words and words[0].lower().rstrip(".") in STOP | {"i", "i'm", "i'd", "i've", "i’m"}:
        start += len(words[0]) + 1
        words = words[1:]
    if not words or not words[0][0].isupper():
        return None
    end = match.end()
    tidy = text[start:end].strip().rstrip(".")
    return Span("name", start, start + len(tidy), tidy, tidy)
