"""IO managers of people's own: what they are told, several partitions, what goes wrong, and sources made elsewhere."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    FilesystemIOManager,
    InputContext,
    Instance,
    InvalidInvocationError,
    IOManager,
    MaterializeResult,
    OutputContext,
    SourceAsset,
    TimeWindowPartitionMapping,
    asset,
)
from notebook_assets.run.io_managers import io_manager_of

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-04")


class InADict(IOManager):
    """Keeps values by key and partition; gives several partitions as a dict."""

    def __init__(self) -> None:
        self.values: dict[tuple[AssetKey, str | None], Any] = {}
        self.told: list[OutputContext | InputContext] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.told.append(context)
        context.add_output_metadata({"kept": True})
        self.values[context.asset_key, context.partition_key if context.has_partition_key else None] = obj

    def load_input(self, context: InputContext) -> Any:
        self.told.append(context)
        if context.has_asset_partitions and not context.has_partition_key:
            return {key: self.values[context.asset_key, key] for key in context.asset_partition_keys}
        return self.values[context.asset_key, context.partition_key if context.has_partition_key else None]


@asset(partitions_def=DAYS, metadata={"path": "p"})
def days(context):
    return context.partition_key


@asset(ins={"days": AssetIn(metadata={"columns": ["a"], "allow_missing_partitions": True})})
def total(days):
    return days


def test_an_io_manager_of_all_assets_is_told_all(make, store) -> None:
    manager = InADict()
    make(days, partitions="2024-01-01...2024-01-02", resources={"io_manager": manager})
    out = manager.told[0]
    assert (out.asset_key, out.partition_key, out.metadata, out.has_asset_partitions) == (
        AssetKey("days"),
        "2024-01-01",
        {"path": "p"},
        True,
    )
    assert store.latest("days", "2024-01-01").metadata["kept"].value is True
    assert store.latest("days", "2024-01-01").format is None
    result = make(total, days, selection="total", resources={"io_manager": manager})
    told = manager.told[2]
    assert told.asset_partition_keys == ("2024-01-01", "2024-01-02")
    assert told.metadata["columns"] == ["a"]
    assert told.metadata["path"] == "p"
    assert (told.name, told.downstream_key) == ("days", AssetKey("total"))
    assert result.asset_value("total") == {"2024-01-01": "2024-01-01", "2024-01-02": "2024-01-02"}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_shape_of_several_partitions_does_not_depend_on_how_many_there_are(make, count: int) -> None:
    manager = InADict()
    keys = DAYS.get_partition_keys()[:count]
    if keys:
        make(days, partitions=list(keys), resources={"io_manager": manager})
    result = make(total, days, selection="total", resources={"io_manager": manager})
    assert result.asset_value("total") == {key: key for key in keys}


def test_an_asset_may_have_an_io_manager_of_its_own(make, store) -> None:
    manager = InADict()

    @asset(io_manager_def=manager)
    def own():
        return {"n": 1}

    @asset
    def changes(own):
        own["n"] += 1
        return own["n"]

    result = make(own, changes)
    assert result.success
    assert manager.values == {(AssetKey("own"), None): {"n": 2}}  # what it hands out is its own affair
    assert store.load("changes") == 2
    assert result.asset_value("own") == {"n": 2}


def test_two_assets_with_one_key_for_two_io_managers_keep_each_their_own(make) -> None:
    one, two = InADict(), InADict()

    @asset(io_manager_key="m", resource_defs={"m": one})
    def a():
        return 1

    @asset(io_manager_key="m", resource_defs={"m": two})
    def b(a):
        return a + 1

    assert make(a, b).success
    assert (one.values, two.values) == ({(AssetKey("a"), None): 1}, {(AssetKey("b"), None): 2})


def test_an_input_may_be_loaded_by_another_io_manager(make) -> None:
    class Loud(InADict):
        def load_input(self, context: InputContext) -> Any:
            return f"{context.name} of {context.asset_key}!"

    @asset
    def up():
        return 1

    @asset(ins={"one": AssetIn("up", input_manager_key="loud"), "other": AssetIn("up")})
    def down(one, other):
        return [one, other]

    assert make(up, down, resources={"loud": Loud()}).asset_value("down") == ["one of up!", 1]


def test_inputs_with_other_metadata_share_nothing(make) -> None:
    class Column(InADict):
        def load_input(self, context: InputContext) -> Any:
            return context.metadata["column"]

    table = SourceAsset("table", io_manager_def=Column())

    def reader(column: str) -> Any:
        @asset(name=column, partitions_def=DAYS, ins={"table": AssetIn(metadata={"column": column})})
        def fn(table):
            return table

        return fn

    result = make(reader("a"), reader("b"), table, partitions="all")
    assert [result.asset_value(name, "2024-01-02") for name in "ab"] == ["a", "b"]


def test_a_source_is_loaded_once_for_many_partitions_and_protected(make) -> None:
    class File(IOManager):
        reads = 0

        def handle_output(self, context: OutputContext, obj: Any) -> None: ...

        def load_input(self, context: InputContext) -> Any:
            File.reads += 1
            return pd.DataFrame({"n": [1, 2, 3]})

    @asset(partitions_def=DAYS)
    def daily(table):
        table["n"] += 1
        return int(table["n"].sum())

    result = make(daily, SourceAsset("table", io_manager_def=File()), partitions="all")
    assert {result.asset_value("daily", key) for key in DAYS.get_partition_keys()} == {9}
    assert File.reads == 1


def test_a_source_asset_that_nothing_loads_is_missing(make) -> None:
    @asset
    def daily(table): ...

    result = make(daily, SourceAsset("table"))
    assert result.skips[0].missing == ("table",)


def test_a_function_that_stores_its_value_itself_hands_over_nothing(make) -> None:
    manager = InADict()

    @asset(io_manager_def=manager)
    def own():
        return MaterializeResult(metadata={"rows": 1})

    assert make(own).success
    assert manager.told == []


@pytest.mark.parametrize("method", ["handle_output", "load_input"])
def test_an_io_manager_that_raises_fails_the_step(make, method: str) -> None:
    class Broken(InADict):
        pass

    def broken(self: Any, *arguments: Any) -> None:
        raise OSError("no disk")

    setattr(Broken, method, broken)

    @asset(io_manager_def=Broken())
    def up():
        return 1

    @asset
    def down(up): ...

    failure = make(up, down).failures[0]
    assert (failure.piece, failure.error_line) == ("up" if method == "handle_output" else "down", "OSError: no disk")
    assert failure.traceback.splitlines()[1].endswith("in broken")


@pytest.mark.parametrize(
    ("resources", "text"),
    [
        ({}, r"up is stored by the IO manager 'files', which is not among the resources"),
        ({"file": InADict()}, r"Did you mean 'file'\?"),
        ({"files": 3}, r"The IO manager 'files' of up is an int, which has no handle_output and load_input"),
        ({"files": InADict}, r"The IO manager 'files' of up is the class InADict; give an instance, InADict\(\)"),
        (
            {"files": FilesystemIOManager},
            r"the class FilesystemIOManager; give an instance, FilesystemIOManager\(\)",
        ),
    ],
)
def test_io_managers_that_are_none_stop_the_run_before_it_begins(make, store, resources, text: str) -> None:
    @asset(io_manager_key="files")
    def up(): ...

    with pytest.raises(InvalidInvocationError, match=text):
        make(up, resources=resources)
    assert store.db["runs"].count == 0


def test_anything_with_both_methods_is_an_io_manager(make) -> None:
    class Duck:
        def handle_output(self, context: Any, obj: Any) -> None: ...

        def load_input(self, context: Any) -> Any:
            return "quack"

    @asset
    def up():
        return 1

    assert make(up, resources={"io_manager": Duck()}).asset_value("up") == "quack"
    assert io_manager_of.__doc__


def test_an_asset_that_needs_itself_through_an_io_manager(make) -> None:
    manager = InADict()

    @asset(
        partitions_def=DAYS,
        io_manager_def=manager,
        ins={"sums": AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, -1))},
    )
    def sums(sums):
        return (sums or 0) + 1

    assert make(sums, partitions="all").success
    assert list(manager.values.values()) == [1, 2, 3]


def test_metadata_of_an_io_manager_lies_over_that_of_the_function(make, store: Instance) -> None:
    @asset(io_manager_def=InADict())
    def own(context):
        context.add_output_metadata({"kept": False, "rows": 1})
        return 1

    make(own)
    assert {name: entry.value for name, entry in store.latest("own").metadata.items()} == {"kept": True, "rows": 1}
