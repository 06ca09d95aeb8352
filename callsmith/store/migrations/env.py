"""What alembic runs: the migrations, on the connection and inside the transaction it was given."""

from alembic import context

from callsmith.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
