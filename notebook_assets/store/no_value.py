"""Why there is no value to load: the asset, the partition or the value is not there, and what to try."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from notebook_assets.display import visible
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
from notebook_assets.metadata import cut_text
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.store.records import FailureRecord
from notebook_assets.store.value_rows import ValueRow

_NAMED = 5  # partitions in an error


class FileNotThereError(ValueNotFoundError, FileNotFoundError):
    """An IO manager finds no file for a value.

    >>> issubclass(FileNotThereError, FileNotFoundError)
    True
    """


def piece_name(key: AssetKey, partition: str | None) -> str:
    """Return how a piece is called in messages.

    >>> piece_name(AssetKey("daily"), "2013-01-01"), piece_name(AssetKey("report"), None)
    ('daily[2013-01-01]', 'report')
    """
    return visible(f"{key.to_user_string()}[{partition}]" if partition else key.to_user_string())


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
            f"{what} was materialized, but the store keeps no value of it: its function gave none back or stored it "
            "itself, or it belongs to another IO manager; then load it where its definition is. If it gives one now, "
            "make it again; what needs only its order names it in deps=."
        )
    if failure is None:
        return NeverMaterializedError(f"{what} was never materialized. Materialize it first.")
    told = f"{failure.error_type}: {failure.message}" if failure.error_type else failure.message
    return NeverMaterializedError(
        f"{what} was never materialized; its latest attempt was {failure.kind}: {visible(cut_text(told, 1_000))}"
    )


def lacking(key: AssetKey, never: Sequence[str], unkept: Sequence[str], wanted: int) -> ValueNotFoundError:
    """Return the error for several partitions of which some have no value.

    Args:
        key: The asset.
        never: The partitions that were never made.
        unkept: Those that were made, but whose values the store does not keep.
        wanted: How many partitions were asked for.

    >>> str(lacking(AssetKey("daily"), ["a", "b"], [], 7))[:60]
    '2 of the 7 partitions of daily were never materialized: a, b'
    """
    name = visible(key.to_user_string())
    told = []
    if never:
        told.append(
            f"{len(never):,} of the {wanted:,} partitions of {name} were never materialized: {_some(never)}. "
            "Materialize them, or load what is there with missing='skip' (or 'none')."
        )
    if unkept:
        told.append(f"{len(unkept):,} were materialized, but the store keeps no value of them: {_some(unkept)}.")
        if not never:
            told = [f"Of the {wanted:,} partitions of {name} {told[0]} missing='skip' leaves them out."]
    return (NeverMaterializedError if never else ValueNotFoundError)(" ".join(told))


def _some(partitions: Sequence[str]) -> str:
    more = f" and {len(partitions) - _NAMED:,} more" if len(partitions) > _NAMED else ""
    return visible(", ".join(partitions[:_NAMED])) + more


def outlived(
    key: AssetKey, partition: str | None, definition: PartitionsDefinition | None
) -> NotebookAssetsError | None:
    """Return the error for a stored piece that the asset, as it is defined now, does not have; ``None`` if it has it.

    >>> print(outlived(AssetKey("daily"), "a", None))
    daily has no partitions any more: the value of 'a' is stored from before. instance.load('daily', 'a') gives it.
    """
    name = visible(key.to_user_string())
    if definition is None:
        if not partition:
            return None
        return UnknownPartitionError(
            f"{name} has no partitions any more: the value of {partition!r} is stored from before. "
            f"instance.load({name!r}, {partition!r}) gives it."
        )
    if not partition:
        error = key_needed(key)
        return type(error)(f"{error} A value from before it was partitioned: instance.load({name!r}).")
    try:
        definition.position(partition)
    except UnknownPartitionError as error:
        return UnknownPartitionError(
            f"{name} has no partition {partition!r} any more: its value is stored from before. "
            f"instance.load({name!r}, {partition!r}) gives it. {error}"
        )
    return None
