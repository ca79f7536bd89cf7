"""What specs, dependencies and results say of what they were given, beside the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import AllPartitionMapping, AssetDep, AssetSpec, InvalidDefinitionError

PACKAGES = (dagster, notebook_assets)


def plain() -> int:
    return 1


def keys(found: Any) -> list[str]:
    return sorted(key.to_user_string() for key in found)


SAYS: dict[str, Callable[[Any], Any]] = {
    "metadata of a spec, as it was given": lambda p: p.AssetSpec("a", metadata={"rows": 3, "at": "b"}).metadata,
    "metadata with an IO manager": lambda p: p.AssetSpec("a", metadata={"rows": 3}).with_io_manager_key("q").metadata,
    "metadata of a definition": lambda p: list(p.asset(metadata={"rows": 3})(plain).metadata_by_key.values()),
    "metadata of a MaterializeResult": lambda p: p.MaterializeResult(metadata={"rows": 3}).metadata,
    "no metadata of a MaterializeResult": lambda p: dict(p.MaterializeResult().metadata or {}),
    "metadata of an ObserveResult": lambda p: p.ObserveResult(metadata={"rows": 3}).metadata,
    "metadata of an Output": lambda p: p.Output(1, metadata={"rows": 3}).metadata["rows"].value,
    "a result by place": lambda p: p.MaterializeResult("a", {"x": 1}, [], p.DataVersion("1"), {"t": "u"}, 5).value,
    "another metadata of an Output": lambda p: list(p.Output(1, metadata={"a": 1}).with_metadata({"b": 2}).metadata),
    "another metadata of an event": lambda p: list(p.AssetMaterialization("a").with_metadata({"b": 2}).metadata),
    "the label of an event": lambda p: p.AssetMaterialization(["a", "b"]).label,
    "the label of an observation": lambda p: p.AssetObservation(["a", "b"]).label,
    "the event of a file": lambda p: list(p.AssetMaterialization.file("/x/y.csv").asset_key.path),
    "where that file is": lambda p: p.AssetMaterialization.file("/x/y.csv", asset_key="k").metadata["path"].value,
    "a check's result by name": lambda p: (
        p.MaterializeResult(check_results=[p.AssetCheckResult(passed=False, check_name="c")])
        .check_result_named("c")
        .passed
    ),
    "a dependency that is named twice": lambda p: len(list(p.AssetSpec("a", deps=["b", "b"]).deps)),
    "mappings of a spec": lambda p: keys(
        p.AssetSpec("a", deps=["c", p.AssetDep("b", partition_mapping=p.AllPartitionMapping())]).partition_mappings
    ),
    "a mapping by the parameter's name": lambda p: (
        p.asset(name="q", ins={"x": p.AssetIn(partition_mapping=p.AllPartitionMapping())})(
            lambda x: 1
        ).get_partition_mapping(in_asset_key=p.AssetKey("x"))
        is None
    ),
    "a group of groups": lambda p: p.AssetSpec("a", group_name="marketing/foo").group_name,
    "deps on what makes several": lambda p: keys(
        p.asset(deps=[p.multi_asset(specs=[p.AssetSpec("m"), p.AssetSpec("n")], name="both")(lambda: None)])(
            plain
        ).dependency_keys
    ),
    "specs that depend on what makes several": lambda p: keys(
        dep.asset_key
        for dep in p.AssetSpec(
            "z", deps=[p.multi_asset(specs=[p.AssetSpec("m"), p.AssetSpec("n")], name="both")(lambda: None)]
        ).deps
    ),
}


@pytest.mark.parametrize("what", SAYS)
def test_it_says_the_same(what: str) -> None:
    theirs, ours = (SAYS[what](package) for package in PACKAGES)
    assert ours == theirs


OWNERS = ["a@b.com", "first.last+x@mail.example.org", "team:a", "team:a b", "team:", "a@b", "@b.com", "a", "a b@c.de"]


@pytest.mark.parametrize("owner", OWNERS)
def test_owners(owner: str) -> None:
    """An e-mail address with a domain, or the name of a team."""
    found = []
    for package in PACKAGES:
        try:
            found.append(list(*package.asset(owners=[owner])(plain).owners_by_key.values()))
        except Exception:
            found.append(["refused"])
    assert found[0] == found[1]


@pytest.mark.parametrize("group", ["a", "a_1", "a/b", "a/b/c", "/a", "a/", "a//b", "a b", "a.b"])
def test_names_of_groups(group: str) -> None:
    found = []
    for package in PACKAGES:
        try:
            found.append(package.AssetSpec("x", group_name=group).group_name)
        except Exception:
            found.append("refused")
    assert found[0] == found[1]


@pytest.mark.parametrize("make", [
    lambda p: p.AssetMaterialization("a", partition=["x"]),
    lambda p: p.MaterializeResult(metadata=3),
    lambda p: p.AssetSpec("a", deps=["b", p.AssetDep("b", partition_mapping=p.AllPartitionMapping())]),
    lambda p: p.AssetDep(p.multi_asset(specs=[p.AssetSpec("m"), p.AssetSpec("n")], name="both")(lambda: None)),
    lambda p: p.MaterializeResult(check_results=[]).check_result_named("c"),
])  # fmt: skip
@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_both_refuse(package: Any, make: Callable[[Any], Any]) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011  # each has errors of its own
        make(package)


def test_a_spec_that_names_an_asset_in_two_ways_says_so() -> None:
    with pytest.raises(InvalidDefinitionError, match="name b twice, in two ways"):
        AssetSpec("a", deps=["b", AssetDep("b", partition_mapping=AllPartitionMapping())])


def test_what_is_normalised_is_there_too() -> None:
    """Metadata that can't be kept is refused where it is written; the kinds stand beside what was given."""
    spec = AssetSpec("a", metadata={"rows": 3})
    assert spec.metadata_values["rows"].value == 3
    assert spec.replace_attributes(description="x").metadata_values == spec.metadata_values
    assert notebook_assets.MaterializeResult(metadata={"rows": 3}).values["rows"].value == 3
    with pytest.raises(InvalidDefinitionError, match="which metadata can't keep"):
        AssetSpec("a", metadata={"rows": object()})
