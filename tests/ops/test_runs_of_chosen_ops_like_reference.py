"""Which ops of a job run, beside the reference: chosen ones, and those behind a dynamic output that may be left out."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import dagster
import pytest

import notebook_assets

BOTH = (notebook_assets, dagster)


def ran(dg: ModuleType, job_selection: Any, selection: Any) -> list[str] | None:
    """Return which of three ops ran; None where the selection was refused."""
    names: list[str] = []

    @dg.op
    def read() -> int:
        names.append("read")
        return 1

    @dg.op
    def clean(rows: int) -> int:
        names.append("clean")
        return rows

    @dg.op
    def write(rows: int = 0) -> None:
        names.append("write")

    @dg.graph
    def daily() -> None:
        write(clean(read()))

    try:
        daily.to_job(op_selection=job_selection).execute_in_process(op_selection=selection)
    except Exception:
        return None
    return names


@pytest.mark.parametrize("job_selection", [None, [], ["*"], ["read"], ["read", "clean"]])
@pytest.mark.parametrize("selection", [None, [], (), ["*"], ["*clean"], ["read+"], ["**"], [""], ["*", "zz"], [1]])
def test_the_same_ops_run(job_selection: Any, selection: Any) -> None:
    ours, theirs = (ran(dg, job_selection, selection) for dg in BOTH)
    assert ours == theirs


def collected(dg: ModuleType, is_required: bool, keys: Sequence[str], way: str) -> tuple[list[Any], list[str]]:
    """Return what a dynamic output was collected to, if it was, and what was skipped."""
    seen: list[Any] = []

    @dg.op(out=dg.DynamicOut(is_required=is_required))
    def several() -> Any:
        for key in keys:
            yield dg.DynamicOutput(key, mapping_key=key)

    @dg.op
    def upper(text: Any) -> Any:
        return str(text).upper()

    @dg.op
    def total(texts: Any) -> int:
        seen.append(texts)
        return len(texts)

    @dg.op
    def tell(number: Any) -> None:
        seen.append(number)

    @dg.op
    def fixed() -> str:
        return "fixed"

    @dg.job
    def counting() -> None:
        given = several()
        if way == "mapped":
            tell(total(given.map(upper).collect()))
        elif way == "at once":
            tell(total(given.collect()))
        else:
            tell(total([given.collect(), fixed()]))

    result = counting.execute_in_process()
    skipped = [event.step_key for event in result.all_events if event.event_type_value == "STEP_SKIPPED"]
    return seen, sorted(str(step) for step in skipped)


@pytest.mark.parametrize("way", ["mapped", "at once"])
@pytest.mark.parametrize("keys", [(), ("a", "b")])
@pytest.mark.parametrize("is_required", [True, False])
def test_what_collects_an_optional_dynamic_output_without_values_is_skipped(
    is_required: bool, keys: Sequence[str], way: str
) -> None:
    ours, theirs = (collected(dg, is_required, keys, way) for dg in BOTH)
    assert ours == theirs


def outcome_of_retries(dg: ModuleType, way: str) -> int:
    """Return how often an op was tried whose wait before a retry is negative."""
    tries: list[int] = []
    policy = dg.RetryPolicy(max_retries=1, delay=-1) if way == "policy" else None

    @dg.op(retry_policy=policy)
    def broken() -> None:
        tries.append(1)
        if way == "request":
            raise dg.RetryRequested(max_retries=1, seconds_to_wait=-5)
        raise ValueError("mine")

    @dg.job
    def daily() -> None:
        broken()

    daily.execute_in_process(raise_on_error=False)
    return len(tries)


@pytest.mark.parametrize("way", ["policy", "request"])
def test_a_negative_wait_is_none(way: str) -> None:
    assert [outcome_of_retries(dg, way) for dg in BOTH] == [2, 2]
