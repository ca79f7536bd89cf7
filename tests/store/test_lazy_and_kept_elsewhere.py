"""Values that are read when asked for, earlier versions, and values of IO managers: several at once, missing ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    AutoIOManager,
    Definitions,
    EmptyPieceError,
    FilesystemIOManager,
    InMemoryIOManager,
    Instance,
    InvalidInvocationError,
    IOManager,
    MaterializeResult,
    NeverMaterializedError,
    Output,
    PartitionKeyRange,
    SourceAsset,
    SQLiteIOManager,
    StaticPartitionsDefinition,
    UnknownPartitionError,
    UntrustedPickleError,
    UPathIOManager,
    ValueNotFoundError,
    asset,
    load_asset_value,
    materialize,
)

KEYS = ["a", "b", "c", "d"]
PARTS = StaticPartitionsDefinition(KEYS)


@asset(partitions_def=PARTS)
def letters(context):  # type: ignore[no-untyped-def]
    return {"letter": context.partition_key}


def store_with(*keys: str) -> Instance:
    store = Instance.ephemeral()
    materialize([letters], partitions=list(keys), instance=store, progress=False)
    return store


def test_a_lazy_mapping_reads_each_value_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_with(*KEYS)
    lazy = load_asset_value("letters", partitions="all", as_="lazy", instance=store)
    read: list[str] = []
    of_files = store.value_row
    monkeypatch.setattr(store, "value_row", lambda key, partition: read.append(partition) or of_files(key, partition))
    assert isinstance(lazy, Mapping)
    assert (len(lazy), list(lazy), "b" in lazy, "x" in lazy) == (4, KEYS, True, False)
    assert repr(lazy) == "LazyValues of letters: 4 partitions, read when asked for: 'a', 'b', 'c', ..."
    assert read == []
    assert lazy["b"] == {"letter": "b"}
    assert lazy["b"] is not lazy["b"]
    assert read == ["b"] * 3
    assert dict(lazy) == load_asset_value("letters", partitions="all", instance=store)
    assert lazy.get("x") is None
    with pytest.raises(KeyError, match=r"^'ab' is not among the 4 partitions of letters that were asked for"):
        lazy["ab"]
    with pytest.raises(UnknownPartitionError):
        lazy["ab"]


@pytest.mark.parametrize(
    ("missing", "expected"), [("skip", ["a"]), ("none", KEYS), ("raise", NeverMaterializedError)], ids=str
)
def test_what_a_lazy_mapping_does_about_missing_values(missing: Any, expected: Any) -> None:
    store = store_with("a")
    if expected is NeverMaterializedError:
        with pytest.raises(NeverMaterializedError, match=r"3 of the 4 partitions of letters"):
            load_asset_value("letters", partitions="all", as_="lazy", missing=missing, instance=store)
        return
    lazy = load_asset_value("letters", partitions="all", as_="lazy", missing=missing, instance=store)
    assert list(lazy) == expected
    assert [lazy[key] for key in lazy][1:] == [None] * (len(expected) - 1)


def test_pieces_that_yielded_nothing_are_left_out_of_a_lazy_mapping() -> None:
    @asset(partitions_def=PARTS, output_required=False)
    def some(context):  # type: ignore[no-untyped-def]
        if context.partition_key != "b":
            yield Output(1)

    store = Instance.ephemeral()
    materialize([some], partitions="all", instance=store, progress=False)
    assert list(load_asset_value("some", partitions="all", as_="lazy", instance=store)) == ["a", "c", "d"]
    with pytest.raises(EmptyPieceError):
        load_asset_value("some", "b", instance=store)


def test_an_earlier_version_is_loaded_by_its_event() -> None:
    store = store_with("a")
    materialize([letters], partitions=["a"], instance=store, progress=False)
    first, second = sorted(version.event_id for version in store.versions("letters", "a"))
    assert load_asset_value("letters", "a", version=first, instance=store) == {"letter": "a"}
    with pytest.raises(ValueNotFoundError):
        load_asset_value("letters", "a", version=second + 7, instance=store)
    with pytest.raises(InvalidInvocationError, match=r"version= is one event of one piece"):
        load_asset_value("letters", partitions="all", version=first, instance=store)


class Counted(UPathIOManager):
    """Keeps texts, and counts how often it is asked to load."""

    def __init__(self, base_path: Any, asked: list[int]) -> None:
        super().__init__(base_path)
        self.asked = asked

    def dump_to_path(self, context: Any, obj: Any, path: Any) -> None:
        path.write_text(str(obj))

    def load_from_path(self, context: Any, path: Any) -> Any:
        return path.read_text()

    def load_input(self, context: Any) -> Any:
        self.asked.append(len(context.partition_keys))
        return super().load_input(context)


def written(manager: Any, *keys: str) -> Definitions:
    """Definitions with a source whose partitions an IO manager keeps."""
    folder = Path(manager._base_path, "source")
    folder.mkdir(parents=True)
    for key in keys:
        (folder / key).write_text(key * 2)
    return Definitions([SourceAsset("source", partitions_def=PARTS)], resources={"io_manager": manager})


def test_several_partitions_of_an_io_manager_are_loaded_by_one_call(tmp_path: Path) -> None:
    asked: list[int] = []
    defs = written(Counted(tmp_path, asked), *KEYS)
    with defs.get_asset_value_loader(Instance.ephemeral()) as loader:
        assert loader.load_asset_value("source", partitions="all") == {key: key * 2 for key in KEYS}
        assert asked == [4]
        lazy = loader.load_asset_value("source", partitions=["a", "d"], as_="lazy")
        assert (asked, lazy["d"], asked) == ([4, 1], "dd", [4, 1])


def test_an_io_manager_that_lacks_one_of_several_is_asked_one_by_one(tmp_path: Path) -> None:
    asked: list[int] = []
    defs = written(Counted(tmp_path, asked), "a", "d")
    with defs.get_asset_value_loader(Instance.ephemeral()) as loader:
        assert loader.load_asset_value("source", partitions="all", missing="skip") == {"a": "aa", "d": "dd"}
        assert asked == [4, 1, 1, 1, 1]
        assert loader.load_asset_value("source", partitions=["a", "b"], missing="none") == {"a": "aa", "b": None}
        with pytest.raises(NeverMaterializedError, match=r"2 of the 4 partitions of source were never .*: b, c"):
            loader.load_asset_value("source", partitions="all")


class Plain(IOManager):
    """An IO manager of someone who knows nothing of this package: one partition, and Python's own errors."""

    def __init__(self, folder: Path) -> None:
        self._base_path = folder

    def handle_output(self, context: Any, obj: Any) -> None:
        raise NotImplementedError

    def load_input(self, context: Any) -> Any:
        return (self._base_path / "source" / context.partition_key).read_text()


