"""OpenAPI 3.1, 3.0 and Swagger 2: every operation a candidate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.importing.openapi.definitions import Definitions
from callsmith.importing.openapi.http import address
from callsmith.importing.openapi.operation import candidate
from callsmith.importing.types import Candidate, Imported, ImportProblem, shown

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
MAX_OPERATIONS = 20_000
_MAX_PROBLEMS = 20


def read(document: Mapping[str, Any], filename: str = "") -> Imported:
    definitions = Definitions(document)
    found: list[Candidate] = []
    problems: list[str] = []
    for path, item, method, operation in _operations(document, definitions):
        if len(found) == MAX_OPERATIONS:
            problems.append(f"Only the first {MAX_OPERATIONS:,} operations were read")
            break
        found.append(candidate(document, definitions, path, item, method, operation, filename))
    if not found:
        raise ImportProblem("This OpenAPI document has no operations under paths")
    hooks = document.get("webhooks")
    if isinstance(hooks, dict) and hooks:
        problems.append(f"{len(hooks)} webhooks were left out: they are called by the server")
    if not address(document, {}, {}).base.startswith(("http://", "https://")):
        problems.append("The document names no full server address: fill it in before a tool is run")
    lost = list(definitions.problems)
    problems += lost[:_MAX_PROBLEMS]
    if len(lost) > _MAX_PROBLEMS:
        problems.append(f"{len(lost) - _MAX_PROBLEMS} more references were not read")
    return Imported("openapi", _label(document, len(found)), tuple(found), tuple(problems))


def _operations(
    document: Mapping[str, Any], definitions: Definitions
) -> Iterator[tuple[str, Mapping[str, Any], str, Any]]:
    paths = document.get("paths")
    for path, given in paths.items() if isinstance(paths, dict) else ():
        item = definitions.follow(given)
        for method in item:
            if method in METHODS:
                yield path, item, method, item[method]


def _label(document: Mapping[str, Any], count: int) -> str:
    kind, version = ("Swagger", document["swagger"]) if "swagger" in document else ("OpenAPI", document.get("openapi"))
    info = document.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    words = f"{kind} {shown(str(version), 20)}"
    words += f" · {shown(title)}" if isinstance(title, str) else ""
    return f"{words} · {count} operation{'s' if count != 1 else ''}"
