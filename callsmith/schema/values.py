"""Values typed into one-line inputs: allowed values (one a line) and a default, to JSON and back.

Where only plain text can be meant, text is typed without quotes; anywhere else each value is JSON, so
that 5, "5" and null stay apart. Which of the two holds is told by ``plain`` from what is there already.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from callsmith.schema import text
from callsmith.schema.document import EditError


def plain(type_name: str, values: Sequence[Any]) -> bool:
    """Whether text without quotes says these values, and every value one may add to them, unmistakably."""
    return type_name == "string" and all(isinstance(value, str) and _says_itself(value) for value in values)


def shown(value: Any, quoted: bool) -> str:
    return json.dumps(value, ensure_ascii=False) if quoted else str(value)


def lines(values: Sequence[Any], quoted: bool) -> str:
    return "\n".join(shown(value, quoted) for value in values)


def read_lines(typed: str, quoted: bool) -> list[Any]:
    """The values of a many-line input; empty lines count for nothing. EditError names the line."""
    return [
        _read(line.strip(), quoted, f"Line {number}: ")
        for number, line in enumerate(typed.split("\n"), start=1)
        if line.strip()
    ]


def read_value(typed: str, quoted: bool) -> Any:
    return _read(typed.strip(), quoted, "")


def _says_itself(value: str) -> bool:
    return bool(value) and value == value.strip() and "\n" not in value and "\r" not in value


def _read(typed: str, quoted: bool, where: str) -> Any:
    if not quoted:
        return typed
    try:
        return text.read(typed)
    except text.TextError as error:
        hint = f'text stands in double quotes, as in "{typed}"' if typed.replace(" ", "").isalnum() else error.message
        raise EditError(f"{where}{typed} is not JSON: {hint}") from error
