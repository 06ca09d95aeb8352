"""Asking a connection's server for its models, with what this session and the environment know."""

from __future__ import annotations

import streamlit as st

from callsmith import probe, settings
from callsmith.catalog import Catalog
from callsmith.models import ModelList
from callsmith.probe import Verdict
from callsmith.types.connection import Connection
from callsmith.types.exchange import Headers
from callsmith.types.problem import Problem
from components import services
from components.connections.keys import key_for

TIMEOUT = 10.0


def get(url: str, headers: Headers) -> tuple[int, Headers, bytes]:
    return services.engine().transport.get(url, headers, timeout=TIMEOUT)


@st.cache_resource
def catalog() -> Catalog:
    return Catalog()


def known_models(connection: Connection) -> ModelList | Problem | None:
    """What was found out last; None when nobody asked yet. No network."""
    return catalog().get(connection, key_for(connection))


def endpoint_types(connection: Connection, model: str) -> tuple[str, ...]:
    """What the provider's list says about a model; empty where nothing is known. No network."""
    known = known_models(connection)
    entries = known.models if isinstance(known, ModelList) else ()
    return next((entry.endpoint_types for entry in entries if entry.id == model), ())


def load_models(connection: Connection) -> ModelList | Problem:
    """Ask now, and remember the answer."""
    key = _key(connection)
    found = probe.list_models(get, connection, key, settings.secret)
    catalog().put(connection, key, found)
    return found


def judge(connection: Connection, model: str) -> Verdict:
    """Ask now and judge; ``model`` is the one meant to be used, empty where none is chosen."""
    key = _key(connection)
    verdict = probe.judge(get, connection, key, settings.secret, model)
    catalog().put(connection, key, verdict.problem or verdict.models)
    return verdict


def _key(connection: Connection) -> str | None:
    """The key about to be used; the log filter learns it first."""
    key = key_for(connection)
    services.engine().logs.learn([key] if key else [])
    return key
