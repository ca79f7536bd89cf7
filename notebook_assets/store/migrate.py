"""The schema's versions: numbered SQL scripts, and how a store is brought to the newest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notebook_assets.errors import StoreError, StoreVersionError

_FOLDER = Path(__file__).with_name("migrations")


@dataclass(frozen=True)
class Migration:
    """One step of the schema: the version that it leads to, and the SQL that does it."""

    version: int
    script: str


@cache
def all_migrations() -> tuple[Migration, ...]:
    """Return the scripts of the ``migrations`` folder in their order; ``0001_base.sql`` leads to version 1.

    >>> all_migrations()[0].version
    1
    """
    files = sorted(_FOLDER.glob("[0-9]*.sql"))
    return tuple(Migration(int(file.name[:4]), file.read_text(encoding="utf-8")) for file in files)


def schema_version(connection: sqlite3.Connection) -> int:
    """Return the version of the schema in this database, 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Bring the database to the newest of ``migrations``, all or nothing; an older store is copied first.

    Raises:
        StoreVersionError: The database was made by a newer version of this package.
        StoreError: The database holds tables of something else.
    """
    check_version(connection, path, migrations)
    if schema_version(connection) == migrations[-1].version:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = schema_version(connection)  # another process may have been faster
        if found:
            _copy(connection, path, found)
        elif connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise StoreError(f"{str(path)!r} is a database of something else; give the store a folder of its own.")
        upgrade(connection, migrations, found)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def upgrade(connection: sqlite3.Connection, migrations: Sequence[Migration], found: int) -> None:
    """Do inside a transaction what leads from version ``found`` to the newest."""
    for migration in migrations:
        if migration.version > found:
            for statement in _statements(migration.script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {migration.version:d}")


def check_version(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Raise :class:`StoreVersionError` where the database is newer than ``migrations``."""
    found, newest = schema_version(connection), migrations[-1].version
    if found > newest:
        raise StoreVersionError(
            f"The store {str(path)!r} has schema version {found}; this notebook_assets knows versions up to {newest}. "
            "It was made by a newer version: upgrade the package, or use another folder. Nothing was changed."
        )


def _copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Copy the database as it is to ``store.db.version-N`` beside it."""
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(path.with_name(f"{path.name}.version-{version}"))) as target,
    ):
        source.backup(target)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
