"""A value that fits a schema and reads like real data: the starting point of a mock result, or of an argument
nobody gave. Seeded, so the same schema and seed give the same value; always checked before it is handed out.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsmith.schema.flatten import MORE_PATTERNS, Flat, readings
from callsmith.schema.sample_match import matches
from callsmith.schema.sample_number import number_within
from callsmith.schema.sample_pattern import from_pattern
from callsmith.schema.sample_text import FORMATS, SHORT_FORMATS, described_example, number_for, word_for
from callsmith.schema.sample_types import implied_type, is_any, types_of, weight
from callsmith.schema.validate import check_schema, unchecked, violations

MAX_STEPS = 20_000
MAX_DEPTH = 40
MAX_TEXT = 100_000
# Below this depth only what a schema requires is filled in, so that recursive schemas end soon.
FULL_DEPTH = 3
# The first way to read a schema nearly always works; one after the other that does not is a search without end.
_STEPS_OF_A_READING = 5
_STEPS_OF_A_MATCH = 1_000
# For passwords, which look ahead for one of each kind of sign.
_MIXED = ("Correct-Horse-7", "aB3!aB3!", "aB3$_aB3$_aB3$_")
_ATTEMPTS = 12
_ATTEMPTS_AT_A_PATTERN = 3


class CannotSample(ValueError):
    """No value was found; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _DeadEnd(Exception):
    """This reading of the schema has no value here; another may."""


def sample(schema: Mapping[str, Any], seed: int = 0, *, optional: bool = True, name: str = "") -> Any:
    """A value that ``violations`` accepts. ``optional`` False fills in only what is required; ``name`` is what
    the value is called. CannotSample where there is none to be found, or the schema is broken."""
    broken = check_schema(schema)
    if broken is not None:
        raise CannotSample(f"The schema is broken. {broken}") from broken
    reason = "no value that fits was found"
    for attempt in range(_ATTEMPTS):
        try:
            value = _Sampler(schema, seed, attempt, optional).value(schema, name, 0)
            found = violations(schema, value, 1)
        except _DeadEnd as error:
            reason = str(error)
            continue
        except _Exhausted:
            reason = "the schema asks for too large a value, or has too many alternatives that lead nowhere"
            if not optional:
                break
            optional = False
            continue
        except RecursionError:
            raise CannotSample("The schema combines too many schemas for one value to be made") from None
        if not found:
            return value
        reason = f"{found[0].path or 'the value'}: {found[0].message}"
    raise CannotSample(f"No value that fits this schema could be made ({reason})")


class _Exhausted(Exception):
    """The attempt has taken too many steps."""


