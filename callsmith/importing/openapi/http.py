"""Where an operation is called, and which secrets it needs: as placeholders, never as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callsmith.importing.openapi.body import is_swagger
from callsmith.importing.openapi.servers import Address, without_secrets
from callsmith.importing.secrets import placeholder, secret_name

_VARIABLE = re.compile(r"\{([^{}]{1,100})\}")


@dataclass(frozen=True, slots=True)
class Security:
    headers: dict[str, str] = field(default_factory=dict)
    query: tuple[str, ...] = ()


def address(document: Mapping[str, Any], item: Mapping[str, Any], operation: Mapping[str, Any]) -> Address:
    """What stands before the path: the first server that the operation, its path or the document names."""
    if is_swagger(document):
        return without_secrets(_swagger_address(document, operation))
    for holder in (operation, item, document):
        servers = holder.get("servers")
        if isinstance(servers, list) and servers and isinstance(servers[0], dict):
            server = servers[0]
            url = server.get("url")
            return without_secrets(_filled(url, server.get("variables"))) if isinstance(url, str) else Address()
    return Address()


def secured(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Security:
    """The headers and query of the first way to sign in that the operation, else the document, names."""
    wanted = operation.get("security", document.get("security"))
    first = next((one for one in wanted if isinstance(one, dict)), {}) if isinstance(wanted, list) else {}
    schemes = _schemes(document)
    headers: dict[str, str] = {}
    query: list[str] = []
    for name in first:
        scheme = schemes.get(name)
        if isinstance(scheme, dict):
            _sign(name, scheme, headers, query)
    return Security(headers, tuple(query))


def _sign(name: str, scheme: Mapping[str, Any], headers: dict[str, str], query: list[str]) -> None:
    kind, secret = scheme.get("type"), placeholder(name)
    key = scheme.get("name")
    if kind == "apiKey" and isinstance(key, str):
        if scheme.get("in") == "query":
            query.append(f"{key}={secret}")
        elif scheme.get("in") == "cookie":
            headers["Cookie"] = f"{key}={secret}"
        else:
            headers[key] = secret
    elif kind == "basic" or (kind == "http" and str(scheme.get("scheme")).lower() == "basic"):
        headers["Authorization"] = f"Basic {secret}"
    elif kind in ("http", "oauth2", "openIdConnect"):
        headers["Authorization"] = f"Bearer {secret}"


def _schemes(document: Mapping[str, Any]) -> Mapping[str, Any]:
    holder = document if is_swagger(document) else document.get("components")
    found = (
        holder.get("securityDefinitions" if is_swagger(document) else "securitySchemes")
        if isinstance(holder, dict)
        else None
    )
    return found if isinstance(found, dict) else {}


def _filled(url: str, variables: Any) -> str:
    """The address with the defaults of its variables; a secret one keeps none."""
    given = variables if isinstance(variables, dict) else {}

    def value(match: re.Match[str]) -> str:
        variable = given.get(match[1])
        default = variable.get("default") if isinstance(variable, dict) else None
        if secret_name(match[1]):
            return placeholder(match[1])
        return str(default) if isinstance(default, str | int) else match[0]

    return _VARIABLE.sub(value, url)


def _swagger_address(document: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    host, base = document.get("host"), document.get("basePath")
    base = base.rstrip("/") if isinstance(base, str) else ""
    if not isinstance(host, str) or not host:
        return base
    schemes = operation.get("schemes") or document.get("schemes")
    known = schemes if isinstance(schemes, list) else []
    return f"{'http' if known and 'https' not in known else 'https'}://{host}{base}"
