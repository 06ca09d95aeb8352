"""Which models a provider offers: the answer to ``GET {base URL}/models``, in all the shapes it comes in.

Shapes (wire-format notes, 1.3): OpenAI's ``data`` with a gateway's extra ``success``; Anthropic's ``data``
with ``display_name``; Gemini's and Ollama's own ``models`` with ``name``; a bare array; ``data: null`` of
a server without models. An ``error`` in an answer of status 200 is an error. ``created`` is one constant
at some gateways, so the order is by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callsmith.types.halves import whole
from callsmith.types.problem import Problem
from callsmith.wire.jsonbytes import loads
from callsmith.wire.problems import MAX_RAW, error_in, from_error, http_problem, unreadable


@dataclass(frozen=True, slots=True)
class Model:
    """``label`` is the provider's display name, the id where there is none; ``note`` its description.
    ``endpoint_types`` is empty where the provider does not say. ``owned_by`` is a channel name at
    gateways, no reliable vendor."""

    id: str
    owned_by: str = ""
    endpoint_types: tuple[str, ...] = ()
    label: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelList:
    """By id, each id once. ``skipped`` counts entries without a usable id."""

    models: tuple[Model, ...] = ()
    skipped: int = 0


def read_models(status: int, body: bytes) -> ModelList | Problem:
    """The list, or why there is none. Never fails, and has no half characters."""
    return whole(_read(status, body))


def _read(status: int, body: bytes) -> ModelList | Problem:
    if status >= 300:
        return http_problem(status, body)
    try:
        document = loads(body)
    except ValueError:
        return unreadable(body)
    error = error_in(document) or _refusal(document)
    if error is not None:
        return from_error(error, kind="stream", status=status, raw=_text(body))
    entries = _entries(document)
    if entries is None:
        message = "The answer is JSON, but it holds no list of models"
        return Problem("unreadable", message, status, code="no_models", raw=_text(body))
    found: dict[str, Model] = {}
    read = [_model(entry) for entry in entries]
    for model in read:
        if model is not None:
            found.setdefault(model.id, model)
    models = tuple(sorted(found.values(), key=lambda model: (model.id.casefold(), model.id)))
    return ModelList(models, skipped=read.count(None))


def search(models: Iterable[Model], text: str) -> tuple[Model, ...]:
    """The models whose id, label or owner holds every word of ``text``, in any case; order kept."""
    words = text.casefold().split()
    return tuple(model for model in models if all(word in _searchable(model) for word in words))


def _searchable(model: Model) -> str:
    return f"{model.id} {model.label} {model.owned_by}".casefold()


def _refusal(document: Any) -> Any | None:
    """``{"success": false, "message": ...}``: how some gateways refuse with status 200."""
    if isinstance(document, Mapping) and document.get("success") is False:
        return document
    return None


def _entries(document: Any) -> Sequence[Any] | None:
    if isinstance(document, list):
        return document
    if not isinstance(document, Mapping):
        return None
    for key in ("data", "models"):
        if isinstance(document.get(key), list):
            return list(document[key])
    if "data" in document and document["data"] is None:
        return []
    return None


def _model(entry: Any) -> Model | None:
    if isinstance(entry, str):
        return Model(entry, label=entry) if entry.strip() else None
    if not isinstance(entry, Mapping):
        return None
    name = entry.get("id")
    if name is None:
        name = entry.get("name") or entry.get("model")
        # Google's own list prefixes each name with the collection; requests take the part after it.
        name = name.removeprefix("models/") if isinstance(name, str) else name
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name.strip():
        return None
    labels = (entry.get("display_name"), entry.get("displayName"), entry.get("name"))
    label = next((item for item in labels if isinstance(item, str) and item), name)
    return Model(name, _words(entry, "owned_by"), _endpoint_types(entry), label, _words(entry, "description"))


def _words(entry: Mapping[str, Any], field: str) -> str:
    value = entry.get(field)
    return value if isinstance(value, str) else ""


def _endpoint_types(entry: Mapping[str, Any]) -> tuple[str, ...]:
    types = entry.get("supported_endpoint_types")
    return tuple(item for item in types if isinstance(item, str)) if isinstance(types, list) else ()


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")[:MAX_RAW]
