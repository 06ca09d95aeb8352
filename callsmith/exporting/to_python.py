"""Tools as typed Python functions with docstrings, whose bodies are still to be written."""

from __future__ import annotations

from collections.abc import Sequence

from callsmith.exporting import pytext, words
from callsmith.exporting.names import PYTHON_WORDS, Names, is_plain, type_name, value_name
from callsmith.exporting.reading import read
from callsmith.exporting.shape import Definition, Node, Property, Shapes
from callsmith.exporting.types import Note
from callsmith.types.tool import Tool

_TYPING = frozenset(("Any", "Literal", "NotRequired", "TypeAlias", "TypedDict"))
_BUILTINS = frozenset(("str", "int", "float", "bool", "list", "dict", "tuple", "annotations", "NotImplementedError"))
_WORDS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
# A name for an argument must leave the types of the other arguments alone.
_TAKEN = _TYPING | _BUILTINS
_SCALARS = (str, int, bool, type(None))


def python_module(tools: Sequence[Tool]) -> tuple[str, list[list[Note]]]:
    """One module with a function for each tool, and the notes of each."""
    names = Names(_TAKEN | PYTHON_WORDS)
    functions = [names.new(value_name(tool.name, "tool")) for tool in tools]
    used: set[str] = {"Any"}
    blocks: list[str] = []
    notes: list[list[Note]] = []
    for tool, function in zip(tools, functions, strict=True):
        said: list[Note] = []
        shapes = read(tool.parameters or {"type": "object"}, tool.name)
        writer = _Writer(shapes, names, used, said)
        blocks += [block for key in shapes.definitions if (block := writer.definition(key))]
        blocks.append(writer.function(tool, function))
        notes.append([*shapes.notes, *said])
    typing = ", ".join(sorted(used & _TYPING))
    head = f"from __future__ import annotations\n\nfrom typing import {typing}"
    return pytext.joined([head, *blocks]), notes


