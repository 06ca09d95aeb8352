"""Dates and times as people write them, made into ISO 8601."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
_MONTH = "(?P<month>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + r")\b\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b"
_YEAR = r"(?:,?\s+(?P<year>(?:19|20)\d\d))?\b"

DATE_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})[-/](?P<number>\d{1,2})[-/](?P<day>\d{1,2})\b",
        r"\b(?P<number>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})\b",
        r"\b(?P<day>\d{1,2})\.(?P<number>\d{1,2})\.(?P<year>\d{4})\b",
        rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}",
        rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}{_YEAR}",
        r"\b(?P<relative>today|tonight|tomorrow|day after tomorrow|yesterday|next week|next month)\b",
        rf"\b(?P<next>next |this |on |coming )?(?P<weekday>{'|'.join(_DAYS)})\b",
    )
)
TIME_PATTERN = re.compile(
    r"\b(?:(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d))(?::[0-5]\d)?(?:\s*(?P<half>[ap]\.?m\b\.?))?"
    r"|(?P<hour12>1[0-2]|0?[1-9])\s*(?P<half12>[ap]\.?m\b\.?)|(?P<noon>noon|midnight)\b)",
    re.IGNORECASE,
)
_RELATIVE = {"today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2, "yesterday": -1, "next week": 7}


def read_date(match: re.Match[str], today: date) -> str | None:
    """The ISO date a match of ``DATE_PATTERNS`` means; None where there is no such day. Without a year it is
    the next such day from ``today`` on."""
    found = match.groupdict()
    if found.get("relative"):
        word = found["relative"].lower()
        return (today + timedelta(days=_RELATIVE.get(word, 30))).isoformat()
    if found.get("weekday"):
        ahead = (_DAYS.index(found["weekday"].lower()) - today.weekday()) % 7
        return (today + timedelta(days=ahead or 7)).isoformat()
    named = found.get("month")
    month = _month(named) if named else int(found["number"])
    day = int(found["day"])
    if month > 12 >= day and "/" in match.group():
        month, day = day, month
    year = int(found["year"]) if found.get("year") else None
    return _next(year, month, day, today)


def _month(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _next(year: int | None, month: int, day: int, today: date) -> str | None:
    try:
        if year is not None:
            return date(year, month, day).isoformat()
        this_year = date(today.year, month, day)
        return (this_year if this_year >= today else date(today.year + 1, month, day)).isoformat()
    except ValueError:
        return None


def read_time(match: re.Match[str]) -> str:
    """``HH:MM:SS`` for a match of ``TIME_PATTERN``."""
    if match.group("noon"):
        return "12:00:00" if match.group("noon").lower() == "noon" else "00:00:00"
    hour = int(match.group("hour") or match.group("hour12"))
    minute = int(match.group("minute") or 0)
    half = (match.group("half") or match.group("half12") or "").lower()[:1]
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return f"{hour:02}:{minute:02}:00"
