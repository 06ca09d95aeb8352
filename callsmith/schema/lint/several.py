"""What is only seen where tools stand side by side: names taken twice, tools alike, too many of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from callsmith.schema.lint.finding import SEVERITIES, Finding, shortened
from callsmith.schema.lint.tool import lint
from callsmith.schema.similar import pairs
from callsmith.types.tool import Tool

# Wire-format notes, 7.6; the last is the vendors' advice for reliable choices.
REFUSED, MANY, ADVISED = 128, 64, 20


def lint_set(tools: Sequence[Tool], *, together: bool = False) -> tuple[tuple[Finding, ...], ...]:
    """The findings of each tool, in the order given, with those that its neighbours give rise to.

    ``together``: they go out in one request, which providers refuse where two have one name. Elsewhere, in a library or
    a file, this is only a warning."""
    more = beside(tools)
    count = Counter(tool.name for tool in tools)
    out = []
    for number, tool in enumerate(tools):
        twice = count[tool.name] > 1
        found = [*lint(tool, (tool.name,) if twice and together else ()), *more.get(number, ())]
        if twice and not together:
            message = f'Another tool here is called "{shortened(tool.name, 64)}" too; one request cannot offer both'
            found.append(Finding("warning", "/name", "duplicate-name", message))
        out.append(tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))))
    many = of_number(len(tools))
    if out and many:
        out[0] = (*out[0], many)
    return tuple(out)


def of_number(count: int) -> Finding | None:
    """What is said of so many tools in one request. The path is empty: it is about all of them."""
    if count > REFUSED:
        message = f"{count:,} tools; OpenAI takes {REFUSED} in one request"
        return Finding("warning", "", "tools-too-many", message)
    if count > MANY:
        message = f"{count} tools; some servers refuse more than {MANY} in one request, and models choose worse"
        return Finding("warning", "", "tools-too-many", message)
    if count > ADVISED:
        message = f"{count} tools; models choose best among up to {ADVISED} in one request"
        return Finding("info", "", "tools-too-many", message)
    return None


def beside(tools: Sequence[Tool]) -> dict[int, list[Finding]]:
    """What each tool is told of its neighbours, by its number: those a model may take for it."""
    found: dict[int, dict[str, Finding]] = {}
    for pair in pairs(tools):
        for number, other in ((pair.one, pair.other), (pair.other, pair.one)):
            name = shortened(tools[other].name, 64)
            message = f'Much like "{name}": {pair.reason}; a model may take one for the other'
            finding = Finding("warning", "/description", "near-duplicate", message)
            found.setdefault(number, {}).setdefault(name, finding)
    return {number: list(named.values()) for number, named in found.items()}
