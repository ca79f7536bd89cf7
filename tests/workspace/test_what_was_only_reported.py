"""Pieces that were reported to have been made elsewhere are told to be so; what nobody knows of them is NA."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notebook_assets import (
    AssetMaterialization,
    AssetSpec,
    AutoIOManager,
    Definitions,
    Instance,
    StaticPartitionsDefinition,
    asset,
    explain,
    materialize,
    partition_status,
)

LETTERS = StaticPartitionsDefinition(["made", "reported", "again"])


@asset(partitions_def=LETTERS)
def letter(context: Any) -> str:
    return str(context.partition_key)


@asset(partitions_def=LETTERS, io_manager_key="files")
def filed(context: Any) -> str:
    return str(context.partition_key)


SOURCE = AssetSpec("outside")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Instance]:
    files = {"files": AutoIOManager(base_path=tmp_path / "files")}
    with Instance(tmp_path / "store") as instance:
        materialize([letter, filed], partitions=["made"], instance=instance, resources=files, progress=False)
        materialize([letter], partitions=["again"], instance=instance, progress=False)
        instance.report_runless_asset_event(AssetMaterialization("letter", partition="again"))
        for key in ("letter", "filed"):
            instance.report_runless_asset_event(AssetMaterialization(key, partition="reported"))
        instance.report_runless_asset_event(AssetMaterialization("outside"))
        yield instance


def told(store: Instance, *which: str) -> str:
    return repr(explain(*which, instance=store, definitions=Definitions([letter, filed, SOURCE])))


@pytest.mark.parametrize(
    ("which", "who"),
    [
        (("letter", "reported"), "the store keeps no value of it"),
        (("letter", "again"), "the value that the store kept before is what loads"),
        (("filed", "reported"), "the IO manager 'files' is to have its value"),
        (("outside",), "the store keeps no value of it"),
    ],
)
def test_an_explanation_says_that_it_was_reported(store: Instance, which: tuple[str, ...], who: str) -> None:
    said = told(store, *which)
    assert f"to have been made elsewhere; {who}." in said
    assert "as was reported" in said
    assert "today's" not in said
    assert "is stored" not in said


def test_what_a_run_made_is_not_said_to_be_reported(store: Instance) -> None:
    for key in ("letter", "filed"):
        said = told(store, key, "made")
        assert "by today's code from today's inputs" in said
        assert "reported" not in said


def test_what_is_not_known_of_a_piece_is_na_in_the_table(store: Instance) -> None:
    frame = partition_status(
        [letter, filed], ["made", "reported"], instance=store, definitions=Definitions([letter, filed])
    )
    table = frame.set_index(["asset", "partition"])[["duration", "size"]]
    known = table.notna().apply(tuple, axis=1).to_dict()
    assert known == {
        ("letter", "made"): (True, True),
        ("letter", "reported"): (False, False),
        ("filed", "made"): (True, False),
        ("filed", "reported"): (False, False),
    }
    assert table.loc[("letter", "made"), "size"] == 4
