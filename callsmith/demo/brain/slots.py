"""The places of a tool's schema that a prompt can fill: one slot for each scalar or list, with what belongs there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from callsmith.demo.brain.words import name_stems, stem, stems
from callsmith.schema.flatten import Flat, readings

Meaning = Literal[
    "email",
    "url",
    "datetime",
    "date",
    "time",
    "place",
    "address",
    "person",
    "phone",
    "path",
    "id",
    "uuid",
    "text",
    "other",
]
Shape = Literal["string", "number", "boolean", "enum", "list", "records"]
Path = tuple[str, ...]

MAX_SLOTS = 150
MAX_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Slot:
    """``names`` are the stems of the slot's own name and its parents', ``told`` those of its description.
    ``required`` says that it must be there whenever the object around it is. ``item`` is the schema of one
    element where the slot is a list."""

    path: Path
    shape: Shape
    flat: Flat
    meaning: Meaning
    names: tuple[str, ...]
    outer: tuple[str, ...]
    told: tuple[str, ...]
    required: bool
    item: Flat | None = None

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else ""


def plain(root: Mapping[str, Any], schema: Any) -> Flat | None:
    """The first way to read a schema; None where there is none."""
    return next(readings(root, schema, _null_last), None)


def _null_last(alternatives: Sequence[Any]) -> Sequence[Any]:
    return sorted(alternatives, key=lambda part: isinstance(part, Mapping) and part.get("type") == "null")


def slots_of(root: Mapping[str, Any]) -> list[Slot]:
    flat = plain(root, root)
    return list(_object(root, flat, (), (), True))[:MAX_SLOTS] if flat else []


def record_slots(root: Mapping[str, Any], item: Flat) -> list[Slot]:
    """The slots of one element of a list of objects."""
    return list(_object(root, item, (), (), True))[:MAX_SLOTS]


def kind_of(flat: Flat) -> str:
    kinds = flat.get("type")
    if isinstance(kinds, list):
        kinds = next((kind for kind in kinds if kind != "null"), "null")
    if isinstance(kinds, str):
        return kinds
    return "object" if "properties" in flat else "array" if "items" in flat else "string"


def _object(root: Mapping[str, Any], flat: Flat, path: Path, outer: tuple[str, ...], required: bool) -> Iterator[Slot]:
    if len(path) > MAX_DEPTH:
        return
    must = flat.get("required", ())
    properties = flat.get("properties")
    for name, schema in (properties if isinstance(properties, Mapping) else {}).items():
        part = plain(root, schema)
        if part is None:
            continue
        here = (*path, name)
        needed = required and name in must
        if kind_of(part) == "object" and "enum" not in part:
            yield from _object(root, part, here, (*outer, *name_stems(name)), needed)
            continue
        slot = _slot(root, part, here, outer, needed)
        if slot is not None:
            yield slot


def _slot(root: Mapping[str, Any], flat: Flat, path: Path, outer: tuple[str, ...], required: bool) -> Slot | None:
    names = tuple(name_stems(path[-1]))
    description = flat.get("description")
    told = tuple(stems(description)) if isinstance(description, str) else ()
    shape, item = _shape(root, flat)
    if shape is None:
        return None
    meaning = _meaning(item or flat, path[-1], names, told, outer)
    return Slot(path, shape, flat, meaning, names, outer, told, required, item)


def _shape(root: Mapping[str, Any], flat: Flat) -> tuple[Shape | None, Flat | None]:
    if "enum" in flat:
        return "enum", None
    match kind_of(flat):
        case "string":
            return "string", None
        case "number" | "integer":
            return "number", None
        case "boolean":
            return "boolean", None
        case "array":
            item = plain(root, flat["items"]) if isinstance(flat.get("items"), Mapping) else {"type": "string"}
            if item is None or kind_of(item) in ("array", "null"):
                return None, None
            return ("records" if kind_of(item) == "object" else "list"), item
        case _:
            return None, None


_FORMATS: Mapping[str, Meaning] = {
    "email": "email",
    "idn-email": "email",
    "uri": "url",
    "url": "url",
    "iri": "url",
    "date": "date",
    "date-time": "datetime",
    "time": "time",
    "uuid": "uuid",
}
# In order: the first that names one of a slot's words decides.
_WORDS: tuple[tuple[Meaning, str], ...] = (
    ("email", "mail"),
    ("url", "url uri link website webpage href"),
    ("phone", "phone mobile telephone"),
    ("address", "address street ship"),
    ("datetime", "datetime timestamp"),
    ("date", "date day deadline birthday checkin checkout departure birth"),
    ("time", "time hour"),
    ("path", "path file filename directory folder repo repository dir"),
    ("id", "id identifier sku isbn number uuid key token ref sha commit ticket"),
    ("place", "location place city country destination origin where region state venue area room capital county from"),
    (
        "text",
        "title subject text body content description query question keyword topic summary comment note prompt "
        "sentence phrase term search task command expression equation input statement reason caption",
    ),
    ("person", "person people attendee participant guest recipient author artist owner assignee contact name who"),
)
_MEANINGS = {stem(word): (rank, meaning) for rank, (meaning, words) in enumerate(_WORDS) for word in words.split()}
_ISO_TIME = ("iso", "8601", "t14", "hh:mm")


def _meaning(flat: Flat, name: str, names: tuple[str, ...], told: tuple[str, ...], outer: tuple[str, ...]) -> Meaning:
    known = _FORMATS.get(str(flat.get("format")))
    if known:
        return known
    description = str(flat.get("description") or "").lower()
    own = [_MEANINGS[word] for word in reversed(names) if word in _MEANINGS]
    if own and (own[0][1] != "person" or "name" not in names[-1:]):
        meaning = own[0][1]
        if meaning in ("date", "time") and any(word in description for word in _ISO_TIME):
            return "datetime" if "time" in names or "hh" in description else meaning
        return meaning
    around = [_MEANINGS[word] for word in (*told[:8], *outer) if word in _MEANINGS and word != stem("name")]
    if around and (own or len(told) <= 12):
        return around[0][1]
    return own[0][1] if own else "other"
