"""Bring a database to the tables this version knows.

alembic takes a while to import, so it is only loaded when there is something to do. All of it happens in
one writing transaction: two processes that start at once do it once, and a failure leaves nothing half done.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from callsmith.store.engine import WRITE
from callsmith.store.migrations import HEAD

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_260_011  # any number that is ours: Postgres names its advisory locks by number


class NewerDatabase(OSError):
    """The database was written by a later version."""


def upgrade(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    with engine.connect() as connection:
        connection = connection.execution_options(**{WRITE: True})
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            if _revision(connection) != HEAD:
                _migrate(connection)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        raise NewerDatabase(
            f"it was written by a newer Callsmith (revision {_revision(connection)}, known here: {HEAD})"
        ) from error
