"""A function that observes several sources tells of each once, as in the reference."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import dagster
import pytest
from dagster._core.definitions.observe import observe as dagster_observe

import notebook_assets

BOTH = pytest.mark.parametrize("lib", [notebook_assets, dagster], ids=["ours", "dagster"])


@BOTH
@pytest.mark.parametrize(
    ("told", "can_subset", "works"),
    [
        (["s1", "s2"], False, True),
        (["s2", "s1"], False, True),
        (["s1", "s1"], False, False),
        (["s1", "s1", "s2"], False, False),
        (["s1"], False, False),
        ([], False, False),
        (["s1"], True, True),
    ],
)
def test_what_a_function_of_several_may_tell(
    lib: ModuleType, told: Sequence[str], can_subset: bool, works: bool
) -> None:
    @lib.multi_observable_source_asset(specs=[lib.AssetSpec("s1"), lib.AssetSpec("s2")], can_subset=can_subset)
    def seen() -> Any:
        for number, key in enumerate(told):
            yield lib.ObserveResult(asset_key=key, data_version=lib.DataVersion(str(number)))

    ours = lib is notebook_assets
    store = lib.Instance.ephemeral() if ours else dagster.DagsterInstance.ephemeral()
    observe = lib.observe if ours else dagster_observe
    result = observe([seen], instance=store, raise_on_error=False)
    assert (not result.failures if ours else result.success) == works
