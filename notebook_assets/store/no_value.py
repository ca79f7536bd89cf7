"""Why there is no value to load: the asset, the partition or the value is not there, and what to try."""

from __future__ import annotations

from collections.abc import Collection

from notebook_assets.errors import (
    EmptyPieceError,
    InvalidInvocationError,
    NeverMaterializedError,
    NotebookAssetsError,
    UnknownAssetError,
    UnknownPartitionError,
    ValueNotFoundError,
    did_you_mean,
)
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.store.records import FailureRecord
from notebook_assets.store.value_rows import ValueRow


def piece_name(key: AssetKey, partition: str | None) -> str:
    """Return how a piece is called in messages.

    >>> piece_name(AssetKey("daily"), "2013-01-01"), piece_name(AssetKey("report"), None)
    ('daily[2013-01-01]', 'report')
    """
    return f"{key.to_user_string()}[{partition}]" if partition else key.to_user_string()


def unknown_asset(key: AssetKey, known: Collection[AssetKey]) -> UnknownAssetError:
    """Return the error for an asset that the store has never heard of.

    >>> str(unknown_asset(AssetKey("dayly"), [AssetKey("daily")]))
    "The store has no asset 'dayly'. Did you mean 'daily'?"
    """
    name = key.to_user_string()
    names = [other.to_user_string() for other in known]
    hint = did_you_mean(name, names)
    return UnknownAssetError(f"The store has no asset {name!r}.{hint or _listed(names)}")


def _listed(names: list[str]) -> str:
    if not names:
        return " It is empty: materialize something first, or open the right folder (Instance(folder))."
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f" It has {', '.join(map(repr, sorted(names)[:5]))}{more}."


def check_partition(key: AssetKey, partition: str | None, definition: PartitionsDefinition | None) -> None:
    """Check that a piece exists by its definition (``None``: not partitioned).

    Raises:
        InvalidInvocationError: A partitioned asset needs a key, and there is none.
        UnknownPartitionError: The definition has no such key, or there is no definition.
    """
    name = key.to_user_string()
    if definition is None:
        if partition:
            raise UnknownPartitionError(f"{name} is not partitioned, so it has no partition {partition!r}.")
        return
    if not partition:
        raise key_needed(key)
    try:
        definition.position(partition)
    except UnknownPartitionError as error:
        raise UnknownPartitionError(f"{name}: {error}") from None


def key_needed(key: AssetKey) -> InvalidInvocationError:
    """Return the error for a partitioned asset without a partition key."""
    return InvalidInvocationError(
        f"{key.to_user_string()} is partitioned: say which part with partition_key='...', or several with "
        "partitions='FIRST...LAST', a list of keys, or 'all'."
    )


def check_recorded(key: AssetKey, partition: str | None, recorded: list[str]) -> None:
    """Check that a piece may exist by the partition keys on record, where the store knows of no definition.

    Raises:
        InvalidInvocationError: There are partitions, and no key is given.
        UnknownPartitionError: Nothing of that key was ever recorded.
    """
    name = key.to_user_string()
    if not recorded:
        check_partition(key, partition, None)
    elif not partition:
        raise key_needed(key)
    else:
        raise UnknownPartitionError(
            f"The store has no partition {partition!r} of {name}.{did_you_mean(partition, recorded)}"
        )


def no_value(
    key: AssetKey, partition: str | None, row: ValueRow | None, failure: FailureRecord | None
) -> NotebookAssetsError:
    """Return the error for a piece that exists, but has no value in the store."""
    what = piece_name(key, partition)
    if row is not None and row.kind == "empty":
        return EmptyPieceError(f"{what} was made and yielded nothing, so it has no value.")
    if row is not None and row.kind == "materialization":
        return ValueNotFoundError(
            f"{what} was materialized, but the store keeps no value of it: its function stored it itself, or "
            "it belongs to another IO manager. Load it where its definition is."
        )
    if failure is None:
        return NeverMaterializedError(f"{what} was never materialized. Materialize it first.")
    told = f"{failure.error_type}: {failure.message}" if failure.error_type else failure.message
    return NeverMaterializedError(f"{what} was never materialized; its latest attempt was {failure.kind}: {told}")
