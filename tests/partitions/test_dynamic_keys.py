"""Snapshots of dynamic keys: positions stay while keys are only added, and sets of keys don't care about positions."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets.errors import InvalidDefinitionError, UnknownPartitionError
from notebook_assets.mappings import IdentityPartitionMapping
from notebook_assets.partitions import DynamicKeys, DynamicPartitionsDefinition, PartitionKeyRange, PartitionsSubset

EPISODES = DynamicPartitionsDefinition(name="episodes")
KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True)


def episodes(*keys: str) -> DynamicPartitionsDefinition:
    return EPISODES.with_keys(DynamicKeys.of(keys))


@given(st.lists(KEYS, max_size=4))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_earlier_snapshots_stay_what_they_were(additions: list[list[str]]) -> None:
    """Whatever is added later: the keys, their number and their positions; and later ones have the same positions."""
    snapshots, lists = [DynamicKeys.of([])], [[]]
    for wanted in additions:
        fresh = [key for key in wanted if key not in lists[-1]]
        snapshots.append(snapshots[-1].extended(fresh))
        lists.append([*lists[-1], *fresh])
    for number, (snapshot, keys) in enumerate(zip(snapshots, lists, strict=True)):
        assert snapshot.span(0, 99) == keys
        assert [snapshot.find(key) for key in "abcdefgh"] == [
            keys.index(key) if key in keys else None for key in "abcdefgh"
        ]
        assert snapshot.find_many(list("hgfedcba")).tolist() == [
            keys.index(key) if key in keys else -1 for key in "hgfedcba"
        ]
        assert all(later.has_positions_of(snapshot) for later in snapshots[number:])


def test_two_ways_on_from_one_snapshot_do_not_mix() -> None:
    first = DynamicKeys.of(["a"])
    left, right = first.extended(["b"]), first.extended(["c"])
    assert (left.span(0, 9), right.span(0, 9)) == (["a", "b"], ["a", "c"])
    assert (left.find("c"), right.find("b")) == (None, None)
    assert not left.has_positions_of(right)


@given(KEYS, KEYS)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_joined_keys_are_those_of_both_and_keep_the_longer_ones_positions(one: list[str], other: list[str]) -> None:
    keys = DynamicKeys.of(one).joined(DynamicKeys.of(other))
    longer = one if len(one) >= len(other) else other
    assert keys.span(0, len(longer)) == longer
    assert sorted(keys.span(0, 99)) == sorted({*one, *other})
    assert keys.has_positions_of(DynamicKeys.of(longer))


@given(st.permutations("abcdef"), st.permutations("defghi"), st.data())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_subsets_of_any_two_forms_are_sets_of_keys(left: list[str], right: list[str], data: st.DataObject) -> None:
    """Deleted and added again, in another order: ``| & - ==`` and ``in`` go by the keys."""
    one, other = episodes(*left), episodes(*right)
    a = one.subset_with_partition_keys(data.draw(st.lists(st.sampled_from(left))))
    b = other.subset_with_partition_keys(data.draw(st.lists(st.sampled_from(right))))
    assert set(a | b) == set(a) | set(b)
    assert set(a & b) == set(a) & set(b)
    assert set(a - b) == set(a) - set(b)
    assert (a == b) == (set(a) == set(b))
    assert hash(a) == hash(b) or a != b
    assert set(a.fitted(other)) == set(a) & set(right)
    assert all((key in a) == (key in set(a)) for key in "abcdefghi")


def test_a_subset_stays_what_it_is_while_keys_are_added_and_deleted() -> None:
    before = episodes("ep1", "ep2", "ep3")
    subset = before.subset_with_partition_keys(["ep2", "ep3"])
    after = episodes("ep0", "ep3", "ep4")
    assert list(subset) == ["ep2", "ep3"]
    assert list(subset.fitted(after)) == ["ep3"]
    assert list(after.subset_with_all_partitions() - subset) == ["ep0", "ep4"]


@given(st.permutations("abcd"), st.permutations("bcde"), st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_same_key_is_found_in_a_later_form(before: list[str], after: list[str], data: st.DataObject) -> None:
    """What was chosen before keys were deleted and added means its keys, not their positions."""
    chosen = episodes(*before).subset_with_partition_keys(data.draw(st.lists(st.sampled_from(before), min_size=1)))
    result = IdentityPartitionMapping().get_upstream_mapped_partitions_result_for_partitions(
        chosen, EPISODES, episodes(*after)
    )
    assert set(result.partitions_subset) == set(chosen) & set(after)
    assert set(result.required_but_nonexistent_partition_keys) == set(chosen) - set(after)
    needing = IdentityPartitionMapping().get_downstream_partitions_for_partitions(
        chosen, chosen.partitions_def, episodes(*after)
    )
    assert set(needing) == set(chosen) & set(after)


def test_ranges_go_by_the_order_of_adding() -> None:
    there = episodes("c", "a", "b")
    assert there.get_partition_keys_in_range(PartitionKeyRange("c", "a")) == ["c", "a"]
    assert list(there.subset_with_key_range(PartitionKeyRange("a", "b"))) == ["a", "b"]
    assert there.subset_with_partition_keys(["b", "c"]).get_partition_key_ranges() == [
        PartitionKeyRange("c", "c"),
        PartitionKeyRange("b", "b"),
    ]


def test_a_settled_form_is_equal_to_the_definition_and_settles_to_itself() -> None:
    settled = episodes("a")
    assert settled == EPISODES
    assert hash(settled) == hash(EPISODES)
    assert settled.at(0.0) is settled
    assert settled.settled(None, object()) is settled


def test_pickled_subsets_keep_their_keys() -> None:
    """To another process, where there may be no store."""
    subset = episodes("a", "b", "c").subset_with_partition_keys(["b"])
    again: PartitionsSubset = pickle.loads(pickle.dumps(subset))
    assert list(again) == ["b"]
    assert again == subset
    assert pickle.loads(pickle.dumps(EPISODES)) == EPISODES


def test_a_stored_subset_names_keys_and_refuses_deleted_ones() -> None:
    text = episodes("a", "b", "c").subset_with_partition_keys(["a", "c"]).serialize()
    reordered = episodes("c", "x", "a")
    assert list(reordered.deserialize_subset(text)) == ["c", "a"]
    assert reordered.can_deserialize_subset(text)
    without = episodes("a", "b")
    assert not without.can_deserialize_subset(text)
    with pytest.raises(Exception, match="does not fit the definition any more: There is no partition 'c'"):
        without.deserialize_subset(text)


def test_a_million_keys_are_quick_to_grow_and_to_ask() -> None:
    """A snapshot after adding one key shares the table: nothing is copied."""
    many = DynamicKeys.of(f"ep{number}" for number in range(1_000_000))
    more = many.extended(["one more"])
    assert more.find("one more") == 1_000_000
    assert many.find("one more") is None
    assert more._table is many._table


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("abc", r"are a list, such as.* Write \['abc'\]"),
        ([""], "some length"),
        ([3], "some length; got 3"),
        (["a", None], "got None"),
        (["a...b"], r"can't hold '\.\.\.'"),
        (["a\nb"], "control characters"),
        (["ok", "a\x00"], "control characters"),
        (["\ud800"], "control characters"),
        (7, "are a list"),
    ],
)
def test_what_can_not_be_a_key_is_refused_in_requests(keys: object, message: str) -> None:
    for build in (EPISODES.build_add_request, EPISODES.build_delete_request):
        with pytest.raises(InvalidDefinitionError, match=message):
            build(keys)  # type: ignore[arg-type]


def test_an_unknown_key_is_told_with_near_ones_and_how_to_add_it() -> None:
    there = episodes("ep1", "ep2")
    with pytest.raises(
        UnknownPartitionError, match=r"no partition 'ep3'.*mean 'ep2' or 'ep1'\?.*'episodes', \['ep3'\]"
    ):
        there.position("ep3")
    with pytest.raises(UnknownPartitionError, match=r"There are 2: 'ep1', 'ep2'"):
        there.position("zzz")
    with pytest.raises(UnknownPartitionError, match="There are none yet"):
        episodes().position("ep1")
