"""What failed is tried again: how often, after how long, what is told of it, and what is kept of failed attempts."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from notebook_assets import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetKey,
    AssetObservation,
    AssetOut,
    AssetSpec,
    Failure,
    Instance,
    IOManager,
    MaterializeResult,
    Output,
    PieceState,
    RetryPolicy,
    RetryRequested,
    RunInterrupted,
    RunResult,
    StaticPartitionsDefinition,
    asset,
    graph_asset,
    materialize,
    multi_asset,
    op,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import explain_piece, statuses
from notebook_assets.run import RunRequest, execute, make_plan

Make = Callable[..., RunResult]
LETTERS = StaticPartitionsDefinition(["x", "y"])


def failing(times: int, error: Callable[[], BaseException] = ValueError) -> tuple[list[int], Callable[[Any], Any]]:
    """A function that fails so often and then returns how often it was tried again, and the numbers of its attempts."""
    attempts: list[int] = []

    def flaky(context):
        attempts.append(context.retry_number)
        if len(attempts) <= times:
            raise error()
        return context.retry_number

    return attempts, flaky


CASES = {
    "no policy": (1, ValueError, None, 1),
    "it succeeds with the last retry": (2, ValueError, RetryPolicy(max_retries=2), 3),
    "it fails more often than it may": (5, ValueError, RetryPolicy(max_retries=2), 3),
    "it asks for it without a policy": (2, lambda: RetryRequested(max_retries=2), None, 3),
    "what it asks for counts, not the policy": (9, lambda: RetryRequested(max_retries=1), RetryPolicy(4), 2),
    "a failure is an error like others": (9, lambda: Failure("no rows"), RetryPolicy(max_retries=1), 2),
    "a failure that forbids retries": (9, lambda: Failure("no", allow_retries=False), RetryPolicy(4), 1),
    "what is no exception of a program": (9, lambda: SystemExit(3), RetryPolicy(max_retries=4), 1),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("several", [False, True])
def test_how_often_it_is_tried(make: Make, case: str, several: bool) -> None:
    times, error, policy, expected = CASES[case]
    attempts, flaky = failing(times, error)
    if several:
        define: Any = multi_asset(outs={"flaky": AssetOut(), "other": AssetOut()}, retry_policy=policy)

        def both(context):
            return flaky(context), 0

        result = make(define(both))
    else:
        result = make(asset(name="flaky", retry_policy=policy)(flaky))
    assert attempts == list(range(expected))
    assert result.success is (expected > times)
    assert result.retries.get((AssetKey("flaky"), None), 0) == expected - 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda context: context.partition_key,
        lambda context: "a text",
        lambda context: Output(1, output_name="other"),
    ],
    ids=["a question that can't be answered", "a wrong type", "an unknown output"],
)
def test_what_is_wrong_in_the_code_is_not_tried_again(make: Make, wrong: Callable[[Any], Any]) -> None:
    attempts = []

    @asset(retry_policy=RetryPolicy(max_retries=3))
    def mistaken(context) -> int:
        attempts.append(context.retry_number)
        return wrong(context)

    assert not make(mistaken).success
    assert attempts == [0]


def test_inputs_and_io_managers_that_fail_are_tried_again(make: Make) -> None:
    class Flaky(IOManager):
        def __init__(self) -> None:
            self.calls: list[str] = []

        def handle_output(self, context: Any, obj: Any) -> None:
            self.calls.append("store")
            if self.calls.count("store") == 1:
                raise OSError("the disk is away")

        def load_input(self, context: Any) -> Any:
            self.calls.append("load")
            if self.calls.count("load") == 1:
                raise OSError("the network is away")
            return 3

    manager = Flaky()
    policy = RetryPolicy(max_retries=1)

    @asset(io_manager_def=manager, retry_policy=policy)
    def kept():
        return 3

    @asset(retry_policy=policy)
    def doubled(kept):
        return 2 * kept

    result = make(kept, doubled)
    assert result.asset_value("doubled") == 6
    assert manager.calls == ["store", "store", "load", "load"]


def test_each_partition_has_its_own_attempts(make: Make) -> None:
    seen = []

    @asset(partitions_def=LETTERS, retry_policy=RetryPolicy(max_retries=1))
    def letters(context):
        seen.append((context.partition_key, context.retry_number))
        if context.retry_number == 0 and context.partition_key == "y":
            raise ValueError
        return context.partition_key

    result = make(letters, partitions="all")
    assert seen == [("x", 0), ("y", 0), ("y", 1)]
    assert result.retries == {(AssetKey("letters"), "y"): 1}


def test_generators_and_coroutines_are_tried_again(make: Make) -> None:
    policy = RetryPolicy(max_retries=1)

    @asset(retry_policy=policy)
    def yielded(context):
        if context.retry_number == 0:
            raise ValueError
        yield Output(context.retry_number)

    @asset(retry_policy=policy)
    async def awaited(context):
        if context.retry_number == 0:
            raise ValueError
        return context.retry_number

    result = make(yielded, awaited)
    assert [result.asset_value("yielded"), result.asset_value("awaited")] == [1, 1]


def test_the_delays_are_those_of_the_policy(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    _, flaky = failing(3, lambda: RetryRequested(max_retries=3, seconds_to_wait=0.25))
    make(asset(name="asking")(flaky))
    _, flaky = failing(2)
    make(asset(name="patient", retry_policy=RetryPolicy(max_retries=2, delay=4))(flaky))
    assert waited == [0.25, 0.25, 0.25, 4, 4]


@pytest.mark.parametrize("executor", ["in_process", "threads"])
def test_to_cancel_a_run_ends_the_wait_at_once(store: Instance, executor: str) -> None:
    reached = threading.Event()

    @asset(retry_policy=RetryPolicy(max_retries=2, delay=600))
    def flaky():
        reached.set()
        raise ValueError("x")

    run = materialize([flaky], instance=store, executor=executor, background=True, progress=False)
    assert reached.wait(60)
    run.cancel()
    assert run.wait(60).status == "canceled"
    assert "failed" not in store.pieces("flaky").states


def test_an_interrupt_ends_the_wait_at_once(make: Make) -> None:
    _, flaky = failing(9)

    @asset
    def later(flaky): ...

    before = signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    began = time.monotonic()
    try:
        with pytest.raises(RunInterrupted) as caught:
            make(asset(name="flaky", retry_policy=RetryPolicy(max_retries=3, delay=60))(flaky), later)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - began < 30
    assert caught.value.result.status == "canceled"
    assert caught.value.result.done == 0


def test_the_log_the_store_and_explain_tell_of_it(
    make: Make, store: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    policy = RetryPolicy(max_retries=2)
    _, flaky = failing(1)
    _, hopeless = failing(9, lambda: ValueError("no rows"))
    definitions = [asset(name="flaky", retry_policy=policy)(flaky), asset(name="lost", retry_policy=policy)(hopeless)]
    with caplog.at_level(logging.WARNING, logger="notebook_assets"):
        make(*definitions)
    assert [record.getMessage() for record in caplog.records] == [
        "flaky failed (ValueError); it is tried again, 1 of at most 2 times",
        "lost failed (ValueError: no rows); it is tried again, 1 of at most 2 times",
        "lost failed (ValueError: no rows); it is tried again, 2 of at most 2 times",
    ]
    made = store.latest("flaky")
    assert made is not None
    assert made.tags["retries"] == "1"
    told = explain_piece(statuses(AssetGraph(definitions), store), store, AssetKey("lost"), None)
    assert "no rows (the last of 3 attempts)" in "".join(told.why)


def test_nothing_of_a_failed_attempt_is_kept_of_one_asset(make: Make, store: Instance) -> None:
    @asset(retry_policy=RetryPolicy(max_retries=1), check_specs=[AssetCheckSpec("fine", asset="one")])
    def one(context):
        context.add_output_metadata({f"attempt {context.retry_number}": 1})
        yield AssetObservation("seen")
        yield AssetCheckResult(check_name="fine", passed=context.retry_number == 1)
        if context.retry_number == 0:
            raise ValueError
        yield Output(context.retry_number)

    result = make(one)
    made = store.latest("one")
    assert made is not None
    assert list(made.metadata) == ["attempt 1"]
    assert [each.passed for each in result.check_evaluations] == [True]
    assert len(store.observations("seen")) == 1


def test_what_several_assets_were_given_before_a_failure_is_recorded_and_given_again(make: Make) -> None:
    seen = []

    @multi_asset(outs={"a": AssetOut(), "b": AssetOut()}, retry_policy=RetryPolicy(max_retries=1))
    def both(context):
        yield Output(("a", context.retry_number), "a")
        if context.retry_number == 0:
            raise ValueError
        yield Output(("b", context.retry_number), "b")

    @asset
    def after(a, b):
        seen.append((a, b))

    result = make(both, after)
    assert result.success
    assert seen == [(("a", 1), ("b", 1))]
    assert result.counts[AssetKey("a")] == {PieceState.MATERIALIZED: 1}


def test_an_optional_output_of_a_failed_attempt_stays(make: Make) -> None:
    optional = {name: AssetOut(is_required=False) for name in "ab"}

    @multi_asset(outs=optional, retry_policy=RetryPolicy(max_retries=1))
    def either(context):
        if context.retry_number == 0:
            yield Output(0, "a")
            raise ValueError
        yield Output(1, "b")

    result = make(either)
    assert [result.asset_value("a"), result.asset_value("b")] == [0, 1]
    assert result.done == 2


def test_a_required_output_that_only_a_failed_attempt_gave_is_lacking(make: Make) -> None:
    @multi_asset(outs={"a": AssetOut(), "b": AssetOut()}, retry_policy=RetryPolicy(max_retries=1))
    def both(context):
        if context.retry_number == 0:
            yield Output(0, "a")
            raise ValueError
        yield Output(1, "b")

    result = make(both)
    assert result.counts == {AssetKey("a"): {PieceState.FAILED: 1}, AssetKey("b"): {PieceState.MATERIALIZED: 1}}
    assert not result.success


def test_pieces_are_counted_once_where_a_check_is_lacking_at_the_end(make: Make) -> None:
    specs = [AssetSpec("a"), AssetSpec("b")]

    @multi_asset(specs=specs, check_specs=[AssetCheckSpec("fine", asset="a")])
    def both():
        yield MaterializeResult("a")
        yield MaterializeResult("b")

    result = make(both)
    assert not result.success
    assert result.done == result.planned == 2
    assert result.pieces_in(PieceState.FAILED) == 2


def test_a_runs_policy_is_for_those_without_one(store: Instance) -> None:
    numbers: list[tuple[str, int]] = []

    @asset
    def plain(context):
        numbers.append(("plain", context.retry_number))
        raise ValueError

    @asset(retry_policy=RetryPolicy(max_retries=1))
    def own(context):
        numbers.append(("own", context.retry_number))
        raise ValueError

    @op
    def inner(context):
        numbers.append(("op", context.retry_number))
        raise RetryRequested(max_retries=1) if context.retry_number else ValueError()

    @graph_asset
    def wired():
        return inner()

    graph = AssetGraph([plain, own, wired])
    live = statuses(graph, store)
    plan = make_plan(graph, live, {key: np.ones(1, dtype=bool) for key in graph.order})
    execute(RunRequest(graph, plan, live, store, retry_policy=RetryPolicy(max_retries=2)))
    assert sorted(numbers) == [("op", 0), ("op", 1), ("own", 0), ("own", 1), *(("plain", n) for n in range(3))]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Retries are logged below the cell."""
    log = logging.getLogger("notebook_assets")
    handlers, log.handlers = log.handlers, [logging.NullHandler()]
    yield
    log.handlers = handlers
