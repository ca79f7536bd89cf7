"""Which partitions one call makes: ranges, as a backfill policy or the tags of a run say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetsDefinition
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.lazy import lazy_module
from notebook_assets.partitions import MultiPartitionsDefinition, PartitionsDefinition

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"
"""The tags of a run that makes all partitions from one key to another by one call of each function."""

UNBOUNDED = 2**62
"""As many partitions as there are."""


def range_in_tags(tags: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the first and the last key that the tags of a run name, None where they name none.

    Raises:
        InvalidInvocationError: They name one of both only.

    >>> range_in_tags({RANGE_START_TAG: "a", RANGE_END_TAG: "c"})
    ('a', 'c')
    """
    start, end = tags.get(RANGE_START_TAG), tags.get(RANGE_END_TAG)
    if start is None and end is None:
        return None
    if start is None or end is None:
        given, lacks = (RANGE_START_TAG, RANGE_END_TAG) if end is None else (RANGE_END_TAG, RANGE_START_TAG)
        raise InvalidInvocationError(f"The tag {given!r} names one end of a range; give the other one by {lacks!r}.")
    return start, end


def most_at_once(definition: AssetsDefinition, tags: Mapping[str, str]) -> int | None:
    """Return how many partitions a call of a function makes at most; None where each piece has a call of its own.

    A function with a policy of more than one is called for ranges always, also where there is but one partition to be
    made: what it is given and has to give back does not depend on how many there are.

    Args:
        definition: What is called.
        tags: Those of the run; a range in them is made by one call, whatever the policy.

    >>> from notebook_assets import BackfillPolicy, StaticPartitionsDefinition, asset
    >>> @asset(partitions_def=StaticPartitionsDefinition(["a", "b"]), backfill_policy=BackfillPolicy.multi_run(7))
    ... def letters(context): ...
    >>> most_at_once(letters, {})
    7
    """
    if all(spec.partitions_def is None for spec in definition.specs):
        return None
    if range_in_tags(tags) is not None:
        return UNBOUNDED
    policy = definition.backfill_policy
    if policy is None or policy.max_partitions_per_run == 1:
        return None
    return policy.max_partitions_per_run or UNBOUNDED


def ranges_of(
    positions: Sequence[np.ndarray], definition: PartitionsDefinition, most: int
) -> list[tuple[list[int], tuple[int, ...]]]:
    """Return the calls that make some partitions of one asset, or of several that one function makes.

    Each makes all from a first key to a last, since that is what a function is told: consecutive ones; of several
    dimensions, a rectangle of them. Where the assets don't need the same partitions, a call is for those that do.

    Args:
        positions: Of each asset, which partitions: int64, ascending.
        definition: The partitions that all of them have.
        most: The most that one call makes.

    Returns:
        For each call the positions, ascending, and which of the assets it makes.

    >>> import numpy as np
    >>> from notebook_assets import StaticPartitionsDefinition
    >>> letters = StaticPartitionsDefinition(list("abcdefgh"))
    >>> ranges_of([np.array([0, 1, 2, 3, 6])], letters, 3)
    [([0, 1, 2], (0,)), ([3], (0,)), ([6], (0,))]
    """
    every = positions[0] if len(positions) == 1 else np.unique(np.concatenate(positions))
    if not len(every):
        return []
    wanted = np.column_stack([np.isin(every, each, assume_unique=True) for each in positions])
    patterns, of_pattern = np.unique(wanted, axis=0, return_inverse=True)
    found = []
    for number, pattern in enumerate(patterns):
        which = tuple(np.flatnonzero(pattern).tolist())
        for span in _ranges(every[of_pattern.reshape(-1) == number], definition):
            for at in range(0, len(span), most):
                chunk = span[at : at + most]
                parts = [span] if len(chunk) == len(span) else _ranges(chunk, definition)
                found += [(part.tolist(), which) for part in parts]
    return sorted(found)


def _ranges(positions: np.ndarray, definition: PartitionsDefinition) -> list[np.ndarray]:
    """Split some partitions so that each part is all from a key to another."""
    if isinstance(definition, MultiPartitionsDefinition):
        ranges = definition.subset_of_positions(positions).get_partition_key_ranges()
        return [definition.subset_with_key_range(each).positions() for each in ranges]
    return np.split(positions, np.flatnonzero(np.diff(positions) != 1) + 1)
