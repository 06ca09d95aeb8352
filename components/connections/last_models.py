"""Which model was last used with which connection, remembered across sessions."""

from __future__ import annotations

from callsmith import settings
from callsmith.connections import DEMO, ENVIRONMENT_ID
from callsmith.store import Store
from callsmith.types.connection import Connection
from components import services

_PREFERENCE = "last_models"
DEMO_MODEL = "demo-agent"


def of(connection: Connection) -> str:
    """The id; empty where none is known. The environment's own connection starts with ``CALLSMITH_MODEL``."""
    return in_store(services.store(), connection)


def in_store(store: Store, connection: Connection) -> str:
    """``of``, from any thread."""
    kept = store.preference(_PREFERENCE, {}).get(connection.id, "")
    if not kept and connection.id == ENVIRONMENT_ID:
        return settings.load().default_model
    if not kept and connection.id == DEMO.id:
        return DEMO_MODEL
    return str(kept)


def remember(connection_id: str, model: str) -> None:
    store = services.store()
    kept = store.preference(_PREFERENCE, {})
    if model and kept.get(connection_id) != model:
        store.set_preference(_PREFERENCE, {**kept, connection_id: model})
