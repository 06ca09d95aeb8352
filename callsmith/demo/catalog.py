"""The model lists of the demo provider, in the shapes that clients of the four formats read.

``/v1/models`` is a gateway's list, or Anthropic's where the request names a version of that format; ``/v1beta/models``
is Google's (wire-format notes, 1.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.models import MODELS, OWNER, DemoModel, find_model
from callsmith.demo.paths import ENDPOINT_TYPES

# One constant for every model, as gateways do.
CREATED = 1626777600
_CREATED_AT = "2021-07-20T10:40:00Z"
_CONTEXT, _OUTPUT = 128_000, 100_000


def listing(path: str, headers: Mapping[str, str]) -> dict[str, Any] | None:
    """The document of a GET; None where the path is no model list. Raises ``Refused`` for a model that is not there."""
    if path.startswith("/v1beta/models"):
        return _document(path.removeprefix("/v1beta/models"), _google, _google_list)
    if not path.startswith("/v1/models"):
        return None
    if "anthropic-version" in headers:
        return _document(path.removeprefix("/v1/models"), _anthropic, _anthropic_list)
    return _document(path.removeprefix("/v1/models"), _gateway, _gateway_list)


def no_model(model_id: str) -> Refused:
    message = f"The model `{model_id}` does not exist or you do not have access to it."
    return Refused(message, param="model", status=404, code="model_not_found")


def _document(
    rest: str,
    one: Callable[[DemoModel], dict[str, Any]],
    every: Callable[[Sequence[dict[str, Any]]], dict[str, Any]],
) -> dict[str, Any] | None:
    if not rest:
        return every([one(model) for model in MODELS])
    if not rest.startswith("/"):
        return None
    model = find_model(rest[1:])
    if model is None:
        raise no_model(rest[1:])
    return one(model)


def _gateway(model: DemoModel) -> dict[str, Any]:
    return {
        "id": model.id,
        "object": "model",
        "created": CREATED,
        "owned_by": OWNER,
        "display_name": model.label,
        "description": model.note,
        "supported_endpoint_types": list(ENDPOINT_TYPES),
    }


def _gateway_list(models: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"success": True, "object": "list", "data": list(models)}


def _anthropic(model: DemoModel) -> dict[str, Any]:
    return {"type": "model", "id": model.id, "display_name": model.label, "created_at": _CREATED_AT}


def _anthropic_list(models: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"data": list(models), "has_more": False, "first_id": models[0]["id"], "last_id": models[-1]["id"]}


def _google(model: DemoModel) -> dict[str, Any]:
    return {
        "name": f"models/{model.id}",
        "version": "1",
        "displayName": model.label,
        "description": model.note,
        "inputTokenLimit": _CONTEXT,
        "outputTokenLimit": _OUTPUT,
        "supportedGenerationMethods": ["generateContent"],
        "thinking": model.thinks,
    }


def _google_list(models: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"models": list(models)}
