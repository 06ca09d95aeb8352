"""Types and limits in Pydantic's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callsmith.exporting import pytext
from callsmith.exporting.keywords import FORMATS, depth_of, holds_reference
from callsmith.exporting.patterns import common, has_wide_classes
from callsmith.exporting.shape import Node
from callsmith.exporting.types import Note

TYPES = frozenset(("Annotated", "Any", "Literal"))
PYDANTIC = frozenset(
    (
        *("BaseModel", "BeforeValidator", "ConfigDict", "Field", "RootModel", "StrictBool", "StrictFloat", "StrictInt"),
        "WrapValidator",
    )
)
# What a field may not be called: the words that annotations use, and the attributes of a model.
RESERVED = frozenset(
    (
        *TYPES,
        *PYDANTIC,
        *(
            "Exact",
            "Integer",
            "Whole",
            "annotations",
            "str",
            "list",
            "dict",
            "tuple",
            "bool",
            "int",
            "float",
            "root",
            "pass",
        ),
        *("construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema"),
        *("schema_json", "update_forward_refs", "validate", "model_computed_fields", "model_config", "model_construct"),
        *("model_copy", "model_dump", "model_dump_json", "model_extra", "model_fields", "model_fields_set"),
        *("model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild", "model_validate"),
        *("model_validate_json", "model_validate_strings"),
    )
)
_WORDS = {"string": "str", "integer": "Integer", "number": "StrictFloat", "boolean": "StrictBool", "null": "None"}
_LIMITS = {
    **{"minLength": "min_length", "maxLength": "max_length", "pattern": "pattern"},
    **{"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"},
    **{"multipleOf": "multiple_of", "minItems": "min_length", "maxItems": "max_length"},
    **{"minProperties": "min_length", "maxProperties": "max_length"},
}
_SCALARS = (str, int, float, bool, type(None))
_MOST = 1e300


@dataclass(slots=True)
class Limits:
    """Arguments of ``Field`` that limit values, and what only the schema is to say."""

    arguments: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Said:
    """What is told of a type. ``default`` in a tuple, since it may be None."""

    title: str | None = None
    description: str = ""
    default: tuple[Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def arguments(self, extra: Mapping[str, Any]) -> list[str]:
        out = []
        if self.title is not None:
            out.append(f"title={pytext.text(self.title)}")
        if self.description:
            out.append(f"description={pytext.text(self.description)}")
        if extra:
            out.append(f"json_schema_extra={pytext.literal(extra, 8)}")
        return out


class Types:
    def __init__(self, name_of: Callable[[str], str], used: set[str], notes: list[Note]) -> None:
        self._name_of = name_of
        self._used = used
        self._notes = notes

    def inline(self, node: Node, indent: int) -> str:
        """The whole type with its limits and words, as it stands inside another."""
        core, limits = self.core(node, indent)
        said = self.said(node.at, node.told, node.unsaid)
        arguments = [*limits.arguments, *said.arguments({**limits.extra, **said.extra})]
        if not arguments:
            return core
        self._used.update(("Annotated", "Field"))
        tail = ""
        if node.kind == "integer":
            # Limits put behind a validator would not stand in the JSON schema.
            core, tail = "StrictInt", ", Whole"
            self._used.update(("StrictInt", "Whole"))
        return f"Annotated[{core}, {pytext.call('Field', arguments, indent)}{tail}]"

    def core(self, node: Node, indent: int) -> tuple[str, Limits]:
        """The bare type, and its limits for a ``Field``."""
        limits = Limits()
        for keyword, value in node.bounds.items():
            self._limit(node, keyword, value, limits)
        match node.kind:
            case "literals":
                return self._literals(node, indent, limits), limits
            case "array":
                return f"list[{self.inline(node.parts[0], indent + 4)}]", limits
            case "tuple":
                return f"tuple[{', '.join(self.inline(part, indent + 4) for part in node.parts)}]", limits
            case "map":
                return self.map(node.parts[0], indent), limits
            case "named":
                return self._name_of(node.name), limits
            case "union":
                return self._union(node, indent), limits
            case "never":
                self._note(node.at, "No value is allowed here, which Pydantic is not told")
                return self._word("Any"), limits
            case "any":
                return self._word("Any"), limits
            case _:
                return self._word(_WORDS[node.kind]), limits

    def map(self, value: Node, indent: int) -> str:
        if "title" in value.told:
            self._note(f"{value.at}/title", "Pydantic's schema leaves out the title of a map's values")
        return f"dict[str, {self.inline(value, indent + 4)}]"

    def said(self, at: str, told: Mapping[str, Any], unsaid: Mapping[str, Any], *, default_apart: bool = False) -> Said:
        """``default_apart``: a plain default is for the field, not for the schema alone."""
        out = Said()
        for keyword, value in told.items():
            if keyword == "title" and isinstance(value, str):
                out.title = value
            elif keyword == "description" and isinstance(value, str) and value:
                out.description = value
            elif keyword == "default" and default_apart and _is_plain(value):
                out.default = (value,)
            else:
                self._along(at, keyword, value, out.extra, "")
                if keyword == "format" and isinstance(value, str) and value in FORMATS:
                    self._note(f"{at}/format", f"The format {value} is told, but not checked")
                if keyword == "default" and default_apart:
                    self._note(f"{at}/default", "The default is not filled in by the model")
        for keyword, value in unsaid.items():
            self._along(at, keyword, value, out.extra, f"{keyword} is not checked by Pydantic")
        return out

    def _along(self, at: str, keyword: str, value: Any, extra: dict[str, Any], note: str) -> None:
        if holds_reference(value) or depth_of(value, 40) >= 40:
            self._note(f"{at}/{keyword}", f"{keyword} is left out" + (", and not checked" if note else ""))
            return
        extra[keyword] = value
        if note:
            self._note(f"{at}/{keyword}", note)

    def _limit(self, node: Node, keyword: str, value: Any, limits: Limits) -> None:
        at = f"{node.at}/{keyword}"
        if keyword == "pattern":
            if not common(value):
                limits.extra[keyword] = value
                self._note(at, "This pattern is not checked by Pydantic, whose engine may not read it")
                return
            if has_wide_classes(value):
                self._note(at, "Pydantic reads \\d, \\w and \\b for all scripts, not for ASCII alone")
            limits.arguments.append(f"pattern={pytext.text(value)}")
            return
        if isinstance(value, float) and value.is_integer() and (node.kind != "number" or abs(value) < 1e15):
            value = int(value)
        whole = node.kind == "integer"
        if abs(value) > _MOST or (whole and isinstance(value, float)):
            limits.extra[keyword] = value
            self._note(at, f"{keyword} is not checked by Pydantic: no such number can be its limit")
            return
        limits.arguments.append(f"{_LIMITS[keyword]}={value!r}")

    def _literals(self, node: Node, indent: int, limits: Limits) -> str:
        values = [int(v) if isinstance(v, float) and v.is_integer() else v for v in node.values]
        if any(isinstance(value, float) for value in values):
            limits.extra["enum"] = list(node.values)
            self._note(f"{node.at}/enum", "The listed values are not checked by Pydantic: it knows no listed fractions")
            return self._word("Any")
        self._used.add("Literal")
        listed = pytext.listed("Literal", [pytext.literal(value) for value in values], indent)
        if not any(isinstance(value, int) and value in (0, 1) for value in values):
            return listed
        numbers = [value for value in values if not isinstance(value, bool)]
        if any(isinstance(value, bool) and int(value) in numbers for value in values):
            self._note(f"{node.at}/enum", "1.0 or 0.0 is refused here, where true or false is listed beside it")
        self._used.add("Exact")
        return f"Annotated[{listed}, Exact]"

    def _union(self, node: Node, indent: int) -> str:
        options = list(dict.fromkeys(self.inline(part, indent) for part in node.parts))
        if node.exclusive and len(options) > 1:
            self._note(f"{node.at}/oneOf", "oneOf is read as a union: that only one option may fit is not checked")
        options.sort(key=lambda option: option == "None")
        return " | ".join(options)

    def _word(self, word: str) -> str:
        self._used.add(word)
        return word

    def _note(self, at: str, message: str) -> None:
        self._notes.append(Note(at, message))


def _is_plain(value: Any) -> bool:
    return isinstance(value, _SCALARS) or (isinstance(value, list) and all(isinstance(v, _SCALARS) for v in value))
