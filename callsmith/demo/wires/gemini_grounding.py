"""What a Gemini reply says of its web search: the queries, the pages, and which words rest on which (notes, 8.2).

Offsets count bytes of the whole text; what is 0 is left out, as the proto does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsmith.demo.script import Say, Script, Search, Source


def grounding(script: Script) -> dict[str, Any]:
    """``groundingMetadata`` of the candidate; nothing where nothing was searched."""
    queries = [step.text for step in script.steps if isinstance(step, Search)]
    if not queries:
        return {}
    cited = list(_cited(script))
    pages = list(dict.fromkeys(page for page, _ in cited))
    metadata: dict[str, Any] = {"webSearchQueries": queries}
    if cited:
        metadata["groundingChunks"] = [{"web": {"uri": page.url, "title": page.title}} for page in pages]
        metadata["groundingSupports"] = [
            {"segment": segment, "groundingChunkIndices": [pages.index(page)]} for page, segment in cited
        ]
    return {"groundingMetadata": metadata}


def _cited(script: Script) -> Iterator[tuple[Source, dict[str, Any]]]:
    """Each citation's page and segment."""
    before = 0
    for said in (step for step in script.steps if isinstance(step, Say)):
        for citation in said.citations:
            start, end = (before + _bytes(said.text[:at]) for at in (citation.start, citation.end))
            first = {"startIndex": start} if start else {}
            yield citation.source, {**first, "endIndex": end, "text": said.text[citation.start : citation.end]}
        before += _bytes(said.text)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
