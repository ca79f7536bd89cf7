"""What looks misspelt in deps is said, where it would else count as made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notebook_assets import AssetSpec, Instance, asset, materialize
from notebook_assets.workspace import Workspace, asset_catalogue, set_workspace, workspace

SAID = "after names 'cnof', which nothing here defines, and nothing made. Did you mean 'conf'?"


@asset
def conf() -> int:
    return 1


@asset(deps=["cnof"])
def after() -> int:
    return 2


@asset(deps=["warehouse_table"])
def far() -> int:
    return 3


@pytest.fixture
def namespace() -> Iterator[dict[str, Any]]:
    before, names = workspace(), dict[str, Any]()
    set_workspace(Workspace(lambda: names))
    names.update(conf=conf, after=after, far=far)
    yield names
    set_workspace(before)


def test_a_dependency_that_is_almost_an_asset_is_said(namespace: dict[str, Any]) -> None:
    store = Instance.ephemeral()
    for _ in range(2):
        said = " ".join(str(materialize("after or far", instance=store, progress=False)).split())
        assert SAID in said
        assert "warehouse_table" not in said
        assert asset_catalogue(instance=store).hints == (SAID,)
    assert "Did you mean" not in str(materialize("far", instance=store, progress=False))


def test_a_dependency_that_is_defined_or_was_made_is_right(namespace: dict[str, Any]) -> None:
    store = Instance.ephemeral()
    namespace["cnof"] = AssetSpec("cnof")
    assert asset_catalogue(instance=store).hints == ()
    del namespace["cnof"]
    assert asset_catalogue(instance=store).hints == (SAID,)

    @asset
    def cnof() -> int:
        return 12

    materialize([cnof], instance=store, progress=False)
    assert asset_catalogue(instance=store).hints == ()
