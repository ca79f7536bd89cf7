"""What verify and sizes can't look at, since IO managers or nobody keep it, is counted and told, not passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebook_assets import AutoIOManager, StaticPartitionsDefinition, asset, materialize
from notebook_assets.store import Instance
from notebook_assets.store.sizes import kept_elsewhere

LETTERS = StaticPartitionsDefinition(["a", "b", "c"])


@asset(partitions_def=LETTERS, io_manager_key="files")
def filed(context):  # type: ignore[no-untyped-def]
    return str(context.partition_key)


@asset
def stored() -> int:
    return 1


@asset
def side() -> None: ...


@pytest.fixture
def mixed(instance: Instance, tmp_path: Path) -> Instance:
    files = {"files": AutoIOManager(base_path=tmp_path / "files")}
    for _ in range(2):
        materialize([filed, stored, side], partitions=["a", "b"], instance=instance, resources=files, progress=False)
    return instance


def test_verify_says_how_many_values_are_elsewhere(mixed: Instance) -> None:
    report = mixed.verify()
    assert (report.ok, report.values, report.elsewhere) == (True, 2, mixed.sizes().elsewhere)
    assert report.elsewhere >= 2
    assert f"{report.elsewhere} pieces have their values elsewhere, with IO managers, or have none" in repr(report)
    assert mixed.verify("stored").elsewhere == 0
    assert "elsewhere" not in repr(mixed.verify("stored"))
    assert mixed.verify("filed", deep=False).elsewhere == 2


def test_sizes_say_how_many_values_are_elsewhere(mixed: Instance) -> None:
    by_name = {each.key.name: each for each in mixed.sizes()}
    assert (by_name["filed"].elsewhere, by_name["filed"].bytes, by_name["stored"].elsewhere) == (2, 0, 0)
    assert "2 pieces have their values elsewhere, with IO managers, or have none: how large is not known." in repr(
        mixed.sizes("filed")
    )
    assert "elsewhere" not in repr(mixed.sizes("stored"))


def test_what_was_pruned_is_not_elsewhere(mixed: Instance) -> None:
    before = mixed.sizes().elsewhere
    assert mixed.prune().versions == 1
    assert mixed.sizes().elsewhere == mixed.verify().elsewhere == before


def test_one_piece_is_one() -> None:
    assert kept_elsewhere(1) == "1 piece has its value elsewhere, with an IO manager, or has none"
