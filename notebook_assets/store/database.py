"""The connection to ``store.db``: opening, transactions under a lock, and SQLite's errors said in words."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from notebook_assets.errors import StoreError, StoreNotWritableError
from notebook_assets.store.folder import disk_full, not_writable
from notebook_assets.store.journal import choose_journal, journal_is_left, private_copy
from notebook_assets.store.migrate import Migration, all_migrations, check_version, migrate, schema_version

T = TypeVar("T")

LOCK_WAIT = 30.0
"""Seconds to wait for another process that writes, before it is an error."""

_LOCK_SLICE = 1.0  # seconds SQLite waits on its own: in between an Interrupt gets through
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NOT_WRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
CHUNK = 900
"""The most variables that one SQL statement gets; older builds of SQLite take 999."""


class Database:
    """One connection to the store's database, shared by the threads of this process; a forked child gets its own.

    Args:
        path: The file; it is made, or brought to the newest schema, when it is opened.
        migrations: The schema's versions; other ones than the package's own are for tests.
        synced: Whether the operating system is asked to write at checkpoints; a store that is thrown away need not.
        lock_wait: Seconds to wait for another process that writes.

    Raises:
        StoreVersionError: The store was made by a newer version.
        StoreNotWritableError: It does not exist and can't be made.
        StoreError: The file is damaged, or is something else.
    """

    def __init__(
        self,
        path: Path,
        *,
        migrations: Sequence[Migration] | None = None,
        synced: bool = True,
        lock_wait: float = LOCK_WAIT,
    ) -> None:
        self.path = path.absolute()
        self.lock_wait = lock_wait
        self._read_from = self.path  # a private copy, where the journal beside the file can't be used
        self._migrations = migrations or all_migrations()
        self._synced = synced
        self._lock = threading.RLock()
        self._closed = False
        self._remove_copy: Callable[[], object] = lambda: None
        self._pid = os.getpid()
        self._connection = self._open()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for queries, to one thread at a time.

        Raises:
            StoreError: The file was deleted or replaced: what it says is not what the store has now.
        """
        self.check_in_place()
        connection = self._current()
        with self._lock:
            is_within = connection.in_transaction  # a look within a transaction leaves it open
            try:
                yield connection
            except (sqlite3.Error, UnicodeEncodeError) as error:
                raise self.explained(error) from error
            finally:
                if connection.in_transaction and not is_within:  # an Interrupt hit it before its end
                    connection.execute("ROLLBACK")

    @contextmanager
    def write(self, wait: float | None = None) -> Iterator[sqlite3.Connection]:
        """Give the connection inside one transaction: committed at the end, undone if anything is raised.

        Args:
            wait: Seconds to wait for another process that writes; by default `lock_wait`.

        Raises:
            StoreNotWritableError: The file can't be written.
            StoreError: Another process kept the database locked for `lock_wait` seconds, the disk is full, ...
        """
        self.check_in_place()
        connection = self._current()
        with self._lock:
            try:
                if connection.in_transaction:  # an Interrupt hit between two statements of the transaction before
                    connection.execute("ROLLBACK")
                self._until_free(lambda: connection.execute("BEGIN IMMEDIATE"), wait)
                yield connection
                self._patiently(connection, "COMMIT")
            except BaseException as error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if isinstance(error, (sqlite3.Error, UnicodeEncodeError)):
                    raise self.explained(error) from error
                raise

    def close(self) -> None:
        """Close the connection; the last one of all processes also folds the write-ahead log into the file."""
        with self._lock:
            if not self._closed and self._pid == os.getpid():
                self._connection.close()
                self._remove_copy()
            self._closed = True

    @property
    def is_closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    def connect_to_read(self) -> sqlite3.Connection:
        """Return another connection, which can't write."""
        try:
            return self._connect("ro")
        except sqlite3.Error as error:
            raise self.explained(error) from error

    def connect_to_write(self) -> sqlite3.Connection:
        """Return another connection, which can write, each statement by itself."""
        try:
            return self._connect("rw")
        except sqlite3.Error as error:
            raise self.explained(error) from error

    def is_in_place(self) -> bool:
        """Whether the file at this path still is the one that was opened."""
        try:
            return os.path.samestat(os.stat(self.path), self._opened_as)
        except OSError:
            return False

    def check_in_place(self) -> None:
        """Raise :class:`StoreError` where the file was deleted or replaced: what is written now would be lost.

        It takes a microsecond, so it is done before each look and each transaction.
        """
        self._current()
        if not self.is_in_place():
            raise StoreError(
                f"The store's database {str(self.path)!r} was deleted or replaced after it was opened. "
                "Open the store again: Instance(folder), or Instance.get() after close()."
            )

    def reuse_log(self) -> None:
        """Bring the log into the database, so that it is written from its beginning: that takes no room on the disk."""
        with suppress(sqlite3.Error), self._lock:
            self._current().execute("PRAGMA wal_checkpoint(RESTART)").fetchall()

    def compact(self) -> None:
        """Write the database anew without the room that is free inside it, and give that back to the disk.

        Raises:
            StoreError: Another process kept it locked, or the disk has no room for a second one beside it.
        """
        with self.read() as connection:
            self._patiently(connection, "VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def explained(self, error: Exception) -> StoreError:
        """Return the error of this package that says what ``error`` of SQLite means and what to do."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if isinstance(error, UnicodeEncodeError):
            return StoreError(f"A name or key can't be kept, since it is no valid Unicode: {error.object!r}.")
        if code in _BUSY:
            return StoreError(
                f"The store {str(self.path)!r} was locked by another process for {self.lock_wait:g} s. "
                "Look for a notebook or a tool that has an open transaction on it, then try again."
            )
        if code in _NOT_WRITABLE:
            return StoreNotWritableError(not_writable(self.path.parent, error))
        if is_full(error):
            return StoreError(disk_full(self.path.parent, error))
        if code in _DAMAGED:
            return StoreError(
                f"The store's database {str(self.path)!r} is damaged or no SQLite file ({error}). Nothing was changed. "
                f"Put back a copy of it; or save what can be read, by Instance.recover({str(self.path.parent)!r}); or "
                "move it away, then a new one is made (values/ is left as it is)."
            )
        return StoreError(f"The store {str(self.path)!r}: {error}.")

    def _current(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError(f"The store {str(self.path.parent)!r} is closed; open it again with Instance(folder).")
        if self._pid != os.getpid():  # a fork: SQLite's connections must not cross it
            self._lock = threading.RLock()
            self._pid = os.getpid()
            self._inherited = self._connection  # never closed here, since closing would drop the parent's locks
            self._connection = self._open()
        return self._connection

    def _patiently(self, connection: sqlite3.Connection, statement: str) -> None:
        self._until_free(lambda: connection.execute(statement))

    def _until_free(self, action: Callable[[], object], wait: float | None = None) -> None:
        """Do ``action``, again and again while another process holds the lock, for `lock_wait` seconds at most."""
        started, wait = time.monotonic(), self.lock_wait if wait is None else wait
        while True:
            try:
                action()
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() - started > wait:
                    raise

    def _open(self) -> sqlite3.Connection:
        existed = self.path.exists()
        self._read_from = self.path
        try:
            connection = self._connect("rwc")
            try:
                self._until_free(lambda: self._prepare(connection))
            except BaseException:
                connection.close()
                raise
            self._opened_as = os.stat(self.path)
            return connection
        except sqlite3.Error as error:
            if existed and error.sqlite_errorcode & 0xFF in _NOT_WRITABLE:
                return self._open_to_read(error)
            raise self.explained(error) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if schema_version(connection) == 0:
            choose_journal(connection, self.path)
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._synced else 'OFF'}")
        migrate(connection, self.path, self._migrations)

    def _open_to_read(self, cause: sqlite3.Error) -> sqlite3.Connection:
        """Open a store in a folder that can't be written, where a write-ahead log can't be kept beside it."""
        try:
            connection = (
                self._connect_beside_journal() if journal_is_left(self.path) else self._connect("ro&immutable=1")
            )
            check_version(connection, self.path, self._migrations)
        except sqlite3.Error as error:
            raise self.explained(cause) from error
        if schema_version(connection) < self._migrations[-1].version:
            raise self.explained(cause) from cause
        self._opened_as = os.stat(self.path)
        return connection

    def _connect_beside_journal(self) -> sqlite3.Connection:
        """Open the database with the newest writes, which still are in the journal that another process left."""
        try:
            connection = self._connect("ro")
            schema_version(connection)
        except sqlite3.Error:  # the journal can't be used where it is: in a copy it can
            copy = private_copy(self.path)
            self._remove_copy = weakref.finalize(self, shutil.rmtree, copy.parent, ignore_errors=True)
            self._read_from = copy
            connection = self._connect("rw")
            schema_version(connection)
            connection.execute("PRAGMA query_only = ON")
        return connection

    def _connect(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self._read_from.as_uri()}?mode={mode}",
            uri=True,
            timeout=min(_LOCK_SLICE, self.lock_wait),
            isolation_level=None,
            check_same_thread=False,
        )


def is_full(error: BaseException | None) -> bool:
    """Whether an error of SQLite says that the disk is full."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_FULL or code == sqlite3.SQLITE_IOERR_SHMSIZE


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Give ``values`` in slices that fit one SQL statement.

    >>> [list(part) for part in chunks(["a", "b", "c"], 2)]
    [['a', 'b'], ['c']]
    """
    return (values[start : start + size] for start in range(0, len(values), size))
