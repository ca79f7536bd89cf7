"""IO managers over paths, beside the reference: the same files, the same values, each reads what the other wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster
import pandas as pd
import pytest
from upath import UPath

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")
PACKAGES = (notebook_assets, dagster)
DAYS = ["2024-01-01", "2024-01-02", "2024-01-03"]
both = pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)


def texts(package: Any, folder: Path, **members: Any) -> Any:
    """An IO manager of files with Python literals, of either package."""

    def dump_to_path(self: Any, context: Any, obj: Any, path: Any) -> None:
        with path.open("w") as file:
            file.write(repr(obj))

    def load_from_path(self: Any, context: Any, path: Any) -> Any:
        with path.open() as file:
            return file.read()

    written = {"extension": ".txt", "dump_to_path": dump_to_path, "load_from_path": load_from_path, **members}
    return type("Texts", (package.UPathIOManager,), written)(UPath(folder))


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def told_of(context: Any) -> list[tuple[str, Any]]:
    return sorted(context.get_logged_metadata().items())


def definitions(package: Any) -> dict[str, Any]:
    multi = {
        "hour": package.StaticPartitionsDefinition(["00", "01"]),
        "airport": package.StaticPartitionsDefinition(["EWR", "JFK"]),
    }
    return {
        "days": package.DailyPartitionsDefinition("2024-01-01"),
        "hours": package.HourlyPartitionsDefinition("2024-01-01-00:00"),
        "both": package.MultiPartitionsDefinition(multi),
        "names": package.StaticPartitionsDefinition(["a", "B", "d.e", ".h", "with space", "été", "x_y-z"]),
    }


PIECES = [
    (["one"], None, None),
    (["raw", "weather", "daily"], None, None),
    ("dotted.name", None, None),
    ("daily", "days", "2024-01-02"),
    (["raw", "hourly"], "hours", "2024-01-01-05:00"),
    ("grid", "both", "EWR|00"),
    *[("static", "names", key) for key in ["a", "B", "d.e", ".h", "with space", "été", "x_y-z"]],
]


@pytest.mark.parametrize(("key", "kind", "partition"), PIECES, ids=str)
@pytest.mark.parametrize("extension", [None, ".txt"])
def test_files_have_the_same_paths(tmp_path: Path, key: Any, kind: Any, partition: Any, extension: Any) -> None:
    found = []
    for package in PACKAGES:
        folder = tmp_path / package.__name__
        manager = texts(package, folder, extension=extension)
        more = {} if kind is None else {"partition_key": partition, "asset_partitions_def": definitions(package)[kind]}
        context = package.build_output_context(asset_key=key, **more)
        manager.handle_output(context, 1)
        told = [(name, str(entry.value).replace(str(folder), "")) for name, entry in told_of(context)]
        back = manager.load_input(package.build_input_context(asset_key=key, **more))
        if package is notebook_assets or not (partition and extension):  # there it looks without the extension
            assert manager.has_output(package.build_output_context(asset_key=key, **more))
        found.append((files(folder), told, back))
    assert found[0] == found[1]


def loaded(package: Any, manager: Any, first: str, last: str, **metadata: Any) -> Any:
    context = package.build_input_context(
        asset_key="daily",
        asset_partitions_def=package.DailyPartitionsDefinition("2024-01-01"),
        asset_partition_key_range=package.PartitionKeyRange(first, last),
        definition_metadata=metadata,
    )
    return manager.load_input(context)


def with_days(package: Any, folder: Path, **members: Any) -> Any:
    manager = texts(package, folder, **members)
    days = package.DailyPartitionsDefinition("2024-01-01")
    for day in DAYS[:2]:
        manager.handle_output(
            package.build_output_context(asset_key="daily", partition_key=day, asset_partitions_def=days), day
        )
    return manager


async def read_later(self: Any, context: Any, path: Any) -> Any:
    return Path(path).read_text()


@both
@pytest.mark.parametrize("members", [{}, {"load_from_path": read_later}], ids=["plain", "async"])
def test_several_partitions_are_a_dict_and_those_without_a_file_may_be_left_out(
    tmp_path: Path, package: Any, members: Any
) -> None:
    manager = with_days(package, tmp_path, **members)
    assert loaded(package, manager, *DAYS[:2]) == {day: repr(day) for day in DAYS[:2]}
    there = loaded(package, manager, DAYS[0], DAYS[2], allow_missing_partitions=True)
    assert there == {day: repr(day) for day in DAYS[:2]}


@both
def test_a_partition_without_a_file_is_not_found(tmp_path: Path, package: Any) -> None:
    manager = with_days(package, tmp_path)
    with pytest.raises(FileNotFoundError):
        loaded(package, manager, DAYS[0], DAYS[2])
    with pytest.raises(FileNotFoundError):
        loaded(package, manager, DAYS[2], DAYS[2])
    with pytest.raises(FileNotFoundError):
        manager.load_input(package.build_input_context(asset_key="other"))
    assert loaded(package, manager, DAYS[2], DAYS[2], allow_missing_partitions=True) is None


@both
def test_a_subclass_says_paths_and_metadata_otherwise(tmp_path: Path, package: Any) -> None:
    asked = []

    def get_path_for_partition(self: Any, context: Any, path: Any, partition: str) -> Any:
        asked.append((path.name, partition))
        return path / f"date={partition}"

    manager = with_days(
        package,
        tmp_path,
        get_path_for_partition=get_path_for_partition,
        get_metadata=lambda self, context, obj: {"length": len(obj), "path": "elsewhere"},
    )
    assert files(tmp_path) == [f"daily/date={day}.txt" for day in DAYS[:2]]
    assert asked[0] == ("daily", DAYS[0])
    context = package.build_output_context(asset_key="one")
    manager.handle_output(context, "four")
    assert [(name, entry.value) for name, entry in told_of(context)] == [("length", 4), ("path", "elsewhere")]


@both
def test_the_file_of_an_asset_gives_way_to_a_folder_for_its_partitions(tmp_path: Path, package: Any) -> None:
    texts(package, tmp_path, extension=None).handle_output(package.build_output_context(asset_key="daily"), 1)
    with_days(package, tmp_path, extension=None)
    assert files(tmp_path) == [f"daily/{day}" for day in DAYS[:2]]


@both
def test_outputs_of_ops_are_below_run_and_step(tmp_path: Path, package: Any) -> None:
    manager = texts(package, tmp_path)
    context = package.build_output_context(step_key="load", name="rows", run_id="r1")
    manager.handle_output(context, [1])
    assert files(tmp_path) == ["r1/load/rows.txt"]
    assert manager.load_input(package.build_input_context(upstream_output=context)) == "[1]"


@both
def test_values_are_kept_on_any_file_system_of_fsspec(tmp_path: Path, package: Any) -> None:
    base = UPath(f"memory://{package.__name__}{tmp_path}")
    manager = with_days(package, base)
    assert loaded(package, manager, *DAYS[:2]) == {day: repr(day) for day in DAYS[:2]}
    assert sorted(path.name for path in (base / "daily").iterdir()) == [f"{day}.txt" for day in DAYS[:2]]
    assert manager.fs.protocol == "memory"


# Pickles

VALUES = [1, "text", None, {"a": [1, 2]}, {1, 2}, pd.DataFrame({"n": [1, 2], "t": pd.to_datetime(["2024", "2025"])})]


def pickles(package: Any, folder: Path, **options: Any) -> Any:
    return package.FilesystemIOManager(base_dir=str(folder), **options)


def materialized(package: Any, folder: Path, values: list[Any], **options: Any) -> None:
    """Let assets with these values, and one with partitions, be stored by ``FilesystemIOManager`` in a run."""
    here = package is notebook_assets
    more = {"progress": False} if here else {}
    resources = {"io_manager": pickles(package, folder, **options)}

    def of(number: int) -> Any:
        @package.asset(name=f"value_{number}", key_prefix="all")
        def value() -> Any:
            return values[number]

        return value

    @package.asset(partitions_def=package.DailyPartitionsDefinition("2024-01-01"))
    def daily(context):  # type: ignore[no-untyped-def]  # the reference takes no other annotation
        return {"day": context.partition_key}

    with package.DagsterInstance.ephemeral() as instance:
        assets = [of(number) for number in range(len(values))]
        assert package.materialize(assets, resources=resources, instance=instance, **more).success
        for day in DAYS[:2]:
            assert package.materialize(
                [daily], partition_key=day, resources=resources, instance=instance, **more
            ).success


def read(package: Any, folder: Path, count: int, **options: Any) -> tuple[list[Any], Any]:
    """Let a run read all of them: as inputs of an asset."""
    here = package is notebook_assets
    found: list[Any] = []
    resources = {"io_manager": pickles(package, folder, **options)}
    sources = [package.SourceAsset(["all", f"value_{number}"]) for number in range(count)]
    days = package.StaticPartitionsDefinition(DAYS[:2])
    sources.append(package.SourceAsset("daily", partitions_def=days))
    defs = package.Definitions(sources, resources=resources)
    with package.DagsterInstance.ephemeral() as instance, defs.get_asset_value_loader(instance) as loader:
        found = [loader.load_asset_value(["all", f"value_{number}"]) for number in range(count)]
        parts = {day: loader.load_asset_value("daily", partition_key=day) for day in DAYS[:2]}
        if here:
            assert loader.load_asset_value("daily", partitions="all") == parts
    return found, parts


@pytest.mark.parametrize(
    ("writer", "reader", "options"),
    [
        (dagster, notebook_assets, {"trust": True}),
        (notebook_assets, dagster, {}),
        (notebook_assets, notebook_assets, {}),
    ],
    ids=["of the reference, here", "from here, by the reference", "from here, here"],
)
def test_each_reads_the_pickles_of_the_other(tmp_path: Path, writer: Any, reader: Any, options: Any) -> None:
    materialized(writer, tmp_path, VALUES)
    assert files(tmp_path) == [
        *(f"all/value_{number}" for number in range(len(VALUES))),
        *(f"daily/{day}" for day in DAYS[:2]),
    ]
    found, parts = read(reader, tmp_path, len(VALUES), **options)
    assert found[:-1] == VALUES[:-1]
    pd.testing.assert_frame_equal(found[-1], VALUES[-1])
    assert parts == {day: {"day": day} for day in DAYS[:2]}


def test_pickles_of_the_reference_are_refused_unless_they_are_trusted(tmp_path: Path) -> None:
    materialized(dagster, tmp_path, VALUES)
    with pytest.raises(notebook_assets.StoreError, match=r"was not signed here.*trust=True"):
        read(notebook_assets, tmp_path, len(VALUES))


def test_slashes_in_partition_keys_are_read_where_the_reference_has_them(tmp_path: Path) -> None:
    found = []
    for package in (dagster, notebook_assets):  # the first one writes
        names = package.StaticPartitionsDefinition(["owner/name"])
        more = {"asset_key": "repos", "partition_key": "owner/name", "asset_partitions_def": names}
        manager = texts(package, tmp_path)
        if package is dagster:
            manager.handle_output(package.build_output_context(**more), 1)
            assert files(tmp_path) == ["repos/owner/name.txt"]
        found.append(manager.load_input(package.build_input_context(**more)))
    assert found == ["1", "1"]


@both
def test_the_older_form_takes_the_folder_from_the_configuration(tmp_path: Path, package: Any) -> None:
    @package.asset
    def one() -> Any:
        return 1

    more = {"progress": False} if package is notebook_assets else {}
    with package.DagsterInstance.ephemeral() as instance:
        assert package.materialize(
            [one],
            resources={"io_manager": package.fs_io_manager},
            run_config={"resources": {"io_manager": {"config": {"base_dir": str(tmp_path)}}}},
            instance=instance,
            **more,
        ).success
    assert files(tmp_path) == ["one"]


@both
def test_a_function_annotated_to_give_nothing_stores_nothing(tmp_path: Path, package: Any) -> None:
    @package.asset
    def nothing() -> None:
        pass

    more = {"progress": False} if package is notebook_assets else {}
    with package.DagsterInstance.ephemeral() as instance:
        assert package.materialize(
            [nothing], resources={"io_manager": pickles(package, tmp_path)}, instance=instance, **more
        ).success
    assert files(tmp_path) == []
