"""Windows of days, weeks and months have the same starts and numbers one by one as in bulk, however clocks change."""

from __future__ import annotations

import numpy as np
import pytest

from notebook_assets.partitions.ticks import DAY, CalendarGrid, few_starts
from notebook_assets.partitions.wall_clock import zone

ZONES = [
    "UTC", "America/New_York", "Europe/Berlin", "America/Havana", "America/Sao_Paulo", "Africa/Cairo",
    "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kwajalein", "Africa/Casablanca",
]  # fmt: skip
TIMES = [0, 1_800, 3_600, 2 * 3_600 + 1_800, 12 * 3_600, 23 * 3_600 + 1_800]
RESTS = [-5_400, -3_600, -1_800, -1, 0, 1, 1_800, 3_600, 5_400, 43_200]


@pytest.mark.parametrize("days", [1, 7, 0])
@pytest.mark.parametrize("name", ZONES)
def test_one_window_is_found_as_many_are(name: str, days: int) -> None:
    clocks = zone(name)
    changes = clocks.changes_between(700_000_000, 1_800_000_000)[-40:] or [1_400_000_000]
    for time in TIMES:
        grid = CalendarGrid(clocks, days=days, first=3, time=time)
        for change in changes:
            about = np.array([change + days_off * DAY + rest for days_off in (-8, -2, -1, 0, 1, 2) for rest in RESTS])
            numbers = grid.floors(about)
            assert [grid.floor(instant) for instant in about.tolist()] == numbers.tolist()
            first, last = int(numbers[0]) - 20, int(numbers[-1]) + 3
            several = np.arange(first, last, dtype=np.int64)
            assert list(few_starts(grid, first, last)) == grid.starts(several).tolist()
            for number in set(numbers.tolist()):
                assert list(few_starts(grid, number, number + 2)) == [grid.start(number), grid.start(number + 1)]
            assert [grid.start(number) for number in several.tolist()] == grid.starts(several).tolist()
