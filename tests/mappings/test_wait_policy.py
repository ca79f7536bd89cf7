"""How much of what is mapped must be there: policies on mappings and dependencies, and what they ask for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    AllPartitionMapping,
    AssetDep,
    AssetIn,
    AssetSpec,
    DailyPartitionsDefinition,
    LastPartitionMapping,
    PartitionMapping,
    StaticPartitionsDefinition,
    asset,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.mappings.links import Links
from notebook_assets.mappings.wait_policy import enough_of, has_enough, lack_words, needed_counts, wait_words

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])
EVERY = AllPartitionMapping()
MAY_LACK = {"allow_missing_partitions": True}


@pytest.mark.parametrize(
    ("wait_for", "mapped", "expected"),
    [("all", 5, 5), ("all", 0, 0), ("any", 5, 1), ("any", 0, 0), (3, 5, 3), (3, 2, 2), (0, 5, 0), (1, 5, 1)],
)
def test_how_many_must_be_there(wait_for, mapped: int, expected: int) -> None:
    """Where fewer are mapped than are waited for, each of them; where none is, none."""
    assert enough_of(wait_for, mapped) == expected


@given(
    st.sampled_from(["all", "any", 0, 1, 2, 5]),
    st.lists(st.tuples(st.sets(st.integers(0, 6)), st.integers(0, 2)), min_size=1, max_size=6),
    st.lists(st.booleans(), min_size=7, max_size=7),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_rows_have_enough_just_where_counting_says_so(wait_for, rows, there: list[bool]) -> None:
    offsets = np.cumsum([0, *(len(needed) for needed, _ in rows)])
    starts = np.array([at for needed, _ in rows for at in sorted(needed)], dtype=np.int64)
    missing = {row: ("x", "y")[:many] for row, (_, many) in enumerate(rows) if many}
    links = Links(offsets, starts, starts + 1, missing)
    expected = [sum(there[at] for at in needed) >= enough_of(wait_for, len(needed) + many) for needed, many in rows]
    assert has_enough(wait_for, links, np.array(there)).tolist() == expected
    assert needed_counts(wait_for, links).tolist() == [enough_of(wait_for, len(n) + many) for n, many in rows]


@pytest.mark.parametrize(
    ("dependency", "expected"),
    [
        (AssetIn(), "all"),
        (AssetIn(wait_for="any"), "any"),
        (AssetIn(wait_for=0), 0),
        (AssetIn(metadata=MAY_LACK), 0),
        (AssetIn(metadata={"allow_missing_partitions": False}), "all"),
        (AssetIn(partition_mapping=EVERY.waiting_for(3)), 3),
        (AssetIn(partition_mapping=EVERY.waiting_for(3), wait_for="all"), "all"),
        (AssetIn(partition_mapping=EVERY.waiting_for(3), metadata=MAY_LACK), 0),
        (AssetIn(metadata=MAY_LACK, wait_for=2), 2),
        (AssetDep("a", wait_for=2), 2),
        (AssetDep("a", partition_mapping=EVERY.waiting_for("any")), "any"),
        (AssetDep("a", metadata=MAY_LACK), 0),
    ],
)
def test_the_dependencys_own_word_wins_then_the_metadatas_then_the_mappings(dependency, expected) -> None:
    assert dependency.waits_for == expected
    assert dependency.allows_missing == (expected == 0)


@pytest.mark.parametrize(
    "mapping",
    [EVERY, LastPartitionMapping(), PartitionMapping.from_table({"a": "b"}), PartitionMapping.from_function(len)],
)
def test_a_mapping_that_waits_for_less_is_equal_and_the_old_one_stays(mapping) -> None:
    waiting = mapping.waiting_for("any")
    assert waiting == mapping
    assert hash(waiting) == hash(mapping)
    assert (waiting.wait_for, mapping.wait_for) == ("any", None)
    assert waiting.waiting_for(2).wait_for == 2


BAD = [("some", "got 'some'"), (-1, "got -1"), (True, "got True"), (1.5, "got 1.5"), (["all"], "got \\['all'\\]")]


@pytest.mark.parametrize(("value", "shown"), BAD)
def test_what_is_no_policy_is_refused_where_the_asset_is_defined(value, shown: str) -> None:
    said = f'wait_for is "all", "any" or how many .*{shown}'

    def report(hourly): ...

    with pytest.raises(InvalidDefinitionError, match=f"report: its input 'hourly': {said}"):
        asset(ins={"hourly": AssetIn(wait_for=value)})(report)
    with pytest.raises(InvalidDefinitionError, match=f"report: its dependency on raw: {said}"):
        asset(ins={"hourly": AssetIn()}, deps=[AssetDep("raw", wait_for=value)])(report)
    with pytest.raises(InvalidDefinitionError, match=f"report: its dependency on raw: {said}"):
        AssetGraph([AssetSpec("report", deps=[AssetDep("raw", wait_for=value)])])
    with pytest.raises(InvalidDefinitionError, match=f"AllPartitionMapping.waiting_for: {said}"):
        EVERY.waiting_for(value)


@pytest.mark.parametrize(
    ("upstream", "downstream", "mapping", "why"),
    [
        (None, LETTERS, None, "letters has no partitions here"),
        (LETTERS, LETTERS, None, "letters gives one partition at most here"),
        (LETTERS, None, LastPartitionMapping(), "letters gives one partition at most here"),
        (LETTERS, LETTERS, PartitionMapping.from_function(lambda key: key), "gives one partition at most here"),
    ],
)
def test_several_can_not_be_waited_for_where_one_is_possible(upstream, downstream, mapping, why: str) -> None:
    @asset(partitions_def=upstream)
    def letters(): ...

    @asset(partitions_def=downstream, ins={"letters": AssetIn(partition_mapping=mapping, wait_for=2)})
    def report(letters): ...

    with pytest.raises(InvalidDefinitionError, match=rf"report from letters: wait_for=2 asks for several.*{why}"):
        AssetGraph([letters, report])


def test_an_asset_is_named_with_one_policy() -> None:
    def report(a): ...

    with pytest.raises(
        InvalidDefinitionError, match="report: it names a twice, with wait_for='all' and wait_for='any'"
    ):
        asset(deps=[AssetDep("a", wait_for="any")])(report)


@pytest.mark.parametrize(
    ("ins", "expected"),
    [
        (AssetIn(), ""),
        (AssetIn(wait_for="any"), "any of"),
        (AssetIn(partition_mapping=EVERY), "all"),
        (AssetIn(partition_mapping=EVERY, wait_for="any"), "any of: all"),
        (AssetIn(partition_mapping=EVERY.waiting_for(3)), "at least 3 of: all"),
    ],
)
def test_the_label_of_an_arrow_says_how_much_is_waited_for(ins: AssetIn, expected: str) -> None:
    @asset(ins={"days": ins})
    def report(days): ...

    assert report.dependencies[0].label == expected


def test_words() -> None:
    assert [wait_words(policy) for policy in ("all", "any", 1, 2, 0)] == [
        "",
        "any of",
        "any of",
        "at least 2 of",
        "none or some of",
    ]
    assert lack_words(1, 1_000, 300) == "1 of 1,000 is there, 300 are needed"


def test_a_custom_mapping_may_wait_for_less_too() -> None:
    days = DailyPartitionsDefinition("2013-01-01", end_date="2013-02-01")
    mapping = PartitionMapping.from_function(lambda key: [key]).waiting_for("any")
    assert mapping.links(days, days).count().tolist() == [1] * 31
    assert AssetIn(partition_mapping=mapping).waits_for == "any"
