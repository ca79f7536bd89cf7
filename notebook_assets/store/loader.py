"""AssetValueLoader: values by key, list, range or all, as they are, as a dict, or as one frame."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Self, TypeAlias

from notebook_assets.errors import (
    InvalidInvocationError,
    NeverMaterializedError,
    UnknownAssetError,
    ValueNotFoundError,
    did_you_mean,
)
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import (
    PartitionKeyRange,
    PartitionsDefinition,
    parse_partitions,
    partition_loading_context,
)
from notebook_assets.store.lazy_keys import Held, held_by_reading, keys_there, maybe_from_before
from notebook_assets.store.lazy_values import LazyValues
from notebook_assets.store.load_options import (
    HasKey,
    Missing,
    Shape,
    check_choices,
    check_version_alone,
    fallback_options,
    several_asked,
    shape_asked,
)
from notebook_assets.store.no_value import FileNotThereError, outlived, piece_name, unknown_asset
from notebook_assets.store.reading import StoreReader
from notebook_assets.store.records import DEFAULT_IO_MANAGER_KEY
from notebook_assets.store.several_values import Fallback, SeveralFallback, SeveralValues
from notebook_assets.store.together import is_frame, one_frame, unpacked
from notebook_assets.store.value_rows import FRAME_TYPE, ValueRow
from notebook_assets.store.written_keys import is_written_key, written_key, written_partitions

DefinitionLookup: TypeAlias = Callable[[AssetKey], PartitionsDefinition | None]
"""Gives the partitions of an asset as defined now; ``None`` where it does not know better than the store."""


class AssetValueLoader:
    """Reads many values of one store with one set-up; a context manager, as in the reference.

    Args:
        store: The store that keeps the values.
        fallback: What loads values that the store does not keep itself.
        definitions: What knows the partitions of assets as they are defined now; else the store's descriptions do.
        several: What loads several values that the store does not keep itself by one call.
        held: What tells which of several partitions it has, without loading them.

    >>> from notebook_assets.store import Instance
    >>> with Instance.ephemeral() as instance:
    ...     run = instance.begin_run()
    ...     _ = instance.record_materialization("daily", run_id=run, value=instance.encode(3, "daily"))
    ...     with instance.loader() as loader:
    ...         loader.load_asset_value("daily")
    3
    """

    def __init__(
        self,
        store: StoreReader,
        *,
        fallback: Fallback | None = None,
        definitions: DefinitionLookup | None = None,
        several: SeveralFallback | None = None,
        held: Held | None = None,
    ) -> None:
        self._store = store
        self._fallback = fallback
        self._several = several
        self._held = held
        self._definitions = definitions
        self._defined: Collection[AssetKey] = ()

    def knowing(self, defined: Collection[AssetKey]) -> Self:
        """Have what the definitions say of the assets ``defined`` now win over what the store has of them.

        Their values from before they were partitioned in another way are not theirs any more.
        """
        self._defined = defined
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to do: the store stays open."""

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey | HasKey,
        partition_key: str | date | Mapping[str, Any] | None = None,
        *,
        python_type: Any = None,
        partition_key_range: PartitionKeyRange | None = None,
        input_definition_metadata: Mapping[str, Any] | None = None,
        resource_config: Any = None,
        metadata: Mapping[str, Any] | None = None,
        partitions: Any = None,
        as_: Shape = "auto",
        missing: Missing = "raise",
        version: int | None = None,
    ) -> Any:
        """Return the value of an asset, of one of its partitions, or of several.

        Args:
            asset_key: The asset: its key, its parts joined by slashes, or the asset itself.
            partition_key: One partition; its bare value comes back. A date or a datetime will do where the asset's
                partitions are time windows, a dict by dimension where they have several.
            python_type: The type to load it as, for IO managers that offer a choice; ``dict`` or ``DataFrame`` also
                choose the shape of several partitions.
            partition_key_range: Several partitions, ends included.
            input_definition_metadata: For IO managers, as ``metadata``.
            resource_config: For IO managers: the configuration of their resources.
            metadata: For IO managers: metadata of the input.
            partitions: Several partitions: a key, ``"FIRST...LAST"``, ``"all"``, a range, a list of these, a subset.
                However many these are, a dict or a frame comes back.
            as_: ``"dict"``: by partition key. ``"frame"``: one DataFrame whose first index level, ``partition``, is
                the key. ``"lazy"``: a mapping that reads each value when it is asked for. ``"auto"``: a frame where the
                asset's values are DataFrames, else a dict.
            missing: What to do where one of several partitions was never made: ``"raise"``, ``"skip"`` it, or have
                ``"none"``: ``None`` in its place (no rows, in a frame). Partitions that were made and are *empty* are
                left out. With a single value, ``"none"`` gives ``None`` where there is none.
            version: Not the latest value, but that of an earlier event, which :meth:`Instance.versions` lists.

        Raises:
            UnknownAssetError: There is no such asset.
            UnknownPartitionError: The asset has no such partition.
            NeverMaterializedError: It was never made.
            EmptyPieceError: It was made and yielded nothing.
            InvalidInvocationError: Arguments that don't go together.
            StoreError: The value is broken or untrusted.
        """
        key = self.key_of(asset_key)
        check_choices(as_, missing)
        options = fallback_options(python_type, input_definition_metadata, metadata, resource_config)
        with partition_loading_context(dynamic_partitions_store=self._store):  # its keys belong to its values
            one, partitions = self._key_at(key, partition_key), self._keys_at(key, partitions)
            several = several_asked(one, partition_key_range, partitions)
            if version is not None:
                check_version_alone(several)
                return self._store.load(key, one, version=version)
            if several is None:
                return self._load_one(key, one, missing, options)
            if as_ == "lazy":
                return self._lazy(key, several, missing, options)
            values = self._load_several(key, several, missing, options)
        return self._shaped(key, values, shape_asked(as_, python_type))

    def _load_one(self, key: AssetKey, partition: str | None, missing: Missing, options: Mapping[str, Any]) -> Any:
        row = self._store.value_row(key, partition)
        if row is not None and key in self._defined:
            gone = outlived(key, partition, self._defined_now(key))
            if gone is not None:
                raise gone
        if row is not None and row.has_value:
            return self._store.value_in(key, row)
        if missing == "skip":
            raise InvalidInvocationError(
                "missing='skip' leaves partitions out of several; with one value use missing='none' or 'raise'."
            )
        try:
            return self._from_elsewhere(key, partition, row, options)
        except (ValueNotFoundError, FileNotFoundError) as error:
            if missing == "none":
                return None
            if isinstance(error, ValueNotFoundError):
                raise
            raise FileNotThereError(f"{piece_name(key, partition)} was not found by its IO manager: {error}") from error

    def _from_elsewhere(
        self, key: AssetKey, partition: str | None, row: ValueRow | None, options: Mapping[str, Any]
    ) -> Any:
        """Load what the store does not keep, where something else does; else raise the error that says why."""
        definition = self._defined_now(key)
        if self._fallback is None or not self._is_kept_elsewhere(key, row):
            if row is None and definition is None and key in self._defined and not partition:
                raise NeverMaterializedError(
                    f"{piece_name(key, None)} was never materialized since it has no partitions. Materialize it first."
                )
            raise self._store.why_no_value(key, partition, row, definition)
        try:
            return self._fallback(key, partition, **options)
        except NeverMaterializedError:
            if row is not None:  # it was, and there is just no value of it
                raise self._store.why_no_value(key, partition, row, definition) from None
            raise
        except UnknownAssetError:
            known = self._store.asset_descriptions()
            if key in known:
                raise self._store.why_no_value(key, partition, row, definition) from None
            if did_you_mean(key.to_user_string(), (other.to_user_string() for other in known)):
                raise unknown_asset(key, known) from None
            raise

    def _wanted(self, key: AssetKey, several: Any) -> list[str]:
        definition = self._definition(key)
        if definition is None:
            raise InvalidInvocationError(
                f"{key.to_user_string()} is not partitioned; load it without partition_key_range= and partitions=."
            )
        return list(parse_partitions(definition, several).get_partition_keys())

    def _load_several(
        self, key: AssetKey, several: Any, missing: Missing, options: Mapping[str, Any]
    ) -> dict[str, Any]:
        elsewhere = self._fallback is not None and self._is_kept_elsewhere(key, None)
        several_values = SeveralValues(self._store, self._fallback, self._several)
        return several_values.load(key, self._wanted(key, several), missing, options, elsewhere=elsewhere)

    def _lazy(self, key: AssetKey, several: Any, missing: Missing, options: Mapping[str, Any]) -> LazyValues:
        """Return a mapping of the partitions that have a value, which reads none as far as that can be told."""
        elsewhere = self._fallback is not None and self._is_kept_elsewhere(key, None)
        rule: Missing = "none" if missing == "none" else "raise"

        def read(partition: str) -> Any:
            with partition_loading_context(dynamic_partitions_store=self._store):
                return self._load_one(key, partition, rule, options)

        def held(partitions: Sequence[str]) -> Collection[str]:
            if self._held is None:
                return held_by_reading(read, partitions)
            return self._held(key, partitions, **options)

        asked = None if self._fallback is None else held
        wanted, pieces = self._wanted(key, several), self._store.pieces(key)
        before = self._store.with_value(key, maybe_from_before(pieces))
        there = keys_there(key, wanted, pieces, missing, asked, elsewhere=elsewhere, from_before=before)
        return LazyValues(key.to_user_string(), there, read)

    def _shaped(self, key: AssetKey, values: dict[str, Any], shape: Shape) -> Any:
        there = {partition: value for partition, value in values.items() if value is not None}
        if shape == "auto" and (all(map(is_frame, there.values())) if there else self._holds_frames(key)):
            shape = "frame"
        if shape == "frame":
            return one_frame(there, key.to_user_string())
        return {partition: unpacked(value) for partition, value in values.items()}

    def _holds_frames(self, key: AssetKey) -> bool:
        counts = self._store.counts().get(key)
        return counts is not None and counts.value_type == FRAME_TYPE

    def key_of(self, asset: CoercibleToAssetKey | HasKey) -> AssetKey:
        """Return the key that a person means: by a key, by its parts joined by slashes, or by the asset itself."""
        named: Any = getattr(asset, "asset_key", None) or getattr(asset, "key", asset)
        key = AssetKey.from_coercible(named)
        if not isinstance(named, str) or "/" not in named or key in self._defined:
            return key
        like = (other for other in self._defined if other.to_user_string() == named)
        found = self._store.key_named(named)
        return next(like, found) if found == key else found

    def _key_at(self, key: AssetKey, partition: Any) -> Any:
        """Return the partition key that is meant by a date, a datetime or a dict; anything else as it is."""
        if not is_written_key(partition):
            return partition
        return written_key(self._definition(key), partition, key.to_user_string())

    def _keys_at(self, key: AssetKey, partitions: Any) -> Any:
        definition = None if partitions is None or isinstance(partitions, str) else self._definition(key)
        if definition is None:
            return partitions
        found = written_partitions(definition, partitions, key.to_user_string())
        return [found] if isinstance(found, str) else found

    def _definition(self, key: AssetKey) -> PartitionsDefinition | None:
        now = self._defined_now(key)
        return now if now is not None or key in self._defined else self._store.partitions_definition(key)

    def _defined_now(self, key: AssetKey) -> PartitionsDefinition | None:
        return None if self._definitions is None else self._definitions(key)

    def _is_kept_elsewhere(self, key: AssetKey, row: ValueRow | None) -> bool:
        if row is not None and row.kind == "materialization":
            return True
        description = self._store.description(key)
        return (
            description is None
            or description.kind == "source"
            or (description.io_manager_key != DEFAULT_IO_MANAGER_KEY)
        )
