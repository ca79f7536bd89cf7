"""What one step writes to a shared value never shows in another, however it writes; and guesses of sizes never fail."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import sqlite3
import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    DataVersion,
    Instance,
    IOManager,
    MetadataValue,
    Output,
    PieceState,
    RunInterrupted,
    StaticPartitionsDefinition,
    asset,
)
from notebook_assets.run.copies import lender_of, size_in_memory
from notebook_assets.run.shared_values import SharedValues
from notebook_assets.workspace import materialize

NAMES = StaticPartitionsDefinition(["a", "b", "c"])

COLUMNS = [
    pytest.param([1.0, 2.0], id="float64"),
    pytest.param([True, False], id="bool"),
    pytest.param(pd.array([1, 2], dtype="Int64"), id="Int64"),
    pytest.param(pd.array([1.5, 2], dtype="Float64"), id="Float64"),
    pytest.param(pd.array([True, False], dtype="boolean"), id="boolean"),
    pytest.param(pd.Categorical(["a", "b"]), id="category"),
    pytest.param(pd.to_datetime(["2024-01-01", "2024-01-02"]), id="datetime"),
    pytest.param(pd.to_datetime(["2024-01-01", "2024-01-02"]).tz_localize("Asia/Tokyo"), id="datetime with a zone"),
    pytest.param(pd.to_timedelta([1, 2], unit="h"), id="timedelta"),
    pytest.param(pd.period_range("2024-01-01", periods=2, freq="D"), id="period"),
    pytest.param(pd.interval_range(0, 2), id="interval"),
    pytest.param(pd.array([1.0, 2.0], dtype="Sparse[float]"), id="sparse"),
    pytest.param(["x", "y"], id="str"),
    pytest.param(pd.array(["x", "y"], dtype="string[python]"), id="string"),
    pytest.param([[1], [2]], id="object"),
]


def write_into_the_array(frame: pd.DataFrame) -> None:
    frame["p"].array[0] = frame["p"].array[1]


def write_into_numpy(frame: pd.DataFrame) -> None:
    array = np.asarray(frame["p"].array)
    array[0] = array[1]


def write_into_values(frame: pd.DataFrame) -> None:
    values = frame["p"].values
    values.flags.writeable = True
    values[0] = values[1]


@pytest.mark.filterwarnings("ignore:Series.values")
@pytest.mark.parametrize("write", [write_into_the_array, write_into_numpy, write_into_values])
@pytest.mark.parametrize("column", COLUMNS)
def test_no_write_past_the_frame_reaches_another_borrower(column: Any, write: Any) -> None:
    """It raises or it stays with the borrower; even the one who has lent it, and the last, are safe."""
    frame = pd.DataFrame({"p": column})
    lender = lender_of(frame)
    expected = repr(frame)
    for _ in range(2):
        try:
            write(lender.lend())
        except (ValueError, TypeError, AttributeError):
            continue
    assert repr(lender.lend()) == expected
    last = lender.give()
    assert repr(last) == expected
    assert repr(frame) == expected


@pytest.mark.parametrize("column", COLUMNS[:10])
def test_a_borrower_writes_through_the_frame_as_ever(column: Any) -> None:
    lender = lender_of(pd.DataFrame({"p": column}))
    for frame in (lender.lend(), lender.give()):
        frame.loc[0, "p"] = frame["p"].iloc[1]
        frame.iloc[0, 0] = frame["p"].iloc[1]
        frame["q"] = 1
        frame.fillna(frame["p"].iloc[0], inplace=True)
        assert frame["p"].iloc[0] == frame["p"].iloc[1]
        frame["p"].array[0] = frame["p"].iloc[1]  # what it has written to is its own


def test_a_step_that_writes_into_an_array_does_not_change_what_the_next_is_given(make, store) -> None:
    @asset
    def prices():
        return pd.DataFrame({"p": [1.0, 2.0]})

    @asset
    def clipped(prices):
        prices["p"].array[0] = 0.0

    @asset(deps=["clipped"])
    def total(prices):
        prices.loc[1, "p"] = 3.0  # the last who reads it may write, past the frame too
        prices["p"].array[0] = prices["p"].array[0]
        return float(prices["p"].sum())

    @asset(deps=["clipped"])
    def other(prices):
        return float(prices["p"].sum())

    result = make(prices, clipped, total, other)
    assert [failure.piece for failure in result.failures] == ["clipped"]
    assert "read-only" in result.failures[0].error_text
    result = make(prices, total, other, asset(name="clipped")(lambda: 1))
    assert (store.load("total"), store.load("other")) == (4.0, 3.0)


def test_what_a_function_does_to_a_buffer_later_does_not_reach_the_steps_that_read_its_frame(make, store) -> None:
    buffer = np.zeros(2)
    frame = pd.DataFrame(buffer.reshape(1, 2), columns=["x", "y"], copy=False)

    @asset(partitions_def=NAMES)
    def counted(context):
        buffer[0] += 1
        return frame

    @asset(partitions_def=NAMES)
    def read(counted):
        return float(counted.iloc[0, 0])

    assert make(counted, read, partitions="all").success
    assert [store.load("read", key) for key in "abc"] == [1.0, 2.0, 3.0]


def test_what_an_io_manager_keeps_itself_is_not_made_read_only(make) -> None:
    class InMemory(IOManager):
        def handle_output(self, context, obj):
            self.frame = obj

        def load_input(self, context):
            return self.frame

    manager = InMemory()

    @asset(io_manager_def=manager)
    def kept():
        return pd.DataFrame({"p": [1.0]})

    @asset(partitions_def=NAMES)
    def each(kept):
        return float(kept["p"].sum())

    assert make(kept, each, partitions="all").success
    manager.frame["p"].array[0] = 5.0


def test_a_frame_that_had_to_go_can_be_written_to_until_the_step_is_over(make, store, monkeypatch) -> None:
    """Without its lender pandas would think that the frame's memory is its own, and fail to write to it."""
    monkeypatch.setattr(SharedValues.__init__, "__defaults__", (3_000,))

    @asset
    def one():
        return pd.DataFrame({"p": np.zeros(100)})

    @asset
    def two():
        return pd.DataFrame({"p": np.ones(100)})

    @asset(partitions_def=NAMES)
    def both(one, two):
        one.loc[0, "p"] = 1.0
        two.loc[0, "p"] = 2.0
        return float(one["p"].sum() + two["p"].sum())

    assert not (failures := make(one, two, both, partitions="all").failures), failures
    assert {store.load("both", key) for key in "abc"} == {102.0}


