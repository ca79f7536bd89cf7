"""Writing a store: descriptions, and what happened to each piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from notebook_assets.errors import StoreError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.store import asset_rows, recording
from notebook_assets.store.chosen_partitions import partitions_to_wipe
from notebook_assets.store.formats import EncodedValue, format_called
from notebook_assets.store.no_value import piece_name
from notebook_assets.store.recording import Failing, PieceRow, StoredValue
from notebook_assets.store.records import AssetDescription, InputRead
from notebook_assets.store.run_questions import RunQuestions
from notebook_assets.store.signing import sign
from notebook_assets.store.trusting import sign_pickles
from notebook_assets.store.wiping import wipe_pieces

INLINE_BYTES = 16 * 1024
"""Values up to this size lie in the database, which is faster than a file; larger ones get a file each."""


class StoreWriter(RunQuestions):
    """What a store takes in. Each method is one transaction: all of it is written, or nothing."""

    def describe_assets(self, descriptions: Iterable[AssetDescription]) -> None:
        """Keep what is known of assets; only what changed is written."""
        given = list(descriptions)
        with self.database.read() as connection:
            changed = asset_rows.undescribed(connection, given)
        if changed:
            with self._write() as connection:
                asset_rows.describe(connection, given)

    def record_materialization(
        self,
        key: CoercibleToAssetKey,
        partition: str | None = None,
        *,
        run_id: str | None,
        value: EncodedValue | StoredValue | None = None,
        code: str | None = None,
        data_version: str | None = None,
        metadata: Mapping[str, MetadataValue] | None = None,
        tags: Mapping[str, str] | None = None,
        duration: float = 0.0,
        reads: Sequence[InputRead] = (),
        description: str | None = None,
    ) -> int:
        """Keep a value and record that the piece was made: the value first, then all rows in one transaction.

        Args:
            key: The asset.
            partition: The partition key, ``None`` for an unpartitioned asset.
            run_id: The run that made it; ``None`` for what was made outside of runs.
            value: The value, encoded (or what :meth:`store_value` gave); ``None`` where the store does not keep it.
            code: The fingerprint of the code that made it.
            data_version: What changes when the value does; the value's digest where it is ``None``.
            metadata: What to keep beside it.
            tags: Texts to keep beside it.
            duration: Seconds that it took.
            reads: What it read.
            description: What was said of it.

        Returns:
            The event's id.

        Raises:
            StoreNotWritableError: The folder can't be written; nothing was recorded.
            StoreError: Nothing was recorded for another reason, which it says.
        """
        wanted = AssetKey.from_coercible(key)
        piece = self._piece(wanted, partition, run_id)
        upstream = [(self._ids.make(read.upstream), read) for read in reads]
        stored = self.store_value(wanted, partition, value) if isinstance(value, EncodedValue) else value
        try:
            with self._write() as connection:
                return recording.insert_materialization(
                    connection,
                    piece,
                    stored,
                    code=code,
                    data_version=value.digest if data_version is None and value is not None else data_version,
                    metadata={**stored.facts, **(metadata or {})} if stored and stored.facts else metadata or {},
                    tags=tags or {},
                    duration=duration,
                    reads=upstream,
                    description=description,
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

    def wipe(self, key: CoercibleToAssetKey, partitions: Any = None) -> int:
        """Forget pieces: their values, versions, failures and reads. What is known of the definition stays.

        Args:
            key: The asset.
            partitions: A partition key, a range ``"FIRST...LAST"``, or a list of these; ``None`` or ``"all"`` for all
                pieces of the asset.

        Returns:
            How many pieces were known.

        Raises:
            UnknownAssetError: The store has never heard of the asset.
            UnknownPartitionError: It has no such partition, and none is recorded.
            InvalidPartitionRangeError: A range is malformed or runs backwards.
        """
        wanted = self._ids.named(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            raise self._unknown(wanted)
        chosen = partitions_to_wipe(self, wanted, asset_id, partitions)
        return wipe_pieces(self._write, self.database, self.files, asset_id, chosen)

    def wipe_assets(self, asset_keys: Sequence[CoercibleToAssetKey]) -> None:
        """Forget all pieces of several assets."""
        for key in asset_keys:
            self.wipe(key)

    def wipe_asset_partitions(self, asset_key: CoercibleToAssetKey, partition_keys: Sequence[str]) -> None:
        """Forget some partitions of an asset, as :meth:`wipe`."""
        self.wipe(asset_key, partition_keys)

    def trust(self, key: CoercibleToAssetKey) -> int:
        """Sign the pickles of an asset that came from elsewhere, so that they load; return how many there were.

        Do this only for a store whose origin you know: reading a pickle can run any code.

        Raises:
            UnknownAssetError: The store has never heard of the asset.
        """
        wanted = self._ids.named(key)
        asset_id = self._ids.find(wanted)
        if asset_id is None:
            raise self._unknown(wanted)
        with self._write() as connection:
            return sign_pickles(connection, self.files, asset_id, wanted)

    def _piece(self, key: AssetKey, partition: str | None, run_id: str | None) -> PieceRow:
        run = None if run_id is None else self._run_number(run_id)
        return PieceRow(self._ids.make(key), partition or "", run)

    def store_value(self, key: AssetKey, partition: str | None, value: EncodedValue) -> StoredValue:
        """Write a value's file, where it is too large for the database; nothing is recorded yet.

        It can be done by any thread and process, since it does not touch the database.

        Args:
            key: The asset.
            partition: The partition key, ``None`` for an unpartitioned asset.
            value: The value, encoded.

        Returns:
            What :meth:`record_materialization` takes as the value.

        Raises:
            StoreNotWritableError: The file can't be written.

        >>> from notebook_assets import AssetKey, Instance
        >>> with Instance.ephemeral() as instance:
        ...     instance.store_value(AssetKey("daily"), None, instance.encode([1, 2], "daily")).size
        6
        """
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
            value.facts,
        )
