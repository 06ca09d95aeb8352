"""Arguments for one call out of the words of a prompt.

What the prompt gives is put where it fits best; what it does not give but the schema requires is sampled.
The result always validates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from callsmith.demo.brain.arguments import complete, get, in_order, put, record, repair
from callsmith.demo.brain.choices import enum_by_stem, enum_values, yes_or_no
from callsmith.demo.brain.lists import counted_things, rows, words_in_row
from callsmith.demo.brain.match import Around, around, score, value_for
from callsmith.demo.brain.phrases import NAMING, has_cue, names_a_thing, phrase_for, rest_of
from callsmith.demo.brain.slots import Path, Slot, kind_of, record_slots, slots_of
from callsmith.demo.brain.spans import Span, find_spans
from callsmith.schema.errors import SchemaError
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.validate import violations

# Scores from ``match``: what a required slot takes, and what one that may stay empty does.
_ENOUGH_REQUIRED = 0.4
_ENOUGH_OPTIONAL = 2.9
_UNITS = ("unit", "units")


@dataclass(slots=True)
class Filled:
    """``given`` maps the paths that the prompt filled to the spans they came from (none for free text);
    ``missing`` are required ones that were sampled. ``alternatives`` are the other spans in a row with the
    one that filled a path: each asks for a call of its own."""

    arguments: dict[str, Any]
    given: dict[Path, Span | None] = field(default_factory=dict)
    missing: list[Path] = field(default_factory=list)
    alternatives: dict[Path, list[Any]] = field(default_factory=dict)


def fill(schema: Mapping[str, Any], text: str, today: date) -> Filled:
    """``schema`` is in JSON Schema's words. Raises CannotSample where it has no value at all."""
    filling = _Filling(schema, text, find_spans(text, today), today)
    filling.run()
    return filling.result()


