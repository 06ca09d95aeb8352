"""Values and texts as Python source that means just them: nothing in a text can end its literal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WIDTH = 110


def text(value: str) -> str:
    """A string literal of one line, in double quotes; what does not print is escaped."""
    out = repr(value)
    if out.startswith("'") and '"' not in out:
        return '"' + out[1:-1].replace("\\'", "'") + '"'
    return out


def literal(value: Any, indent: int = 0) -> str:
    """A JSON value as Python source, over several lines where one is too short."""
    line = _flat(value)
    if indent + len(line) <= WIDTH or not isinstance(value, Mapping | list | tuple) or not value:
        return line
    pad = " " * (indent + 4)
    if isinstance(value, Mapping):
        items = [f"{pad}{text(str(key))}: {literal(item, indent + 4)}," for key, item in value.items()]
        return "\n".join(["{", *items, " " * indent + "}"])
    return "\n".join(["[", *(f"{pad}{literal(item, indent + 4)}," for item in value), " " * indent + "]"])


def call(name: str, arguments: Sequence[str], indent: int, before: int = 0) -> str:
    """A call on one line where it fits behind ``before`` characters, else with one argument a line."""
    line = f"{name}({', '.join(arguments)})"
    if indent + before + len(line) <= WIDTH and "\n" not in line:
        return line
    pad = " " * (indent + 4)
    return "\n".join([f"{name}(", *(f"{pad}{argument}," for argument in arguments), " " * indent + ")"])


def listed(opening: str, items: Sequence[str], indent: int) -> str:
    """``Literal[...]`` on one line where it fits, else filled over several lines."""
    line = f"{opening}[{', '.join(items)}]"
    if indent + len(line) <= WIDTH:
        return line
    pad = " " * (indent + 4)
    rows, row = [], ""
    for item in items:
        if row and len(pad) + len(row) + len(item) + 2 > WIDTH:
            rows.append(row)
            row = ""
        row += f"{item}, "
    rows.append(row)
    return "\n".join([f"{opening}[", *(pad + row.rstrip() for row in rows), " " * indent + "]"])


def docstring(value: str, indent: int) -> str:
    """A docstring that reads as ``value``, on its own lines where it has several."""
    pad = " " * indent
    if not is_tame(value):
        return f"{pad}{text(value)}\n"
    lines = value.split("\n")
    if len(lines) == 1:
        return f'{pad}"""{value}"""\n'
    return f'{pad}"""' + "\n".join([lines[0], *(pad + line if line else "" for line in lines[1:])]) + f'\n{pad}"""\n'


def is_tame(value: str) -> bool:
    """Whether a text may stand between triple quotes as it is."""
    if '"""' in value or "\\" in value or value.endswith('"'):
        return False
    return all(char == "\n" or char.isprintable() for char in value)


def comment(value: str, indent: int = 0) -> list[str]:
    """A text as comment lines."""
    pad = " " * indent
    return [f"{pad}# {line}".rstrip() for line in printable(value).split("\n")]


def printable(value: str) -> str:
    """The text with everything escaped that does not print, but for its line breaks."""
    clean = value.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(c if c == "\n" or c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in clean)


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{text(str(key))}: {_flat(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flat(item) for item in value) + "]"
    return repr(value)


def joined(blocks: Iterable[str]) -> str:
    """Top-level blocks with two empty lines between them."""
    return "\n\n\n".join(block.strip("\n") for block in blocks if block.strip("\n")) + "\n"


def prose(value: str, indent: int) -> str:
    """A docstring for a text of any kind, over several lines: what could end it, or does not print, is escaped."""
    pad = " " * indent
    clean = printable(value.replace("\\", "\\\\")).strip()
    if '"""' in clean or clean.startswith('"') or clean.rstrip().endswith('"'):
        clean = clean.replace('"', '\\"')
    lines = [pad + line.rstrip() if line.strip() else "" for line in clean.split("\n")]
    body = "\n".join(lines)[len(pad) :]
    return f'{pad}"""{body}"""\n' if len(lines) == 1 else f'{pad}"""{body}\n{pad}"""\n'
