"""When the demo model searches its own small web, and what it says with which sources."""

from __future__ import annotations

import re

from callsmith.demo.ask import Ask
from callsmith.demo.brain.phrases import rest_of
from callsmith.demo.brain.words import stems
from callsmith.demo.ids import made_id
from callsmith.demo.script import Citation, Say, Search
from callsmith.demo.web import PAGES, best_sentence, look_up

_OUTRIGHT = re.compile(
    r"\b(?:search|look\s+up|look|check|browse|google|find)\b[^.?!]*\b(?:web|internet|online)\b|"
    r"\b(?:latest|recent|breaking)\b|\bnews\b|\bweb search\b",
    re.IGNORECASE,
)


def asks_to_search(prompt: str) -> bool:
    """The prompt says outright that it wants the web, or news."""
    return _OUTRIGHT.search(prompt) is not None


def is_known(prompt: str) -> bool:
    return bool(look_up(prompt))


def query_of(prompt: str) -> str:
    """The prompt's own words, without what is polite and without the asking itself."""
    words = re.sub(r"(?i)^\s*search (?:the )?(?:web|internet|online) (?:for|about)?\s*", "", rest_of(prompt) or prompt)
    return words.strip(" ?.!") or prompt.strip()


def search(ask: Ask, prompt: str, number: int = 0) -> Search:
    query = query_of(prompt)
    if number:
        query = " ".join(stems(query)) or query
    return Search(made_id("search", ask.seed, number), query, look_up(prompt))


def findings(prompt: str) -> Say:
    """A sentence from each page found, cited."""
    found = look_up(prompt)
    if not found:
        titles = ", ".join(page.title for page in PAGES[:4])
        return Say(f"The web of this demo has nothing about that: it is a dozen invented pages, such as {titles}.")
    text = "This is what the pages of the demo's own small web say. "
    citations: list[Citation] = []
    for page in found:
        sentence = best_sentence(page, prompt)
        citations.append(Citation(len(text), len(text) + len(sentence), page))
        text += f"{sentence} "
    return Say(text.rstrip(), tuple(citations))
