"""A store, definitions, resources, tags or a listener of the wrong kind is refused by name, before anything happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dagster
import pytest

from notebook_assets import (
    Instance,
    asset,
    asset_catalogue,
    explain,
    lineage,
    load_asset_value,
    materialize,
    materialize_to_memory,
    observe,
    run_checks,
)
from notebook_assets.errors import InvalidInvocationError, NotebookAssetsError

ONE = asset(name="one")(lambda: 1)

FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "materialize": (lambda **given: materialize([ONE], **given), ("instance", "resources", "tags")),
    "materialize_to_memory": (lambda **given: materialize_to_memory([ONE], **given), ("instance", "resources", "tags")),
    "run_checks": (run_checks, ("instance", "definitions", "resources", "tags")),
    "observe": (observe, ("instance", "definitions", "resources", "tags")),
    "lineage": (lineage, ("instance", "definitions")),
    "asset_catalogue": (asset_catalogue, ("instance", "definitions")),
    "explain": (lambda **given: explain("one", **given), ("instance", "definitions")),
    "load_asset_value": (lambda **given: load_asset_value("one", **given), ("instance",)),
}


@pytest.mark.parametrize(
    ("function", "name"), [(each, name) for each, (_, names) in FUNCTIONS.items() for name in names]
)
def test_what_is_of_a_wrong_kind_is_named(function: str, name: str) -> None:
    with pytest.raises(InvalidInvocationError, match=rf"^{name} is .*; got 1 \(int\)"):
        FUNCTIONS[function][0](**{"instance": Instance.ephemeral(), name: 1})


@pytest.mark.parametrize("tags", [1, "x", {"a": object()}, {1: "a"}])
def test_tags_that_the_reference_refuses_are_refused(tags: Any) -> None:
    with pytest.raises(NotebookAssetsError, match="tags"):
        materialize([ONE], instance=Instance.ephemeral(), tags=tags, progress=False)
    with pytest.raises((dagster.DagsterError, dagster._check.CheckError)):
        dagster.materialize([dagster.asset(name="one")(lambda: 1)], tags=tags)


def test_tags_are_kept_as_texts() -> None:
    store = Instance.ephemeral()
    materialize([ONE], instance=store, tags={"team": "sales", "cores": 2}, progress=False)
    assert store.runs()[0].tags == {"team": "sales", "cores": "2"}


@pytest.mark.parametrize("progress", [None, 5])
def test_a_listener_that_is_none_is_refused(progress: Any) -> None:
    with pytest.raises(InvalidInvocationError, match="progress is True, False or a listener"):
        materialize([ONE], instance=Instance.ephemeral(), progress=progress)


@pytest.mark.parametrize("assets", [None, 1, "one"])
def test_what_is_made_in_memory_is_a_list(assets: Any) -> None:
    with pytest.raises(InvalidInvocationError, match="makes a list of assets"):
        materialize_to_memory(assets)


def test_resources_by_a_number_are_refused() -> None:
    with pytest.raises(InvalidInvocationError, match="got the key 1"):
        materialize([ONE], instance=Instance.ephemeral(), resources={1: 2})
