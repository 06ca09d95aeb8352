"""Tools as Pydantic v2 models that accept what their schemas accept.

Strings stay strings and "5" is no number, as in JSON Schema; 5.0 is an integer there. What Pydantic has no word for
goes into ``json_schema_extra``, so that ``model_json_schema()`` still says it, and into a note.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.exporting import pytext
from callsmith.exporting.names import PYTHON_WORDS, Names, is_plain, type_name, value_name
from callsmith.exporting.pydantic_types import PYDANTIC, RESERVED, TYPES, Said, Types
from callsmith.exporting.reading import read
from callsmith.exporting.shape import Definition, Node, Property, Shapes
from callsmith.exporting.types import Note
from callsmith.schema.walk import subschemas
from callsmith.types.tool import Tool

_WHOLE = '''def _whole(value: Any) -> Any:
    """5.0 is an integer in JSON Schema."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = BeforeValidator(_whole)
Integer = Annotated[StrictInt, Whole]
'''
_EXACT = '''def _exact(value: Any, listed: Any) -> Any:
    """True and 1 are the same in Python; in JSON they are not."""
    found = listed(value)
    if isinstance(found, bool) is not isinstance(value, bool):
        raise ValueError("true and 1 are not the same here, nor are false and 0")
    return found


Exact = WrapValidator(_exact)
'''
_ABSENT = '''def _absent() -> Any:
    """What a field holds that was left out. None itself is not accepted for it, as in the schema."""
    return None
