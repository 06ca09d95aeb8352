"""What a reply cites, in each format's own shape, and in every recording that cites something."""

import json
from pathlib import Path
from typing import Any

import pytest

from callsmith.reading import Reader
from callsmith.replay import recordings
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Text
from callsmith.wire.citations import Citation, citations
from callsmith.wire.registry import WIRES

PAGE = "https://page.example/a"
# Flagged in the index for a field named "citations" that is null or empty, or for documents that were only fetched:
# no text of these replies says what it rests on.
NOTHING_CITED = {
    "6e5a971b967370-00",
    "71b3e6c886da9a-00",
    "943f5c56afcbdd-00",
    "9a67dd5e604d47-00",
    "9dd9c076a3d397-00",
    "c3743ad6f5f429-00",
    "dcfe6ce6f829c2-00",
}


def message(wire: str, *texts: Text, **extra: Any) -> Message:
    return Message("assistant", texts, Origin("x", "C", wire, "m"), extra=extra)


def test_chat_nests_the_citation() -> None:
    said = {"url": PAGE, "title": "A", "start_index": 3, "end_index": 7}
    reply = message("openai-chat", Text("It is so."), annotations=[{"type": "url_citation", "url_citation": said}])
    assert citations(reply) == (Citation(PAGE, "A", "", 3, 7),)


def test_offsets_are_hints() -> None:
    spans = [(-4, 3), (2, 999), (5, 2), (None, 3), ("1", 3), (0, 0)]
    held = [{"url": PAGE, "title": str(at), "start_index": a, "end_index": b} for at, (a, b) in enumerate(spans)]
    reply = message("openai-chat", Text("short"), annotations=[{"url_citation": entry} for entry in held])
    assert [(c.title, c.start, c.end) for c in citations(reply)] == [
        ("0", 0, 3),
        ("1", 2, 5),
        ("2", None, None),
        ("3", None, None),
        ("4", None, None),
        ("5", None, None),
    ]


def test_lists_of_addresses_and_search_results_join() -> None:
    reply = message(
        "openai-chat",
        Text("So [1]."),
        citations=[PAGE, "https://page.example/b"],
        search_results=[{"url": PAGE, "title": "A", "snippet": "so it is"}],
    )
    assert citations(reply) == (Citation(PAGE, "A", "so it is"), Citation("https://page.example/b", ""))


def test_what_groq_searched() -> None:
    results = [{"title": "A", "url": PAGE, "content": "long", "score": 0.9}]
    reply = message("openai-chat", Text("x"), executed_tools=[{"index": 0, "search_results": {"results": results}}])
    assert citations(reply) == (Citation(PAGE, "A"),)


def test_responses_counts_from_its_own_part() -> None:
    url = {"type": "url_citation", "url": PAGE, "title": "A", "start_index": 0, "end_index": 3}
    file = {"type": "file_citation", "file_id": "file-1", "filename": "notes.txt", "index": 9}
    reply = message("openai-responses", Text("First. "), Text("Second", {"annotations": [url, file, None, 7]}))
    assert citations(reply) == (Citation(PAGE, "A", "", 7, 10), Citation("", "notes.txt"))


def test_anthropic_cites_with_a_whole_block() -> None:
    web = {"type": "web_search_result_location", "url": PAGE, "title": "A", "cited_text": "so", "encrypted_index": "E"}
    document = {"type": "char_location", "document_index": 0, "document_title": "Notes", "cited_text": "it"}
    unnamed = {"type": "page_location", "document_index": 1, "document_title": None, "cited_text": "is"}
    found = {"type": "search_result_location", "source": PAGE, "title": None, "cited_text": "so"}
    inner = {"type": "search_result_location", "source": "kb-7", "title": None, "cited_text": "so"}
    blocks = (Text("It "), Text("is so", {"citations": [web, document, unnamed, found, inner]}))
    assert citations(message("anthropic", *blocks)) == (
        Citation(PAGE, "A", "so", 3, 8),
        Citation("", "Notes", "it", 3, 8),
        Citation("", "Document 2", "is", 3, 8),
        Citation(PAGE, "", "so", 3, 8),
        Citation("", "kb-7", "so", 3, 8),
    )


