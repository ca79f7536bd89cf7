"""AssetGraph: order, what is known of upstream, and the definitions that can't be right."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    AssetDep,
    AssetIn,
    AssetKey,
    AssetSpec,
    CyclicDependencyError,
    DailyPartitionsDefinition,
    DuplicateAssetError,
    IdentityPartitionMapping,
    InvalidDefinitionError,
    InvalidMappingError,
    PartitionMapping,
    SourceAsset,
    SpecificPartitionsPartitionMapping,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    UnknownAssetError,
    UnknownUpstreamError,
    asset,
)
from notebook_assets.assets import AssetGraph, AssetsDefinition

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-11")
STATIC = StaticPartitionsDefinition(["a", "b"])


def one(name: str, *deps: str) -> AssetsDefinition:
    @asset(name=name, deps=deps)
    def fn(): ...

    return fn


@given(st.lists(st.sets(st.integers(0, 11)), min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_upstream_comes_first_in_the_order(needs: Sequence[set[int]], random) -> None:
    """Whatever order assets are given in; parents and children are each other's reverse."""
    assets = [one(f"a{at}", *(f"a{up}" for up in ups if up < at)) for at, ups in enumerate(needs)]
    random.shuffle(assets)
    graph = AssetGraph(assets)
    place = {key: at for at, key in enumerate(graph.order)}
    assert len(place) == len(assets)
    for key in graph.order:
        assert all(place[parent] < place[key] for parent in graph.parents(key))
        assert all(key in graph.children(parent) for parent in graph.parents(key))
        assert all(key in graph.parents(child) for child in graph.children(key))


def test_a_long_chain_needs_no_recursion() -> None:
    assets = [one(f"a{at}", f"a{at - 1}") for at in range(3_000, 0, -1)]
    assert [key.name for key in AssetGraph([*assets, one("a0")]).order] == [f"a{at}" for at in range(3_001)]


def test_two_assets_of_one_key() -> None:
    with pytest.raises(DuplicateAssetError, match=r"Two assets have the key 'a'. Give one of them another name, or"):
        AssetGraph([one("a"), one("a")])
    for first, second in ((one("a"), AssetSpec("a")), (SourceAsset("a"), SourceAsset("a", group_name="other"))):
        with pytest.raises(DuplicateAssetError, match="Two assets have the key 'a'"):
            AssetGraph([first, second])
        with pytest.raises(DuplicateAssetError, match="Two assets have the key 'a'"):
            AssetGraph([second, first])


def test_the_same_asset_may_be_given_twice() -> None:
    a = one("a")
    assert len(AssetGraph([a, a]).order) == 1
    assert len(AssetGraph([AssetSpec("s"), AssetSpec("s")]).order) == 1
    assert len(AssetGraph([SourceAsset("s"), SourceAsset("s")]).order) == 1


def test_a_definition_wins_over_a_source_asset_of_its_key() -> None:
    a = one("a")
    for given_assets in ([a, SourceAsset("a")], [SourceAsset("a"), a]):
        assert AssetGraph(given_assets).nodes[AssetKey("a")].definition is a


def test_unknown_upstream() -> None:
    @asset
    def total(dayly): ...

    with pytest.raises(
        UnknownUpstreamError,
        match=r"total takes the input 'dayly', but there is no asset 'dayly'. Did you mean 'daily'\? Define it, or",
    ):
        AssetGraph([total, one("daily")])


def test_upstream_that_only_the_store_knows_or_only_deps_name() -> None:
    @asset(deps=["elsewhere"])
    def total(daily): ...

    graph = AssetGraph([total], known=[AssetSpec("daily", group_name="g"), AssetSpec("unused")])
    assert {key.name for key in graph.order} == {"total", "daily", "elsewhere"}
    assert graph.is_source(AssetKey("daily"))
    assert graph.group(AssetKey("daily")) == "g"


def test_circles_are_shown_with_their_path() -> None:
    with pytest.raises(CyclicDependencyError, match=r"in a circle: b → c → a → b|c → a → b → c|a → b → c → a"):
        AssetGraph([one("a", "c"), one("b", "a"), one("c", "b"), one("d")])
    with pytest.raises(CyclicDependencyError, match=r"a → a\. .*TimeWindowPartitionMapping\(start_offset=-1"):
        AssetGraph([one("a", "a")])


@pytest.mark.parametrize(
    ("mapping", "fits"),
    [
        (TimeWindowPartitionMapping(-1, -1), True),
        (TimeWindowPartitionMapping(-6, -1), True),
        (TimeWindowPartitionMapping(-1, 0), False),
        (TimeWindowPartitionMapping(1, 1), False),
        (IdentityPartitionMapping(), False),
        (None, False),
    ],
)
def test_an_asset_may_need_its_own_earlier_partitions(mapping: PartitionMapping | None, fits: bool) -> None:
    @asset(partitions_def=DAYS, ins={"own": AssetIn(partition_mapping=mapping)})
    def own(own): ...

    if fits:
        assert AssetGraph([own]).parents(AssetKey("own")) == ()
    else:
        with pytest.raises(CyclicDependencyError, match="own → own"):
            AssetGraph([own])


def test_an_asset_without_partitions_has_no_earlier_ones() -> None:
    @asset(ins={"own": AssetIn(partition_mapping=TimeWindowPartitionMapping(-1, -1))})
    def own(own): ...

    with pytest.raises(CyclicDependencyError):
        AssetGraph([own])


@pytest.mark.parametrize(
    ("upstream", "mapping", "text"),
    [
        (STATIC, None, r"down from up: The same key can't be needed from definitions of different kinds"),
        (STATIC, TimeWindowPartitionMapping(), r"down from up: A TimeWindowPartitionMapping needs time windows"),
        (
            DailyPartitionsDefinition("2024-01-01", timezone="Europe/Berlin"),
            None,
            r"down from up: .*same time zone on both sides; upstream is in Europe/Berlin",
        ),
        (STATIC, SpecificPartitionsPartitionMapping(["c"]), r"down from up: .*does not fit"),
    ],
)
def test_mappings_that_do_not_fit_name_asset_and_dependency(upstream, mapping, text: str) -> None:
    @asset(partitions_def=DAYS, deps=[AssetDep("up", partition_mapping=mapping)])
    def down(): ...

    with pytest.raises(InvalidMappingError, match=text):
        AssetGraph([down, AssetSpec("up", partitions_def=upstream)])


def test_asking_for_a_node() -> None:
    graph = AssetGraph([asset(key=["raw", "daily"])(lambda: 1), one("weekly")])
    for asked in ("raw/daily", ["raw", "daily"], AssetKey(["raw", "daily"])):
        assert graph.node(asked).key == AssetKey(["raw", "daily"])
    with pytest.raises(UnknownAssetError, match=r"There is no asset 'weekli'. Did you mean 'weekly'\?"):
        graph.node("weekli")
    with pytest.raises(UnknownAssetError, match=r"There is no asset 'weekly/'"):
        graph.node("weekly/")
    with pytest.raises(UnknownAssetError, match=r"No asset is defined yet: write one with @asset or %%asset"):
        AssetGraph([]).node("a")


def test_what_is_no_asset() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"Expected an asset .*; got int: 3"):
        AssetGraph([3])
