"""Housekeeping of a store: what it takes, which versions it keeps, whether all is whole, and making room."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionsDefinition, partition_loading_context
from notebook_assets.store.archive_importing import Existing, ImportReport, import_archive
from notebook_assets.store.archive_writing import ArchiveReport, Versions, write_archive
from notebook_assets.store.chosen_assets import ChosenAssets, chosen_assets
from notebook_assets.store.chosen_partitions import partitions_to_export
from notebook_assets.store.event_questions import EventQuestions
from notebook_assets.store.litter import Litter, sweep_litter
from notebook_assets.store.no_value import check_partition
from notebook_assets.store.pruning import Age, PruneReport, prune_values
from notebook_assets.store.sizes import StoreSizes, store_sizes
from notebook_assets.store.value_versions import ValueVersions, value_versions
from notebook_assets.store.verifying import VerifyReport, verify_store


class KeptStore(EventQuestions):
    """A store that can be kept in order, and taken elsewhere in parts."""

    def sizes(self, assets: ChosenAssets = None) -> StoreSizes:
        """Return how much room the values take, by asset: the latest ones, and those of older versions.

        Args:
            assets: One or several; by default all.

        Raises:
            UnknownAssetError: The store has never heard of one.

        >>> from notebook_assets import Instance, asset, materialize
        >>> @asset
        ... def one(): return 1
        >>> store = Instance.ephemeral()
        >>> for _ in range(3): _ = materialize([one], instance=store, progress=False)
        >>> store.sizes()[0].versions, store.sizes().older_bytes
        (3, 2)
        """
        chosen = chosen_assets(self, assets)
        with self.database.read() as connection:
            return store_sizes(connection, chosen)

    def versions(self, asset: CoercibleToAssetKey, partition: str | None = None) -> ValueVersions:
        """Return the history of a piece, the latest first: when it was made, and which of the values are still kept.

        ``load(asset, partition, version=...)`` gives the value of one that is.

        Args:
            asset: The asset; text may have its parts joined by slashes.
            partition: The partition key, ``None`` for an unpartitioned asset.

        Raises:
            UnknownAssetError: The store has never heard of the asset.
            InvalidInvocationError: It has partitions, and none is named.
            UnknownPartitionError: It has no such partition.

        >>> from notebook_assets import Instance, asset, materialize
        >>> @asset
        ... def one(): return 1
        >>> store = Instance.ephemeral()
        >>> for _ in range(3): _ = materialize([one], instance=store, progress=False)
        >>> [version.event_id for version in store.versions("one")]
        [3, 2, 1]
        >>> store.load("one", version=2)
        1
        """
        key = self.key_named(asset)
        asset_id = self._ids.find(key)
        if asset_id is None:
            raise self._unknown(key)
        with self.database.read() as connection:
            found = value_versions(connection, key, asset_id, partition)
        if not found:
            self._check_may_be(key, partition)
        return found

    def _check_may_be(self, key: AssetKey, partition: str | None) -> None:
        """Refuse a piece that can't be, as far as the store knows the asset's partitions."""
        definition: PartitionsDefinition | None = None
        with suppress(InvalidDefinitionError):  # of a class that is not there
            definition = self.partitions_definition(key)
        if partition is None and (definition is not None or any(self.pieces(key).partitions)):
            name = key.to_user_string()
            raise InvalidInvocationError(f"{name} has partitions: say of which, as in versions({name!r}, partition).")
        if definition is not None:
            with partition_loading_context(dynamic_partitions_store=self):
                check_partition(key, partition, definition)

    def prune(
        self,
        keep: int = 1,
        older_than: Age = None,
        assets: ChosenAssets = None,
        *,
        dry_run: bool = False,
        vacuum: bool = False,
    ) -> PruneReport:
        """Remove the values of older versions, and what their steps printed; that they were made stays known.

        The latest value of a piece is never removed, even if the piece was later found empty or failed.

        Args:
            keep: Of how many versions of each piece the value is kept, the newest ones.
            older_than: Only what is so old (a timedelta), or from before then (a datetime), is removed.
            assets: One or several; by default all.
            dry_run: Only say what would be removed.
            vacuum: Also write the database anew, which gives the room that is free inside it back to the disk. It takes
                as much room for a moment, and others can't write meanwhile.

        Raises:
            InvalidInvocationError: ``keep`` is no number from 1 on, or ``older_than`` no age.
            UnknownAssetError: The store has never heard of an asset.
            StoreError: The store can't be written.

        >>> from notebook_assets import Instance, asset, materialize
        >>> @asset
        ... def one(): return 1
        >>> store = Instance.ephemeral()
        >>> for _ in range(3): _ = materialize([one], instance=store, progress=False)
        >>> store.prune(dry_run=True).versions, store.prune().versions, store.prune().versions
        (2, 2, 0)
        """
        chosen = chosen_assets(self, assets)
        report = prune_values(
            self._write, self.database, self.files, chosen, keep=keep, older_than=older_than, dry_run=dry_run
        )
        if vacuum and not dry_run:
            self.database.compact()
        return report

    def verify(self, assets: ChosenAssets = None, *, deep: bool = True) -> VerifyReport:
        """Hold rows, values and files against each other; ``report.ok`` says whether all is whole. Nothing is changed.

        Args:
            assets: The assets whose values and pieces are looked at; by default all.
            deep: Whether each value is read, compared with its digest and decoded (a pickle: with its signature); else
                only that it is there with its size, which takes a fraction of the time.

        Raises:
            UnknownAssetError: The store has never heard of an asset.

        >>> from notebook_assets import Instance, asset, materialize
        >>> @asset
        ... def one(): return 1
        >>> store = Instance.ephemeral()
        >>> _ = materialize([one], instance=store, progress=False)
        >>> store.verify().ok
        True
        """
        return verify_store(self.database, self.files, lambda: chosen_assets(self, assets), deep=deep)

    def sweep(self) -> Litter:
        """Remove the files that kills left: those that no row names and that no run which is not over can have written.

        What is younger than a minute is left alone, and so is what no store writes.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as store:
        ...     store.sweep()
        No litter.
        """
        self.close_dead_runs()
        return sweep_litter(self.database, self.files)

    def export(
        self,
        path: str | Path,
        assets: ChosenAssets = None,
        partitions: Any = None,
        *,
        versions: Versions = "latest",
    ) -> ArchiveReport:
        """Write pieces with their values, and what is known of the assets, to one file: a zip that describes itself.

        Failures, results of checks, observations, what steps printed and the code that was run go along.

        Args:
            path: The file; there must be none of that name yet.
            assets: One or several; by default all.
            partitions: A partition key, a range ``"FIRST...LAST"`` (of which goes along what is there), or a list of
                these; by default, and with ``"all"``, all.
            versions: ``"latest"``: what each piece is now. ``"all"``: its history too, with the values that are kept.

        Raises:
            UnknownAssetError: The store has never heard of an asset.
            NeverMaterializedError: A partition was never made, tried or observed, or none of a range.
            UnknownPartitionError: No asset has an end of a range.
            InvalidInvocationError: There is a file of that name already.
            BrokenValueError: A value is not whole; nothing is written then.
            StoreNotWritableError: The file can't be written; nothing is left behind.

        >>> from notebook_assets import Instance
        >>> with Instance.ephemeral() as here, Instance.ephemeral() as there:
        ...     run = here.begin_run()
        ...     _ = here.record_materialization("daily", "mon", run_id=run, value=here.encode([1, 2], "daily"))
        ...     _ = here.export(here.folder / "daily.zip", "daily")
        ...     _ = there.import_archive(here.folder / "daily.zip")
        ...     there.load("daily", "mon")
        [1, 2]
        """
        if versions not in ("latest", "all"):
            raise InvalidInvocationError(f"versions is 'latest' or 'all'; got {versions!r}.")
        chosen = chosen_assets(self, assets)
        keys = partitions_to_export(self, chosen, partitions)
        return write_archive(self.database, self.files, _path(path), chosen, keys, versions)

    def import_archive(self, path: str | Path, *, existing: Existing = "raise") -> ImportReport:
        """Take in what :meth:`export` wrote, all of it or nothing; all is checked before anything is written.

        Nothing in it is opened or run. Pickles that this user did not sign stay closed until :meth:`trust`.

        Args:
            path: The file.
            existing: What to do with pieces that were made here: ``"raise"``, ``"skip"`` them, or let those of the
                archive be the latest (``"replace"``; what was made here stays an older version).

        Raises:
            InvalidInvocationError: Pieces of it were made here.
            StoreVersionError: It was written by a newer version of this package.
            StoreError: It is not what it should be, or there is no room for it.
        """
        return import_archive(self, _path(path), existing)


def _path(given: Any) -> Path:
    try:
        return Path(given).expanduser()
    except TypeError as error:
        raise InvalidInvocationError(f"The path of an archive is a text or a path; got {given!r}.") from error
