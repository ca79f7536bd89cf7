"""Offsets that are no number of windows are refused where they are written."""

from __future__ import annotations

import pytest

from notebook_assets import DailyPartitionsDefinition, InvalidMappingError, TimeWindowPartitionMapping

DAYS = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01")


@pytest.mark.parametrize("offset", [None, 10**30, -(10**30)])
@pytest.mark.parametrize("name", ["start_offset", "end_offset"])
def test_an_offset_that_is_no_number_of_windows_is_refused(name, offset):
    with pytest.raises(InvalidMappingError, match=f"{name} is a number of windows"):
        TimeWindowPartitionMapping(**{name: offset})


@pytest.mark.parametrize("offset", [10**12, -(10**12)])
def test_an_offset_past_all_times_needs_nothing_that_exists(offset):
    links = TimeWindowPartitionMapping(offset, offset, True).links(DAYS, DAYS)
    assert not links.count().any()
