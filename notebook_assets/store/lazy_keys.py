"""Which of several partitions have a value, told without reading it where that can be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from notebook_assets.errors import UnknownAssetError, ValueNotFoundError
from notebook_assets.keys import AssetKey
from notebook_assets.store.load_options import Missing
from notebook_assets.store.no_value import lacking
from notebook_assets.store.records import PieceTable

Held: TypeAlias = Callable[..., Collection[str]]
"""Called as ``held(key, partitions)`` with what the fallback gets beside: gives those that an IO manager has."""


def keys_there(
    key: AssetKey,
    wanted: Sequence[str],
    pieces: PieceTable,
    missing: Missing,
    held: Callable[[Sequence[str]], Collection[str]] | None,
    *,
    elsewhere: bool,
    from_before: Collection[str] = (),
) -> list[str]:
    """Return the partitions that a mapping which reads later is to have, in order.

    Args:
        key: The asset.
        wanted: The partitions that are asked for.
        pieces: What the store knows of them.
        missing: What to do about those that have no value. By ``"raise"``, what an IO manager may have is taken for
            there, and told when it is read, since asking for each may take long; of an asset that was made here it is
            asked for those of which the store knows nothing. By ``"skip"`` it is asked for all.
        held: Gives those of some partitions that an IO manager has; None where there is none.
        elsewhere: Whether an IO manager may have what the store knows nothing of.
        from_before: Those whose value is of an earlier event.

    Raises:
        ValueNotFoundError: Some have none, and ``missing`` is ``"raise"``.

    >>> keys_there(AssetKey("daily"), ["a", "b"], PieceTable(), "skip", lambda unsure: {"b"}, elsewhere=True)
    ['b']
    """
    kinds = dict(zip(pieces.partitions, pieces.kinds, strict=True))
    own = zip(pieces.partitions, pieces.event_ids, pieces.value_event_ids, strict=True)
    kept = {partition for partition, event, value in own if event == value != 0}.union(from_before)
    without = [each for each in wanted if each not in kept and kinds.get(each) != "empty"]
    unsure = [each for each in without if held is not None and (kinds.get(each) or elsewhere)]
    if missing == "raise":
        unknown = [each for each in unsure if not kinds.get(each)]
        if unknown and held is not None and any(map(kinds.get, wanted)):
            gone = set(unknown) - set(held(unknown))
            unsure = [each for each in unsure if each not in gone]
        lacks = set(without) - set(unsure)
        never = [each for each in without if each in lacks and not kinds.get(each)]
        if lacks:
            raise lacking(key, never, [each for each in without if each in lacks and kinds.get(each)], len(wanted))
    left_out: set[str] = set()
    if missing == "skip":
        left_out = set(without) - set(held(unsure) if held is not None and unsure else ())
    return [each for each in wanted if each not in left_out and kinds.get(each) != "empty"]


def maybe_from_before(pieces: PieceTable) -> list[str]:
    """Return the partitions whose latest event has no value, where an earlier one has.

    >>> maybe_from_before(PieceTable())
    []
    """
    own = zip(pieces.partitions, pieces.event_ids, pieces.value_event_ids, strict=True)
    return [partition for partition, event, value in own if partition and 0 != value != event]


def held_by_reading(read: Callable[[str], object], partitions: Sequence[str]) -> list[str]:
    """Return the partitions that can be read, for want of another way to know.

    Args:
        read: Reads the value of one.
        partitions: The partitions.

    >>> held_by_reading({"a": 1}.__getitem__, ["a"])
    ['a']
    """
    found = []
    for partition in partitions:
        try:
            read(partition)
        except (ValueNotFoundError, FileNotFoundError, UnknownAssetError):
            continue
        found.append(partition)
    return found
