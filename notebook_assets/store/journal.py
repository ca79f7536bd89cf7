"""Which journal a new database gets, and how to read one that was left beside a database that can't be written.

A write-ahead log where it works, a rollback journal on network folders.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path

_NETWORK = ("nfs", "cifs", "smb", "sshfs", "9p", "afs", "ceph", "gluster", "lustre", "beegfs", "gpfs")
_MOUNTS = Path("/proc/self/mounts")
_JOURNALS = ("-wal", "-journal")  # what SQLite adds to the database's name


def choose_journal(connection: sqlite3.Connection, path: Path) -> None:
    """Turn on the write-ahead log, unless ``path`` lies on a network folder or the file system can't do it.

    The choice is kept in the database file, so it is made once, for a new one.
    """
    if on_network_folder(path):
        return
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            raise
        connection.execute("PRAGMA journal_mode = DELETE")  # its shared memory does not work here


def on_network_folder(path: Path, mounts: Path = _MOUNTS) -> bool:
    """Whether ``path`` lies on a file system that several machines share, as far as the system tells (Linux).

    >>> on_network_folder(Path("/"), mounts=Path("/there/is/none"))
    False
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    nearest, found = "", ""
    target = str(path.absolute())
    for line in lines:
        _, where, kind, *_ = line.split(" ")
        where = where.replace("\\040", " ")
        inside = target == where or target.startswith(where.rstrip("/") + "/")
        if inside and len(where) >= len(nearest):
            nearest, found = where, kind
    return any(name in found for name in _NETWORK)


def journal_is_left(path: Path) -> bool:
    """Whether a journal with something in it lies beside the database at ``path``.

    It holds the newest writes (a write-ahead log), or what undoes half a transaction (a rollback journal): without it
    the file alone says something that was never so, or no longer is.
    """
    return any(journal.is_file() and journal.stat().st_size > 0 for journal in _journals(path))


def private_copy(path: Path) -> Path:
    """Copy the database at ``path`` and its journals to a new temporary folder; return the path of the copy there."""
    copy = Path(tempfile.mkdtemp(prefix="notebook-assets-")) / path.name
    shutil.copyfile(path, copy)
    for journal in _journals(path):
        if journal.is_file():
            shutil.copyfile(journal, copy.with_name(journal.name))
    return copy


def _journals(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in _JOURNALS]