class _Writer:
    def __init__(self, shapes: Shapes, names: Names, used: set[str], notes: list[Note]) -> None:
        self.shapes = shapes
        self.used = used
        self.notes = notes
        self.arguments = _arguments(shapes)
        loops = shapes.root in shapes.cyclic
        self.names = {
            key: names.new(type_name(definition.wanted))
            for key, definition in reversed(list(shapes.definitions.items()))
            if key != shapes.root or loops or self.arguments is None
        }

    def definition(self, key: str) -> str:
        name, found = self.names.get(key), self.shapes.definitions[key]
        if name is None:
            return ""
        if found.alias is None:
            return self._typed_dict(name, found)
        self._told_in_words(found.alias)
        if key in self.shapes.cyclic:
            self.used.add("TypeAlias")
            return f"{name}: TypeAlias = {pytext.text(self._type(found.alias))}"
        lines = pytext.comment(words.line(found.description)) if found.description else []
        return "\n".join([*lines, f"{name} = {self._type(found.alias)}"])

    def function(self, tool: Tool, name: str) -> str:
        """The function. Its arguments are the fields of the root; where that is no plain object, it is one argument."""
        fields = self.arguments
        whole = fields is None
        if fields is None:
            root = Node("named", "", name=self.shapes.root)
            fields = (Property("arguments", root, True),)
            self.notes.append(Note("", "The arguments are no plain object, so they are one argument of the function"))
        taken = Names(_TAKEN)
        wanted = [value_name(field.name, "argument") for field in fields]
        given = [taken.new(f"{one}_" if one in _TAKEN else one) for one in wanted]
        places = dict(zip((field.name for field in fields), given, strict=True))
        required = [f"{places[field.name]}: {self._type(field.node)}" for field in fields if field.required]
        optional = [self._optional(field, places[field.name]) for field in fields if not field.required]
        parts = [*required, *(["*", *optional] if optional else [])]
        signature = f"def {name}({', '.join(parts)}) -> dict[str, Any]:"
        if len(signature) > pytext.WIDTH:
            signature = "\n".join([f"def {name}(", *(f"    {part}," for part in parts), ") -> dict[str, Any]:"])
        told = [] if whole else [self._told(field, places[field.name]) for field in fields]
        text = tool.description.strip() or f"{tool.name}."
        if told:
            text += "\n\nArgs:\n" + "\n".join(f"    {line}" for line in told)
        root_found = self.shapes.definitions[self.shapes.root]
        self._rules(root_found)
        if isinstance(root_found.extra, Node) or root_found.extra == "allow":
            self.notes.append(Note("/additionalProperties", "Further arguments have no place in the function"))
        return f"{signature}\n{pytext.prose(text, 4)}    raise NotImplementedError"

    def _optional(self, field: Property, given: str) -> str:
        kind, default = self._type(field.node), field.node.told.get("default")
        if default is not None and isinstance(default, str | int | float | bool):
            return f"{given}: {kind} = {pytext.literal(default)}"
        return f"{given}: {kind if kind.endswith('None') or kind == 'Any' else f'{kind} | None'} = None"

    def _told(self, field: Property, given: str) -> str:
        known = f"(sent as {words.json_line(field.name)}) " if given != field.name else ""
        said = words.line(field.node.description)
        more = "; ".join(words.line(item) for item in words.told(field.node))
        self._told_in_words(field.node)
        return f"{given}: {known}{said}{' ' if said and more else ''}{f'[{more}]' if more else ''}".rstrip()

    def _typed_dict(self, name: str, found: Definition) -> str:
        self.used.add("TypedDict")
        self._rules(found)
        if isinstance(found.extra, Node):
            self.notes.append(Note(f"{found.at}/additionalProperties", "The type of further names is not said"))
        types = []
        for field in found.fields:
            self._told_in_words(field.node)
            kind = self._type(field.node)
            if not field.required:
                self.used.add("NotRequired")
                kind = f"NotRequired[{kind}]"
            said = "; ".join(
                [*filter(None, [words.line(field.node.description)]), *map(words.line, words.told(field.node))]
            )
            types.append((field.name, kind, pytext.comment(said, 4) if said else []))
        if all(is_plain(field.name, PYTHON_WORDS | _TAKEN) for field in found.fields):
            lines = [line for own, kind, said in types for line in [*said, f"    {own}: {kind}"]]
            doc = pytext.prose(found.description, 4) if found.description.strip() else ""
            body = (doc + ("\n" if doc and lines else "") + "\n".join(lines)) or "    pass"
            return f"class {name}(TypedDict):\n{body}"
        head = pytext.comment(words.line(found.description)) if found.description else []
        lines = [x for own, kind, said in types for x in [*said, f"    {pytext.text(own)}: {pytext.text(kind)},"]]
        return "\n".join([*head, f"{name} = TypedDict({pytext.text(name)}, {{", *lines, "})"])

    def _type(self, node: Node) -> str:
        match node.kind:
            case "literals":
                values = [int(v) if isinstance(v, float) and v.is_integer() else v for v in node.values]
                if not all(isinstance(value, _SCALARS) for value in values):
                    self.notes.append(Note(f"{node.at}/enum", "Listed fractions have no type: float stands for them"))
                    return "float" if all(isinstance(value, float | int) for value in values) else "Any"
                self.used.add("Literal")
                return f"Literal[{', '.join(map(pytext.literal, values))}]"
            case "array":
                return f"list[{self._type(node.parts[0])}]"
            case "tuple":
                return f"tuple[{', '.join(map(self._type, node.parts))}]"
            case "map":
                return f"dict[str, {self._type(node.parts[0])}]"
            case "named":
                return self.names[node.name]
            case "union":
                if node.exclusive and len(node.parts) > 1:
                    self.notes.append(Note(f"{node.at}/oneOf", "oneOf is read as a union: exclusivity is lost"))
                options = list(dict.fromkeys(map(self._type, node.parts)))
                return " | ".join(sorted(options, key=lambda option: option == "None"))
            case "any" | "never":
                return "Any"
            case _:
                return _WORDS[node.kind]

    def _told_in_words(self, node: Node) -> None:
        """Bounds and rules are for the reader; nothing checks them. Those of parts are not even told."""
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if keywords := [*one.bounds, *one.unsaid]:
                how = "told in words alone" if one is node else "not told"
                self.notes.append(Note(one.at, f"{', '.join(keywords)}: {how}"))
            waiting.extend(one.parts)

    def _rules(self, found: Definition) -> None:
        if found.unsaid:
            self.notes.append(Note(found.at, f"{', '.join(found.unsaid)}: not told"))


def _arguments(shapes: Shapes) -> tuple[Property, ...] | None:
    found: Definition = shapes.definitions[shapes.root]
    seen: set[str] = set()
    while found.alias is not None and found.alias.kind == "named" and found.key not in seen:
        seen.add(found.key)
        found = shapes.definitions[found.alias.name]
    return found.fields if found.alias is None else None
