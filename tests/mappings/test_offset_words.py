"""A mapping by time says its offsets as a person would."""

from __future__ import annotations

import pytest

from notebook_assets.mappings import TimeWindowPartitionMapping

OVERLAPPING = {
    (0, 0): "its time window",
    (-1, -1): "the time window of the partition before it",
    (-3, -3): "the time window of the partition 3 before it",
    (1, 1): "the time window of the partition after it",
    (2, 2): "the time window of the partition 2 after it",
    (-1, 0): "its time window and that of the partition before it",
    (-6, 0): "its time window and those of the 6 partitions before it",
    (0, 1): "its time window and that of the partition after it",
    (0, 2): "its time window and those of the 2 partitions after it",
    (-1, 1): "its time window, that of the partition before it and that of the partition after it",
    (-2, 3): "its time window, those of the 2 partitions before it and those of the 3 partitions after it",
    (-7, -1): "the time windows of the 7 partitions before it",
    (-7, -2): "the time windows of the partitions from 7 to 2 before it",
    (1, 3): "the time windows of the 3 partitions after it",
    (2, 1_000): "the time windows of the partitions from 2 to 1,000 after it",
}


@pytest.mark.parametrize("offsets", OVERLAPPING, ids=str)
def test_offsets_are_said_in_words(offsets: tuple[int, int]) -> None:
    said = f"Each downstream partition needs the upstream partitions that overlap {OVERLAPPING[offsets]}."
    assert TimeWindowPartitionMapping(*offsets).description == said


def test_a_stretch_that_ends_before_it_starts_is_said_to_need_nothing() -> None:
    assert TimeWindowPartitionMapping(1, -1).description.startswith("Each downstream partition needs nothing")