class _Sampler:
    """One attempt. The first is the plainest; later ones vary what they choose."""

    def __init__(self, root: Mapping[str, Any], seed: int, attempt: int, optional: bool) -> None:
        self.root = root
        self.seed = seed
        self.optional = optional and attempt < _ATTEMPTS - 2
        self.told = attempt % 2 == 0
        self.varied = attempt > 1
        self.random = random.Random(seed * 1_000 + attempt)
        self.turn = 0
        self.steps = 0

    def value(self, schema: Any, name: str, depth: int) -> Any:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise _Exhausted
        if depth > MAX_DEPTH:
            raise _DeadEnd("the schema asks for a value without end")
        reason = "its parts contradict each other"
        for number, flat in enumerate(readings(self.root, schema, self._order(depth))):
            self.steps += min(number, _STEPS_OF_A_READING)
            if self.steps > MAX_STEPS:
                raise _Exhausted
            try:
                return self._plain(flat, name, depth)
            except _DeadEnd as error:
                reason = str(error)
        raise _DeadEnd(reason)

    def _order(self, depth: int) -> Any:
        def arranged(alternatives: Sequence[Any]) -> Sequence[Any]:
            ordered = list(alternatives)
            if self.varied or self.seed:
                self.random.shuffle(ordered)
            ordered.sort(key=lambda part: isinstance(part, Mapping) and part.get("type") == "null")
            if depth >= FULL_DEPTH:
                ordered.sort(key=weight)
            return ordered

        return arranged

    def _pick(self, values: Sequence[Any]) -> Any:
        if self.varied:
            return self.random.choice(values)
        return values[(self.seed + self.turn) % len(values)]

    def _place(self) -> int:
        return self.random.randrange(8) if self.varied else self.seed + self.turn

    def _choose(self, ways: int) -> int:
        return self.random.randrange(ways) if self.varied or self.seed else 0

    def _plain(self, flat: Flat, name: str, depth: int) -> Any:
        kinds = types_of(flat)
        if "enum" in flat:
            return self._pick(
                [item for item in flat["enum"] if is_any(item, kinds)] or _dead("no listed value has the right type")
            )
        if self.told and not self.turn and not self.seed:
            for given in (*_listed(flat.get("examples")), flat.get("example"), flat.get("default")):
                if given is not None and is_any(given, kinds):
                    return given
        kind = self._kind(flat, kinds)
        if kind == "object":
            return self._object(flat, depth)
        if kind == "array":
            return self._array(flat, name, depth)
        if kind in ("number", "integer"):
            return self._number(flat, name, whole=kind == "integer")
        if kind == "boolean":
            return (self.turn + self._choose(2)) % 2 == 0
        return None if kind == "null" else self._string(flat, name)

    def _kind(self, flat: Flat, kinds: list[str]) -> str:
        implied = implied_type(flat)
        candidates = kinds or ([implied] if implied else ["string", "integer", "object", "array", "boolean", "null"])
        return str(self.random.choice(candidates)) if self.varied else candidates[0]

    def _string(self, flat: Flat, name: str) -> str:
        least, most = int(flat.get("minLength", 0)), int(flat.get("maxLength", MAX_TEXT))
        if least > min(most, MAX_TEXT):
            raise _DeadEnd(f"a text of at least {least:,} characters")
        if "pattern" in flat:
            return self._matching(flat, name, least, most)
        form = flat.get("format")
        if isinstance(form, str) and form in FORMATS:
            fitting = [text for text in FORMATS[form] if least <= len(text) <= most]
            if not fitting and form in SHORT_FORMATS:
                fitting = [SHORT_FORMATS[form].rjust(least, "a")]
            return str(self._pick(fitting or FORMATS[form]))
        told = described_example(flat.get("description")) if self.told and not self.turn else None
        text = told or word_for(name, self._place())
        if len(text) < least:
            text += " and so on"[: max(least - len(text), 0)]
            text = text.ljust(least, "x")
        return text[:most].strip() if len(text[:most].strip()) >= least else text[:most].replace(" ", "x")

    def _matching(self, flat: Flat, name: str, least: int, most: int) -> str:
        """A text for ``pattern``: what the description or the name suggests if it fits, else one made from it."""
        check: Flat = {key: flat[key] for key in ("minLength", "maxLength", "format") if key in flat}
        patterns: tuple[str, ...] = (flat["pattern"], *flat.get(MORE_PATTERNS, ()))
        check["allOf"] = [{"pattern": one} for one in patterns]
        beyond = [one for one in patterns if unchecked({"pattern": one})]
        suggested = (described_example(flat.get("description")), word_for(name, self._place()))
        for text in suggested:
            if text and not self.varied and not violations(check, text, 1) and self._fits(beyond, text):
                return text
        unreadable = 0
        for way in range(40):
            made = from_pattern(flat["pattern"], self.random.randrange if way or self.turn else self._choose)
            unreadable += made is None
            if unreadable == _ATTEMPTS_AT_A_PATTERN:
                break
            for text in self._completed(made, flat, beyond) if made is not None else ():
                fits = least <= len(text) <= most and not violations(check, text, 1)
                if fits and self._fits(beyond, text):
                    return text
        raise _DeadEnd(f"no text was found for the pattern {flat['pattern'][:80]}")

    def _fits(self, patterns: list[str], text: str) -> bool:
        """Whether a text fits the patterns that ``violations`` leaves out."""
        for pattern in patterns:
            found = matches(pattern, text)
            self.steps += 1 if found is not None else _STEPS_OF_A_MATCH
            if self.steps > MAX_STEPS:
                raise _Exhausted
            if not found:
                return False
        return True

    def _completed(self, made: str, flat: Flat, beyond: list[str]) -> Iterator[str]:
        """What a pattern asks for, and that with more behind it: for other patterns, or for a format."""
        yield made
        yield made + "".join(from_pattern(other, self._choose) or "" for other in flat.get(MORE_PATTERNS, ()))
        for usual in FORMATS.get(str(flat.get("format")), ()):
            yield made + usual[len(made) :]
        yield from _MIXED if beyond else ()

    def _number(self, flat: Flat, name: str, *, whole: bool) -> int | float:
        usual = number_for(name)
        wanted = (1 if usual is None else usual) + self.turn + self._choose(10)
        value = number_within(flat, wanted, whole=whole)
        return _dead("the bounds leave no number") if value is None else value

    def _array(self, flat: Flat, name: str, depth: int) -> list[Any]:
        first = flat.get("prefixItems") or (flat["items"] if isinstance(flat.get("items"), list) else [])
        rest = flat.get("additionalItems", True) if isinstance(flat.get("items"), list) else flat.get("items", True)
        least, most = int(flat.get("minItems", 0)), flat.get("maxItems", math.inf)
        wanted = max(least, len(first), int(flat.get("minContains", 1)) if "contains" in flat else 0)
        if self.optional and depth < FULL_DEPTH:
            wanted = max(wanted, 2)
        values: list[Any] = []
        before = self.turn
        while len(values) < min(wanted, most):
            part = first[len(values)] if len(values) < len(first) else rest
            if "contains" in flat and len(values) < flat.get("minContains", 1):
                part = {"allOf": [part, flat["contains"]]}
            try:
                values.append(self._item(part, name, depth + 1, values if flat.get("uniqueItems") else []))
            except _DeadEnd:
                if len(values) < least:
                    raise
                break
        self.turn = before
        return values

    def _item(self, part: Any, name: str, depth: int, taken: list[Any]) -> Any:
        for _ in range(30):
            value = self.value(part, name, depth)
            self.turn += 1
            if value not in taken:
                return value
        raise _DeadEnd("not enough different items")

    def _object(self, flat: Flat, depth: int) -> dict[str, Any]:
        least, most = int(flat.get("minProperties", 0)), flat.get("maxProperties", math.inf)
        required = _required(flat)
        made = {name: self._property(flat, name, depth) for name in required}
        declared = [name for name in flat.get("properties", {}) if name not in made]
        if not (self.optional and depth < FULL_DEPTH):
            declared = declared[: max(least - len(made), 0)]
        for name in declared:
            if len(made) < most and not _needs_others(flat, name, made):
                try:
                    made[name] = self._property(flat, name, depth)
                except _DeadEnd:
                    continue
        if self.optional and not flat.get("properties") and isinstance(flat.get("additionalProperties"), Mapping):
            least = max(least, min(1, int(min(most, 1)))) if depth < FULL_DEPTH else least
        for name in self._new_names(flat, depth):
            if len(made) >= least:
                break
            if name not in made:
                made[name] = self._property(flat, name, depth)
        order = {name: number for number, name in enumerate(flat.get("properties", {}))}
        return dict(sorted(made.items(), key=lambda item: order.get(item[0], len(order))))

    def _property(self, flat: Flat, name: str, depth: int) -> Any:
        parts = [flat["properties"][name]] if name in flat.get("properties", {}) else []
        for pattern, part in flat.get("patternProperties", {}).items():
            if not violations({"pattern": pattern}, name, 1):
                parts.append(part)
        if not parts:
            parts = [flat.get("additionalProperties", flat.get("unevaluatedProperties", True))]
        return self.value(parts[0] if len(parts) == 1 else {"allOf": parts}, name, depth + 1)

    def _new_names(self, flat: Flat, depth: int) -> Iterator[str]:
        before = self.turn
        for number in range(1, 200):
            self.turn = before + number - 1
            if flat.get("patternProperties"):
                pattern = self._pick(list(flat["patternProperties"]))
                made = from_pattern(pattern, self._choose) or f"field_{number}"
                yield made
                if not violations({"pattern": pattern}, f"{made}{number}", 1):
                    yield f"{made}{number}"
            elif "propertyNames" in flat:
                yield str(self.value({"type": "string", "allOf": [flat["propertyNames"]]}, "key", depth + 1))
            else:
                yield f"field_{number}"
        self.turn = before


def _dead(reason: str) -> Any:
    raise _DeadEnd(reason)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _required(flat: Flat) -> list[str]:
    names = list(dict.fromkeys(flat.get("required", ())))
    for name in names:
        names.extend(other for other in flat.get("dependentRequired", {}).get(name, ()) if other not in names)
    return names


def _needs_others(flat: Flat, name: str, made: Mapping[str, Any]) -> bool:
    return any(other not in made for other in flat.get("dependentRequired", {}).get(name, ()))
