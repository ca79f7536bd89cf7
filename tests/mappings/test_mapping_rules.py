"""Which keys need which, by each kind of mapping and by the default rules."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from notebook_assets.errors import InvalidDefinitionError, InvalidMappingError, InvalidSubsetError
from notebook_assets.mappings import (
    AllPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    TimeWindowPartitionMapping,
    default_mapping,
    links_between,
    partition_mapping_from_dict,
)
from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    StaticPartitionsDefinition,
    WeeklyPartitionsDefinition,
)

NEW_YORK = {"timezone": "America/New_York"}
HOURS = HourlyPartitionsDefinition("2013-01-01-00:00", "2014-01-01-00:00", **NEW_YORK)
DAYS = DailyPartitionsDefinition("2013-01-01", "2014-01-01", **NEW_YORK)
WEEKS = WeeklyPartitionsDefinition("2013-01-01", "2014-01-01", **NEW_YORK)
LETTERS = StaticPartitionsDefinition(list("abcd"))
OTHERS = StaticPartitionsDefinition(list("bcde"))
NOW = datetime(2013, 1, 20, 12, tzinfo=UTC)


def upstream(mapping, down, up, keys, now=None):
    subset = down.subset_with_partition_keys(keys)
    result = mapping.get_upstream_mapped_partitions_result_for_partitions(subset, down, up, now)
    return result.partitions_subset.get_partition_keys(), list(result.required_but_nonexistent_partition_keys)


def downstream(mapping, down, up, keys, now=None):
    subset = up.subset_with_partition_keys(keys)
    return mapping.get_downstream_partitions_for_partitions(subset, up, down, now).get_partition_keys()


def test_a_day_needs_its_24_hours() -> None:
    hours = HourlyPartitionsDefinition("2024-01-01-00:00")
    days = DailyPartitionsDefinition("2024-01-01")
    found, missing = upstream(default_mapping(days, hours), days, hours, ["2024-04-12"])
    assert found == [f"2024-04-12-{hour:02d}:00" for hour in range(24)]
    assert missing == []


@pytest.mark.parametrize(("day", "count"), [("2013-07-01", 24), ("2013-03-10", 23), ("2013-11-03", 25)])
def test_a_day_needs_the_hours_that_its_clocks_show(day: str, count: int) -> None:
    found, _ = upstream(TimeWindowPartitionMapping(), DAYS, HOURS, [day])
    assert len(found) == count
    assert downstream(TimeWindowPartitionMapping(), DAYS, HOURS, found) == [day]


def test_a_week_needs_its_seven_days() -> None:
    found, _ = upstream(TimeWindowPartitionMapping(), WEEKS, DAYS, ["2013-01-06"])
    assert found == [f"2013-01-{day:02d}" for day in range(6, 13)]


def test_the_seven_days_up_to_this_one_are_fewer_at_the_start_without_anything_missing() -> None:
    mapping = TimeWindowPartitionMapping(start_offset=-6)
    assert upstream(mapping, DAYS, DAYS, ["2013-01-01"]) == (["2013-01-01"], [])
    assert len(upstream(mapping, DAYS, DAYS, ["2013-01-08"])[0]) == 7
    assert downstream(mapping, DAYS, DAYS, ["2013-12-30"]) == ["2013-12-30", "2013-12-31"]
    links = mapping.links(DAYS, DAYS)
    assert links.count().tolist() == [1, 2, 3, 4, 5, 6] + [7] * 359
    assert not links.nonexistent


def test_windows_that_do_not_exist_upstream_are_named_unless_they_may_be_left_out() -> None:
    later = DailyPartitionsDefinition("2013-01-03", "2013-01-05", **NEW_YORK)
    keys = ["2013-01-02", "2013-01-03", "2013-01-05"]
    assert upstream(TimeWindowPartitionMapping(), DAYS, later, keys) == (["2013-01-03"], ["2013-01-02", "2013-01-05"])
    lenient = TimeWindowPartitionMapping(allow_nonexistent_upstream_partitions=True)
    assert upstream(lenient, DAYS, later, keys) == (["2013-01-03"], [])
    links = TimeWindowPartitionMapping().links(DAYS, later, positions=DAYS.positions(keys))
    assert links.nonexistent == {0: ("2013-01-02",), 2: ("2013-01-05",)}


def test_the_same_key_is_needed_even_from_another_start() -> None:
    later = DailyPartitionsDefinition("2013-01-03", "2013-01-05", **NEW_YORK)
    mapping = IdentityPartitionMapping()
    assert upstream(mapping, DAYS, later, ["2013-01-02", "2013-01-03"]) == (["2013-01-03"], ["2013-01-02"])
    assert upstream(mapping, LETTERS, OTHERS, ["a", "b"]) == (["b"], ["a"])
    assert downstream(mapping, LETTERS, OTHERS, ["b", "e"]) == ["b"]


def test_all_the_last_and_some_are_needed_by_everyone() -> None:
    day = ["2013-01-05"]
    assert upstream(AllPartitionMapping(), DAYS, LETTERS, day)[0] == list("abcd")
    assert upstream(LastPartitionMapping(), DAYS, LETTERS, day)[0] == ["d"]
    assert upstream(SpecificPartitionsPartitionMapping(["c", "a"]), DAYS, LETTERS, day)[0] == ["a", "c"]
    assert downstream(LastPartitionMapping(), OTHERS, LETTERS, ["c"]) == []
    assert downstream(LastPartitionMapping(), OTHERS, LETTERS, ["c", "d"]) == list("bcde")
    assert downstream(AllPartitionMapping(), OTHERS, LETTERS, []) == []


def test_a_given_key_of_the_future_is_missing_today() -> None:
    days = DailyPartitionsDefinition("2013-01-01")
    mapping = SpecificPartitionsPartitionMapping(["2013-01-02", "2013-01-25"])
    assert upstream(mapping, LETTERS, days, ["a"], NOW) == (["2013-01-02"], ["2013-01-25"])


def test_a_table_feeds_one_or_several() -> None:
    mapping = StaticPartitionMapping({"a": "b", "b": ["c", "d"], "c": "c"})
    assert [upstream(mapping, OTHERS, LETTERS, [key])[0] for key in "bcde"] == [["a"], ["b", "c"], ["b"], []]
    assert downstream(mapping, OTHERS, LETTERS, ["b"]) == ["c", "d"]


def test_an_asset_without_partitions_needs_all_or_is_needed_by_all() -> None:
    assert links_between(None, None, LETTERS).spans(0) == [(0, 4)]
    assert links_between(None, LETTERS, None).count().tolist() == [1, 1, 1, 1]
    assert links_between(None, None, None).spans(0) == [(0, 1)]
    assert links_between(LastPartitionMapping(), None, LETTERS).spans(0) == [(3, 4)]
    for mapping in (TimeWindowPartitionMapping(), IdentityPartitionMapping(), StaticPartitionMapping({"a": "a"})):
        with pytest.raises(InvalidMappingError, match=r"has no partitions|needs time windows"):
            links_between(mapping, None, LETTERS)


@pytest.mark.parametrize(
    ("down", "up", "mapping"),
    [
        (DAYS, DAYS, TimeWindowPartitionMapping()),
        (DAYS, HOURS, TimeWindowPartitionMapping()),
        (LETTERS, LETTERS, IdentityPartitionMapping()),
        (LETTERS, OTHERS, IdentityPartitionMapping()),
        (DAYS, LETTERS, IdentityPartitionMapping()),
        (None, LETTERS, AllPartitionMapping()),
        (LETTERS, None, AllPartitionMapping()),
        (None, None, AllPartitionMapping()),
    ],
)
def test_the_default_mapping_is_that_of_the_reference(down, up, mapping) -> None:
    assert default_mapping(down, up) == mapping


UTC_DAYS = DailyPartitionsDefinition("2013-01-01")


@pytest.mark.parametrize(
    ("mapping", "down", "up", "message"),
    [
        (IdentityPartitionMapping(), DAYS, LETTERS, "different kinds"),
        (TimeWindowPartitionMapping(), DAYS, LETTERS, "time windows on both sides; upstream is Static"),
        (TimeWindowPartitionMapping(), LETTERS, DAYS, "time windows on both sides; downstream is Static"),
        (TimeWindowPartitionMapping(), DAYS, UTC_DAYS, "same time zone .* upstream is in UTC"),
        (StaticPartitionMapping({"a": "b"}), DAYS, LETTERS, "static partitions on both sides; downstream"),
        (StaticPartitionMapping({"a": "zz"}), OTHERS, LETTERS, "downstream key 'zz' of the table"),
        (StaticPartitionMapping({"zz": "b"}), OTHERS, LETTERS, "upstream key 'zz' of the table"),
        (SpecificPartitionsPartitionMapping(["zz"]), DAYS, LETTERS, "no partition 'zz'"),
    ],
)
def test_a_mapping_that_can_not_serve_its_definitions_is_refused(mapping, down, up, message: str) -> None:
    with pytest.raises(InvalidMappingError, match=message):
        links_between(mapping, down, up)
    with pytest.raises(InvalidMappingError, match=message):
        mapping.validate_partition_mapping(up, down)


def test_a_subset_of_another_definition_is_refused() -> None:
    with pytest.raises(InvalidSubsetError, match="was given for the definition"):
        AllPartitionMapping().get_downstream_partitions_for_partitions(OTHERS.empty_subset(), LETTERS, DAYS)


MONTHS = MonthlyPartitionsDefinition("2013-01-01", "2014-01-01", **NEW_YORK)


@pytest.mark.parametrize(
    ("mapping", "down", "up", "one"),
    [
        (TimeWindowPartitionMapping(), DAYS, DAYS, True),
        (TimeWindowPartitionMapping(-1, -1), DAYS, DAYS, True),
        (TimeWindowPartitionMapping(-1, 0), DAYS, DAYS, False),
        (TimeWindowPartitionMapping(), HOURS, DAYS, True),
        (TimeWindowPartitionMapping(), DAYS, HOURS, False),
        (TimeWindowPartitionMapping(), DAYS, WEEKS, True),
        (TimeWindowPartitionMapping(), WEEKS, MONTHS, False),
        (TimeWindowPartitionMapping(), DAYS, DailyPartitionsDefinition("2012-01-01", **NEW_YORK), True),
        (TimeWindowPartitionMapping(), DAYS, DailyPartitionsDefinition("2013-01-01", hour_offset=3, **NEW_YORK), False),
        (IdentityPartitionMapping(), LETTERS, OTHERS, True),
        (LastPartitionMapping(), None, LETTERS, True),
        (AllPartitionMapping(), None, StaticPartitionsDefinition(["a"]), False),
        (AllPartitionMapping(), LETTERS, None, True),
        (SpecificPartitionsPartitionMapping(["a"]), None, LETTERS, True),
        (SpecificPartitionsPartitionMapping(["a", "b"]), None, LETTERS, False),
        (StaticPartitionMapping({"a": "b", "b": ["c", "d"]}), OTHERS, LETTERS, True),
        (StaticPartitionMapping({"a": "b", "b": ["b", "d"]}), OTHERS, LETTERS, False),
    ],
)
def test_the_shape_of_an_input_follows_from_definitions_and_mapping(mapping, down, up, one: bool) -> None:
    assert mapping.feeds_one(down, up) is one


@pytest.mark.parametrize(
    "mapping",
    [
        IdentityPartitionMapping(),
        AllPartitionMapping(),
        LastPartitionMapping(),
        SpecificPartitionsPartitionMapping(["a", "b"]),
        StaticPartitionMapping({"a": "b", "b": ["c", "d"]}),
        TimeWindowPartitionMapping(-1, 0, True),
    ],
    ids=lambda mapping: type(mapping).__name__,
)
def test_a_mapping_survives_being_written_down_and_has_words(mapping) -> None:
    copy = partition_mapping_from_dict(mapping.to_dict())
    assert copy == mapping
    assert hash(copy) == hash(mapping)
    assert mapping.label
    assert mapping.description.endswith(".")


def test_a_description_of_no_mapping_is_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="no kind of partition mapping named 'x'"):
        partition_mapping_from_dict({"type": "x"})
    with pytest.raises(InvalidDefinitionError, match="not whole"):
        partition_mapping_from_dict({"type": "StaticPartitionMapping"})


def test_links_of_chosen_positions_keep_their_order() -> None:
    links = links_between(None, DAYS, HOURS, positions=np.array([68, 0, 306]))
    assert links.count().tolist() == [23, 24, 25]
    assert links.spans(1) == [(0, 24)]
