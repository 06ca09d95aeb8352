"""What the surroundings say: the only reader of the environment and of ``.env``.

A variable of the real environment wins over ``.env``, even when it is set to nothing. Streamlit copies the
top-level values of ``.streamlit/secrets.toml`` into the environment when the server starts and when that
file changes, over what is there, so they need no reader of their own. Nothing is written here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values

from callsmith.connections import environment_connection
from callsmith.types.connection import Connection

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Settings:
    """``problems`` says, in sentences, which variables were set but could not be used."""

    database_url: str
    default_connection: Connection | None
    default_model: str
    problems: tuple[str, ...] = ()


def load() -> Settings:
    """Read afresh at each call, so a changed secret counts without a restart. Never fails."""
    connection, problems = environment_connection(
        base_url=secret("CALLSMITH_BASE_URL") or "",
        name=secret("CALLSMITH_CONNECTION_NAME") or "",
        has_key=secret("CALLSMITH_API_KEY") is not None,
    )
    return Settings(
        database_url=secret("CALLSMITH_DATABASE_URL") or f"sqlite:///{ROOT / 'data' / 'callsmith.db'}",
        default_connection=connection,
        default_model=secret("CALLSMITH_MODEL") or "",
        problems=problems,
    )


def allows(what: Literal["stdio", "private_addresses"]) -> bool:
    """Whether the configuration says ``allow`` to something that is off by default, since it reaches further than the
    page: ``CALLSMITH_STDIO`` starts programs, ``CALLSMITH_PRIVATE_ADDRESSES`` reaches into private networks."""
    return (secret(f"CALLSMITH_{what.upper()}") or "").lower() == "allow"


def secret(name: str) -> str | None:
    """The value of a variable or secret, without surrounding white space. None where it is unset or empty."""
    value = os.environ[name] if name in os.environ else dotenv().get(name)
    return (value or "").strip() or None


def read_dotenv() -> Mapping[str, str | None]:
    """``.env`` of the current folder, else of the repository."""
    for folder in (Path.cwd(), ROOT):
        path = folder / ".env"
        if path.is_file():
            return dotenv_values(path)
    return {}


# Read once a process: a changed .env counts after a restart.
dotenv = cache(read_dotenv)
