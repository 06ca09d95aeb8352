"""Citations: small numbers behind what they support, and the numbered links they stand for.

Providers give offsets that may be bytes, may count another text, or may fall inside a word (wire-format notes,
8.2). They are hints: a number is put where it reads well, else the source stands in the list alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import streamlit as st

from callsmith.wire.citations import Citation
from components.chat.prose import CODE, markdown
from components.words import count, plain

OPEN_UP_TO = 5
_LINK = re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)|<?https?://[^\s)>]+>?")
# Private characters stand for the numbers while the text is made safe for markdown.
_MARK, _END = "\ue000", "\ue001"
_PLACED = re.compile(f"{_MARK}(\\d+){_END}")


@dataclass(frozen=True, slots=True)
class Source:
    url: str
    title: str
    quote: str

    @property
    def host(self) -> str:
        try:
            return urlsplit(self.url).netloc
        except ValueError:
            return ""


class Sources:
    """What one message cites: each source once, numbered from 1 in order of appearance."""

    def __init__(self, cited: Sequence[Citation]) -> None:
        self._cited = cited
        self._numbers: dict[str, int] = {}
        for citation in cited:
            self._numbers.setdefault(_source(citation), len(self._numbers) + 1)
        self.listed = [self._said(key) for key in self._numbers]

    def _said(self, key: str) -> Source:
        same = [citation for citation in self._cited if _source(citation) == key]
        title = next((citation.title for citation in same if citation.title), "")
        quote = next((citation.quote for citation in same if citation.quote), "")
        return Source(same[0].url, title, quote)

    def marked(self, text: str, start: int) -> str:
        """Markdown of a piece of the message's text that begins at ``start``, with the numbers that end in it."""
        at: dict[int, list[int]] = {}
        for citation in self._cited:
            place = None if citation.end is None else _place(text, citation.end - start)
            number = self._numbers[_source(citation)]
            if place is not None and number not in at.setdefault(place, []):
                at[place].append(number)
        pieces, before = [], 0
        for place in sorted(at):
            pieces += [text[before:place], *(f"{_MARK}{number}{_END}" for number in sorted(at[place]))]
            before = place
        shown = markdown("".join([*pieces, text[before:]]))
        return _PLACED.sub(lambda mark: f" {_linked(mark[1], self.listed[int(mark[1]) - 1].url)}", shown)


def draw_sources(sources: Sources, key: str) -> None:
    """The list below the message; folded where it is long."""
    listed = sources.listed
    if not listed:
        return
    lines = []
    for number, source in enumerate(listed, 1):
        title = plain(source.title or source.url)
        link = f"[{title}]({_address(source.url)})" if _is_web(source.url) else title
        host = f" · {plain(source.host)}" if source.title and source.host else ""
        quoted = f" · “{plain(_short(source.quote))}”" if source.quote else ""
        lines.append(f"{number}. {link}{host}{quoted}")
    text = "\n".join(lines)
    with st.expander(count(len(listed), "source"), icon=":material/link:", expanded=len(listed) <= OPEN_UP_TO, key=key):
        st.markdown(text)


def _source(citation: Citation) -> str:
    return citation.url or citation.title


def _place(text: str, end: int) -> int | None:
    """Where a number may stand, at ``end`` or just behind the link it falls into; None: not in this text."""
    if not 0 < end <= len(text):
        return None
    for link in _LINK.finditer(text):
        if link.start() < end < link.end():
            end = link.end()
    inside = any(code.start() < end < code.end() for code in CODE.finditer(text))
    in_word = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return None if inside or in_word else end


def _linked(number: str, url: str) -> str:
    return f"[\\[{number}\\]]({_address(url)})" if _is_web(url) else f"\\[{number}\\]"


def _is_web(url: str) -> bool:
    return url.lower().startswith(("https://", "http://"))


def _address(url: str) -> str:
    """The address as markdown takes it: no space, bracket or quote that would end the link."""
    return quote(url, safe="%/:?#@!&*+,;=~.-_[]$'").replace("[", "%5B").replace("]", "%5D")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:157] + "..."
