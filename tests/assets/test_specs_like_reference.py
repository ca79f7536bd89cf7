"""Specs made and changed at random, beside the reference: what they hold, and at which step they are refused."""

from __future__ import annotations

from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import notebook_assets

REFUSED = "refused"


def mostly(good: list[Any], bad: list[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 9).flatmap(lambda number: st.sampled_from(bad if number == 0 else good))


def dep(key: Any) -> Any:
    return lambda dg: dg.AssetDep(key)


def mapped(key: str) -> Any:
    return lambda dg: dg.AssetDep(key, partition_mapping=dg.LastPartitionMapping())


def an_asset(name: str) -> Any:
    return lambda dg: dg.asset(name=name)(lambda: 1)


def a_spec(name: str) -> Any:
    return lambda dg: dg.AssetSpec(name)


def days(dg: Any) -> Any:
    return dg.DailyPartitionsDefinition("2024-01-01")


def source(dg: Any) -> Any:
    return dg.AssetKey(["p", "source"])


DEPS = [
    [],
    ["a"],
    ["a", "b"],
    [dep("a"), "b"],
    [mapped("b")],
    [an_asset("a")],
    [a_spec("c")],
    [source],
    [dep(["p", "a"])],
]
ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "deps": mostly(DEPS, [[3], ["a", "a"], ["a", mapped("a")], [dep("a"), mapped("a")], [None]]),
    "description": mostly(["what it is", "", None], [3, ["x"]]),
    "metadata": mostly([{}, {"a": 1}, {"a": "x", "b": [1]}, {"c": None}], [{3: 1}, [1], "x"]),
    "group_name": mostly(["red", "blue_2", "a/b", None], ["a b", "", "a-b", 3, "/a", "é"]),
    "code_version": mostly(["1", "v2", None], [1, 1.5]),
    "owners": mostly(
        [[], ["me@x.com"], ["team:a", "me@x.com"]],
        [["me"], ["team:"], "me@x.com", [3], ["team:a b"], ["a@b"], ["@x.com"], ["a@b@c.com"]],
    ),
    "tags": mostly([{}, {"a": "1"}, {"b": "", "c.d/e": "x_1"}], [{"a": 1}, {3: "1"}, [1]]),
    "kinds": mostly([set(), {"python"}, {"python", "snow_flake"}], [{"a", "b", "c", "d"}, 3]),
    "partitions_def": mostly([None, days], ["days", 3]),
    "skippable": st.booleans(),
}
MADE = st.fixed_dictionaries({}, optional=ARGUMENTS)
KEYS = mostly(["a0", ["p", "a0"], source], [3, None, ["a", 1], {"a"}])
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["replace_attributes", "merge_attributes", "with_io_manager_key"]),
        st.fixed_dictionaries({}, optional={**ARGUMENTS, "key": KEYS}),
    ),
    max_size=3,
)
MERGED = ("deps", "metadata", "owners", "tags", "kinds")


def built(dg: Any, value: Any) -> Any:
    """Return a drawn value with what a library has to make of it."""
    if callable(value):
        return value(dg)
    return [built(dg, each) for each in value] if isinstance(value, list) else value


def plain(spec: Any) -> dict[str, Any]:
    """Return what a spec holds, in words that both libraries share."""
    kinds = {tag.removeprefix("dagster/kind/") for tag in spec.tags if tag.startswith("dagster/kind/")} | set(
        spec.kinds
    )
    metadata = {name: getattr(value, "value", value) for name, value in spec.metadata.items()}
    return {
        "key": list(spec.key.path),
        "deps": sorted((list(each.asset_key.path), type(each.partition_mapping).__name__) for each in spec.deps),
        "description": spec.description,
        "metadata": metadata,
        "group_name": spec.group_name,
        "code_version": spec.code_version,
        "owners": list(dict.fromkeys(spec.owners)),  # merged owners that were there are named twice there
        "tags": {name: value for name, value in spec.tags.items() if not name.startswith("dagster/kind/")},
        "kinds": sorted(kinds),
        "partitions_def": None if spec.partitions_def is None else spec.partitions_def.get_first_partition_key(),
        "skippable": spec.skippable,
    }


def steps(dg: Any, key: Any, made: dict[str, Any], changes: list[Any]) -> list[Any]:
    """Return what the spec holds after each step; the last one may be that it was refused."""
    told: list[Any] = []
    try:
        spec = dg.AssetSpec(built(dg, key), **{name: built(dg, value) for name, value in made.items()})
        told.append(plain(spec))
        for how, arguments in changes:
            given = {name: built(dg, value) for name, value in arguments.items()}
            if how == "with_io_manager_key":
                spec = spec.with_io_manager_key("warehouse")
            elif how == "replace_attributes":
                spec = spec.replace_attributes(**given)
            else:
                spec = spec.merge_attributes(**{name: given[name] for name in given if name in MERGED})
            told.append(plain(spec))
    except Exception:  # the libraries have errors of their own
        told.append(REFUSED)
    return told


@settings(max_examples=1000, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(KEYS, MADE, CHANGES)
def test_specs_hold_the_same_and_are_refused_at_the_same_step(key: Any, made: dict[str, Any], changes: Any) -> None:
    assert steps(notebook_assets, key, made, changes) == steps(dagster, key, made, changes)


@pytest.mark.parametrize(
    "made", [{"owners": None}, {"tags": None}, {"kinds": None}, {"deps": None}, {"metadata": None}]
)
def test_none_is_nothing(made: dict[str, Any]) -> None:
    assert steps(notebook_assets, "a", made, []) == steps(dagster, "a", made, [])


# On purpose other than in the reference


@pytest.mark.parametrize("made", [{"tags": {"a b": "1"}}, {"tags": {"a": "x y"}}])
def test_what_only_the_reference_refuses(made: dict[str, Any]) -> None:
    assert steps(notebook_assets, "a", made, []) != [REFUSED] == steps(dagster, "a", made, [])


@pytest.mark.parametrize(
    "made",
    [{"deps": "ab"}, {"metadata": {"a": object()}}, {"kinds": {1}}, {"kinds": {""}}],
    ids=["deps", "metadata", "kinds", "no kind"],
)
def test_what_is_refused_only_here(made: dict[str, Any]) -> None:
    assert steps(notebook_assets, "a", made, []) == [REFUSED] != steps(dagster, "a", made, [])
