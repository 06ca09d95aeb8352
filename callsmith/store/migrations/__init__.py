"""The database's history, one file a change in ``versions``, run by alembic at start."""

HEAD = "0006"
