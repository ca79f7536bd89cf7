"""A loop written by hand, as durable as the store: pickle, temporary file, rename, one committed row in SQLite."""

from __future__ import annotations

import os
import pickle
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from workload import CHAIN, LOADS, PARTITIONS, seconds_each, tell


class HandStore:
    """Values in files, and one row for each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count()
        self.db = sqlite3.connect(folder / "rows.db", isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.execute("CREATE TABLE made (name TEXT PRIMARY KEY, file TEXT NOT NULL)")

    def save(self, name: str, value: object) -> None:
        """Write a value, then the row that names it."""
        final = self.folder / f"{next(self.numbers)}.pickle"
        temporary = final.with_suffix(".tmp")
        with temporary.open("wb") as out:
            pickle.dump(value, out)
        os.replace(temporary, final)
        self.db.execute("INSERT OR REPLACE INTO made VALUES (?, ?)", (name, final.name))

    def load(self, name: str) -> int:
        """Read the value that the row names."""
        (file,) = self.db.execute("SELECT file FROM made WHERE name = ?", (name,)).fetchone()
        value: int = pickle.loads((self.folder / file).read_bytes())
        return value


@contextmanager
def fresh_store() -> Iterator[HandStore]:
    """Give a store in a scratch folder."""
    with tempfile.TemporaryDirectory() as folder:
        store = HandStore(Path(folder))
        yield store
        store.db.close()


def chain(store: HandStore) -> None:
    """Make the chain: each value is the stored one before, plus one."""
    store.save("step_0", 0)
    for number in range(1, CHAIN):
        store.save(f"step_{number}", store.load(f"step_{number - 1}") + 1)


def partitions(store: HandStore) -> None:
    """Make two assets for each partition."""
    for key in range(PARTITIONS):
        store.save(f"first_{key}", key)
        store.save(f"second_{key}", store.load(f"first_{key}") + 1)


def loads(store: HandStore) -> None:
    """Load values again and again."""
    for number in range(LOADS):
        store.load(f"step_{number % CHAIN}")


def load_partitions(store: HandStore) -> None:
    """Load the value of each partition."""
    for key in range(PARTITIONS):
        store.load(f"second_{key}")


if __name__ == "__main__":
    with fresh_store() as store:
        chain(store)  # to be warm
        tell(
            {
                "one": seconds_each(lambda: store.save("one", 1), steps=1, repetitions=21),
                "chain": seconds_each(lambda: chain(store), CHAIN, repetitions=9),
                "partitions": seconds_each(lambda: partitions(store), 2 * PARTITIONS, repetitions=9),
                "load": seconds_each(lambda: loads(store), LOADS, repetitions=9),
                "load_partition": seconds_each(lambda: load_partitions(store), PARTITIONS, repetitions=9),
            }
        )
