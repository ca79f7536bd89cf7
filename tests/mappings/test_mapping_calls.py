"""One key is mapped in few function calls: a tenth of the 348 that the reference was measured to make."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from notebook_assets.mappings import TimeWindowPartitionMapping
from notebook_assets.partitions import DailyPartitionsDefinition, HourlyPartitionsDefinition, PartitionsDefinition

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = DailyPartitionsDefinition("2010-01-01", end_date="2020-01-01")
HOURS = HourlyPartitionsDefinition("2010-01-01-00:00", end_date="2020-01-01-00:00")


@pytest.mark.parametrize(
    ("upstream", "offset", "keys", "most"),
    [(DAYS, -1, 1, 35), (DAYS, 0, 1, 35), (HOURS, 0, 24, 40)],
    ids=["day before", "day", "hours"],
)
def test_one_day_is_mapped_and_listed_in_few_calls(
    upstream: PartitionsDefinition, offset: int, keys: int, most: int
) -> None:
    mapping = TimeWindowPartitionMapping(offset, offset)
    subset = DAYS.subset_with_partition_keys(["2015-05-05"])
    entered: list[str] = []

    def count(frame: object, event: str, argument: object) -> None:
        if event == "call":
            entered.append(frame.f_code.co_qualname)  # type: ignore[attr-defined]

    def mapped() -> list[str]:
        result = mapping.get_upstream_mapped_partitions_result_for_partitions(subset, DAYS, upstream, current_time=NOW)
        return list(result.partitions_subset.get_partition_keys())

    mapped()
    sys.setprofile(count)
    try:
        found = mapped()
    finally:
        sys.setprofile(None)
    assert len(found) == keys
    assert len(entered) <= most, entered
