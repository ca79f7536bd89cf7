"""Definitions that are bound to no name of the notebook: what materialize takes, explain and the others know too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from notebook_assets import (
    AssetSpec,
    Instance,
    SourceAsset,
    StaticPartitionsDefinition,
    asset,
    explain,
    impact,
    lineage,
    materialize,
    multi_asset,
    partition_grid,
    partition_status,
    plot_metadata,
)
from notebook_assets.workspace.current import workspace

PARTS = StaticPartitionsDefinition(["x", "y"])


@pytest.fixture
def instance() -> Iterator[Instance]:
    with Instance.ephemeral() as store:
        yield store


def defined() -> Any:
    @asset(partitions_def=PARTS)
    def nowhere_bound(context) -> int:  # type: ignore[no-untyped-def]
        context.add_output_metadata({"rows": 3})
        return 1

    return nowhere_bound


ASKED: list[tuple[Callable[..., Any], tuple[Any, ...], str]] = [
    (explain, (), "nowhere_bound"),
    (explain, ("x",), r"nowhere_bound\[x\]"),
    (lineage, (), "nowhere_bound"),
    (partition_grid, (), "1 materialized"),
    (partition_status, (), "nowhere_bound"),
    (impact, (), "nowhere_bound"),
    (plot_metadata, ("rows",), "nowhere_bound"),
]


@pytest.mark.parametrize(("ask", "more", "told"), ASKED, ids=lambda each: getattr(each, "__name__", None))
def test_the_definition_that_is_given_is_known(
    ask: Callable[..., Any], more: Any, told: str, instance: Instance
) -> None:
    nowhere_bound = defined()
    materialize([nowhere_bound], partition_key="x", instance=instance, progress=False)
    assert told.replace("\\", "") in repr(ask(nowhere_bound, *more, instance=instance))


def test_it_wins_over_another_of_its_key_that_the_notebook_has(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asset
    def nowhere_bound() -> int:
        return 2

    namespace = workspace().namespace()  # another test's shell may have one of its own
    monkeypatch.setitem(namespace, "nowhere_bound", nowhere_bound)
    given = defined()
    assert len(partition_status([given], instance=instance)) == 2
    assert len(partition_status(nowhere_bound, instance=instance)) == 1
    assert len(partition_status(AssetSpec("nowhere_bound"), instance=instance)) == 1  # names it only
    assert len(partition_status("nowhere_bound", instance=instance)) == 1


def test_several_and_what_makes_several_are_known(instance: Instance) -> None:
    @multi_asset(specs=[AssetSpec("nowhere_low"), AssetSpec("nowhere_high")])
    def both() -> None: ...

    assert set(partition_status([both, defined()], instance=instance)["asset"]) == {
        "nowhere_low",
        "nowhere_high",
        "nowhere_bound",
    }
    assert "nowhere_source" in repr(explain(SourceAsset("nowhere_source"), instance=instance))
