"""What people write for some partitions of several dimensions: keys, rectangles, and dicts by dimension."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    DailyPartitionsDefinition,
    MultiPartitionKey,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    StaticPartitionsDefinition,
)
from notebook_assets.errors import InvalidInvocationError, InvalidSubsetError, UnknownPartitionError
from notebook_assets.partitions import parse_partitions
from notebook_assets.partitions.multi_ranges import KeyRows

LETTERS, DAYS = StaticPartitionsDefinition(["x", "y", "z"]), DailyPartitionsDefinition("2024-01-01")
BOTH = MultiPartitionsDefinition({"date": DAYS, "abc": LETTERS})
SPARSE = MultiPartitionsDefinition(BOTH.dimensions, filter=lambda at: (at["abc"], at["date"][-1]) != ("z", "3"))
NOW = datetime(2024, 1, 4, tzinfo=UTC)
X, Y, Z = ([f"{letter}|2024-01-0{day}" for day in (1, 2, 3)] for letter in "xyz")


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("x|2024-01-01", X[:1]),
        (MultiPartitionKey({"date": "2024-01-01", "abc": "x"}), X[:1]),
        (["x|2024-01-01", "z|2024-01-03"], [X[0], Z[2]]),
        ("x|2024-01-02...y|2024-01-03", X[1:] + Y[1:]),
        ("y|2024-01-02...", Y[1:] + Z[1:]),
        ("...y|2024-01-02", X[:2] + Y[:2]),
        (PartitionKeyRange("x|2024-01-02", "y|2024-01-02"), [X[1], Y[1]]),
        ("all", X + Y + Z),
        ({"abc": "x"}, X),
        ({"date": "2024-01-02..."}, X[1:] + Y[1:] + Z[1:]),
        ({"abc": ["x", "z"], "date": "2024-01-01...2024-01-02"}, X[:2] + Z[:2]),
        ({"abc": "all", "date": "2024-01-03"}, [X[2], Y[2], Z[2]]),
        ([{"abc": "x"}, "z|2024-01-03"], [*X, Z[2]]),
        ({}, X + Y + Z),
    ],
)
def test_what_is_written_names_these_partitions(written, keys) -> None:
    assert parse_partitions(BOTH, written, NOW).get_partition_keys() == keys
    kept = [key for key in keys if key != Z[2]]
    if isinstance(written, dict | PartitionKeyRange) or "..." in written or written == "all":
        assert parse_partitions(SPARSE, written, NOW).get_partition_keys() == kept


@pytest.mark.parametrize(
    ("written", "error", "said"),
    [
        ({"abd": "x"}, InvalidInvocationError, "Did you mean 'abc'"),
        ({"abc": "q"}, UnknownPartitionError, "On the dimension 'abc': There is no partition 'q'"),
        ({"date": "2024-01-04"}, UnknownPartitionError, "On the dimension 'date': .*does not exist yet"),
        ("x|2024-01-04", UnknownPartitionError, "on the dimension 'date': .* does not exist yet"),
        ("z|2024-01-01...x|2024-01-01", UnknownPartitionError, "runs backwards on the dimension 'abc'"),
        ("x|2024-01-01...2024-01-02", UnknownPartitionError, "a key has 2 parts"),
        ("x|2024-01-01...q|2024-01-02", UnknownPartitionError, "no partition 'q'"),
    ],
)
def test_what_names_no_partition_is_explained(written, error, said) -> None:
    with pytest.raises(error, match=said):
        parse_partitions(BOTH, written, NOW)


@given(st.data(), st.booleans())
@settings(max_examples=120, deadline=None)
def test_rectangles_of_keys_read_back_as_the_same_keys(data: st.DataObject, sparse: bool) -> None:
    dimensions = {
        "a": LETTERS,
        "b": StaticPartitionsDefinition(["1", "2"]),
        "c": StaticPartitionsDefinition(["p", "q"]),
    }
    wanted = (lambda at: at["a"] + at["c"] != "yp") if sparse else None
    there = MultiPartitionsDefinition(dimensions, filter=wanted).settled()
    keys = there.get_partition_keys()
    positions = sorted(data.draw(st.sets(st.integers(0, len(keys) - 1))))
    found = KeyRows(keys).rectangles(positions)
    parts = [there.subset_with_key_range(PartitionKeyRange(first, last)) for first, last, _ in found]
    assert [len(part) for part in parts] == [many for _, _, many in found]
    assert sorted(key for part in parts for key in part) == sorted(keys[at] for at in positions)


def test_a_dict_needs_dimensions() -> None:
    with pytest.raises(InvalidSubsetError, match="have no dimensions"):
        parse_partitions(LETTERS, {"abc": "x"})


def test_nothing_exists_before_the_first_day() -> None:
    early = datetime(2023, 12, 1, tzinfo=UTC)
    assert parse_partitions(BOTH, "all", early).is_empty
    assert parse_partitions(BOTH, {"abc": "x"}, early).is_empty
    with pytest.raises(UnknownPartitionError):
        parse_partitions(BOTH, "x|2024-01-01...", early)