def test_a_plain_io_manager_is_asked_for_one_partition_at_a_time_and_may_find_no_file(tmp_path: Path) -> None:
    defs = written(Plain(tmp_path), "a", "d")
    with defs.get_asset_value_loader(Instance.ephemeral()) as loader:
        assert loader.load_asset_value("source", partitions=["a", "d"]) == {"a": "aa", "d": "dd"}
        assert loader.load_asset_value("source", partitions="all", missing="skip") == {"a": "aa", "d": "dd"}
        assert loader.load_asset_value("source", "b", missing="none") is None
        for error in (FileNotFoundError, ValueNotFoundError):
            with pytest.raises(error, match=r"source\[b\] was not found by its IO manager: .*No such file"):
                loader.load_asset_value("source", "b")


class OneByOne(Plain):
    """A plain one that also stores, and counts how often it is asked to load."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.loaded: list[str] = []

    def handle_output(self, context: Any, obj: Any) -> None:
        folder = self._base_path / context.asset_key.path[0]
        folder.mkdir(exist_ok=True)
        (folder / context.partition_key).write_text(obj)

    def load_input(self, context: Any) -> Any:
        self.loaded.append(context.partition_key)
        return (self._base_path / context.asset_key.path[0] / context.partition_key).read_text()


MANAGERS: dict[str, Any] = {
    "paths": lambda folder: Counted(folder, []),
    "pickles": lambda folder: FilesystemIOManager(base_dir=str(folder)),
    "values": lambda folder: AutoIOManager(base_path=str(folder)),
    "tables": lambda folder: SQLiteIOManager(database=str(folder / "tables.db")),
    "memory": lambda folder: InMemoryIOManager(),
    "plain": OneByOne,
    "the store": lambda folder: AutoIOManager(),
}


@pytest.mark.parametrize("kind", MANAGERS)
@pytest.mark.parametrize("made", [(), ("a",), ("b", "d"), KEYS], ids=lambda made: "".join(made) or "none")
def test_a_lazy_mapping_and_a_dict_skip_the_same_whatever_keeps_the_values(
    tmp_path: Path, kind: str, made: tuple[str, ...]
) -> None:
    manager = MANAGERS[kind](tmp_path)

    @asset(partitions_def=PARTS, io_manager_key="files")
    def kept(context):  # type: ignore[no-untyped-def]
        return pd.DataFrame({"n": [1]}) if kind == "tables" else context.partition_key

    store, resources = Instance.ephemeral(), {"files": manager}
    if made:
        materialize([kept], partitions=list(made), instance=store, resources=resources, progress=False)
    load = Definitions([kept], resources=resources).load_asset_value
    skipped: dict[str, Any] = {"partitions": "all", "missing": "skip", "instance": store}
    lazy = load("kept", as_="lazy", **skipped)
    assert list(lazy) == list(load("kept", as_="dict", **skipped)) == list(made)
    assert [len(value) for value in lazy.values()] == [1] * len(made)


def test_a_lazy_mapping_is_made_without_reading_where_an_io_manager_can_tell(tmp_path: Path) -> None:
    asked: list[int] = []
    counted = written(Counted(tmp_path / "told", asked), "a", "d")
    plain = OneByOne(tmp_path / "plain")
    by_hand = written(plain, "a", "d")
    for defs in (counted, by_hand):
        with defs.get_asset_value_loader(Instance.ephemeral()) as loader:
            lazy = loader.load_asset_value("source", partitions="all", missing="skip", as_="lazy")
            assert list(lazy) == ["a", "d"]
    assert (asked, plain.loaded) == ([], KEYS)


def test_partitions_that_were_made_without_a_value_are_skipped_too() -> None:
    @asset(partitions_def=PARTS)
    def some(context):  # type: ignore[no-untyped-def]
        return MaterializeResult() if context.partition_key in "bd" else context.partition_key

    store = Instance.ephemeral()
    materialize([some], partitions=["a", "b", "c"], instance=store, progress=False)
    load = Definitions([some]).load_asset_value
    for shape in ("dict", "lazy"):
        found = load("some", partitions="all", missing="skip", as_=shape, instance=store)
        assert dict(found) == {"a": "a", "c": "c"}
        with store.loader() as loader:
            found = loader.load_asset_value("some", partitions="all", missing="skip", as_=shape)
            assert dict(found) == {"a": "a", "c": "c"}
            with pytest.raises(ValueNotFoundError, match=r"keeps no value of them: b"):
                loader.load_asset_value("some", partitions="a...c", as_=shape)


def test_values_of_runs_with_io_managers_load_together(tmp_path: Path) -> None:
    store = Instance.ephemeral()
    frames = SQLiteIOManager(database=str(tmp_path / "tables.db"))
    resources = {"pickles": FilesystemIOManager(base_dir=str(tmp_path)), "tables": frames}

    @asset(partitions_def=PARTS, io_manager_key="pickles")
    def sets(context):  # type: ignore[no-untyped-def]
        return {context.partition_key}

    @asset(partitions_def=PARTS, io_manager_key="tables")
    def tables(context, sets):  # type: ignore[no-untyped-def]
        return pd.DataFrame({"n": [len(sets)]})

    materialize([sets, tables], partitions=["a", "b"], instance=store, resources=resources, progress=False)
    defs = Definitions([sets, tables], resources=resources)
    with defs.get_asset_value_loader(store) as loader:
        assert loader.load_asset_value("sets", partitions=["a", "b"]) == {"a": {"a"}, "b": {"b"}}
        assert loader.load_asset_value("tables", partitions=["a", "b"])["n"].tolist() == [1, 1]
        assert list(loader.load_asset_value("sets", partitions="all", missing="skip")) == ["a", "b"]
        (tmp_path / "sets" / "b").write_bytes(b"damaged")
        with pytest.raises(UntrustedPickleError, match=r"was not signed here"):  # it is not even opened
            loader.load_asset_value("sets", partitions=["a", "b"])


def test_definitions_load_several_partitions_in_every_shape(tmp_path: Path) -> None:
    defs = written(Counted(tmp_path, []), "a", "d")
    store = Instance.ephemeral()
    assert defs.load_asset_value("source", partitions=["a", "d"], instance=store) == {"a": "aa", "d": "dd"}
    assert defs.load_asset_value("source", partitions="all", missing="none", instance=store)["b"] is None
    assert defs.load_asset_value("source", partitions=["a", "d"], as_="lazy", instance=store)["d"] == "dd"
    span = PartitionKeyRange("a", "b")
    assert list(defs.load_asset_value("source", partition_key_range=span, missing="skip", instance=store)) == ["a"]
