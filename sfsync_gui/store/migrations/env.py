"""Runs the migrations on the connection that `store.migrating` passes, in one transaction."""

from alembic import context

connection = context.config.attributes["connection"]
# SQLite's DDL is transactional: a migration that fails leaves the database as it was.
context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
