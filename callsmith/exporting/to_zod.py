"""Tools as zod 4 schemas in TypeScript. Defaults are told, not filled in: what was checked is what was given."""

from __future__ import annotations

from collections.abc import Sequence

from callsmith.exporting import jstext, pytext
from callsmith.exporting.graph import nodes
from callsmith.exporting.names import TYPESCRIPT_WORDS, Names, type_name
from callsmith.exporting.reading import read
from callsmith.exporting.shape import Definition, Node, Shapes
from callsmith.exporting.types import Note
from callsmith.exporting.zod_types import Chain, type_of
from callsmith.types.tool import Tool

# Types that TypeScript would have to infer through more levels are written out; it gives up on deep ones.
MAX_INFERRED = 15
_TAKEN = frozenset(("Array", "JSON", "Number", "Object", "RegExp", "Record", "Set", "String", "Boolean", "Infinity"))


def zod_module(tools: Sequence[Tool]) -> tuple[str, list[list[Note]]]:
    """One module with a schema and a type for each tool, and the notes of each."""
    names = Names(_TAKEN | TYPESCRIPT_WORDS | {"z"})
    blocks: list[str] = []
    notes: list[list[Note]] = []
    for tool in tools:
        shapes = read(tool.parameters or {"type": "object"}, tool.name)
        writer = _Writer(shapes, names, list(shapes.notes))
        said = f"The tool {tool.name}" + (f": {tool.description}" if tool.description else "")
        lines = "\n".join(f"// {line}".rstrip() for line in pytext.printable(said).split("\n"))
        made = [writer.definition(key) for key in shapes.definitions]
        blocks += [*made[:-1], f"{lines}\n{made[-1]}"]
        notes.append(writer.notes)
    return 'import { z } from "zod";\n\n' + "\n\n".join(blocks) + "\n", notes


class _Writer:
    def __init__(self, shapes: Shapes, names: Names, notes: list[Note]) -> None:
        self.shapes = shapes
        self.notes = notes
        self.names: dict[str, str] = {}
        for key in reversed(list(shapes.definitions)):
            self.names[key] = _pair(names, type_name(shapes.definitions[key].wanted))
        self.explicit = _explicit(shapes)
        self.chain = Chain(lambda key: schema_name(self.names[key]), notes)

    def definition(self, key: str) -> str:
        found = self.shapes.definitions[key]
        name = self.names[key]
        made = self.chain.node(found.alias) if found.alias is not None else self._object(found)
        schema = schema_name(name)
        if key not in self.explicit:
            return f"export const {schema} = {made};\nexport type {name} = z.infer<typeof {schema}>;"
        shape = type_of(found.alias, self.names.__getitem__) if found.alias else self._shape(found)
        if key in self.shapes.cyclic:
            made = f"z.lazy(() => {made})"
        return f"export type {name} = {shape};\nexport const {schema}: z.ZodType<{name}> = {made};"

    def _object(self, found: Definition) -> str:
        kind = {"forbid": "strictObject", "allow": "looseObject"}.get(str(found.extra), "object")
        lines = []
        for field in found.fields:
            made = self.chain.node(field.node) + ("" if field.required else ".optional()")
            lines.append(f"  {jstext.key(field.name)}: {made},\n")
        body = "{\n" + "".join(lines) + "}" if lines else "{}"
        rest = f".catchall({self.chain.node(found.extra)})" if isinstance(found.extra, Node) else ""
        return f"z.{kind}({body}){rest}{self.chain.told(found.at, found.told, found.unsaid)}"

    def _shape(self, found: Definition) -> str:
        lines = [
            f"  {jstext.text(field.name)}{'' if field.required else '?'}: "
            f"{type_of(field.node, self.names.__getitem__)}{'' if field.required else ' | undefined'};\n"
            for field in found.fields
        ]
        if found.extra not in ("ignore", "forbid"):
            lines.append("  [key: string]: unknown;\n")
        return "{\n" + "".join(lines) + "}"


def schema_name(name: str) -> str:
    return f"{name}Schema"


def _pair(names: Names, wanted: str) -> str:
    """A name that is free for the type, and with Schema behind it for its schema."""
    while True:
        name = names.new(wanted)
        if names.new(schema_name(name)) == schema_name(name):
            return name


def _explicit(shapes: Shapes) -> frozenset[str]:
    out = set(shapes.cyclic)
    height: dict[str, int] = {}
    for key, found in shapes.definitions.items():
        used = [height.get(node.name, 0) for node in nodes(found) if node.kind == "named"]
        height[key] = 1 + max(used, default=0)
        if height[key] >= MAX_INFERRED:
            out.add(key)
            height[key] = 0
    return frozenset(out)
