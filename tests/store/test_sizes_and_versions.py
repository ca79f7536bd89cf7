"""What a store takes, by asset and version; older versions load."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from notebook_assets.errors import (
    InvalidInvocationError,
    UnknownAssetError,
    UnknownPartitionError,
    ValueNotFoundError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import StaticPartitionsDefinition
from notebook_assets.store import AssetDescription, Instance

Put = Callable[..., int]


def test_sizes_count_latest_and_older_values_by_asset(instance: Instance, put: Put) -> None:
    put("a", "p", "x" * 20_000)
    put("a", "p", "y" * 30_000)
    put("a", "q", "z")
    put("b", None, b"1234")
    sizes = instance.sizes()
    assert [each.key for each in sizes] == [AssetKey("a"), AssetKey("b")]
    first, second = sizes
    assert (first.pieces, first.versions, first.kept, first.files) == (2, 3, 3, 2)
    assert (first.latest_bytes, first.older_bytes) == (30_001, 20_000)
    assert (second.pieces, second.latest_bytes, second.older_bytes, second.files) == (1, 4, 0, 0)
    assert (sizes.latest_bytes, sizes.older_bytes, sizes.bytes) == (30_005, 20_000, 50_005)
    assert sizes.database_bytes > 0
    assert [each.key.name for each in instance.sizes("b")] == ["b"]


def test_sizes_are_the_lengths_of_the_files(instance: Instance, put: Put) -> None:
    for number in range(4):
        put("a", f"{number % 2}", bytes(20_000 + number))
    on_disk = sum(path.stat().st_size for path in (instance.folder / "values").rglob("*.bin"))
    assert instance.sizes().bytes == on_disk


def test_a_failure_after_a_value_leaves_it_the_latest(instance: Instance, put: Put, run_id: str) -> None:
    put("a", None, "abc")
    instance.record_empty("a", run_id=run_id)
    assert (instance.sizes()[0].latest_bytes, instance.sizes()[0].older_bytes) == (3, 0)


def test_sizes_and_versions_become_frames(instance: Instance, put: Put) -> None:
    put("a", "p", 1)
    put("a", "p", 2)
    frame = pd.DataFrame(instance.sizes())
    assert frame.loc[0, "versions"] == 2
    assert list(pd.DataFrame(instance.versions("a", "p"))["event_id"]) == [2, 1]


def test_an_empty_store_says_that_nothing_was_made(instance: Instance) -> None:
    assert "Nothing was made yet." in repr(instance.sizes())
    assert len(instance.sizes()) == 0


@pytest.mark.parametrize("described", [True, False])
def test_versions_of_a_partitioned_asset_are_those_of_one_partition(
    instance: Instance, put: Put, described: bool
) -> None:
    if described:
        letters = StaticPartitionsDefinition(["p", "q"]).to_dict()
        instance.describe_assets([AssetDescription(AssetKey("a"), partitions=letters)])
    put("a", "p", "one")
    with pytest.raises(InvalidInvocationError, match="a has partitions: say of which"):
        instance.versions("a")
    assert len(instance.versions("a", "q")) == 0
    if described:
        with pytest.raises(UnknownPartitionError, match=r"a: .*'r'"):
            instance.versions("a", "r")
    put("a", None, "of the time before it had partitions")
    assert len(instance.versions("a")) == 1


def test_versions_are_listed_with_what_is_kept(instance: Instance, put: Put, run_id: str) -> None:
    put("a", "p", "one")
    put("a", "p", "three")
    instance.record_empty("a", "p", run_id=run_id)
    instance.record_materialization("a", "p", run_id=run_id)
    versions = instance.versions("a", "p")
    assert [each.value for each in versions] == ["not kept by the store", "empty", "kept", "kept"]
    assert [each.size for each in versions] == [None, None, 5, 3]
    assert {each.run_id for each in versions} == {run_id}
    assert versions[-1].data_version != versions[-2].data_version
    assert "Versions of a[p]" in repr(versions)
    assert "kept" in versions._repr_html_()


@pytest.mark.parametrize("size", [3, 20_000])
def test_each_version_loads(instance: Instance, put: Put, size: int) -> None:
    events = [put("a", "p", f"{number}" * size) for number in range(3)]
    for number, event in enumerate(events):
        assert instance.load("a", "p", version=event) == f"{number}" * size
    assert instance.load("a", "p") == "2" * size


def test_a_version_that_is_not_there_names_those_that_are(instance: Instance, put: Put, run_id: str) -> None:
    put("a", "p", 1)
    other = put("a", "q", 2)
    empty = instance.record_empty("a", "p", run_id=run_id)
    with pytest.raises(
        ValueNotFoundError, match=r"a\[p\] has no version 99\. Of its 2 versions the value is kept of 1\."
    ):
        instance.load("a", "p", version=99)
    with pytest.raises(ValueNotFoundError, match="has no version"):
        instance.load("a", "p", version=other)
    with pytest.raises(ValueNotFoundError, match=r"Version 3 of a\[p\] yielded nothing"):
        instance.load("a", "p", version=empty)


@pytest.mark.parametrize("version", [True, "1", 1.5, -1, 0, 2**70])
def test_a_version_that_is_no_event_is_an_error(instance: Instance, put: Put, version: object) -> None:
    put("a", "p", 1)
    put("a", "p", 2)
    with pytest.raises(ValueNotFoundError, match="has no version"):
        instance.load("a", "p", version=version)  # type: ignore[arg-type]


def test_an_asset_that_the_store_never_heard_of_is_an_error_with_a_hint(instance: Instance, put: Put) -> None:
    put("daily", None, 1)
    questions: list[Callable[[str], object]] = [
        instance.versions,
        instance.sizes,
        lambda key: instance.prune(assets=key),
        lambda key: instance.verify([key]),
    ]
    for ask in questions:
        with pytest.raises(UnknownAssetError, match="Did you mean 'daily'"):
            ask("dayly")


def test_a_file_pruned_between_row_and_reading_gives_the_new_value(
    instance: Instance, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader has the row of a version; before it opens the file, the piece is made again and the older one pruned."""
    put("a", "p", "x" * 20_000)
    read, done = instance.value_row, []

    def slow(key: AssetKey, partition: str | None) -> object:
        row = read(key, partition)
        if not done:
            done.append(put("a", "p", "y" * 20_000))
            instance.prune()
        return row

    monkeypatch.setattr(instance, "value_row", slow)
    assert instance.load("a", "p") == "y" * 20_000
    done.clear()
    assert instance.loader().load_asset_value("a", partition_key="p") == "y" * 20_000


def test_a_version_may_come_from_a_frame(instance: Instance, put: Put) -> None:
    put("a", "p", "one")
    event = pd.DataFrame(instance.versions("a", "p"))["event_id"][0]
    assert instance.load("a", "p", version=event) == "one"
