"""Retry policies and requests, beside the reference: which can be made, and how long each waits."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
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


@pytest.mark.parametrize("delay", [None, -1, 0, 0.5, 2])
@pytest.mark.parametrize("backoff", [None, "LINEAR", "EXPONENTIAL"])
def test_the_calculated_delays_are_the_same(delay: float | None, backoff: str | None) -> None:
    ours, theirs = (policy(dg, 4, delay, backoff, None) for dg in (notebook_assets, dagster))
    for attempt in (0, 1, 2, 5):
        assert ours is None or ours.calculate_delay(attempt) == theirs.calculate_delay(attempt)


def test_calculated_delays_have_their_jitter() -> None:
    drawn = {notebook_assets.RetryPolicy(delay=1, jitter=notebook_assets.Jitter.FULL).calculate_delay(1) for _ in "12"}
    assert len(drawn) == 2
    assert all(0 <= each <= 1 for each in drawn)
    with pytest.raises(notebook_assets.InvalidInvocationError, match="got 'x'"):
        notebook_assets.RetryPolicy(delay=1).calculate_delay("x")  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", [math.inf, math.nan])
def test_nobody_can_wait_for_ever(seconds: float) -> None:
    with pytest.raises(notebook_assets.InvalidDefinitionError, match="nobody can wait"):
        notebook_assets.RetryPolicy(delay=seconds)
    with pytest.raises(notebook_assets.InvalidInvocationError, match="nobody can wait"):
        notebook_assets.RetryRequested(seconds_to_wait=seconds)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
def test_requests_and_inputs_can_be_copied(copied: Callable[[Any], Any]) -> None:
    for dg in (notebook_assets, dagster):
        request = copied(dg.RetryRequested(2, 1.5))
        assert (request.max_retries, request.seconds_to_wait) == (2, 1.5)
    assert str(copied(notebook_assets.RetryRequested(2))) == "retry requested (up to 2 times)"
    made = notebook_assets.op(name="clean", ins=copied({"rows": notebook_assets.In(int)}))(lambda rows: rows)
    assert made.ins["rows"] == notebook_assets.In(int)
    assert not made.ins["rows"].has_default
