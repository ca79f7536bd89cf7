"""Retry policies and requests, beside the reference: which can be made, and how long each waits."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import dagster
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notebook_assets

NUMBERS = st.sampled_from([None, -1, 0, 1, 2, 0.5, "2", "x"])
CHOICES = st.sampled_from([None, "LINEAR", "EXPONENTIAL", "FULL", "PLUS_MINUS", "as text"])


def chosen(dg: ModuleType, kind: str, name: str | None) -> Any:
    """Return a member of an enumeration, or something that is none."""
    return None if name is None else getattr(getattr(dg, kind), name, name)


def policy(dg: ModuleType, most: Any, delay: Any, backoff: str | None, jitter: str | None) -> Any:
    try:
        return dg.RetryPolicy(most, delay, chosen(dg, "Backoff", backoff), chosen(dg, "Jitter", jitter))
    except Exception:
        return None


@given(most=NUMBERS, delay=NUMBERS, backoff=CHOICES, jitter=CHOICES)
def test_the_same_policies_can_be_made(most: Any, delay: Any, backoff: str | None, jitter: str | None) -> None:
    ours, theirs = (policy(dg, most, delay, backoff, jitter) for dg in (notebook_assets, dagster))
    assert (ours is None) == (theirs is None)


@pytest.mark.parametrize("delay", [0, 0.5, 2])
@pytest.mark.parametrize("backoff", [None, "LINEAR", "EXPONENTIAL"])
@pytest.mark.parametrize("jitter", [None, "FULL", "PLUS_MINUS"])
def test_waits_lie_between_the_same_bounds(delay: float, backoff: str | None, jitter: str | None) -> None:
    """Without chance they are the same; with it, what the reference draws lies within the bounds here."""
    ours, theirs = (policy(dg, 4, delay, backoff, jitter) for dg in (notebook_assets, dagster))
    for attempt in (1, 2, 3, 4):
        least, most = (ours.seconds(attempt, chance=lambda at=at: at) for at in (0.0, 1.0))
        drawn = [theirs.calculate_delay(attempt) for _ in range(20)]
        assert min(least, most) <= min(drawn)
        assert max(drawn) <= max(least, most)
        assert jitter is not None or drawn[0] == least


@pytest.mark.parametrize("most", [None, 0, 2, "x"])
@pytest.mark.parametrize("seconds", [None, 0, 0.5, "x"])
def test_the_same_requests_can_be_made(most: Any, seconds: Any) -> None:
    found = []
    for dg in (notebook_assets, dagster):
        try:
            asked = dg.RetryRequested(max_retries=most, seconds_to_wait=seconds)
            found.append((asked.max_retries, asked.seconds_to_wait))
        except Exception:
            found.append(None)
    assert found[0] == found[1]
