"""How long a provider asks to wait before the next try."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from callsmith.types.exchange import Headers


def retry_after(headers: Headers, now: float) -> float | None:
    """Seconds from ``now`` (Unix time): ``retry-after-ms``, or ``Retry-After`` as seconds or as a date.

    None where the header is missing or says nothing readable; never negative.
    """
    found = {name.lower(): value.strip() for name, value in headers}
    if (milliseconds := _number(found.get("retry-after-ms"))) is not None:
        return max(0.0, milliseconds / 1000)
    value = found.get("retry-after")
    if value is None:
        return None
    if (seconds := _number(value)) is not None:
        return max(0.0, seconds)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError):
        return None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None
