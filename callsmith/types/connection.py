"""Where a request goes: a connection (kept, without its key) and the target of one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from callsmith.types.parts import NO_EXTRA

WireName = str
KEY_PLACEHOLDER = "{{api_key}}"


@dataclass(frozen=True, slots=True)
class KeyRef:
    """Where the key comes from, never the key itself.

    ``environment``: the variable or secret called ``name``. ``session``: typed on the page, kept in
    that browser session only. ``none``: the server wants no key.
    """

    source: Literal["environment", "session", "none"] = "none"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """A named way to a provider. ``headers`` values may hold ``{{NAME}}``, filled from the environment
    or secrets when a request is sent; literal secrets in headers are refused when it is saved."""

    id: str
    name: str
    base_url: str
    wires: tuple[WireName, ...] = ("openai-chat",)
    key: KeyRef = KeyRef()
    headers: Mapping[str, str] = field(default_factory=lambda: NO_EXTRA)
    extra_body: Mapping[str, Any] = field(default_factory=lambda: NO_EXTRA)
    preset: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One model behind one connection, in one wire format."""

    connection: Connection
    wire: WireName
    model: str