'''
_DOC = '''"""Arguments of tools. `Model.model_validate(arguments)` checks them; `model.model_dump(by_alias=True,
exclude_unset=True)` gives them back as they were."""
'''


def pydantic_module(tools: Sequence[Tool]) -> tuple[str, list[list[Note]]]:
    """One module with a model for each tool, and the notes of each."""
    module = _Module(tools)
    blocks = [block for tool in tools for block in module.tool(tool)]
    head = [_DOC + "\nfrom __future__ import annotations\n\n" + module.imports()]
    if module.uses("Integer") or module.uses("Whole"):
        head.append(_WHOLE)
    if module.uses("Exact"):
        head.append(_EXACT)
    if module.uses("_absent"):
        head.append(_ABSENT)
    return pytext.joined([*head, *blocks]), module.notes


class _Module:
    def __init__(self, tools: Sequence[Tool]) -> None:
        properties = {name for tool in tools for name in _property_names(tool)}
        self.names = Names({*PYTHON_WORDS, *RESERVED, *properties})
        self.used: set[str] = {"BaseModel"}
        self.notes: list[list[Note]] = []

    def uses(self, word: str) -> bool:
        return word in self.used

    def imports(self) -> str:
        words = set(self.used)
        if words & {"Integer", "Whole"}:
            words |= {"Annotated", "Any", "BeforeValidator", "StrictInt"}
        if "Exact" in words:
            words |= {"Annotated", "Any", "WrapValidator"}
        if "_absent" in words:
            words.add("Any")
        typing, pydantic = sorted(words & TYPES), sorted(words & PYDANTIC)
        lines = [f"from typing import {', '.join(typing)}\n"] if typing else []
        return "\n".join([*lines, f"from pydantic import {', '.join(pydantic)}"])

    def tool(self, tool: Tool) -> list[str]:
        notes: list[Note] = []
        self.notes.append(notes)
        shapes = read(tool.parameters or {"type": "object"}, tool.name)
        notes.extend(shapes.notes)
        names = {shapes.root: self.names.new(type_name(tool.name))}
        for key in reversed(list(shapes.definitions)):
            definition = shapes.definitions[key]
            if key not in names and not _is_other_name(definition):
                names[key] = self.names.new(type_name(definition.wanted))
        writer = _Writer(shapes, names, self.used, notes)
        blocks = [block for key in shapes.definitions if (block := writer.definition(key))]
        said = f"The tool {tool.name}" + (f": {tool.description}" if tool.description else "")
        blocks[-1] = "\n".join(pytext.comment(said)) + "\n" + blocks[-1]
        if rebuilt := writer.rebuilt():
            blocks.append("\n".join(f"{name}.model_rebuild()" for name in rebuilt))
        return blocks


class _Writer:
    """The classes of one tool."""

    def __init__(self, shapes: Shapes, names: Mapping[str, str], used: set[str], notes: list[Note]) -> None:
        self.shapes = shapes
        self.names = names
        self.used = used
        self.notes = notes
        self.types = Types(self._name, used, notes)

    def definition(self, key: str) -> str:
        """The source of a definition; empty for one that is but another name."""
        found = self.shapes.definitions[key]
        name = self.names.get(key)
        if name is None:
            return ""
        if found.alias is None:
            return self._model(name, found)
        if _is_other_name(found):
            return f"{name} = {self._name(found.alias.name)}"
        if key == self.shapes.root or key in self.shapes.cyclic:
            return self._root_model(name, found.alias)
        return f"{name} = {self.types.inline(found.alias, 0)}"

    def rebuilt(self) -> list[str]:
        """The classes to be completed once all are there."""
        if not self.shapes.cyclic:
            return []
        first = next(iter(self.shapes.cyclic & set(self.shapes.definitions)), None)
        keys = list(self.shapes.definitions)
        start = min(keys.index(key) for key in self.shapes.cyclic) if first else 0
        return [self.names[key] for key in keys[start:] if key in self.names and self._is_class(key)]

    def _is_class(self, key: str) -> bool:
        found = self.shapes.definitions[key]
        return found.alias is None or (
            not _is_other_name(found) and (key == self.shapes.root or key in self.shapes.cyclic)
        )

    def _name(self, key: str) -> str:
        while _is_other_name(self.shapes.definitions[key]) and key not in self.names:
            alias = self.shapes.definitions[key].alias
            assert alias is not None
            key = alias.name
        return self.names[key]

    def _model(self, name: str, found: Definition) -> str:
        taken = Names()
        lines = [self._field(field, taken) for field in found.fields]
        options = (
            [] if found.extra == "ignore" else [f'extra="{found.extra if isinstance(found.extra, str) else "allow"}"']
        )
        if isinstance(found.extra, Node):
            lines.append(f"    __pydantic_extra__: {self.types.map(found.extra, 4)}\n")
        said = self.types.said(found.at, found.told, found.unsaid)
        return self._class(f"class {name}(BaseModel):", said, options, lines)

    def _root_model(self, name: str, node: Node) -> str:
        self.used.add("RootModel")
        core, bounds = self.types.core(node, 4)
        said = self.types.said(node.at, node.told, node.unsaid)
        said.extra.update(bounds.extra)
        if bounds.arguments:
            self.used.add("Field")
        tail = f" = {pytext.call('Field', bounds.arguments, 8)}" if bounds.arguments else ""
        return self._class(f"class {name}(RootModel[Any]):", said, [], [f"    root: {core}{tail}\n"], used=("Any",))

    def _class(self, head: str, said: Said, options: list[str], lines: list[str], used: tuple[str, ...] = ()) -> str:
        self.used.update(used)
        documented = said.description
        if documented and inspect.cleandoc(documented) != documented:
            said.extra["description"], documented = documented, ""
        if said.title is not None:
            options.append(f"title={pytext.text(said.title)}")
        if said.extra:
            options.append(f"json_schema_extra={pytext.literal(said.extra, 8)}")
        out = [f"{head}\n"]
        if documented:
            out.append(pytext.docstring(documented, 4))
        if options:
            self.used.add("ConfigDict")
            out.append(("\n" if documented else "") + f"    model_config = {pytext.call('ConfigDict', options, 4)}\n")
        if lines and len(out) > 1:
            out.append("\n")
        return "".join([*out, *lines]) if len(out) + len(lines) > 1 else f"{head}\n    pass\n"

    def _field(self, field: Property, taken: Names) -> str:
        name = field.name
        plain = is_plain(name) and name not in RESERVED
        wanted = value_name(name, "field")
        if wanted.startswith("model_"):
            wanted, plain = f"field_{wanted}", False  # pydantic warns of names like its own
        given = taken.new(name if plain else f"{wanted}_" if wanted in RESERVED else wanted)
        core, said = self.types.core(field.node, 4)
        more = self.types.said(field.node.at, field.node.told, field.node.unsaid, default_apart=not field.required)
        arguments = []
        if not field.required:
            arguments.append(self._default(field.node, more.default))
        if given != name:
            arguments.append(f"alias={pytext.text(name)}")
        arguments += [*said.arguments, *more.arguments({**said.extra, **more.extra})]
        if not arguments:
            return f"    {given}: {core}\n"
        self.used.add("Field")
        if len(arguments) == 1 and arguments[0].startswith("default=") and "\n" not in arguments[0]:
            return f"    {given}: {core} = {arguments[0].removeprefix('default=')}\n"
        start = f"    {given}: {core} = "
        return f"{start}{pytext.call('Field', arguments, 4, len(start) - 4)}\n"

    def _default(self, node: Node, default: tuple[Any] | None) -> str:
        if default is None:
            self.used.add("_absent")
            return "default_factory=_absent"
        return f"default={pytext.literal(default[0], 8)}"


def _is_other_name(found: Definition) -> bool:
    return found.alias is not None and found.alias.kind == "named" and not found.alias.told


def _property_names(tool: Tool) -> set[str]:
    if not tool.parameters:
        return set()
    found = (part.get("properties") for _, part in subschemas(tool.parameters))
    return {str(name) for names in found if isinstance(names, Mapping) for name in names}
