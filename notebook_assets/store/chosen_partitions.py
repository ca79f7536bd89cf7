"""Which stored pieces are meant: keys, ranges and "all", as a person writes them; keys that can't be are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from notebook_assets.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    NeverMaterializedError,
    NotebookAssetsError,
    UnknownPartitionError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import (
    PartitionKeyRange,
    PartitionsDefinition,
    PartitionsSubset,
    parse_partitions,
    partition_loading_context,
)
from notebook_assets.store.database import chunks
from notebook_assets.store.reading import StoreReader
from notebook_assets.store.wiping import PIECE_TABLES
from notebook_assets.store.written_keys import written_partitions


def partitions_to_wipe(store: StoreReader, key: AssetKey, asset_id: int, written: Any) -> list[str] | None:
    """Return the partition keys of an asset that someone wrote, as they are looked for in the store; None for all.

    What is recorded is found by its key, even where the definition has no such key any more.

    Args:
        store: The store.
        key: The asset.
        asset_id: Its number.
        written: None or ``"all"`` for all pieces; a key, a range ``FIRST...LAST``, a date, a dict, or several.

    Raises:
        UnknownPartitionError: A key is neither recorded, nor one of the asset's partitions.
        InvalidPartitionRangeError: A range is malformed or runs backwards.
        InvalidDefinitionError: There is a range, and the store can't read the asset's partitions.
        InvalidInvocationError: It names no partitions.

    >>> from notebook_assets import Instance, StaticPartitionsDefinition, asset, materialize
    >>> @asset(partitions_def=StaticPartitionsDefinition(["a", "b", "c"]))
    ... def letter(context): return context.partition_key
    >>> store = Instance.ephemeral()
    >>> _ = materialize([letter], partitions="all", instance=store, progress=False)
    >>> partitions_to_wipe(store, letter.key, 1, "b...")
    ['b', 'c']
    """
    if written is None:
        return None
    parts = _parts(written)
    plain = [part for part in parts if isinstance(part, str)]
    recorded = recorded_among(store, asset_id, plain)
    left = [part for part in parts if not isinstance(part, str) or part not in recorded]
    if not left:
        return plain
    definition = _definition(store, key, any(map(_names_several, left)))
    if "all" in left and (definition is None or definition.find_position("all") is None):
        return None
    here = [part for part in plain if part in recorded]
    if definition is not None:
        return list(dict.fromkeys([*here, *_parsed(store, definition, key, left)]))
    _check_without_definition(store, key, asset_id, left)
    return [*here, *left]


def partitions_to_export(store: StoreReader, chosen: dict[int, AssetKey], written: Any) -> list[str] | None:
    """Return the partition keys that are to be archived of several assets; None for all.

    Of a range it is what is recorded. A key that is written out stays: if nothing was made of it, that is told.

    Args:
        store: The store.
        chosen: The assets, by their numbers.
        written: As :func:`partitions_to_wipe`.

    Raises:
        NeverMaterializedError: Of a range, nothing is recorded.
        UnknownPartitionError: No asset has an end of a range.
        InvalidPartitionRangeError: A range is malformed or runs backwards.
        InvalidInvocationError: It names no partitions.

    >>> from notebook_assets import Instance
    >>> partitions_to_export(Instance.ephemeral(), {}, ["a", "b"])
    ['a', 'b']
    """
    if written is None:
        return None
    found: list[str] = []
    for part in _parts(written):
        if isinstance(part, str) and (not _names_several(part) or _is_recorded(store, chosen, part)):
            found.append(part)
            continue
        if part == "all":
            return None
        found += _recorded_of_range(store, chosen, part)
    return list(dict.fromkeys(found))


def _is_recorded(store: StoreReader, chosen: Iterable[int], key: str) -> bool:
    return any(recorded_among(store, number, [key]) for number in chosen)


def _recorded_of_range(store: StoreReader, chosen: dict[int, AssetKey], part: Any) -> list[str]:
    """Return what is recorded of a range, of whichever of the assets have it."""
    found: list[str] = []
    wrong: list[NotebookAssetsError] = []
    for number, key in chosen.items():
        try:
            wanted = partitions_to_wipe(store, key, number, [part]) or []
        except NotebookAssetsError as error:  # another asset may have it
            wrong.append(error)
            continue
        found += sorted(recorded_among(store, number, wanted))
    if not found and wrong:
        raise wrong[0]
    if not found:
        raise NeverMaterializedError(f"Of the partitions {part!r} nothing was ever made.")
    return found


def recorded_among(store: StoreReader, asset_id: int, keys: Sequence[str]) -> set[str]:
    """Return which of some partition keys anything is recorded of: made, tried, checked or seen.

    >>> from notebook_assets import Instance
    >>> recorded_among(Instance.ephemeral(), 1, ["a"])
    set()
    """
    found: set[str] = set()
    with store.database.read() as connection:
        for table in PIECE_TABLES:
            for part in chunks([key for key in keys if key not in found], 500):
                marks = ", ".join("?" * len(part))
                found.update(
                    key
                    for (key,) in connection.execute(
                        f"SELECT DISTINCT partition FROM {table} WHERE asset_id = ? AND partition IN ({marks})",  # noqa: S608
                        (asset_id, *part),
                    )
                )
    return found


def _parts(written: Any) -> list[Any]:
    is_one = isinstance(written, str | Mapping | PartitionKeyRange | PartitionsSubset)  # of which some have a length
    return [written] if is_one or not isinstance(written, Iterable) else list(written)


def _names_several(part: Any) -> bool:
    return not isinstance(part, str) or part == "all" or "..." in part


def _definition(store: StoreReader, key: AssetKey, is_needed: bool) -> PartitionsDefinition | None:
    """Return the definition that the asset was described with; None where there is none, or it is not needed."""
    try:
        return store.partitions_definition(key)
    except InvalidDefinitionError:
        if is_needed:
            raise
        return None


def _parsed(store: StoreReader, definition: PartitionsDefinition, key: AssetKey, left: Sequence[Any]) -> Iterable[str]:
    name = key.to_user_string()
    with partition_loading_context(dynamic_partitions_store=store):
        try:
            return parse_partitions(definition, written_partitions(definition, left, name)).get_partition_keys()
        except UnknownPartitionError as error:
            raise type(error)(f"{name}: {error}") from None


def _check_without_definition(store: StoreReader, key: AssetKey, asset_id: int, left: Sequence[Any]) -> None:
    """Refuse what can't be meant where the store knows of no partitions but those that are recorded."""
    name = key.to_user_string()
    several = next((part for part in left if _names_several(part)), None)
    if several is not None:
        raise InvalidInvocationError(
            f"The store does not know in which order the partitions of {name} are, so {several!r} names none of them; "
            "give their keys, or None for all."
        )
    if recorded_among(store, asset_id, [""]):
        raise UnknownPartitionError(f"{name} is not partitioned, so it has no partition {left[0]!r}.")
