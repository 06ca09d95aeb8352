"""What kind of input a text is, told by its beginning. A wrong guess is overruled by choosing the kind by hand."""

from __future__ import annotations

import re
from typing import Any

from callsmith.importing.types import ImportProblem, shown

_HEAD = 20_000
_CURL = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:[$%>]\s*)?curl(?:\.exe)?\s", re.IGNORECASE)
_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+[^\W\d]\w*[ \t]*[(:\[]", re.MULTILINE)
_INDENTED = re.compile(r"(?:async[ \t]+)?(?:def|class)[ \t]+[^\W\d]\w*[ \t]*[(:\[]")
_PYTHON = re.compile(r"^(?:import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import[ \t]|@\w+)", re.MULTILINE)


def kind_of_text(text: str, filename: str = "") -> str:
    """``curl`` or ``python``; "" for what is to be read as JSON or YAML and told by its content."""
    head = text[:_HEAD]
    if head.lstrip()[:1] in ("{", "["):
        return ""
    if _CURL.match(head):
        return "curl"
    name = filename.lower().removesuffix(".gz")
    if name.endswith((".py", ".pyi")):
        return "python"
    if name.endswith((".json", ".jsonl", ".yaml", ".yml")):
        return ""
    start = head.lstrip()
    return "python" if _DEFINITION.search(text) or _INDENTED.match(start) or _PYTHON.match(start) else ""


def is_openapi(document: Any) -> bool:
    if not isinstance(document, dict):
        return False
    version = document.get("openapi", document.get("swagger"))
    if not isinstance(version, str | int | float) or isinstance(version, bool):
        return False
    return any(isinstance(document.get(key), dict) for key in ("paths", "webhooks"))


def refuse_broken(document: Any) -> None:
    """ImportProblem for what says itself that it is no sample, where no tool was found in it."""
    if not isinstance(document, dict):
        return
    for key in ("openapi", "swagger"):
        if key in document:
            paths = document.get("paths")
            what = 'it has no "paths"' if paths is None else '"paths" is not an object'
            if isinstance(paths, dict):
                what = f'"{key}" is not a version in quotes'
            raise ImportProblem(f"This is an OpenAPI document, but {what}, so there are no operations to import")
    if "jsonrpc" in document:
        error = document.get("error")
        said = error.get("message") if isinstance(error, dict) else None
        if error is not None:
            words = f": {shown(said)}" if isinstance(said, str) and said else ""
            raise ImportProblem(f"This is the error of a server, not a list of tools{words}")
        raise ImportProblem("This is a JSON-RPC message without tools: what is read is the answer to tools/list")