def test_the_same_frame_twice_in_one_step_can_be_written_to_twice(make, store) -> None:
    @asset
    def up():
        return pd.DataFrame({"p": [1.0]})

    @asset(ins={"one": AssetIn("up"), "two": AssetIn("up")})
    def twice(one, two):
        one.loc[0, "p"] = 5.0
        two.loc[0, "p"] += 1.0
        return [float(one["p"].sum()), float(two["p"].sum())]

    assert make(up, twice).success
    assert store.load("twice") == [5.0, 2.0]


class Columnar:
    """Has columns, as an Arrow table does, and neither a size nor a way to tell its length."""

    columns = ("a",)

    def __len__(self) -> int:
        raise RuntimeError("no length")


class Sizeless:
    """Can't be asked for anything."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise RuntimeError("don't ask")


class Odd:
    """Says of its size what no number is."""

    columns = ("a",)
    size = "many"


@pytest.mark.parametrize("value", [Columnar(), Sizeless(), Odd()])
def test_a_size_guess_never_raises(value: Any, make, store) -> None:
    assert size_in_memory(value) > 0


def test_a_value_that_has_no_size_is_read_by_many(make, store) -> None:
    @asset
    def table():
        return Columnar()

    @asset(partitions_def=NAMES)
    def each(table):
        return table.columns[0]

    assert make(table, each, partitions="all").success


def circular() -> Any:
    loop: list[Any] = []
    loop.append(loop)
    return Output("v", metadata={"n": MetadataValue.json(loop)})


@dataclasses.dataclass(frozen=True)
class FrozenError(Exception):
    code: int


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")

    __repr__ = __str__


def frozen() -> Any:
    raise FrozenError(3)


def speechless() -> Any:
    raise SpeechlessError


def bad_version() -> Any:
    return Output(1, data_version=DataVersion("\ud800"))


def bad_version_by_hand() -> Any:
    version = DataVersion("a")
    object.__setattr__(version, "value", "\ud800")
    return Output(1, data_version=version)


def too_deep() -> Any:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    return Output(1, metadata={"n": MetadataValue.json(deep)})


@pytest.mark.parametrize("trouble", [circular, frozen, speechless, bad_version, bad_version_by_hand, too_deep])
def test_one_bad_piece_does_not_stop_the_others(trouble: Any, make, store) -> None:
    @asset(partitions_def=NAMES)
    def piece(context):
        return trouble() if context.partition_key == "b" else "v"

    result = make(piece, partitions="all")
    assert [failure.partition for failure in result.failures] == ["b"]
    states = store.pieces(AssetKey("piece")).states
    assert states == [PieceState.MATERIALIZED, PieceState.FAILED, PieceState.MATERIALIZED]


def test_metadata_that_the_database_can_not_hold_fails_its_piece_only(make, store, monkeypatch) -> None:
    @asset(partitions_def=NAMES)
    def piece(context):
        return Output(1, metadata={"n": "x" * (50_000 if context.partition_key == "b" else 1)})

    with store.database.write() as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 40_000)
    result = make(piece, partitions="all")
    assert [failure.partition for failure in result.failures] == ["b"]


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interrupted_coroutine_has_time_to_clean_up() -> None:
    cleaned = []

    @asset
    async def slow():
        try:
            await asyncio.sleep(30)
        finally:
            await asyncio.sleep(1.3)
            cleaned.append(True)

    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with Instance.ephemeral() as store, pytest.raises(RunInterrupted):
        materialize([slow], instance=store, progress=False)
    assert cleaned
