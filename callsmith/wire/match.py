"""Which models and places a vendor rule is about. A gateway shows only the model's id, so families go by id alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from callsmith.types.connection import Connection


@dataclass(frozen=True, slots=True)
class Which:
    """``model``: a regular expression found in the id where a word of it begins (``openai/gpt-5``,
    ``us.anthropic.claude-...``); empty fits all. ``at``: preset ids and host names (their subdomains too), one of
    which the connection must be; empty fits all. ``away``: the same, none of which it may be."""

    model: str = ""
    at: tuple[str, ...] = ()
    away: tuple[str, ...] = ()

    def fits(self, connection: Connection, model: str) -> bool:
        if self.model and not _pattern(self.model).search(model):
            return False
        if self.at and not _is_at(connection, self.at):
            return False
        return not (self.away and _is_at(connection, self.away))


@cache
def _pattern(model: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[^a-z0-9])(?:{model})", re.IGNORECASE)


def _is_at(connection: Connection, places: tuple[str, ...]) -> bool:
    host = urlsplit(connection.base_url).hostname or ""
    return any(place in (connection.preset, host) or host.endswith(f".{place}") for place in places)