class _Filling:
    def __init__(self, schema: Mapping[str, Any], text: str, spans: list[Span], today: date) -> None:
        self.schema = schema
        self.text = text
        self.today = today
        self.spans = spans
        self.near: list[Around] = [around(text, spans, place) for place in range(len(spans))]
        self.slots = slots_of(schema)
        self.free = set(range(len(spans)))
        self.values: dict[Path, Any] = {}
        self.given: dict[Path, Span | None] = {}
        self.alternatives: dict[Path, list[Any]] = {}

    def run(self) -> None:
        self._called()
        for slot in self.slots:
            if slot.shape == "enum" and slot.path not in self.values:
                self._enum(slot)
        for slot in self.slots:
            if slot.shape == "records":
                self._records(slot)
        for slot in self.slots:
            if slot.shape == "list":
                self._list(slot)
        self._spans()
        for slot in self.slots:
            if slot.path in self.values:
                continue
            if slot.shape == "boolean":
                self._boolean(slot)
            elif slot.shape == "string":
                self._phrase(slot)

    def result(self) -> Filled:
        minimal = sample(self.schema, optional=False)
        arguments: dict[str, Any] = {}
        for path, value in self.values.items():
            put(arguments, path, value)
        missing = [slot.path for slot in self.slots if slot.required and slot.path not in self.values]
        complete(arguments, minimal)
        repair(self.schema, arguments, minimal)
        arguments = in_order(arguments, [slot.path for slot in self.slots])
        given = {path: span for path, span in self.given.items() if get(arguments, path) == self.values[path]}
        return Filled(arguments, given, missing, self.alternatives)

    def _take(self, slot: Slot, value: Any, span: Span | None = None) -> None:
        self.values[slot.path] = value
        self.given[slot.path] = span

    def _called(self) -> None:
        """ "a meeting called Sync": the name goes to the title before anything else can take it."""
        slot = next((slot for slot in self.slots if slot.shape == "string" and names_a_thing(slot)), None)
        place = next((place for place in sorted(self.free) if self.near[place].cue in NAMING), None)
        if slot is not None and place is not None:
            self._take(slot, self.spans[place].text, self.spans[place])
            self.free.discard(place)

    def _enum(self, slot: Slot) -> None:
        values = list(slot.flat["enum"])
        named = enum_values(values, self.text)
        if named:
            self._take(slot, named[0])
            if len(named) > 1:
                self.alternatives[slot.path] = named[1:]
            return
        by_stem = enum_by_stem(values, self.text) if slot.required else None
        if by_stem is not None:
            self._take(slot, by_stem)
        elif slot.name in _UNITS and "default" not in slot.flat and values:
            self.values[slot.path] = values[0]

    def _boolean(self, slot: Slot) -> None:
        answer = yes_or_no(slot, self.text)
        if answer is not None and (slot.required or answer != slot.flat.get("default")):
            self._take(slot, answer)

    def _records(self, slot: Slot) -> None:
        assert slot.item is not None
        parts = record_slots(self.schema, slot.item)
        number = next((part for part in parts if part.shape == "number" and part.required), None)
        text = next((part for part in parts if part.shape == "string" and part.required), None)
        free = [self.spans[place] for place in sorted(self.free)]
        things = counted_things(self.text, free)
        if number and text and things:
            made = [record({text.path: thing, number.path: span.value}) for span, thing in things]
            self._take(slot, [self._completed(slot.item, record) for record in made])
            self._use(*(span for span, _ in things))
        elif text:
            row = self._best_row(text, 1.5)
            if row:
                made = [record({text.path: value_for(text, span)}) for span in row]
                self._take(slot, [self._completed(slot.item, record) for record in made])
                self._use(*row)

    def _completed(self, item: Mapping[str, Any], record: dict[str, Any]) -> dict[str, Any]:
        """The other required fields of a record come from the schema."""
        if self._fits(item, record):
            return record
        try:
            minimal = sample({**_definitions(self.schema), **item}, optional=False)
        except CannotSample:
            return record
        return {**minimal, **record} if isinstance(minimal, dict) else record

    def _fits(self, part: Mapping[str, Any], value: Any) -> bool:
        """Whether a value fits a part of the schema. A part whose references lead elsewhere in the whole
        cannot be asked on its own; the arguments as a whole are checked in the end."""
        try:
            return not violations({**_definitions(self.schema), **part}, value, 1)
        except SchemaError:
            return True

    def _list(self, slot: Slot) -> None:
        assert slot.item is not None
        if "enum" in slot.item:
            named = enum_values(list(slot.item["enum"]), self.text)
            if named:
                self._take(slot, named)
            return
        whole = next((span for span in self.spans if span.kind == "list" and self.spans.index(span) in self.free), None)
        if whole is not None:
            values = [_as(kind_of(slot.item), part) for part in whole.value]
            if None not in values:
                self._take(slot, values)
                self._use(whole)
                return
        row = self._best_row(slot, 0.0 if slot.required else 2.0)
        if row:
            self._take(slot, [value_for(slot, span) for span in row])
            self._use(*row)
        elif slot.required and kind_of(slot.item) == "string":
            phrase = phrase_for(slot, self.text)
            if phrase:
                self._take(slot, words_in_row(phrase))

    def _best_row(self, slot: Slot, at_least: float) -> list[Span]:
        """The row of spans that suits the slot best; long rows are preferred."""
        free = [self.spans[place] for place in sorted(self.free)]
        best: tuple[float, list[Span]] = (max(at_least, _ENOUGH_REQUIRED), [])
        for row in rows(self.text, free):
            scores = [score(slot, span, self.near[self.spans.index(span)]) for span in row]
            total = max(scores) + 0.5 * (len(row) - 1) if all(scores) else 0.0
            if total > best[0]:
                best = (total, row)
        return best[1]

    def _use(self, *spans: Span) -> None:
        for span in spans:
            self.free.discard(self.spans.index(span))

    def _spans(self) -> None:
        """Every span to the slot it suits best, the best pair first."""
        self._owner_and_repo()
        pairs = []
        for rank, slot in enumerate(self.slots):
            if slot.shape not in ("string", "number") or slot.path in self.values:
                continue
            for place in self.free:
                points = score(slot, self.spans[place], self.near[place])
                if points >= (_ENOUGH_REQUIRED if slot.required else _ENOUGH_OPTIONAL):
                    pairs.append((-points - 0.3 * slot.required, rank, place))
        for _, rank, place in sorted(pairs):
            slot = self.slots[rank]
            if slot.path in self.values or place not in self.free:
                continue
            span = self.spans[place]
            self._take(slot, self._at_time(slot, span), span)
            self.free.discard(place)
        for slot in self.slots:
            self._note_alternatives(slot)

    def _owner_and_repo(self) -> None:
        """``octo/hello`` fills both where a tool wants them apart."""
        both = {slot.name: slot for slot in self.slots if slot.shape == "string" and slot.name in ("owner", "repo")}
        span = next((self.spans[p] for p in sorted(self.free) if self.spans[p].text.count("/") == 1), None)
        if len(both) == 2 and span is not None and span.kind == "path":
            for slot, part in zip((both["owner"], both["repo"]), span.text.split("/"), strict=True):
                self._take(slot, part)
            self._use(span)

    def _at_time(self, slot: Slot, span: Span) -> Any:
        """A date and a time together where the slot wants both."""
        value = value_for(slot, span)
        if slot.meaning != "datetime" or slot.shape != "string":
            return value
        day = str(span.value) if span.kind == "date" else self.today.isoformat()
        time = str(span.value) if span.kind == "time" else "09:00:00"
        if span.kind == "date":
            after = next((p for p in sorted(self.free) if self.spans[p].kind == "time"), None)
            if after is not None:
                time = str(self.spans[after].value)
                self.free.discard(after)
        # RFC 3339 wants an offset; without the format, descriptions mostly show none.
        return f"{day}T{time}{'Z' if slot.flat.get('format') == 'date-time' else ''}"

    def _note_alternatives(self, slot: Slot) -> None:
        span = self.given.get(slot.path)
        if span is None or slot.shape not in ("string", "number") or len(slot.path) > 1:
            return
        free = [other for place, other in enumerate(self.spans) if place in self.free or other is span]
        row = next((row for row in rows(self.text, free) if span in row), [span])
        values = [value_for(slot, other) for other in row if other is not span]
        if values and None not in values:
            self.alternatives[slot.path] = values
            self._use(*row)

    def _phrase(self, slot: Slot) -> None:
        if slot.meaning in ("email", "url", "uuid", "date", "time", "datetime", "phone", "path", "id"):
            return
        if slot.flat.get("format") or not (slot.required or has_cue(slot, self.text)):
            return
        phrase = phrase_for(slot, self.text)
        if phrase is None and slot.meaning == "text" and slot.required:
            phrase = rest_of(self.text)
        if phrase and self._fits(slot.flat, phrase):
            self._take(slot, phrase)


def _as(kind: str, text: str) -> Any:
    if kind == "string":
        return text
    try:
        number = float(text)
    except ValueError:
        return None
    if number.is_integer() and "." not in text:
        return int(number)
    return number if kind == "number" else None


def _definitions(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: schema[key] for key in ("$defs", "definitions") if key in schema}
