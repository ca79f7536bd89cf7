"""What @multi_asset defines: keys, what each asset is made from, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import AssetDep, AssetKey, AssetOut, AssetSpec, StaticPartitionsDefinition, asset, multi_asset
from notebook_assets.assets import AssetGraph
from notebook_assets.errors import CyclicDependencyError, InvalidDefinitionError, InvalidInvocationError

TWO = {"a": AssetOut(), "b": AssetOut()}
A, B, X = AssetKey("a"), AssetKey("b"), AssetKey("x")
LETTERS = StaticPartitionsDefinition(["x"])


def plain() -> None: ...


def takes_x(x: Any) -> None: ...


@pytest.mark.parametrize(
    ("options", "fn", "expected"),
    [
        ({"outs": TWO}, takes_x, {A: {X}, B: {X}}),
        ({"outs": TWO, "deps": ["x"]}, plain, {A: {X}, B: {X}}),
        ({"outs": TWO, "internal_asset_deps": {"b": {A, X}}}, takes_x, {A: set(), B: {A, X}}),
        ({"specs": [AssetSpec("a", deps=["x"]), AssetSpec("b", deps=["a"])]}, plain, {A: {X}, B: {A}}),
        ({"specs": [AssetSpec("a", deps=["x"]), AssetSpec("b", deps=["a"])]}, takes_x, {A: {X}, B: {A}}),
    ],
)
def test_what_each_asset_is_made_from(options: dict[str, Any], fn: Any, expected: dict[AssetKey, Any]) -> None:
    made = multi_asset(**options)(fn)
    assert made.asset_deps == expected
    graph = AssetGraph([made, AssetSpec("x")])
    assert {key: set(graph.parents(key)) for key in (A, B)} == expected


@pytest.mark.parametrize(
    ("options", "fn", "words"),
    [
        ({}, plain, "says which assets it makes"),
        ({"outs": TWO, "specs": [AssetSpec("c")]}, plain, "outs or specs, not both"),
        ({"outs": {"a": 1}}, plain, "outs\\['a'\\] is an AssetOut; got 1"),
        ({"outs": {}}, plain, "one asset at least"),
        ({"specs": [AssetSpec("a")], "deps": ["x"]}, plain, "each spec says what it is made from"),
        ({"specs": [AssetSpec("a"), AssetSpec("a")]}, plain, "makes a twice"),
        ({"specs": [AssetSpec("a")]}, takes_x, "none of its specs is made from x"),
        ({"outs": TWO, "internal_asset_deps": {"b": {A}}}, takes_x, "no output is made from 'x'"),
        ({"outs": TWO, "internal_asset_deps": {"c": {X}}}, takes_x, "'c', which is no output"),
        ({"outs": TWO, "internal_asset_deps": {"b": {AssetKey("q")}}}, plain, "neither an input nor an output"),
        ({"outs": {"a": AssetOut(group_name="g")}, "group_name": "h"}, plain, "has 'g' of its own"),
        ({"specs": [AssetSpec("a", partitions_def=LETTERS), AssetSpec("b")]}, plain, "different partitions"),
    ],
)
def test_what_is_refused(options: dict[str, Any], fn: Any, words: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=words):
        multi_asset(**options)(fn)


def test_a_circle_through_one_call_is_told_with_its_path() -> None:
    @multi_asset(specs=[AssetSpec("a"), AssetSpec("b", deps=["between"])])
    def both() -> None: ...

    @asset(deps=["a"])
    def between() -> None: ...

    with pytest.raises(CyclicDependencyError, match="between is made from a; b is made from between; and one call"):
        AssetGraph([both, between])
    assert set(AssetGraph.sound([both, between, AssetSpec("z")]).problems) == {A, B, AssetKey("between")}


def test_one_of_several_must_be_named() -> None:
    made = multi_asset(outs={"a": AssetOut(key_prefix="p", tags={"t": "u"}), "b": AssetOut(key="c")})(plain)
    assert made.keys_by_output_name == {"a": AssetKey(["p", "a"]), "b": AssetKey("c")}
    assert made.get_asset_spec("c").asset_key == AssetKey("c")
    with pytest.raises(InvalidInvocationError, match=r"makes several assets \(p/a, c\)"):
        made.key  # noqa: B018


def test_a_mapping_of_a_spec_is_kept() -> None:
    made = multi_asset(specs=[AssetSpec("a", deps=[AssetDep("x", wait_for="any")])])(plain)
    assert [each.wait_for for each in made.dependencies_of(A)] == ["any"]


def test_keys_groups_and_tags_can_be_changed_in_a_copy() -> None:
    made = multi_asset(outs=TWO)(takes_x)
    copy = made.with_attributes(
        asset_key_replacements={A: AssetKey("z"), X: AssetKey("y")},
        group_names_by_key={B: "h"},
        tags_by_key={A: {"k": "l"}},
    )
    assert copy.asset_deps == {AssetKey("z"): {AssetKey("y")}, B: {AssetKey("y")}}
    assert (copy.group_names_by_key[B], copy.tags_by_key[AssetKey("z")]) == ("h", {"k": "l"})
    with pytest.raises(InvalidDefinitionError, match="group_name already exists on the asset b: 'h'"):
        copy.with_attributes(group_names_by_key={B: "i"})


def test_attributes_of_a_spec_are_replaced_or_merged() -> None:
    spec = AssetSpec("a", deps=["d"], metadata={"m": 1}, tags={"t": "u"}, kinds={"x"}, owners=["team:q"])
    more = spec.merge_attributes(
        deps=["e"], metadata={"n": 2}, tags={"v": "w"}, kinds={"y"}, owners=["team:q", "team:r"]
    )
    assert [each.asset_key.name for each in more.asset_deps] == ["d", "e"]
    assert (set(more.metadata_values), more.tags, more.kinds) == ({"m", "n"}, {"t": "u", "v": "w"}, {"x", "y"})
    assert more.owners == ("team:q", "team:r")
    assert spec.replace_attributes(tags=None, key="q") == AssetSpec(
        "q", deps=["d"], metadata={"m": 1}, kinds={"x"}, owners=["team:q"]
    )
    with pytest.raises(TypeError, match="'tag'"):
        spec.replace_attributes(tag={})  # type: ignore[call-arg]
