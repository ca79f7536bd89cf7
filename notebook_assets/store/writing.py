"""Writing a store: descriptions, runs, and what happened to each piece."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from notebook_assets.errors import InvalidInvocationError, StoreError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.store import asset_rows, recording
from notebook_assets.store.database import Database
from notebook_assets.store.formats import EncodedValue, format_called
from notebook_assets.store.no_value import piece_name
from notebook_assets.store.reading import StoreReader
from notebook_assets.store.recording import Failing, PieceRow, StoredValue
from notebook_assets.store.records import RUN_STATUSES, AssetDescription, InputRead
from notebook_assets.store.signing import sign
from notebook_assets.store.trusting import sign_pickles
from notebook_assets.store.values import ValueFiles
from notebook_assets.store.wiping import wipe_pieces

INLINE_BYTES = 16 * 1024
"""Values up to this size lie in the database, which is faster than a file; larger ones get a file each."""

_LAST_WAIT = 1.0  # seconds to wait for another process when the store is closed


class StoreWriter(StoreReader):
    """What a store takes in. Each method is one transaction: all of it is written, or nothing."""

    def __init__(self, database: Database, files: ValueFiles) -> None:
        super().__init__(database, files)
        self._late_ends: dict[int, tuple[str, float]] = {}  # of runs, as long as the store could not be written

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """Give the connection in one transaction, which also records how runs ended that could not be written then."""
        late = dict(self._late_ends)
        with self.database.write() as connection:
            for number, (status, moment) in late.items():
                connection.execute(
                    "UPDATE runs SET status = ?, finished_at = ? WHERE number = ?", (status, moment, number)
                )
            yield connection
        for number in late:
            self._late_ends.pop(number, None)

    def _write_late_ends(self) -> None:
        """Record, before the store is closed, how runs ended; without waiting long for another process."""
        if self._late_ends and not self.database.is_closed:
            self.database.lock_wait = min(self.database.lock_wait, _LAST_WAIT)
            with suppress(StoreError), self._write():
                pass

    def describe_assets(self, descriptions: Iterable[AssetDescription]) -> None:
        """Keep what is known of assets; only what changed is written."""
        given = list(descriptions)
        with self.database.read() as connection:
            changed = asset_rows.undescribed(connection, given)
        if changed:
            with self._write() as connection:
                asset_rows.describe(connection, given)

    def begin_run(
        self,
        *,
        selection: str = "",
        tags: Mapping[str, str] | None = None,
        planned: int = 0,
        run_id: str | None = None,
    ) -> str:
        """Record that a run starts.

        Args:
            selection: What was asked for, in words.
            tags: Anything to keep with it.
            planned: How many steps it plans.
            run_id: What to call it, where that is known already; by default something new.

        Returns:
            The run's id.
        """
        self.database.check_in_place()
        self._follow_renames()
        run_id = run_id or str(uuid.uuid4())
        with self._write() as connection:
            connection.execute(
                "INSERT INTO runs (id, status, selection, tags, planned, started_at, host, pid) "
                "VALUES (?, 'running', ?, ?, ?, ?, ?, ?)",
                (
                    run_id,
                    selection,
                    json.dumps(dict(tags or {})),
                    planned,
                    time.time(),
                    socket.gethostname(),
                    os.getpid(),
                ),
            )
        return run_id

    def finish_run(self, run_id: str, status: str) -> None:
        """Record how a run ended.

        Raises:
            InvalidInvocationError: No such status.
            StoreError: No such run; or the store can't be written, then it is recorded as soon as it can.
        """
        if status not in RUN_STATUSES:
            raise InvalidInvocationError(f"A run's status is one of {', '.join(RUN_STATUSES)}; got {status!r}.")
        number = self._run_number(run_id)
        self._late_ends[number] = (status, time.time())
        with self._write():
            pass

    def record_materialization(
        self,
        key: CoercibleToAssetKey,
        partition: str | None = None,
        *,
        run_id: str,
        value: EncodedValue | None = None,
        code: str | None = None,
        data_version: str | None = None,
        metadata: Mapping[str, MetadataValue] | None = None,
        tags: Mapping[str, str] | None = None,
        duration: float = 0.0,
        reads: Sequence[InputRead] = (),
    ) -> int:
        """Keep a value and record that the piece was made: the value first, then all rows in one transaction.

        Args:
            key: The asset.
            partition: The partition key, ``None`` for an unpartitioned asset.
            run_id: The run that made it.
            value: The value, encoded; ``None`` where the store does not keep it.
            code: The fingerprint of the code that made it.
            data_version: What changes when the value does; the value's digest where it is ``None``.
            metadata: What to keep beside it.
            tags: Texts to keep beside it.
            duration: Seconds that it took.
            reads: What it read.

        Returns:
            The event's id.

        Raises:
            StoreNotWritableError: The folder can't be written; nothing was recorded.
            StoreError: Nothing was recorded for another reason, which it says.
        """
        wanted = AssetKey.from_coercible(key)
        piece = self._piece(wanted, partition, run_id)
        upstream = [(self._ids.make(read.upstream), read) for read in reads]
        stored = None if value is None else self._store_value(wanted, partition, value)
        try:
            with self._write() as connection:
                return recording.insert_materialization(
                    connection,
                    piece,
                    stored,
                    code=code,
                    data_version=value.digest if data_version is None and value is not None else data_version,
                    metadata=metadata or {},
                    tags=tags or {},
                    duration=duration,
                    reads=upstream,
                )
        except StoreError:
            if stored is not None and stored.path is not None:
                self.files.remove([stored.path])
            raise

    def record_empty(
        self,
        key: CoercibleToAssetKey,
        partition: str | None = None,
        *,
        run_id: str,
        code: str | None = None,
        duration: float = 0.0,
        reads: Sequence[InputRead] = (),
    ) -> int:
        """Record that a piece's function ran and yielded nothing; return the event's id."""
        piece = self._piece(AssetKey.from_coercible(key), partition, run_id)
        upstream = [(self._ids.make(read.upstream), read) for read in reads]
        with self._write() as connection:
            return recording.insert_empty(connection, piece, code=code, duration=duration, reads=upstream)

    def record_failure(
        self,
        key: CoercibleToAssetKey,
        partition: str | None = None,
        *,
        run_id: str,
        error_type: str,
        message: str,
        traceback: str | None = None,
        code: str | None = None,
        duration: float = 0.0,
        reads: Sequence[InputRead] = (),
    ) -> None:
        """Record that making a piece raised an error; a value that was made before stays and can be loaded."""
        piece = self._piece(AssetKey.from_coercible(key), partition, run_id)
        failing = Failing("failed", message, error_type, traceback, code, duration, (), reads)
        with self._write() as connection:
            recording.insert_failure(connection, piece, failing)

    def record_skips(
        self,
        key: CoercibleToAssetKey,
        skips: Iterable[tuple[str | None, str, Sequence[str]]],
        *,
        run_id: str,
    ) -> None:
        """Record pieces of one asset that did not start, each as (partition, why, names of what was missing)."""
        wanted = AssetKey.from_coercible(key)
        rows = [(self._piece(wanted, partition, run_id), why, missing) for partition, why, missing in skips]
        with self._write() as connection:
            for piece, why, missing in rows:
                recording.insert_failure(connection, piece, Failing("skipped", why, missing=missing))

    def wipe(self, key: CoercibleToAssetKey, partitions: Iterable[str] | None = None) -> int:
        """Forget pieces: their values, versions, failures and reads. What is known of the definition stays.

        Args:
            key: The asset.
            partitions: Partition keys, or one; ``None`` for all pieces of the asset.

        Returns:
            How many pieces were known.

        Raises:
            UnknownAssetError: The store has never heard of the asset.
        """
        wanted = AssetKey.from_coercible(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            raise self._unknown(wanted)
        chosen = [partitions] if isinstance(partitions, str) else None if partitions is None else list(partitions)
        return wipe_pieces(self._write, self.database, self.files, asset_id, chosen)

    def wipe_assets(self, asset_keys: Sequence[CoercibleToAssetKey]) -> None:
        """Forget all pieces of several assets."""
        for key in asset_keys:
            self.wipe(key)

    def trust(self, key: CoercibleToAssetKey) -> int:
        """Sign the pickles of an asset that came from elsewhere, so that they load; return how many there were.

        Do this only for a store whose origin you know: reading a pickle can run any code.

        Raises:
            UnknownAssetError: The store has never heard of the asset.
        """
        wanted = AssetKey.from_coercible(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            raise self._unknown(wanted)
        with self._write() as connection:
            return sign_pickles(connection, self.files, asset_id, wanted)

    def _piece(self, key: AssetKey, partition: str | None, run_id: str) -> PieceRow:
        return PieceRow(self._ids.make(key), partition or "", self._run_number(run_id))

    def _run_number(self, run_id: str) -> int:
        number = self._run_numbers.get(run_id)
        if number is None:
            with self.database.read() as connection:
                row = connection.execute("SELECT number FROM runs WHERE id = ?", (run_id,)).fetchone()
            if row is None:
                raise StoreError(f"The store has no run {run_id!r}; begin_run() gives the id of a new one.")
            number = self._run_numbers[run_id] = int(row[0])
        return number

    def _store_value(self, key: AssetKey, partition: str | None, value: EncodedValue) -> StoredValue:
        form = format_called(value.format, piece_name(key, partition))
        signature = sign(value.data) if form.executes else None
        inline = len(value.data) <= INLINE_BYTES
        path = None if inline else self.files.write(key, partition or "", form.suffix, value.data)
        return StoredValue(
            value.format,
            value.type_name,
            len(value.data),
            value.digest,
            signature,
            path,
            value.data if inline else None,
        )
