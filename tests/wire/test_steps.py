"""Steps that providers took themselves, said in words: every type that is known, and whatever else may stand there."""

import json
from pathlib import Path
from typing import Any

import pytest

from callsmith.reading import Reader
from callsmith.replay import recordings
from callsmith.types.parts import Media, Opaque
from callsmith.wire.registry import WIRES
from callsmith.wire.steps import MAX_DETAIL, Step, step
from callsmith.wire.steps_anthropic import READERS as ANTHROPIC
from callsmith.wire.steps_gemini import READERS as GEMINI
from callsmith.wire.steps_responses import READERS as RESPONSES

KNOWN = {**RESPONSES, **ANTHROPIC, **GEMINI}


def said(kind: str, **fields: Any) -> Step:
    return step(Opaque(kind, {"type": kind, **fields}))


@pytest.mark.parametrize(
    ("kind", "fields", "wanted"),
    [
        (
            "web_search_call",
            {"action": {"type": "search", "query": "q"}, "status": "searching"},
            Step("Web search", "q", "running"),
        ),
        (
            "web_search_call",
            {"action": {"queries": ["a", "b"], "query": "a", "sources": [{"url": "u"}]}, "status": "completed"},
            Step("Web search", "a\nb\nu", "done"),
        ),
        ("web_search_call", {"action": {"type": "open_page", "url": "u"}}, Step("Page opened", "u")),
        (
            "web_search_call",
            {"action": {"type": "find_in_page", "pattern": "p", "url": "u"}},
            Step("Search in a page", "p\nu"),
        ),
        (
            "file_search_call",
            {"queries": ["q"], "results": [{"filename": "a.pdf"}], "status": "completed"},
            Step("File search", "q\na.pdf", "done"),
        ),
        (
            "mcp_list_tools",
            {"server_label": "wiki", "tools": [{"name": "ask"}, {"name": "read"}]},
            Step("Tools of wiki", "ask, read"),
        ),
        (
            "mcp_list_tools",
            {"server_label": "wiki", "tools": [], "error": "no route"},
            Step("Tools of wiki", "no route", "error"),
        ),
        (
            "mcp_call",
            {"server_label": "wiki", "name": "ask", "arguments": '{"a":1}', "output": "42", "status": "completed"},
            Step("Remote call: ask on wiki", '{"a":1}\n42', "done"),
        ),
        (
            "mcp_call",
            {"name": "ask", "arguments": "{}", "error": {"code": 5}, "status": "completed"},
            Step("Remote call: ask", '{}\n{"code":5}', "error"),
        ),
        (
            "mcp_approval_request",
            {"server_label": "wiki", "name": "ask", "arguments": "{}"},
            Step("Approval asked for: ask on wiki", "{}"),
        ),
        ("mcp_approval_response", {"approve": False}, Step("Remote call refused")),
        ("mcp_approval_response", {"approve": True}, Step("Remote call allowed")),
        (
            "code_interpreter_call",
            {"code": "1+1", "outputs": [{"type": "logs", "logs": "2"}], "status": "interpreting"},
            Step("Code run", "1+1\n2", "running"),
        ),
        ("local_shell_call", {"action": {"command": ["ls", "-a"]}}, Step("Shell command", "ls -a")),
        ("shell_call", {"action": {"commands": ["ls", "pwd"]}}, Step("Shell command", "ls\npwd")),
        (
            "shell_call_output",
            {"output": [{"stdout": "a", "stderr": "b", "outcome": {"exit_code": 1}}], "status": "completed"},
            Step("Shell output", "a\nb", "error"),
        ),
        (
            "apply_patch_call",
            {"operation": {"type": "create_file", "path": "a.md", "diff": "+a"}},
            Step("Patch", "create file a.md\n+a"),
        ),
        (
            "computer_call",
            {"action": {"type": "click", "x": 1}, "status": "completed"},
            Step("Computer use", '{"type":"click","x":1}', "done"),
        ),
        ("tool_search_call", {"arguments": {"paths": ["a", "b"]}}, Step("Tool search", "a\nb")),
        ("tool_search_output", {"tools": [{"name": "a"}]}, Step("Tools found", "a")),
        ("tool_search_output", {"tools": []}, Step("No tools found")),
        ("program", {"code": "x"}, Step("Program", "x")),
        ("reasoning", {"encrypted_content": "gAAA"}, Step("Thinking, encrypted")),
        ("reasoning", {"summary": []}, Step("Thinking, not shown")),
        ("redacted_thinking", {"data": "xyz"}, Step("Thinking, redacted")),
        ("compaction", {"content": "So far"}, Step("History compacted", "So far")),
        ("server_tool_use", {"name": "web_search", "input": {"query": "q"}}, Step("Web search", "q")),
        (
            "server_tool_use",
            {"name": "text_editor_code_execution", "input": {"command": "create", "path": "/a"}},
            Step("File edited", "create /a"),
        ),
        ("server_tool_use", {"name": "paint", "input": {"a": 1}}, Step("Server tool: paint", '{"a":1}')),
        (
            "web_search_tool_result",
            {"content": [{"title": "T", "url": "u"}, {"url": "v"}]},
            Step("Search results", "T \u00b7 u\nv", "done"),
        ),
        (
            "web_search_tool_result",
            {"content": {"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"}},
            Step("Search results", "max_uses_exceeded", "error"),
        ),
        ("web_fetch_tool_result", {"content": {"url": "u", "content": {}}}, Step("Page read", "u", "done")),
        (
            "bash_code_execution_tool_result",
            {"content": {"stdout": "", "stderr": "no", "return_code": 2}},
            Step("Shell output", "no", "error"),
        ),
        (
            "tool_search_tool_result",
            {"content": {"tool_references": [{"tool_name": "a"}]}},
            Step("Tools found", "a", "done"),
        ),
        (
            "tool_search_tool_result",
            {"content": {"error_code": "unavailable"}},
            Step("Tools found", "unavailable", "error"),
        ),
        (
            "mcp_tool_use",
            {"name": "ask", "server_name": "wiki", "input": {"a": 1}},
            Step("Remote call: ask on wiki", '{"a":1}'),
        ),
        (
            "mcp_tool_result",
            {"is_error": True, "content": [{"type": "text", "text": "no"}]},
            Step("Remote result", "no", "error"),
        ),
    ],
)
def test_a_step_in_words(kind: str, fields: Any, wanted: Step) -> None:
    assert said(kind, **fields) == wanted


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ({"executableCode": {"language": "PYTHON", "code": "1"}, "thoughtSignature": "s"}, Step("Code run", "1")),
        ({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}, Step("Code output", "1", "done")),
        (
            {"codeExecutionResult": {"outcome": "OUTCOME_DEADLINE_EXCEEDED"}},
            Step("Code output", "OUTCOME_DEADLINE_EXCEEDED", "error"),
        ),
        ({"toolCall": {"toolType": "GOOGLE_SEARCH_WEB", "args": {"queries": ["q"]}}}, Step("Web search", "q")),
        ({"toolCall": {"toolType": "URL_CONTEXT", "args": {"urls": ["u"]}}}, Step("URL context", "u")),
        (
            {"toolResponse": {"toolType": "GOOGLE_SEARCH_WEB", "response": {"search_suggestions": "<div>"}}},
            Step("Web search: answered", "", "done"),
        ),
    ],
)
def test_a_gemini_part_in_words(part: dict[str, Any], wanted: Step) -> None:
    assert step(Opaque(next(iter(part)), part)) == wanted