def test_gemini_counts_bytes_and_lists_what_supports_nothing() -> None:
    text = "Gr\u00fc\u00dfe \U0001f600 aus Rom."
    start = len("Gr\u00fc\u00dfe \U0001f600 ".encode())
    chunks = [{"web": {"uri": "https://page.example/b", "title": "B"}}, {"web": {"uri": PAGE, "title": "A"}}, {"x": 1}]
    support = {"segment": {"startIndex": start, "endIndex": len(text.encode()), "text": "aus Rom."}}
    grounding = {"groundingChunks": chunks, "groundingSupports": [{**support, "groundingChunkIndices": [1, 9]}]}
    assert citations(message("gemini", Text(text), groundingMetadata=grounding)) == (
        Citation(PAGE, "A", "", 8, 16),
        Citation("https://page.example/b", "B"),
    )


def test_a_segment_that_stands_elsewhere_is_found_by_its_text() -> None:
    support = {"segment": {"endIndex": 3, "text": "Rome"}, "groundingChunkIndices": [0]}
    grounding = {"groundingChunks": [{"web": {"uri": PAGE, "title": "A"}}], "groundingSupports": [support]}
    assert citations(message("gemini", Text("It is Rome."), groundingMetadata=grounding)) == (
        Citation(PAGE, "A", "", 6, 10),
    )


def test_gemini_recitations_are_citations_too() -> None:
    sources = [{"startIndex": 1, "endIndex": 4, "uri": PAGE}]
    reply = message("gemini", Text("It is"), citationMetadata={"citationSources": sources})
    assert citations(reply) == (Citation(PAGE, "", "", 1, 4),)


@pytest.mark.parametrize("wire", [*sorted(WIRES), "another"])
@pytest.mark.parametrize("junk", [None, 7, "x", {"a": 1}, [None, 7, "x", {}], [{"url": 7}], [[]]])
def test_what_is_not_as_expected_cites_nothing_and_harms_nothing(wire: str, junk: Any) -> None:
    names = ("annotations", "citations", "search_results", "executed_tools", "groundingMetadata", "citationMetadata")
    extra = dict.fromkeys(names, junk)
    assert all(isinstance(found.url, str) for found in citations(message(wire, Text("x", extra), **extra)))
    nested = {"groundingMetadata": {"groundingChunks": junk, "groundingSupports": junk}}
    assert citations(message("gemini", Text("x"), **nested)) == ()


def test_a_message_of_nobody_cites_nothing() -> None:
    assert citations(Message("user", (Text("x"),), extra={"citations": [PAGE]})) == ()


@pytest.mark.slow
def test_every_recording_that_cites_says_what(shared: Path) -> None:
    silent, seen = set(), set()
    for exchange in recordings([shared / "recordings" / wire for wire in sorted(WIRES)]):
        if not exchange["citations"]:
            continue
        wire = exchange["wire"]
        reader = Reader(WIRES[wire], 200, stream=exchange["framing"] != "single")
        reader.feed(exchange["response"]["body_text"].encode())
        reader.close()
        reply = reader.turn().message(Origin("x", "C", wire, "m"))
        assert reply is not None
        found = citations(reply)
        seen.add(exchange["id"])
        if not found:
            silent.add(exchange["id"])
        for citation in found:
            assert citation.url or citation.title
            if citation.start is not None and citation.end is not None:
                assert 0 <= citation.start < citation.end <= len(reply.text), exchange["id"]
    counts = json.loads((shared / "recordings" / "index.json").read_text())["counts"]
    flagged = sum(count[name] for count in counts.values() for name in ("plain_citations", "stream_citations"))
    assert len(seen) == flagged
    assert silent == NOTHING_CITED
