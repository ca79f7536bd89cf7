"""AssetValueLoader: values by key, list, range or all, as they are, as a dict, or as one frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias, get_origin

from notebook_assets.errors import (
    EmptyPieceError,
    InvalidInvocationError,
    NeverMaterializedError,
    ValueNotFoundError,
)
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.partitions import PartitionKeyRange, PartitionsDefinition, parse_partitions
from notebook_assets.store.database import chunks
from notebook_assets.store.no_value import piece_name
from notebook_assets.store.reading import StoreReader
from notebook_assets.store.records import DEFAULT_IO_MANAGER_KEY
from notebook_assets.store.together import is_frame, one_frame, unpacked
from notebook_assets.store.value_rows import FRAME_TYPE, ValueRow, read_packed, read_value

Fallback: TypeAlias = Callable[..., Any]
"""Called as ``fallback(key, partition)`` for what the store does not keep itself (source assets, other IO managers,
assets that it has never heard of), with those of ``python_type=``, ``metadata=`` and ``resource_config=`` that were
given. It raises ``ValueNotFoundError`` or ``UnknownAssetError`` where it has nothing either."""
DefinitionLookup: TypeAlias = Callable[[AssetKey], PartitionsDefinition | None]
"""Gives the partitions of an asset as defined now; ``None`` where it does not know better than the store."""

Shape: TypeAlias = Literal["auto", "dict", "frame"]
Missing: TypeAlias = Literal["raise", "skip", "none"]
_SHAPES = ("auto", "dict", "frame")
_MISSING = ("raise", "skip", "none")
_ROWS_AT_ONCE = 500
_NAMED_IN_ERROR = 5


class AssetValueLoader:
    """Reads many values of one store with one set-up; a context manager, as in the reference.

    Args:
        store: The store that keeps the values.
        fallback: What loads values that the store does not keep itself.
        definitions: What knows the partitions of assets as they are defined now; else the store's descriptions do.

    >>> from notebook_assets.store import Instance
    >>> with Instance.ephemeral() as instance:
    ...     run = instance.begin_run()
    ...     _ = instance.record_materialization("daily", run_id=run, value=instance.encode(3, "daily"))
    ...     with instance.loader() as loader:
    ...         loader.load_asset_value("daily")
    3
    """

    def __init__(
        self, store: StoreReader, *, fallback: Fallback | None = None, definitions: DefinitionLookup | None = None
    ) -> None:
        self._store = store
        self._fallback = fallback
        self._definitions = definitions

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to do: the store stays open."""

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey,
        *,
        python_type: Any = None,
        partition_key: str | None = None,
        partition_key_range: PartitionKeyRange | None = None,
        input_definition_metadata: Mapping[str, Any] | None = None,
        resource_config: Any = None,
        metadata: Mapping[str, Any] | None = None,
        partitions: Any = None,
        as_: Shape = "auto",
        missing: Missing = "raise",
    ) -> Any:
        """Return the value of an asset, of one of its partitions, or of several.

        Args:
            asset_key: The asset.
            python_type: The type to load it as, for IO managers that offer a choice; ``dict`` or ``DataFrame`` also
                choose the shape of several partitions.
            partition_key: One partition; its bare value comes back.
            partition_key_range: Several partitions, ends included.
            input_definition_metadata: For IO managers, as ``metadata``.
            resource_config: For IO managers: the configuration of their resources.
            metadata: For IO managers: metadata of the input.
            partitions: Several partitions: a key, ``"FIRST...LAST"``, ``"all"``, a range, a list of these, a subset.
                However many these are, a dict or a frame comes back.
            as_: ``"dict"``: by partition key. ``"frame"``: one DataFrame whose first index level, ``partition``, is
                the key. ``"auto"``: a frame where the asset's values are DataFrames, else a dict.
            missing: What to do where one of several partitions was never made: ``"raise"``, ``"skip"`` it, or have
                ``"none"``: ``None`` in its place (no rows, in a frame). Partitions that were made and are *empty* are
                left out. With a single value, ``"none"`` gives ``None`` where there is none.

        Raises:
            UnknownAssetError: There is no such asset.
            UnknownPartitionError: The asset has no such partition.
            NeverMaterializedError: It was never made.
            EmptyPieceError: It was made and yielded nothing.
            InvalidInvocationError: Arguments that don't go together.
            StoreError: The value is broken or untrusted.
        """
        key = AssetKey.from_coercible(asset_key)
        _check_choices(as_, missing)
        several = _several(partition_key, partition_key_range, partitions)
        options = _options(python_type, input_definition_metadata, metadata, resource_config)
        if several is None:
            return self._load_one(key, partition_key, missing, options)
        values = self._load_several(key, several, missing, options)
        return self._shaped(key, values, _shape(as_, python_type))

    def _load_one(self, key: AssetKey, partition: str | None, missing: Missing, options: Mapping[str, Any]) -> Any:
        row = self._store.value_row(key, partition)
        if row is not None and row.has_value:
            return read_value(row, self._store.files, piece_name(key, partition))
        if missing == "skip":
            raise InvalidInvocationError(
                "missing='skip' leaves partitions out of several; with one value use missing='none' or 'raise'."
            )
        try:
            if self._fallback is not None and self._is_kept_elsewhere(key, row):
                return self._fallback(key, partition, **options)
            raise self._store.why_no_value(key, partition, row, self._defined_now(key))
        except ValueNotFoundError:
            if missing == "none":
                return None
            raise

    def _load_several(
        self, key: AssetKey, several: Any, missing: Missing, options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the values by key in the definition's order; once one is missing that must not be, none is read."""
        definition = self._defined_now(key) or self._store.partitions_definition(key)
        if definition is None:
            raise InvalidInvocationError(
                f"{key.to_user_string()} is not partitioned; load it without partition_key_range= and partitions=."
            )
        wanted = list(parse_partitions(definition, several).get_partition_keys())
        elsewhere = self._fallback is not None and self._is_kept_elsewhere(key, None)
        values: dict[str, Any] = {}
        lacking: list[str] = []
        for part in chunks(wanted, _ROWS_AT_ONCE):
            rows = {row.partition: row for row in self._store.value_rows(key, part)}
            for partition in part:
                row = rows.get(partition)
                if lacking and missing == "raise" and not elsewhere:
                    if row is None or not (row.has_value or row.kind == "empty"):
                        lacking.append(partition)
                    continue
                try:
                    values[partition] = self._value(key, partition, row, elsewhere, options)
                except EmptyPieceError:
                    continue
                except ValueNotFoundError:
                    lacking.append(partition)
                    if missing == "none":
                        values[partition] = None
        if lacking and missing == "raise":
            raise _lacking(key, lacking, len(wanted))
        return values

    def _value(
        self, key: AssetKey, partition: str, row: ValueRow | None, elsewhere: bool, options: Mapping[str, Any]
    ) -> Any:
        what = piece_name(key, partition)
        if row is not None and row.has_value:
            return read_packed(row, self._store.files, what)
        if row is not None and row.kind == "empty":
            raise EmptyPieceError(what)
        if self._fallback is not None and (elsewhere or (row is not None and row.kind == "materialization")):
            return self._fallback(key, partition, **options)
        raise NeverMaterializedError(what)

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


def _check_choices(as_: str, missing: str) -> None:
    if as_ not in _SHAPES:
        raise InvalidInvocationError(f"as_ is one of {', '.join(map(repr, _SHAPES))}; got {as_!r}.")
    if missing not in _MISSING:
        raise InvalidInvocationError(f"missing is one of {', '.join(map(repr, _MISSING))}; got {missing!r}.")


def _several(partition_key: Any, partition_key_range: Any, partitions: Any) -> Any:
    """Return what names several partitions, ``None`` where one value is asked for."""
    given = {"partition_key": partition_key, "partition_key_range": partition_key_range, "partitions": partitions}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise InvalidInvocationError(f"Give one of {' and '.join(named)}, not both.")
    if partition_key is not None and not isinstance(partition_key, str):
        raise InvalidInvocationError(
            f"partition_key is one key, a string; got {partition_key!r}. Several go into partitions=."
        )
    return partition_key_range if partition_key_range is not None else partitions


def _options(
    python_type: Any,
    input_definition_metadata: Mapping[str, Any] | None,
    metadata: Mapping[str, Any] | None,
    resource_config: Any,
) -> dict[str, Any]:
    """Return what the fallback gets beside the piece: only what was given."""
    merged = {**(input_definition_metadata or {}), **(metadata or {})}
    options = {"python_type": python_type, "metadata": merged or None, "resource_config": resource_config}
    return {name: value for name, value in options.items() if value is not None}


def _shape(as_: Shape, python_type: Any) -> Shape:
    if as_ != "auto" or python_type is None:
        return as_
    if python_type is dict or get_origin(python_type) is dict:
        return "dict"
    return "frame" if getattr(python_type, "__name__", "") == "DataFrame" else "auto"


def _lacking(key: AssetKey, lacking: list[str], wanted: int) -> NeverMaterializedError:
    named = ", ".join(lacking[:_NAMED_IN_ERROR])
    more = f" and {len(lacking) - _NAMED_IN_ERROR:,} more" if len(lacking) > _NAMED_IN_ERROR else ""
    return NeverMaterializedError(
        f"{len(lacking):,} of the {wanted:,} partitions of {key.to_user_string()} were never materialized: "
        f"{named}{more}. Materialize them, or load what is there with missing='skip' (or 'none')."
    )
