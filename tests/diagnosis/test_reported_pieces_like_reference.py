"""What was only reported is fresh until something upstream is made again, whatever its contents: as there."""

from __future__ import annotations

from typing import Any

import dagster
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest

import notebook_assets
from notebook_assets import AssetKey, Instance
from notebook_assets.diagnosis import statuses

pytestmark = pytest.mark.usefixtures("quiet_reference")


def is_stale_there(assets: list[Any], instance: Any) -> bool:
    graph = dagster.Definitions(assets).resolve_asset_graph()
    resolver = CachingStaleStatusResolver(
        instance=instance, asset_graph=graph, loading_context=LoadingContextForTest(instance)
    )
    return str(resolver.get_status(dagster.AssetKey("below")).value) == "STALE"


def is_stale_here(assets: list[Any], instance: Instance) -> bool:
    found = statuses(notebook_assets.Definitions(assets).graph, instance)[AssetKey("below")]
    return bool(found.outdated.any())


@pytest.mark.parametrize(
    ("dg", "is_stale"), [(dagster, is_stale_there), (notebook_assets, is_stale_here)], ids=["dagster", "here"]
)
def test_a_reported_piece_is_stale_once_something_upstream_was_made_again(dg: Any, is_stale: Any) -> None:
    version = "1"

    @dg.asset
    def above():  # type: ignore[no-untyped-def]
        return dg.Output(1, data_version=dg.DataVersion(version))

    @dg.asset  # type: ignore[untyped-decorator]
    def below(above: int) -> int:
        return above + 1

    instance = dg.DagsterInstance.ephemeral()
    dg.materialize([above], instance=instance)
    instance.report_runless_asset_event(dg.AssetMaterialization("below"))
    assert not is_stale([above, below], instance)
    dg.materialize([above], instance=instance)  # the same contents: who knows which were read
    assert is_stale([above, below], instance)
    dg.materialize([above, below], selection="below", instance=instance)
    assert not is_stale([above, below], instance)
    dg.materialize([above], instance=instance)
    assert not is_stale([above, below], instance)
    version = "2"
    dg.materialize([above], instance=instance)
    assert is_stale([above, below], instance)
