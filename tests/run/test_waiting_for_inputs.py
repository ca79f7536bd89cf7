"""A step that waits for any, or for so many, of its mapped upstream pieces."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    AllPartitionMapping,
    AssetDep,
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    MissingInputError,
    Output,
    PartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    asset,
    materialize,
)

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05")
KEYS = DAYS.get_partition_keys()
TWO = StaticPartitionsDefinition(["x", "y"])


@asset(partitions_def=DAYS)
def day(context) -> str:
    return context.partition_key


def report_that_waits_for(wait_for: Any, mapping: PartitionMapping | None = None, **options: Any) -> Any:
    def report(day):
        return day

    return asset(ins={"day": AssetIn(partition_mapping=mapping, wait_for=wait_for)}, **options)(report)


@pytest.mark.parametrize(
    ("wait_for", "made", "is_enough"),
    [
        ("all", 4, True),
        ("all", 3, False),
        ("any", 1, True),
        ("any", 0, False),
        (1, 1, True),
        (3, 3, True),
        (3, 2, False),
        (9, 4, True),
        (9, 3, False),
        (0, 0, True),
    ],
)
def test_enough_is_waited_for_and_what_is_there_is_given(make, wait_for, made: int, is_enough: bool) -> None:
    if made:
        make(day, partitions=KEYS[-made:])
    result = make(report_that_waits_for(wait_for), day, selection="report")
    assert result.success is is_enough
    if is_enough:
        assert result.asset_value("report") == {key: key for key in KEYS[len(KEYS) - made :]}
    else:
        assert result.skips[0].missing == tuple(f"day[{key}]" for key in KEYS[: len(KEYS) - made])


def test_the_skip_says_how_many_are_there_and_how_many_are_needed(make, store) -> None:
    make(day, partitions=KEYS[:1])
    result = make(report_that_waits_for(3), day, selection="report")
    assert result.skips[0].shortage == "day: 1 of 4 is there, 3 are needed"
    assert store.failure(AssetKey("report"), None).message == "day: 1 of 4 is there, 3 are needed"
    assert "report was skipped: day: 1 of 4 is there, 3 are needed" in str(result)
    with pytest.raises(MissingInputError, match="report was skipped: day: 1 of 4 is there, 3 are needed; missing are"):
        materialize([report_that_waits_for(3), day], selection="report", instance=store, progress=False)


def test_several_skipped_pieces_are_told_by_the_first(make) -> None:
    result = make(
        report_that_waits_for("any", AllPartitionMapping(), partitions_def=TWO),
        day,
        selection="report",
        partitions="all",
    )
    assert "report was skipped for 2 partitions (x...y): of the first, day: 0 of 4 are there, 1 is needed" in str(
        result
    )


def test_keys_that_do_not_exist_count_as_not_there(make) -> None:
    """Of the window's three days the first lies before the first upstream day."""
    mapping = PartitionMapping.from_table({"x": [KEYS[0], KEYS[1], "2023-12-31"], "y": ["2023-12-31"]})
    make(day, partitions=KEYS[:2])
    result = make(report_that_waits_for(2, mapping, partitions_def=TWO), day, selection="report", partitions="all")
    assert result.asset_value("report", "x") == {key: key for key in KEYS[:2]}
    assert [(skip.partition, skip.missing) for skip in result.skips] == [("y", ("day[2023-12-31]",))]


def test_where_nothing_is_mapped_nothing_is_waited_for(make) -> None:
    mapping = PartitionMapping.from_table({"x": [KEYS[0]]})
    result = make(report_that_waits_for("any", mapping, partitions_def=TWO), day, selection="report", partition_key="y")
    assert result.asset_value("report", "y") == {}


@pytest.mark.parametrize(("wait_for", "expected"), [("any", None), (0, True)])
def test_one_value_is_bare_and_none_where_it_may_be_missing(make, wait_for, expected) -> None:
    @asset(partitions_def=DAYS, ins={"day": AssetIn(wait_for=wait_for)})
    def report(day):
        return day is None

    result = make(report, day, selection="report", partition_key=KEYS[0])
    assert (result.asset_value("report", KEYS[0]) if result.success else None) is expected
    make(day, partition_key=KEYS[0])
    assert make(report, day, selection="report", partition_key=KEYS[0]).asset_value("report", KEYS[0]) is False


@pytest.mark.parametrize("where", ["mapping", "dependency"])
def test_an_order_may_wait_for_less_too(make, where: str) -> None:
    every = AllPartitionMapping()
    dep = AssetDep(day, partition_mapping=every.waiting_for(2)) if where == "mapping" else AssetDep(day, wait_for=2)

    @asset(deps=[dep])
    def report():
        return 1

    make(day, partitions=KEYS[:1])
    assert not make(report, day, selection="report").success
    make(day, partitions=KEYS[1:2])
    assert make(report, day, selection="report").success


def test_what_fails_in_the_same_run_is_done_without(make) -> None:
    @asset(partitions_def=DAYS)
    def day(context):
        if context.partition_key == KEYS[1]:
            raise ValueError
        return context.partition_key

    result = make(report_that_waits_for(3), day, selection="report", upstream=True)
    assert result.asset_value("report") == {key: key for key in KEYS if key != KEYS[1]}


def test_a_run_with_all_upstream_makes_all_that_is_mapped(make) -> None:
    result = make(report_that_waits_for("any"), day, selection="report", upstream=True)
    assert result.asset_value("report") == {key: key for key in KEYS}


@pytest.mark.parametrize(("wait_for", "is_mendable"), [(3, True), (4, False), ("all", False)])
def test_a_skip_is_mendable_where_enough_can_be_had(make, wait_for, is_mendable: bool) -> None:
    """One day yields nothing, so that three of the four can be had."""

    @asset(partitions_def=DAYS, output_required=False)
    def day(context):
        if context.partition_key != KEYS[0]:
            yield Output(context.partition_key)

    make(day, partitions=KEYS[:2])
    result = make(report_that_waits_for(wait_for), day, selection="report")
    assert not result.success
    assert result.mendable[AssetKey("report")] == (frozenset([0]) if is_mendable else frozenset())


def test_an_asset_may_wait_for_any_of_its_own_earlier_partitions(make) -> None:
    earlier = TimeWindowPartitionMapping(-2, -1)

    @asset(partitions_def=DAYS, ins={"total": AssetIn(partition_mapping=earlier, wait_for="any")})
    def total(context, total):
        if context.partition_key == KEYS[1]:
            raise ValueError
        return 1 + len(total)

    result = make(total, partitions="all")
    assert [result.asset_value("total", key) for key in (KEYS[0], KEYS[2], KEYS[3])] == [1, 2, 2]
