"""What a reply cites, whichever format it came in (wire-format notes, 8.2).

Only fields that the decoders keep unread are looked at: ``extra`` of the message and of its parts. Offsets are hints:
they are clamped to the text, and a field that is not as expected is passed over, for a citation is no reason to fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.types.message import Message
from callsmith.types.parts import Text


@dataclass(frozen=True, slots=True)
class Citation:
    """One place that is cited. ``url`` is empty for a document that has none; its ``title`` tells it apart then.
    ``start`` and ``end``: characters of ``message.text`` that rest on it, None where unknown."""

    url: str
    title: str
    quote: str = ""
    start: int | None = None
    end: int | None = None


def citations(message: Message) -> tuple[Citation, ...]:
    """In order of appearance in the text, then those without a place. One source may be cited many times."""
    read = _READERS.get(message.origin.wire if message.origin else "")
    if read is None:
        return ()
    found = dict.fromkeys(citation for citation in read(message) if citation.url or citation.title)
    return tuple(sorted(found, key=lambda citation: (citation.start is None, citation.start or 0, citation.end or 0)))


def _chat(message: Message) -> Iterator[Citation]:
    """OpenAI nests the citation, relays may not; Perplexity and xAI list addresses, Groq keeps what it searched."""
    size = len(message.text)
    seen = set()
    for annotation in _objects(message.extra.get("annotations")):
        held = annotation.get("url_citation")
        citation = _annotated(held if isinstance(held, Mapping) else annotation, 0, size)
        seen.add(citation.url)
        yield citation
    results = _objects(message.extra.get("search_results"))
    for tool in _objects(message.extra.get("executed_tools")):
        searched = tool.get("search_results")
        results += _objects(searched.get("results") if isinstance(searched, Mapping) else None)
    listed = message.extra.get("citations")
    for address in listed if isinstance(listed, list) else ():
        results.append(address if isinstance(address, Mapping) else {"url": address})
    for result in results:
        citation = Citation(_text(result, "url"), _text(result, "title"), _text(result, "snippet"))
        if citation.url not in seen:
            seen.add(citation.url)
            yield citation


def _responses(message: Message) -> Iterator[Citation]:
    for start, part in _texts(message):
        for annotation in _objects(part.extra.get("annotations")):
            yield _annotated(annotation, start, len(part.text))


def _anthropic(message: Message) -> Iterator[Citation]:
    """A block is cut so that all of its text rests on its citations."""
    for start, part in _texts(message):
        for held in _objects(part.extra.get("citations")):
            source = _text(held, "url")
            named = _text(held, "source")
            title = _text(held, "title") or _text(held, "document_title") or ("" if _is_web(named) else named)
            if not source and not title and isinstance(at := held.get("document_index"), int):
                title = f"Document {at + 1}"
            url = source or (named if _is_web(named) else "")
            yield Citation(url, title, _text(held, "cited_text"), start, start + len(part.text))


def _gemini(message: Message) -> Iterator[Citation]:
    """Segments point into the text in bytes, and supports point at the chunks they rest on."""
    grounding = message.extra.get("groundingMetadata")
    chunks = _objects(grounding.get("groundingChunks") if isinstance(grounding, Mapping) else None)
    supports = _objects(grounding.get("groundingSupports") if isinstance(grounding, Mapping) else None)
    sources = [_chunk(chunk) for chunk in chunks]
    supported = set()
    for support in supports:
        segment = support.get("segment")
        start, end = _segment(message.text, segment if isinstance(segment, Mapping) else {})
        indices = support.get("groundingChunkIndices")
        for index in indices if isinstance(indices, list) else ():
            if isinstance(index, int) and 0 <= index < len(sources):
                supported.add(index)
                yield Citation(*sources[index], start, end)
    yield from (Citation(*source) for index, source in enumerate(sources) if index not in supported)
    metadata = message.extra.get("citationMetadata")
    held = metadata if isinstance(metadata, Mapping) else {}
    for source in _objects(held.get("citationSources") or held.get("citations")):
        yield Citation(_text(source, "uri"), _text(source, "title"), "", *_segment(message.text, source))


_READERS: Mapping[str, Callable[[Message], Iterator[Citation]]] = {
    "openai-chat": _chat,
    "openai-responses": _responses,
    "anthropic": _anthropic,
    "gemini": _gemini,
}


def _annotated(held: Mapping[str, Any], base: int, size: int) -> Citation:
    """A ``url_citation``, or one of a file; its offsets count from ``base``. An empty span says nothing."""
    start, end = _offset(held.get("start_index"), size), _offset(held.get("end_index"), size)
    title = _text(held, "title") or _text(held, "filename") or _text(held, "file_id")
    quote = _text(held, "content")
    if start is None or end is None or end <= start:
        return Citation(_text(held, "url"), title, quote)
    return Citation(_text(held, "url"), title, quote, base + start, base + end)


def _chunk(chunk: Mapping[str, Any]) -> tuple[str, str, str]:
    for kind in ("web", "retrievedContext", "maps", "image"):
        held = chunk.get(kind)
        if isinstance(held, Mapping):
            url = _text(held, "uri") or _text(held, "sourceUri")
            return url, _text(held, "title") or ("" if url else _text(held, "fileSearchStore")), _text(held, "text")
    return "", "", ""


def _segment(text: str, segment: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Bytes to characters; where the segment says its text and that stands elsewhere, its place there."""
    data = text.encode("utf-8", "replace")
    start = _offset(segment.get("startIndex", 0), len(data)) or 0
    end = _offset(segment.get("endIndex"), len(data))
    wanted = _text(segment, "text")
    if end is not None and end > start:
        first, last = (len(data[:at].decode("utf-8", "ignore")) for at in (start, end))
        if not wanted or text[first:last] == wanted:
            return first, last
    at = text.find(wanted) if wanted else -1
    return (at, at + len(wanted)) if at >= 0 else (None, None)


def _texts(message: Message) -> Iterator[tuple[int, Text]]:
    """Each text with where it begins in ``message.text``."""
    start = 0
    for part in message.parts:
        if isinstance(part, Text):
            yield start, part
            start += len(part.text)


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _text(held: Mapping[str, Any], name: str) -> str:
    value = held.get(name)
    return value if isinstance(value, str) else ""


def _offset(value: Any, size: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return max(0, min(int(value), size)) if value == value else None


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))
