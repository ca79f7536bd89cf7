"""Which partitions one call makes: all from a key to another, no more than the policy says, each piece once."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets import (
    AssetSpec,
    BackfillPolicy,
    InvalidInvocationError,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionsDefinition,
    StaticPartitionsDefinition,
    asset,
    multi_asset,
)
from notebook_assets.run.range_groups import (
    RANGE_END_TAG,
    RANGE_START_TAG,
    UNBOUNDED,
    most_at_once,
    range_in_tags,
    ranges_of,
)

LETTERS = StaticPartitionsDefinition(list("abcdefghijkl"))
GRID = MultiPartitionsDefinition(
    {"row": StaticPartitionsDefinition(list("wxyz")), "column": StaticPartitionsDefinition(list("123"))}
)
BOTH_TAGS = {RANGE_START_TAG: "a", RANGE_END_TAG: "c"}
positions = st.sets(st.integers(0, 11)).map(lambda found: np.array(sorted(found), dtype=np.int64))


@given(
    st.lists(positions, min_size=1, max_size=3),
    st.sampled_from([LETTERS, GRID]),
    st.sampled_from([1, 2, 3, 5, UNBOUNDED]),
)
def test_calls_are_ranges_that_hold_each_piece_once(
    wanted: list[np.ndarray], definition: PartitionsDefinition, most: int
) -> None:
    settled = definition.at(time.time())
    keys = settled.get_partition_keys()
    calls = ranges_of(wanted, settled, most)
    pieces = [(at, which) for made, whose in calls for at in made for which in whose]
    assert sorted(pieces) == sorted((at, which) for which, each in enumerate(wanted) for at in each.tolist())
    for made, whose in calls:
        assert 0 < len(made) <= most
        assert whose
        between = settled.get_partition_keys_in_range(PartitionKeyRange(keys[made[0]], keys[made[-1]]))
        assert between == [keys[at] for at in made]
    assert calls == sorted(calls)


@given(positions.filter(len))
def test_without_a_bound_there_are_as_few_calls_as_ranges(wanted: np.ndarray) -> None:
    gaps = int((np.diff(wanted) != 1).sum())
    assert len(ranges_of([wanted], LETTERS, UNBOUNDED)) == gaps + 1


def test_a_rectangle_is_one_call_although_its_keys_are_not_next_to_each_other() -> None:
    made = np.array([1, 2, 5, 6], dtype=np.int64)  # 1 and 2, x and y
    assert GRID.keys_at(made) == ["1|x", "1|y", "2|x", "2|y"]
    assert ranges_of([made], GRID, UNBOUNDED) == [([1, 2, 5, 6], (0,))]


@pytest.mark.parametrize(
    ("policy", "tags", "most"),
    [
        (None, {}, None),
        (BackfillPolicy.multi_run(), {}, None),
        (BackfillPolicy.multi_run(1), {}, None),
        (BackfillPolicy.multi_run(5), {}, 5),
        (BackfillPolicy.single_run(), {}, UNBOUNDED),
        (None, BOTH_TAGS, UNBOUNDED),
        (BackfillPolicy.multi_run(5), BOTH_TAGS, UNBOUNDED),
    ],
    ids=str,
)
def test_the_policy_or_the_tags_say_how_many_a_call_makes(
    policy: BackfillPolicy | None, tags: dict[str, str], most: int | None
) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=policy)
    def letters() -> None: ...

    assert most_at_once(letters, tags) == most


def test_what_has_no_partitions_has_no_ranges() -> None:
    @asset
    def plain() -> None: ...

    @multi_asset(specs=[AssetSpec("one"), AssetSpec("two")])
    def several() -> None: ...

    assert most_at_once(plain, BOTH_TAGS) is most_at_once(several, BOTH_TAGS) is None


@pytest.mark.parametrize("tag", [RANGE_START_TAG, RANGE_END_TAG])
def test_one_end_of_a_range_is_refused_and_the_other_one_named(tag: str) -> None:
    (other,) = {RANGE_START_TAG, RANGE_END_TAG} - {tag}
    with pytest.raises(InvalidInvocationError, match=other):
        range_in_tags({tag: "a"})
