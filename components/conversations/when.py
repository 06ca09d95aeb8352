"""A point in time as a person would say it."""

from __future__ import annotations

from datetime import datetime, tzinfo

from components.words import count


def ago(at: datetime, now: datetime, zone: tzinfo) -> str:
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{count(int(seconds // 60), 'minute')} ago"
    there, here = at.astimezone(zone), now.astimezone(zone)
    days = (here.date() - there.date()).days
    if days < 7:
        day = ("today", "yesterday")[days] if days < 2 else f"{there:%A}"
        return f"{day} at {there:%H:%M}"
    return f"{there.day} {there:%B %Y}"