def test_pictures_of_a_step_can_be_shown() -> None:
    image = said("image_generation_call", result="QUJD", output_format="webp", status="completed", revised_prompt="cat")
    assert image == Step("Image generated", "cat", "done", (Media("image/webp", "QUJD"),))
    assert said("image_generation_call", status="generating").media == ()
    outputs = [{"type": "image", "url": "data:image/jpeg;base64,QUJD"}, {"type": "image", "url": "https://h/a.png"}]
    drawn = said("code_interpreter_call", code="plot()", outputs=outputs).media
    assert drawn == (Media("image/jpeg", "QUJD"), Media("image/png", url="https://h/a.png"))


def test_a_type_not_known_yet_keeps_its_own_name() -> None:
    assert said("teleport_call", status="in_progress") == Step("teleport_call", state="running")
    assert step(Opaque("hologram", "text")) == Step("hologram")
    assert step(Opaque("", None)).title == "Step without a type"


def test_a_long_detail_is_cut() -> None:
    detail = said("program", code="x" * 5000).detail
    assert len(detail) == MAX_DETAIL and detail.endswith("x\u2026")


FIELDS = (
    *("action", "arguments", "code", "content", "error", "input", "name", "operation", "output", "outputs", "queries"),
    *("result", "results", "server_label", "status", "tools", "executableCode", "codeExecutionResult", "toolCall"),
    "toolResponse",
)
JUNK: tuple[Any, ...] = (
    *(
        None,
        3,
        "x",
        [],
        {},
        [None, 3, "x", {}, []],
        {"type": 3, "code": [], "args": "x", "response": [], "outcome": {}},
    ),
    {
        "error_code": {"a": 1},
        "queries": 3,
        "command": {"a": []},
        "commands": 4,
        "url": {},
        "sources": [3],
        "toolType": 4,
    },
    [{"url": 3, "text": {}, "name": [], "logs": 4, "outcome": 3, "stdout": {}}],
)


@pytest.mark.parametrize("kind", sorted(KNOWN))
def test_nothing_that_stands_in_a_block_raises(kind: str) -> None:
    for junk in JUNK:
        assert step(Opaque(kind, junk)).title
        assert step(Opaque(kind, dict.fromkeys(FIELDS, junk))).title
        assert step(Opaque(kind, {kind: junk})).title


@pytest.mark.slow
def test_every_step_in_the_recordings_has_words(shared: Path) -> None:
    unnamed, types = [], set()
    for wire in WIRES:
        for exchange in recordings([shared / "recordings" / wire]):
            reader = Reader(WIRES[wire], exchange["response"]["status"], stream=exchange["framing"] != "single")
            reader.feed(exchange["response"]["body_text"].encode())
            reader.close()
            for part in reader.turn().parts:
                if isinstance(part, Opaque):
                    types.add(part.type)
                    title = step(part).title
                    if title == part.type or not title[:1].isupper():
                        unnamed.append((exchange["id"], json.dumps(part.data)[:200]))
    assert unnamed == []
    assert types <= KNOWN.keys()
    assert len(types) > 25
