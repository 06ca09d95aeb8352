"""The tool studio's engine: opening and editing a form, lint and verdicts, imports, recorded calls."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.report import line, median

SHARED = Path(__file__).resolve().parents[2] / "shared"
PROPERTIES = 300
CALLS = 10_000
DOCUMENT_BYTES = 3_000_000


def run() -> None:
    _form()
    _lint_and_compile()
    _import()
    _replay()


def _form() -> None:
    from callsmith.schema.editing import opened
    from callsmith.schema.form import rows
    from callsmith.schema.form_edit import set_description
    from callsmith.schema.text import write

    parameters = _wide(PROPERTIES)
    document = {"name": "wide", "description": "", "parameters": parameters}

    def open_and_edit() -> None:
        editing = opened(document)
        row = rows(editing.document["parameters"])[PROPERTIES // 2]
        changed = set_description(editing.document["parameters"], row.pointer, "Another description")
        editing = editing.edited({**editing.document, "parameters": changed})
        rows(editing.document["parameters"])
        write(editing.document)

    line(f"form open and one edit, {PROPERTIES} properties", _median(open_and_edit) * 1000, "ms", 100)


def _lint_and_compile() -> None:
    from callsmith.schema.lint import lint_set
    from callsmith.vendors import VENDORS, compile_all

    tools = _mcp_tools()
    linted = _once(lambda: lint_set(tools))
    compiled = _once(lambda: [compile_all(tool) for tool in tools])
    line(f"lint of {len(tools)} MCP tools", linted, "s")
    line(f"compile for {len(VENDORS)} vendors of the same", compiled, "s")
    line("lint and compile", linted + compiled, "s", 2)


def _import() -> None:
    from callsmith.importing import read

    document = json.dumps(_large_openapi())
    found = read(document, "large.json")
    seconds = _once(lambda: read(document, "large.json"))
    line(f"import of OpenAPI, {len(document) / 1e6:.1f} MB, {len(found.candidates):,} operations", seconds, "s", 3)


def _replay() -> None:
    from callsmith.evidence.calls import RecordedCall
    from callsmith.evidence.replay import replayed
    from callsmith.schema.sample import sample

    schema = _wide(12)
    values = [json.dumps(sample(schema, seed)) for seed in range(500)]
    calls = [
        RecordedCall(
            conversation_id="c", title="", node_id="n", call_id=str(n), name="wide",
            arguments=values[n % len(values)].replace("}", f', "more": {n}}}', 1), at=0.0, model="",
        )
        for n in range(CALLS)
    ]  # fmt: skip
    line(f"{CALLS:,} recorded calls against an edited schema", _once(lambda: replayed(schema, calls)), "s", 1)


def _wide(properties: int) -> dict[str, Any]:
    kinds = ({"type": "string", "description": "Words"}, {"type": "integer", "minimum": 1}, {"enum": ["a", "b"]})
    return {
        "type": "object",
        "properties": {f"property_{n}": kinds[n % len(kinds)] for n in range(properties)},
        "required": ["property_0"],
    }


def _mcp_tools() -> list[Any]:
    from callsmith.types.tool import Tool

    with gzip.open(SHARED / "schemas" / "mcp-tools-dev.jsonl.gz", "rt") as rows:
        found = [json.loads(row) for row in rows]
    return [Tool(row["name"], row["description"] or "", row["inputSchema"]) for row in found]


def _large_openapi() -> dict[str, Any]:
    """Box's document, its paths repeated under other names until it is large enough."""
    document: dict[str, Any] = json.loads((SHARED / "schemas" / "openapi" / "box.json").read_text())
    paths = dict(document["paths"])
    size, copy = len(json.dumps(document)), 1
    while size < DOCUMENT_BYTES:
        copied = {f"/v{copy}{path}": item for path, item in paths.items()}
        document["paths"].update(copied)
        size += len(json.dumps(copied))
        copy += 1
    return document


def _median(work: Callable[[], None], times: int = 9) -> float:
    return median([_once(work) for _ in range(times)])


def _once(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
