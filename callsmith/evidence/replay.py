"""Recorded calls checked once more: which would a schema refuse now that the one they were made under took?

A call counts as made under the version that was in force when it was asked for; calls older than every
version count as made under the first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callsmith.evidence.calls import RecordedCall
from callsmith.schema.validate import SchemaError, Violation, checker
from callsmith.types.parts import Malformed, Parsed, ToolCall

MOST_REASONS = 5
_Check = Callable[[Any, int], tuple[Violation, ...]]


@dataclass(frozen=True, slots=True)
class Dated:
    """A schema and since when it was in force, in Unix seconds."""

    since: float
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failing:
    """``before``: whether the schema the call was made under took it; None where that cannot be told."""

    call: RecordedCall
    reasons: tuple[Violation, ...]
    before: bool | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A call whose arguments are not JSON: no schema takes it."""

    call: RecordedCall
    why: Malformed


@dataclass(frozen=True, slots=True)
class Replay:
    """``values`` are the different arguments that are JSON, with how many calls gave each."""

    total: int
    valid: int
    failing: tuple[Failing, ...]
    malformed: tuple[Broken, ...]
    values: tuple[tuple[Any, int], ...]

    @property
    def would_now_fail(self) -> tuple[Failing, ...]:
        return tuple(failing for failing in self.failing if failing.before is not False)


def replayed(schema: Mapping[str, Any], calls: Iterable[RecordedCall], versions: Sequence[Dated] = ()) -> Replay:
    """Check calls against a schema. ``versions`` in the order of time. SchemaError where the schema is broken."""
    check = checker(schema)
    under = _Under(versions)
    read: dict[str, Parsed | Malformed] = {}
    found: dict[str, tuple[Violation, ...]] = {}
    times: dict[str, int] = {}
    valid = 0
    failing: list[Failing] = []
    malformed: list[Broken] = []
    for call in calls:
        text = call.arguments
        if text not in read:
            read[text] = ToolCall(call.call_id, call.name, text).parsed()
        parsed = read[text]
        if isinstance(parsed, Malformed):
            malformed.append(Broken(call, parsed))
            continue
        times[text] = times.get(text, 0) + 1
        if text not in found:
            found[text] = check(parsed.value, MOST_REASONS)
        if found[text]:
            failing.append(Failing(call, found[text], under.took(call.at, text, parsed.value)))
        else:
            valid += 1
    values = [(parsed.value, times[text]) for text, parsed in read.items() if isinstance(parsed, Parsed)]
    return Replay(valid + len(failing) + len(malformed), valid, tuple(failing), tuple(malformed), tuple(values))


class _Under:
    """The schemas calls were made under, each made ready when a call first needs it."""

    def __init__(self, versions: Sequence[Dated]) -> None:
        self._versions = versions
        self._since = [version.since for version in versions]
        self._checks: dict[int, _Check | None] = {}
        self._took: dict[tuple[int, str], bool] = {}

    def took(self, at: float, text: str, value: Any) -> bool | None:
        if not self._versions:
            return None
        number = max(bisect_right(self._since, at) - 1, 0)
        if number not in self._checks:
            self._checks[number] = self._ready(number)
        check = self._checks[number]
        if check is None:
            return None
        if (number, text) not in self._took:
            self._took[number, text] = not check(value, 1)
        return self._took[number, text]

    def _ready(self, number: int) -> _Check | None:
        try:
            return checker(self._versions[number].schema)
        except SchemaError:
            return None
