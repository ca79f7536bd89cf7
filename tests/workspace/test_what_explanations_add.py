"""What an explanation tells besides: metadata of failures, attempts, errors that may pass, and who keeps a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notebook_assets import (
    Definitions,
    Failure,
    InMemoryIOManager,
    Instance,
    RetryPolicy,
    RunResult,
    asset,
    explain,
    materialize,
)


@pytest.fixture
def store() -> Iterator[Instance]:
    """A store of its own."""
    with Instance.ephemeral() as instance:
        yield instance


def made(store: Instance, thing: Any, **options: Any) -> RunResult:
    return materialize([thing], instance=store, progress=False, raise_on_error=False, **options)


def told(store: Instance, thing: Any) -> str:
    return repr(explain(thing, instance=store, definitions=Definitions([thing])))


def test_metadata_of_a_failure_is_shown_where_the_failure_is(store: Instance) -> None:
    @asset
    def users():
        raise Failure("bad credentials", metadata={"code": 401})

    assert "Failure: bad credentials (code 401)" in repr(made(store, users))
    assert "Failure: bad credentials (code 401)" in told(store, users)


def test_a_success_says_how_many_attempts_failed_before(store: Instance) -> None:
    attempts = iter([1, 0, 0])

    @asset(retry_policy=RetryPolicy(max_retries=2))
    def flaky():
        return 1 / (1 - next(attempts))

    assert made(store, flaky).success
    assert ", after 1 failed attempt" in told(store, flaky)
    assert made(store, flaky).success
    assert "failed attempt" not in told(store, flaky)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (ConnectionResetError, "A ConnectionResetError may pass by itself: try again; its code is still the one"),
        (TimeoutError, "A TimeoutError may pass by itself"),
        (type("ReadTimeout", (Exception,), {}), "A ReadTimeout may pass by itself"),
        (ValueError, "Its code is still the one that failed: change it"),
        (FileNotFoundError, "Its code is still the one that failed: change it"),
    ],
)
def test_what_may_pass_by_itself_is_tried_again(store: Instance, error: type[Exception], advice: str) -> None:
    @asset
    def fetched():
        raise error("no")

    made(store, fetched)
    assert advice in " ".join(told(store, fetched).split())


def test_the_io_manager_that_keeps_a_value_is_named(store: Instance) -> None:
    @asset(io_manager_key="memory")
    def elsewhere():
        return 1

    @asset
    def here():
        return 1

    made(store, elsewhere, resources={"memory": InMemoryIOManager()})
    made(store, here)
    assert "kept by    the IO manager 'memory'" in told(store, elsewhere)
    assert "kept by" not in told(store, here)
