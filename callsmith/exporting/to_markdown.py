"""Documentation of tools for those who review them: what each asks for, a sample call, what comes back."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from callsmith.exporting import wire_json, words
from callsmith.exporting.reading import read
from callsmith.exporting.shape import Definition, Node, Property, Shapes
from callsmith.exporting.types import Note
from callsmith.schema.errors import SchemaError
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.validate import check_schema
from callsmith.types.tool import Origin, Tool

MAX_LEVELS = 4
MAX_ROWS = 2_000
MAX_VALUES = 50
# What is markup anywhere, or at the beginning of a line; what makes a link of an address.
_SPECIAL = re.compile(r"([\\`*\[\]|~$]|(?<!\w)_|_(?!\w)|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_OPENING = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)]))", re.MULTILINE)
_FENCE = re.compile(r"`{3,}")


def markdown_document(tools: Sequence[Tool]) -> tuple[str, list[list[Note]]]:
    """One document with a chapter for each tool, and the notes of each."""
    notes: list[list[Note]] = [[] for _ in tools]
    chapters = ["\n".join(_chapter(tool, said)) for tool, said in zip(tools, notes, strict=True)]
    return "\n\n".join(chapters) + "\n", notes


def _chapter(tool: Tool, notes: list[Note]) -> Iterator[str]:
    yield f"# {plain(words.line(tool.name)) or 'Tool without a name'}"
    if tool.description:
        yield f"\n{paragraphs(tool.description)}"
    if tool.strict:
        yield "\nThe provider is asked to hold the arguments to the schema (strict)."
    if tool.type == "custom":
        yield from _free_text(tool)
    else:
        yield from _parameters("Parameters", tool, notes)
        yield from _sample(tool)
    if tool.output_schema is not None:
        yield "\n## Result\n"
        yield from _table(read(tool.output_schema, "result"), notes, "The result is no object with named fields.")
    if tool.origin is not None:
        yield from _origin(tool.origin)


def _free_text(tool: Tool) -> Iterator[str]:
    yield "\nIt is called with free text instead of arguments."
    if tool.grammar is not None:
        kind = "Lark grammar" if tool.grammar.syntax == "lark" else "regular expression"
        yield f"\nThe text must fit this {kind}:\n\n{fenced(tool.grammar.definition)}"


def _parameters(title: str, tool: Tool, notes: list[Note]) -> Iterator[str]:
    yield f"\n## {title}\n"
    shapes = read(tool.parameters or {"type": "object"}, tool.name)
    yield from _table(shapes, notes, "It takes no arguments." if not tool.parameters else "It has no named parameters.")


def _table(shapes: Shapes, notes: list[Note], without: str) -> Iterator[str]:
    rows = list(_rows(shapes, notes))
    root = shapes.definitions[shapes.root]
    if not rows:
        yield without
    else:
        yield "| Name | Type | Required | Description | Allowed |\n|---|---|---|---|---|"
        yield from rows
    if root.alias is None and root.extra == "forbid" and rows:
        yield "\nOther names are refused."
    if rules := words.rules(root):
        yield "\nFurther rules: " + "; ".join(plain(words.line(rule)) for rule in rules)


def _rows(shapes: Shapes, notes: list[Note]) -> Iterator[str]:
    """The fields, those of objects within them below; what is nested in itself or too deeply is only named."""
    root = _followed(shapes, shapes.root)
    waiting: list[tuple[str, Property, tuple[str, ...]]] = []

    def push(found: Definition, before: str, above: tuple[str, ...]) -> None:
        waiting.extend((before, field, above) for field in reversed(found.fields))

    if root is None:
        return
    push(root, "", (root.key,))
    written = 0
    while waiting:
        before, field, above = waiting.pop()
        name = f"{before}{plain(words.line(field.name)) or '(empty)'}"
        written += 1
        if written > MAX_ROWS:
            notes.append(Note("", f"Only the first {MAX_ROWS:,} parameters are listed"))
            return
        yield _row(shapes, name, field)
        for suffix, key in _within(field.node):
            found = _followed(shapes, key)
            if found is None or not found.fields:
                continue
            if found.key in above or len(above) >= MAX_LEVELS:
                notes.append(Note(field.node.at, "What it holds is not listed: it is nested in itself or too deeply"))
            else:
                push(found, f"{name}{suffix} › ", (*above, found.key))


def _row(shapes: Shapes, name: str, field: Property) -> str:
    node = field.node
    found = shapes.definitions.get(node.name)
    said = node.description or (found.description if found else "")
    allowed = list(_allowed(shapes, node, ""))
    if "default" in node.told:
        allowed.append(f"default {words.json_line(node.told['default'])}")
    cells = (name, plain(_type(shapes, node)), "yes" if field.required else "no", plain(words.line(said)))
    return f"| {' | '.join((*cells, '; '.join(map(plain, allowed))))} |"


def _allowed(shapes: Shapes, node: Node, of: str, depth: int = 0) -> Iterator[str]:
    """Listed values, bounds and rules, those of items and options too; ``of`` says whose they are."""
    found = shapes.definitions.get(node.name)
    if found is not None and found.alias is not None and depth <= MAX_LEVELS:
        yield from _allowed(shapes, found.alias, of, depth + 1)
    if node.kind == "literals":
        more = f" and {len(node.values) - MAX_VALUES:,} more" if len(node.values) > MAX_VALUES else ""
        yield f"{of}one of {', '.join(words.json_line(value) for value in node.values[:MAX_VALUES])}{more}"
    yield from (f"{of}{words.line(item)}" for item in (*words.limits(node), *words.rules(node)))
    if depth <= MAX_LEVELS:
        whose = {"array": "items: ", "map": "values: "}.get(node.kind, "")
        for part in node.parts:
            yield from _allowed(shapes, part, whose or of, depth + 1)


def _type(shapes: Shapes, node: Node, depth: int = 0) -> str:
    if depth > MAX_LEVELS:
        return "…"
    match node.kind:
        case "literals":
            return "listed value"
        case "array":
            return f"array of {_type(shapes, node.parts[0], depth + 1)}"
        case "tuple":
            return "array of just " + ", ".join(_type(shapes, part, depth + 1) for part in node.parts)
        case "map":
            return f"object with values of {_type(shapes, node.parts[0], depth + 1)}"
        case "union":
            options = dict.fromkeys(_type(shapes, part, depth + 1) for part in node.parts)
            return ("exactly one of " if node.exclusive else "") + " or ".join(options)
        case "named":
            found = shapes.definitions[node.name]
            return "object" if found.alias is None else _type(shapes, found.alias, depth + 1)
        case "never":
            return "nothing"
    return node.kind


def _within(node: Node) -> Iterator[tuple[str, str]]:
    """The objects inside a type, with what stands behind the name of the field."""
    waiting = [("", node)]
    while waiting:
        suffix, one = waiting.pop()
        if one.kind == "named":
            yield suffix, one.name
        mark = {"array": "[]", "tuple": "[]", "map": "{}"}.get(one.kind, "")
        waiting.extend((suffix + mark, part) for part in reversed(one.parts))


def _followed(shapes: Shapes, key: str) -> Definition | None:
    """The object that a key means; None where it is another type."""
    seen: set[str] = set()
    found = shapes.definitions[key]
    while found.alias is not None:
        if found.alias.kind != "named" or found.key in seen:
            return None
        seen.add(found.key)
        found = shapes.definitions[found.alias.name]
    return found


def _sample(tool: Tool) -> Iterator[str]:
    yield "\n## Sample call\n"
    schema = {"type": "object", **(tool.parameters or {})}
    try:
        if (broken := check_schema(schema)) is not None:
            raise broken
        yield fenced(wire_json.written(sample(schema)).rstrip("\n"), "json")
    except (CannotSample, SchemaError, RecursionError) as error:
        yield f"No sample could be made: {plain(words.line(str(error)))}"


def _origin(origin: Origin) -> Iterator[str]:
    yield "\n## Origin\n"
    name = f", called {plain(words.line(origin.name))} there" if origin.name else ""
    source = f" from {plain(words.line(origin.source))}" if origin.source else ""
    yield f"Imported ({plain(origin.kind)}){source}{name}."
    if origin.http is not None:
        yield f"It calls {plain(words.line(f'{origin.http.method} {origin.http.url}'))}."


def plain(text: str) -> str:
    """Text that shows as itself in Markdown, in a table too: no link, no markup, no HTML."""
    shown = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii") for c in text)
    escaped = _OPENING.sub(_not_opening, _SPECIAL.sub(r"\\\1", shown))
    return html.escape(escaped, quote=False)


def _not_opening(found: re.Match[str]) -> str:
    """A list or a heading is none with a backslash before its sign, or behind its number."""
    return f"{found[1]}{found[2]}\\" if found[2][0].isdigit() else f"{found[1]}\\{found[2]}"


def paragraphs(text: str) -> str:
    return "  \n".join(plain(line.strip()) for line in text.strip().splitlines())


def fenced(text: str, language: str = "") -> str:
    """A code block with a fence longer than any in the text."""
    longest = max((len(found) for found in _FENCE.findall(text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{wire_json.without_halves(text)}\n{fence}"
