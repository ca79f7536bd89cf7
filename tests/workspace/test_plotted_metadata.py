"""Plots of numbers in metadata: over time without partitions; what may have been meant by a name that is none."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import Definitions, Instance, MaterializeResult, asset, materialize, plot_metadata
from notebook_assets.errors import InvalidInvocationError


@pytest.fixture
def counted() -> Any:
    """An asset that was made four times, and where it is kept."""
    numbers = iter([3, 1, 4, 6])

    @asset
    def daily():
        return MaterializeResult(value=1, metadata={"rows": next(numbers), "share": 0.5, "source": "a file"})

    with Instance.ephemeral() as store:
        for _ in range(4):
            materialize([daily], instance=store, progress=False)
        yield {"instance": store, "definitions": Definitions([daily])}


def test_without_partitions_all_that_was_made_is_plotted_over_time(counted: Any) -> None:
    told = repr(plot_metadata("daily", "rows", **counted))
    assert "4 values, 1 to 6, latest 6 (20" in told
    assert told.endswith("\n▄▁▅█")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rws", r"Did you mean 'rows'\?"),
        ("zzz", r"There is 'rows', 'share'\."),
        ("source", r"There is 'rows', 'share'"),
    ],
)
def test_a_name_that_is_no_number_is_told_with_the_numbers_that_there_are(counted: Any, name: str, hint: str) -> None:
    with pytest.raises(InvalidInvocationError, match=hint):
        plot_metadata("daily", name, **counted)
