"""Arguments of a Gemini call that arrive in pieces, each with the path where it belongs.

Vertex does this when asked to stream function-call arguments: ``partialArgs: [{"jsonPath": "$.a.b[0]",
"stringValue": "..."}]``. Text pieces of one path are joined; numbers, booleans and null come whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callsmith.wire.jsonbytes import dumps

_VALUES = ("stringValue", "numberValue", "boolValue", "nullValue")
_PATH = re.compile(r"""\$(?:\.[^.\[\]]+|\[\d+\]|\['[^']*'\]|\["[^"]*"\])+""")
_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]""")
# Arrays grow one element at a time; a path far beyond the end is a mistake, not a hundred million nulls.
_FURTHEST = 1000

Step = str | int


class PartialArguments:
    def __init__(self) -> None:
        self._root: dict[str, Any] = {}

    def add(self, piece: Any) -> bool:
        """Put one piece in its place. False when its path or value cannot be understood."""
        if not isinstance(piece, dict):
            return False
        steps = _steps(piece.get("jsonPath"))
        name = next((name for name in _VALUES if name in piece), None)
        if not steps or name is None:
            return False
        return self._put(steps, None if name == "nullValue" else piece[name])

    def merge(self, whole: Mapping[str, Any]) -> None:
        """Arguments that came as an object beside the pieces."""
        self._root.update(whole)

    def text(self, *, ended: bool) -> str:
        """The arguments as JSON text; without its last bracket, and so no JSON, where more was to come."""
        text = dumps(self._root)
        if ended:
            return text
        return text[:-1] if self._root else ""

    def _put(self, steps: list[Step], value: Any) -> bool:
        at: Any = self._root
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            if not _has_room(at, step):
                return False
            old = at[step] if isinstance(step, int) else at.get(step)
            if following is None:
                at[step] = old + value if isinstance(old, str) and isinstance(value, str) else value
            elif not isinstance(old, dict | list):
                at[step] = [] if isinstance(following, int) else {}
            at = at[step]
        return True


def _has_room(container: Any, step: Step) -> bool:
    """Whether the step fits its container; an array is made long enough."""
    if isinstance(step, str):
        return isinstance(container, dict)
    if not isinstance(container, list) or step > len(container) + _FURTHEST:
        return False
    container.extend([None] * (step + 1 - len(container)))
    return True


def _steps(path: Any) -> list[Step]:
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        return []
    found = _STEP.finditer(path)
    return [int(match[2]) if match[2] is not None else match[1] or match[3] or match[4] or "" for match in found]
