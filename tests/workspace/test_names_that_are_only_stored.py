"""After a restart an asset whose cell has not run is told to be in the store, wherever it is asked for by name."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import AssetMaterialization, Definitions, Instance, asset, explain, materialize, partition_status
from notebook_assets.errors import UnknownAssetError

CELL = "@asset(partitions_def=days)\ndef daily(context):\n    return context.partition_key"


@pytest.mark.parametrize(
    "asked",
    [
        "explain('daily')",
        "partition_status('daily')",
        "partition_status('daily+')",
        "%materialize daily",
        "%explain daily",
    ],
)
def test_a_restarted_notebook_says_that_the_store_has_it(notebook: Any, asked: str) -> None:
    notebook.run("from notebook_assets import *", "days = StaticPartitionsDefinition(['a', 'b'])", CELL)
    notebook.run("materialize([daily], partitions='all', progress=False)")
    again = notebook.restarted()
    again.run("from notebook_assets import *")
    told = " ".join(again.fails(asked).split())
    assert "There is no asset 'daily' here, but the store has it: run the cell that defines it" in told
    assert "load_asset_value('daily') loads what is stored." in told


@pytest.mark.parametrize("ask", [explain, partition_status])
def test_it_is_the_store_that_is_given_which_is_asked(ask: Any) -> None:
    @asset
    def other() -> int:
        return 1

    given: dict[str, Any] = {"definitions": Definitions([other])}
    with Instance.ephemeral() as store, Instance.ephemeral() as empty:
        store.report_runless_asset_event(AssetMaterialization(["raw", "ext"]))
        with pytest.raises(UnknownAssetError, match="no asset 'raw/ext' here, but the store has it"):
            ask("raw/ext", instance=store, **given)
        with pytest.raises(UnknownAssetError, match="There is no asset 'raw/ext'") as refused:
            ask("raw/ext", instance=empty, **given)
        assert "store" not in str(refused.value)


def test_what_is_defined_is_not_said_to_be_only_stored() -> None:
    @asset
    def other() -> int:
        return 1

    with Instance.ephemeral() as store:
        materialize([other], instance=store, progress=False)
        with pytest.raises(UnknownAssetError, match=r"no asset 'oter'.* Did you mean 'other'"):
            explain("oter", instance=store, definitions=Definitions([other]))
