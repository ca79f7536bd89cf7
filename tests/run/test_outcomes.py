"""What a function gives back: values, outputs, events, nothing; plain, as a generator, asynchronously."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from concurrent.futures import Future
from typing import Any

import pytest

from notebook_assets import (
    AssetMaterialization,
    DataVersion,
    InvalidDefinitionError,
    MaterializeResult,
    Output,
    PieceState,
    RunInterrupted,
    StaticPartitionsDefinition,
    ValueNotFoundError,
    asset,
)
from notebook_assets.errors import OutputTypeError, TypeCheckDidNotPass

NAMES = StaticPartitionsDefinition(["a", "b"])
NOTHING = object()
"""Materialized, but no value is stored."""


def returns(thing: Any) -> Any:
    def fn():
        return thing

    return fn


def yields(*things: Any) -> Any:
    def fn():
        yield from things

    return fn


def awaits(thing: Any) -> Any:
    async def fn():
        await asyncio.sleep(0)
        return thing

    return fn


def yields_asynchronously(*things: Any) -> Any:
    async def fn():
        for thing in things:
            await asyncio.sleep(0)
            yield thing

    return fn


def annotated_none(thing: Any) -> Any:
    def fn() -> None:
        return thing

    return fn


EVENT = AssetMaterialization("it", metadata={"x": 1}, tags={"t": "v"})


@pytest.mark.parametrize(
    ("fn", "value"),
    [
        (returns(1), 1),
        (returns(None), None),
        (returns((1, 2)), (1, 2)),
        (returns(Output(1)), 1),
        (returns(Output(None)), None),
        (returns(MaterializeResult()), NOTHING),
        (returns(MaterializeResult(value=7)), 7),
        (returns(MaterializeResult(value=None)), None),
        (returns(MaterializeResult(asset_key="it", value=7)), 7),
        (returns(Output(i) for i in range(1)), 0),
        (yields(Output(1)), 1),
        (yields(EVENT, Output(1)), 1),
        (yields(Output(1), EVENT), 1),
        (yields(MaterializeResult(value=7)), 7),
        (awaits(4), 4),
        (awaits(Output(4)), 4),
        (yields_asynchronously(EVENT, Output(4)), 4),
        (annotated_none(None), NOTHING),
        (annotated_none(MaterializeResult()), NOTHING),
    ],
)
def test_what_counts_as_a_value(make, store, fn: Any, value: Any) -> None:
    result = make(asset(name="it")(fn))
    assert result.success
    assert result.pieces_in(PieceState.MATERIALIZED) == 1
    if value is NOTHING:
        with pytest.raises(ValueNotFoundError, match="was materialized, but the store keeps no value of it"):
            store.load("it")
    else:
        assert store.load("it") == value


@pytest.mark.parametrize(
    ("fn", "text"),
    [
        (yields(), "it yielded no output. If that may happen, define it with output_required=False"),
        (yields(EVENT), "it yielded no output"),
        (yields(Output(1), Output(2)), "it gave more than one output"),
        (yields(5), r"it yielded an int. A function that yields gives Output\(value\)"),
        (yields_asynchronously(5), "it yielded an int"),
        (yields_asynchronously(), "it yielded no output"),
        (returns(EVENT), "it returned an AssetMaterialization, which is an event and no value"),
        (returns(Output(1, output_name="other")), "it gave an output called 'other'"),
        (returns(MaterializeResult(asset_key="other")), "it gave a MaterializeResult of another asset: other"),
    ],
)
def test_what_a_function_may_not_give(make, fn: Any, text: str) -> None:
    result = make(asset(name="it")(fn))
    assert result.status == "failed"
    with pytest.raises(OutputTypeError, match=text):
        raise result.failures[0].error
    assert "Traceback" not in result.failures[0].traceback  # no frame of it is the user's


@pytest.mark.parametrize("thing", [3, Output(3), MaterializeResult(value=3)])
def test_a_value_where_none_is_annotated_is_of_a_wrong_type(make, thing: Any) -> None:
    result = make(asset(name="it")(annotated_none(thing)))
    with pytest.raises(TypeCheckDidNotPass, match="it is annotated to return None, but gave an int"):
        raise result.failures[0].error


def test_what_a_generator_is_annotated_with_says_nothing_of_what_it_yields(make, store) -> None:
    def it() -> None:
        yield Output(3)

    assert make(asset(it)).success
    assert store.load("it") == 3


@pytest.mark.parametrize("fn", [yields(), yields(EVENT), yields_asynchronously()])
def test_an_optional_output_that_is_not_yielded_is_empty(make, fn: Any) -> None:
    result = make(asset(name="it", output_required=False)(fn))
    assert result.success
    assert result.pieces_in(PieceState.EMPTY) == 1


def test_an_optional_output_that_is_returned_is_made(make, store) -> None:
    assert make(asset(name="it", output_required=False)(returns(None))).pieces_in(PieceState.MATERIALIZED) == 1
    assert store.load("it") is None


def test_metadata_tags_and_data_version_are_recorded(make, store) -> None:
    @asset
    def it(context):
        context.add_output_metadata({"from": "context"})
        yield AssetMaterialization("it", metadata={"event": 1}, tags={"event": "e"})
        yield Output(1, metadata={"rows": 2}, data_version=DataVersion("v7"), tags={"out": "o"})

    make(it, tags={"run": "r", "out": "of the run"})
    record = store.latest("it")
    assert {name: entry.value for name, entry in record.metadata.items()} == {"from": "context", "event": 1, "rows": 2}
    assert record.tags == {"run": "r", "event": "e", "out": "o"}
    assert record.data_version == "v7"


def test_events_of_other_pieces_are_recorded_for_those(make, store) -> None:
    @asset(partitions_def=NAMES)
    def it():
        yield AssetMaterialization("table", metadata={"rows": 1})
        yield AssetMaterialization("it", partition="b", metadata={"rows": 2})
        yield Output(1, metadata={"rows": 3})

    make(it, partition_key="a")
    assert store.latest("table").metadata["rows"].value == 1
    assert store.latest("it", "b").metadata["rows"].value == 2
    assert store.latest("it", "a").metadata["rows"].value == 3


@pytest.mark.parametrize(
    ("make_it", "text"),
    [
        (lambda: Output(1, tags={"a": 1}), "The tags of Output map strings to strings; got 'a': 1"),
        (lambda: MaterializeResult(tags={1: "a"}), "The tags of MaterializeResult map strings to strings"),
        (lambda: AssetMaterialization("a", tags={"a": None}), "The tags of AssetMaterialization map strings"),
        (lambda: Output(1, data_version="7"), r"The data_version of Output is a DataVersion; write DataVersion\('7'\)"),
        (lambda: DataVersion(7), "A data version is a string; got 7"),
        (lambda: Output(1, metadata={"x": object()}), "Output metadata 'x' is of type object"),
    ],
)
def test_wrong_results(make_it: Any, text: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=text):
        make_it()


# Asynchronous functions

ASKED = contextvars.ContextVar("ASKED", default="nothing")


def test_asynchronous_functions_run_inside_a_running_loop(make) -> None:
    """As in a notebook, whose own loop runs the cell; one loop serves the whole run, and context variables are seen."""
    loops = []

    def one(name: str) -> Any:
        @asset(name=name)
        async def fn():
            loops.append(asyncio.get_running_loop())
            return ASKED.get()

        return fn

    async def cell():
        ASKED.set("something")
        return make(one("a"), one("b"))

    result = asyncio.run(cell())
    assert result.asset_value("a") == "something"
    assert loops[0] is loops[1]
    assert loops[0].is_closed()


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), asyncio.CancelledError()])
def test_whatever_an_asynchronous_function_raises_fails_its_step(make, error: BaseException) -> None:
    @asset
    async def bad():
        await asyncio.sleep(0)
        raise error

    result = make(bad, asset(name="good")(awaits(1)))
    assert [failure.error for failure in result.failures] == [error]
    assert result.pieces_in(PieceState.MATERIALIZED) == 1
    assert "in bad" in result.failures[0].traceback.splitlines()[1]


def test_an_interrupt_cancels_an_asynchronous_function(make, monkeypatch) -> None:
    """It can clean up before the run is over."""
    begun, ended = threading.Event(), []

    @asset
    async def slow():
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            ended.append("cleaned up")

    def interrupted(self: Any, timeout: float | None = None) -> None:
        begun.wait(10)
        raise KeyboardInterrupt

    monkeypatch.setattr(Future, "result", interrupted)
    with pytest.raises(RunInterrupted):
        make(slow)
    assert ended == ["cleaned up"]
