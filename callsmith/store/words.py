"""What of a message can be searched for, folded so that accents and capitals do not matter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# Characters of one message that are searched: enough to find it again, and a huge result does not fill the index.
MOST = 4_000
_TEXTS = ("text", "content", "arguments", "name")


def folded(text: str) -> str:
    """Without accents, capitals, and what no database takes; white space is one space."""
    if text.isascii():
        return " ".join(text.replace("\0", "").lower().split())
    plain = unicodedata.normalize("NFKD", text.encode("utf-8", "ignore").decode())
    kept = "".join(char for char in plain if not unicodedata.combining(char) and char != "\0")
    return " ".join(kept.casefold().split())


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query, each of which has to be found; what stands between quotes is one."""
    found: list[str] = []
    for number, piece in enumerate(query.split('"')):
        found += [piece] if number % 2 else piece.split()
    return tuple(filter(None, map(folded, found)))


def entry(messages: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """What was said, and the tools that were called as ``|name|name|``, of messages as they are kept."""
    said: list[str] = []
    tools: list[str] = []
    for message in messages:
        said.append(folded(" ".join(_said(message))[:MOST]))
        tools += [
            part["name"] for part in message.get("parts", ()) if part.get("kind") == "tool_call" and part.get("name")
        ]
    return "\n".join(said), listed(dict.fromkeys(tools))


def listed(names: Iterable[str]) -> str:
    joined = "|".join(name.replace("|", " ").replace("\0", "") for name in names)
    return f"|{joined}|" if joined else ""


def _said(message: Mapping[str, Any]) -> Iterator[str]:
    for part in message.get("parts", ()):
        if part.get("kind") != "media":
            yield from (value for name in _TEXTS if isinstance(value := part.get(name), str))
