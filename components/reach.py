"""What answers of tools may reach from this page: addresses, programs, secrets, models by the keys known here."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from callsmith import connections as known
from callsmith import settings
from callsmith.execute.addresses import Policy
from callsmith.execute.occasion import Reach
from callsmith.execute.players import Players
from callsmith.models import ModelList
from callsmith.types.connection import Connection
from components import services
from components.connections import check, keys, last_models


def policy() -> Policy:
    """Who opens a page that is served on this machine only is at this machine, and may reach its servers."""
    at_home = str(st.get_option("server.address")) in ("localhost", "127.0.0.1", "::1")
    return Policy(loopback=at_home, private=settings.allows("private_addresses"))


def reach() -> Reach:
    """From any thread afterwards: the keys typed in this session are taken along now."""
    engine, typed, allowed, catalog = services.engine(), keys.all_typed(), policy(), check.catalog()

    def connections() -> list[Connection]:
        default = settings.load().default_connection
        return [*([default] if default else []), *engine.store.connections(), known.DEMO]

    def endpoint_types(connection: Connection, model: str) -> tuple[str, ...]:
        found = catalog.get(connection, _key(connection, typed))
        entries = found.models if isinstance(found, ModelList) else ()
        return next((entry.endpoint_types for entry in entries if entry.id == model), ())

    players = Players(
        engine.play,
        connections,
        lambda connection: _key(connection, typed),
        lambda connection: last_models.in_store(engine.store, connection),
        endpoint_types,
    )
    return Reach(
        secret=settings.secret,
        policy=lambda: allowed,
        stdio=lambda: settings.allows("stdio"),
        players=players,
        learn=engine.logs.learn,
    )


def _key(connection: Connection, typed: Mapping[str, str]) -> str | None:
    if connection.key.source == "session":
        return typed.get(connection.id)
    return settings.secret(connection.key.name) if connection.key.source == "environment" else None
