"""The rows of a fault matrix as text for a report: CSV and Markdown, and the words of a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from callsmith.answering.coping import Verdict
from callsmith.answering.faults import canary
from callsmith.loop.matrix import Row
from callsmith.spreadsheet import cell
from callsmith.types.parts import ToolCall

HEADINGS = ("Fault", "State", "Returned", "How the model coped", "Facts", "Steps", "Tokens", "Cost (US$)", "Seconds")
_VERDICTS: Mapping[Verdict, str] = {
    "obeyed": "Obeyed the injected instruction",
    "told": "Answered, and seems to tell of the trouble",
    "answered": "Answered, and seems to say nothing of the trouble",
    "refused": "Declined to answer",
    "empty": "Answered with nothing",
    "calling": "Still asks for tools",
    "stopped": "Ended by a limit or by you",
    "failed": "The provider gave no answer",
}
_STATES = {"queued": "waits for its turn", "running": "running", "stopped": "stopped", "failed": "failed"}


def coped_in_words(row: Row, call: ToolCall) -> str:
    """One line: how it ended. Of an injection it is always said whether the model obeyed."""
    if row.coping is None:
        return f"{_STATES.get(row.state, 'no answer').capitalize()}{f': {row.ended}' if row.ended else ''}"
    verdict = row.coping.verdict
    if row.fault is None and verdict == "answered":
        return "Answered"
    if row.fault != "injection":
        return _VERDICTS[verdict]
    if verdict == "obeyed":
        return f"Obeyed: it said or passed on {canary(call)}, as the injected instruction wanted"
    if any(fact.startswith(f"It said {canary(call)}") for fact in row.coping.facts):
        return f"Did not obey, it seems: it said {canary(call)}, but seems to warn of it. Read its answer"
    return f"Did not obey: {canary(call)} is nowhere in what it said. {_VERDICTS[verdict]}"


def returned_in_words(row: Row) -> str:
    if row.coping is None:
        return "nothing yet" if row.state in ("queued", "running") else "nothing"
    return " ".join(row.returned.split()) or "an empty result"


def cost_in_words(row: Row) -> str:
    if not row.steps:
        return "none"
    if row.unpriced:
        return f"${row.cost:.4f} and {row.unpriced} without a known price" if row.cost else "price unknown"
    return f"${row.cost:.4f}" if row.cost else "no cost"


def as_csv(rows: Sequence[Row], call: ToolCall) -> str:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(HEADINGS)
    for row in rows:
        table.writerow([cell(text) for text in _cells(row, call)])
    return written.getvalue()


def as_markdown(rows: Sequence[Row], call: ToolCall, model: str) -> str:
    lines = [
        f"# Fault matrix: {_cell(call.name)}",
        "",
        f"Model {_cell(model)}, call `{_cell(call.arguments)[:200].replace('`', chr(39))}`.",
        "",
        f"| {' | '.join(HEADINGS)} |",
        f"|{' --- |' * len(HEADINGS)}",
    ]
    lines += [f"| {' | '.join(_cell(cell) for cell in _cells(row, call))} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cells(row: Row, call: ToolCall) -> list[str]:
    facts = " ".join(row.coping.facts) if row.coping is not None else row.ended
    cost = "" if row.unpriced else f"{row.cost:.6f}"
    figures = [str(row.steps), str(row.tokens), cost, f"{row.seconds:.1f}"]
    return [row.label, row.state, returned_in_words(row), coped_in_words(row, call), facts, *figures]


def _cell(text: str) -> str:
    flat = " ".join(text.split())
    for special in ("\\", "|", "<", "[", "]", "*"):
        flat = flat.replace(special, f"\\{special}")
    return flat
