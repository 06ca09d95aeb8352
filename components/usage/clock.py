"""The reader's time zone, as the browser tells it."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def zone() -> tzinfo:
    """UTC where the browser says nothing; the plain offset where its zone has no rules on this machine."""
    name, offset = st.context.timezone, st.context.timezone_offset
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        # JavaScript counts the minutes from local time to UTC, so east of Greenwich is negative.
        return UTC if offset is None else timezone(-timedelta(minutes=offset))
