"""What goes wrong in a run: failing functions, interrupts, a store in trouble; and what is kept."""

from __future__ import annotations

import functools
import gc
import threading
import weakref
from typing import Any

import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    BackfillPolicy,
    DailyPartitionsDefinition,
    Instance,
    InvalidInvocationError,
    MissingInputError,
    Output,
    PieceState,
    RunInterrupted,
    RunResult,
    StaticPartitionsDefinition,
    StoreError,
    UnknownAssetError,
    asset,
    materialize,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import statuses
from notebook_assets.run.tracebacks import message_of, traceback_text

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-06")


class UnspeakableError(Exception):
    """Can't say what went wrong."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def status_of(store: Instance, result: RunResult) -> str:
    rows = list(store.db.query("select status from runs where id = ?", [result.run_id]))
    return str(rows[0]["status"])


@asset
def good():
    return 1


@asset
def bad():
    def deeper():
        raise ValueError("it is wrong\nfor a reason")

    return deeper()


@asset
def after_bad(bad, good):
    return 1


@asset
def last(after_bad): ...


@asset
def other(good):
    return good + 1


def test_a_failure_stops_only_what_needs_it(make, store) -> None:
    result = make(last, after_bad, bad, other, good)
    assert (result.status, status_of(store, result)) == ("failed", "failed")
    assert {failure.piece for failure in result.failures} == {"bad"}
    assert {skip.piece: skip.missing for skip in result.skips} == {"after_bad": ("bad",), "last": ("after_bad",)}
    assert result.asset_value("other") == 2
    assert result.done == result.planned == 5


def test_failing_partitions_stop_only_those_that_need_them(make) -> None:
    @asset(partitions_def=DAYS)
    def odd(context):
        assert int(context.partition_key[-1]) % 2, "an even day"
        return 1

    @asset(partitions_def=DAYS)
    def after(odd):
        return odd

    result = make(odd, after, partitions="all")
    assert [failure.partition for failure in result.failures] == ["2024-01-02", "2024-01-04"]
    assert [skip.piece for skip in result.skips] == ["after[2024-01-02]", "after[2024-01-04]"]
    assert result.pieces_in(PieceState.MATERIALIZED) == 6
    assert [(line, len(failures)) for line, failures in result.failures_by_error()] == [
        ("AssertionError: an even day", 2)
    ]


def test_the_traceback_begins_at_the_users_frame(make, store) -> None:
    failure = make(bad).failures[0]
    lines = failure.traceback.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].endswith("in bad")
    assert "notebook_assets/run" not in failure.traceback
    assert lines[-2:] == ["ValueError: it is wrong", "for a reason"]
    assert failure.error_line == "ValueError: it is wrong"
    assert store.failure("bad").traceback == failure.traceback
    assert failure.error.__traceback__.tb_frame.f_code.co_name == "bad"


def test_the_traceback_of_a_generator_and_of_a_decorated_function(make) -> None:
    def decorated(fn: Any) -> Any:
        @functools.wraps(fn)
        def wrapper(*arguments: Any, **named: Any) -> Any:
            return fn(*arguments, **named)

        return wrapper

    @asset
    @decorated
    def wrapped():
        return 1 / 0

    @asset
    def generator():
        yield 1 / 0

    places = [failure.traceback.splitlines()[1].rpartition(" ")[2] for failure in make(wrapped, generator).failures]
    assert places == ["wrapper", "generator"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError(), ""),
        (KeyError("a"), "'a'"),
        (SystemExit(3), "3"),
        (GeneratorExit(), ""),
        (RecursionError("deep"), "deep"),
        (ValueError("\ud800"), "\\ud800"),
        (UnspeakableError(), "(a UnspeakableError that can't be shown as text)"),
        (StoreError("of another store"), "of another store"),
        (ExceptionGroup("several", [ValueError("x")]), "several (1 sub-exception)"),
    ],
)
def test_whatever_a_function_raises_is_recorded_and_the_run_goes_on(make, store, error, message: str) -> None:
    @asset
    def raises():
        raise error

    result = make(raises, good)
    assert result.failures[0].error is error
    assert result.failures[0].error_line
    record = store.failure("raises")
    assert (record.error_type, record.message) == (type(error).__name__, message)
    assert result.pieces_in(PieceState.MATERIALIZED) == 1
    assert status_of(store, result) == "failed"


def test_a_failure_keeps_the_earlier_value_but_nothing_is_made_of_it_in_this_run(make, store) -> None:
    works = [True]

    @asset
    def up():
        assert works[0]
        return "early"

    @asset
    def down(up):
        return up

    make(up, down)
    works[0] = False
    result = make(up, down)
    assert store.load("up") == "early"
    assert [skip.piece for skip in result.skips] == ["down"]


def test_a_value_that_can_not_be_kept_fails_its_step(make, store) -> None:
    @asset
    def unkept():
        return (number for number in [object()])  # a generator of things that are no outputs

    @asset
    def lock():
        return threading.Lock()

    result = make(unkept, lock, good)
    assert [failure.piece for failure in result.failures] == ["unkept", "lock"]
    assert result.asset_value("good") == 1


def test_only_the_first_failure_holds_on_to_its_variables(make) -> None:
    """Else thousands of failing pieces would keep thousands of large values."""
    held = []

    class Large:
        pass

    @asset(partitions_def=DAYS)
    def bad_days(context):
        large = Large()
        held.append(weakref.ref(large))
        raise ValueError("x")

    result = make(bad_days, partitions="all")
    gc.collect()
    assert [ref() is not None for ref in held] == [True, False, False, False, False]
    assert len(result.failures) == 5


def test_the_first_error_is_raised_when_the_run_is_over(make, store) -> None:
    with pytest.raises(ValueError, match="it is wrong") as caught:
        make(bad, good, raise_on_error=True)
    assert caught.value.__notes__ == ["raised while materializing bad."]
    assert store.load("good") == 1
    with pytest.raises(MissingInputError, match="after_bad was skipped: it needs 1 that is not there: bad"):
        make(after_bad, bad, good, selection="after_bad", raise_on_error=True)


# Interrupts


def test_an_interrupt_ends_the_run_as_canceled_and_keeps_what_is_done(make, store) -> None:
    @asset(partitions_def=DAYS)
    def daily(context):
        if context.partition_key == "2024-01-04":
            raise KeyboardInterrupt
        return context.partition_key

    with pytest.raises(RunInterrupted) as caught:
        make(daily, good, partitions="all")
    result = caught.value.result
    assert (result.status, status_of(store, result)) == ("canceled", "canceled")
    assert isinstance(caught.value, KeyboardInterrupt)
    assert str(caught.value) == result.headline()
    assert "Canceled: 3 materialized, 3 left of 6 pieces in" in str(caught.value)
    assert result.seconds > 0
    assert store.load("daily", "2024-01-03") == "2024-01-03"
    assert store.failure("daily", "2024-01-04") is None
    assert make(daily, good, only="missing", selection="good").success


def test_what_was_skipped_before_an_interrupt_is_recorded(make, store) -> None:
    @asset(partitions_def=DAYS)
    def up(context):
        assert context.partition_key >= "2024-01-03"

    @asset(partitions_def=DAYS)
    def down(context, up):
        raise KeyboardInterrupt

    with pytest.raises(RunInterrupted):
        make(up, down, partitions="all")
    assert [store.failure("down", f"2024-01-0{day}") is not None for day in (1, 2, 3)] == [True, True, False]


# A store in trouble


@pytest.mark.parametrize("operation", ["record_materialization", "record_failure", "record_empty"])
def test_a_store_in_trouble_ends_the_run_and_keeps_what_was_recorded(make, store, monkeypatch, operation) -> None:
    @asset(partitions_def=DAYS, output_required=False)
    def daily(context):
        if context.partition_key >= "2024-01-03":
            monkeypatch.setattr(type(store), operation, trouble)
            if operation == "record_failure":
                raise ValueError("x")
            if operation == "record_empty":
                return
        yield Output(context.partition_key)

    def trouble(self: Instance, *arguments: Any, **named: Any) -> None:
        raise StoreError("the disk is full")

    with pytest.raises(StoreError, match="the disk is full"):
        make(daily, partitions="all")
    assert store.load("daily", "2024-01-02") == "2024-01-02"
    assert [row["status"] for row in store.db.query("select status from runs")] == ["failed"]


def test_an_error_of_the_store_is_not_hidden_by_another_when_the_run_is_closed(make, store, monkeypatch) -> None:
    finished = []

    class Listener:
        def started(self, result: RunResult) -> None: ...
        def advanced(self, result: RunResult, key: AssetKey, partition: str | None) -> None: ...

        def finished(self, result: RunResult) -> None:
            finished.append(result.status)

    @asset
    def closes():
        store.close()
        return 1

    with pytest.raises(StoreError, match="is closed"):
        make(closes, good, progress=Listener())
    assert finished == ["failed"]


# Results


def test_a_result_loads_what_the_run_made(make) -> None:
    @asset(partitions_def=DAYS, key_prefix="raw")
    def daily(context):
        return context.partition_key

    result = make(daily, partition_key="2024-01-02")
    assert result.output_for_node("raw__daily") == "2024-01-02"
    assert result.asset_value(["raw", "daily"]) == "2024-01-02"
    with pytest.raises(UnknownAssetError, match=r"The run has no asset 'raw__dayly'. Did you mean 'raw__daily'\?"):
        result.output_for_node("raw__dayly")
    assert "Done: 1 materialized of 1 piece in" in result.headline()


def test_a_run_of_nothing(make, store) -> None:
    make(good)
    result = make(good, only="missing")
    assert result.success
    assert result.headline().startswith("Nothing to do: ")
    assert store.db["runs"].count == 1


def test_a_result_shows_failures_grouped_and_skips(make) -> None:
    result = make(last, after_bad, bad, other, good)
    for form in (repr(result), result._repr_html_()):
        for told in ("Failed: 2 materialized, 1 failed, 2 skipped", "ValueError: it is wrong", "after_bad"):
            assert told in form


def test_tags_are_kept_with_the_run_and_with_what_it_makes(make, store) -> None:
    make(good, tags={"who": "me"})
    assert store.latest("good").tags == {"who": "me"}
    assert [run.tags for run in store.runs()] == [{"who": "me"}]


def test_texts_of_errors_without_frames() -> None:
    assert "UnspeakableError" in traceback_text(UnspeakableError())
    assert message_of(ValueError("a")) == "a"


def test_later_changes_by_another_run_make_what_was_read_before_stale(make, store) -> None:
    """What a step read is recorded as of the pieces that it was given, even while another notebook writes."""
    names = StaticPartitionsDefinition(["a", "b"])

    @asset
    def up():
        return [1]

    @asset(partitions_def=names, ins={"up": AssetIn()})
    def down(context, up):
        if context.partition_key == "a":  # another notebook makes it again, while this run holds the value it read
            run = store.begin_run()
            store.record_materialization("up", run_id=run, value=store.encode([2], "up"), code=up_code)
        return up

    up_code = up.code
    make(up)
    make(down, up, selection="down", partitions="all")
    assert store.load("down", "b") == [1]
    status = statuses(AssetGraph([up, down]), store)[AssetKey("down")]
    assert [status.state(at) for at in (0, 1)] == [PieceState.STALE, PieceState.STALE]


# Resources


def test_a_required_resource_that_is_not_there_stops_the_run_before_it_begins(make, store) -> None:
    @asset(required_resource_keys={"databse"})
    def it(context): ...

    with pytest.raises(
        InvalidInvocationError,
        match=r"it needs the resource 'databse', which is not given; add .*Did you mean 'database'",
    ):
        make(good, it, resources={"database": 1})
    assert store.db["runs"].count == 0


def test_resources_given_win_over_the_assets_own_and_these_over_those_of_others(make) -> None:
    @asset(resource_defs={"a": "own", "b": "own"}, required_resource_keys={"a", "b", "c"})
    def one(context):
        return [context.resources.a, context.resources.b, context.resources.c]

    @asset(resource_defs={"a": "of two", "b": "of two", "c": "of two"})
    def two(context):
        return [context.resources.a, context.resources.b, context.resources.c]

    result = make(one, two, resources={"b": "given"})
    assert result.asset_value("one") == ["own", "given", "of two"]
    assert result.asset_value("two") == ["of two", "given", "of two"]


def test_what_fails_alike_in_several_ranges_is_told_once(store: Instance) -> None:
    days = StaticPartitionsDefinition([f"{day:02}" for day in range(1, 36)])

    @asset(partitions_def=days, backfill_policy=BackfillPolicy.multi_run(10))
    def wrong() -> int:
        return 1

    result = materialize([wrong], partitions="all", instance=store, raise_on_error=False, progress=False)
    assert str(result).count("so it gives a dict by partition key") == 1
    assert "wrong failed for 35 partitions: 01...35" in str(result)


@pytest.mark.parametrize("message", ["row 3", "other[3]", "it makes 3 partitions"])
def test_other_errors_are_told_apart_by_all_that_they_say(store: Instance, message: str) -> None:
    @asset(partitions_def=StaticPartitionsDefinition(["3", "4"]))
    def wrong(context: Any) -> None:
        raise ValueError(message.replace("3", context.partition_key))

    result = materialize([wrong], partitions="all", instance=store, raise_on_error=False, progress=False)
    assert len(result.failures_by_error()) == 2
