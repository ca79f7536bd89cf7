"""Repositories, resources bound to definitions, functions over specs, and what Definitions are asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from notebook_assets import (
    AssetKey,
    AssetSpec,
    Definitions,
    DuplicateAssetError,
    Executor,
    Instance,
    InvalidDefinitionError,
    IOManager,
    SourceAsset,
    UnknownAssetError,
    UnknownResourceError,
    asset,
    define_asset_job,
    job,
    map_asset_specs,
    materialize,
    op,
    repository,
    resource,
    with_resources,
)


@asset
def a():
    return 1


@asset
def b(a):
    return a + 1


@asset(required_resource_keys={"r"})
def needs(context):
    return context.resources.r


@pytest.fixture
def store() -> Iterator[Instance]:
    """A store that goes with the test."""
    with Instance.ephemeral() as instance:
        yield instance


def test_a_repository_lists_assets_sources_and_jobs(store: Instance) -> None:
    """Lists count as what is in them; jobs run; values load."""

    @op
    def hello():
        return "hello"

    @job
    def greeting():
        hello()

    @repository
    def repo():
        """What is made."""
        return [[a, b], SourceAsset("src"), AssetSpec("spec"), define_asset_job("only_a", selection="a"), greeting]

    assert (repo.name, repo.description) == ("repo", "What is made.")
    assert sorted(repo.assets_defs_by_key) == [AssetKey("a"), AssetKey("b")]
    assert list(repo.source_assets_by_key) == [AssetKey("src")]
    assert repo.job_names == ["only_a", "greeting"]
    assert repo.has_job("only_a")
    assert [found.name for found in repo.get_all_jobs()] == ["only_a", "greeting"]
    repo.get_job("only_a").execute_in_process(instance=store)
    assert repo.load_asset_value("a", instance=store) == 1
    assert repo.get_job("greeting").execute_in_process().output_for_node("hello") == "hello"
    assert repr(repo) == "<repository repo: a, b, src, spec>"


def test_a_repository_with_a_name() -> None:
    @repository(name="named", description="D", metadata={"team": "x"})
    def repo():
        return [a]

    assert (repo.name, repo.description, repo.metadata["team"].value) == ("named", "D", "x")


def test_what_a_repository_refuses() -> None:
    with pytest.raises(InvalidDefinitionError, match="returns a list of definitions; got 3"):
        repository(lambda: 3)  # type: ignore[arg-type, return-value]
    with pytest.raises(DuplicateAssetError):
        repository(lambda: [a, asset(name="a")(lambda: 2)])
    with pytest.raises(InvalidDefinitionError, match=r"A job is made by define_asset_job or @job; got 3"):
        repository(lambda: [a, 3])


class Told(IOManager):
    def handle_output(self, context, obj): ...

    def load_input(self, context):
        return f"{context.asset_key.to_user_string()} of {context.resources.r}"


def test_resources_bound_to_definitions(store: Instance) -> None:
    """Copies bring them along; what a definition has itself wins."""
    own = asset(name="own", resource_defs={"r": "own"})(lambda context: context.resources.r)
    bound = with_resources([needs, own], {"r": "given", "more": 1})
    result = materialize(bound, instance=store)
    assert (result.output_for_node("needs"), result.output_for_node("own")) == ("given", "own")
    assert needs.resource_defs == {}
    [source] = with_resources([SourceAsset("src", io_manager_key="told")], {"told": Told(), "r": 3})
    assert Definitions([source]).load_asset_value("src", instance=store) == "src of 3"
    [spec] = with_resources([AssetSpec("spec")], {})
    assert spec == AssetSpec("spec")


def test_resources_are_configured_by_key(store: Instance) -> None:
    @resource(config_schema={"rows": int})
    def r(context):
        return context.resource_config["rows"]

    bound = with_resources([needs], {"r": r}, {"r": {"config": {"rows": 3}}})
    assert materialize(bound, instance=store).output_for_node("needs") == 3
    with pytest.raises(InvalidDefinitionError, match=r"configuration for the resource 'x', which is not given"):
        with_resources([needs], {"r": r}, {"x": {"config": {}}})
    with pytest.raises(InvalidDefinitionError, match="one that takes configuration"):
        with_resources([needs], {"r": 3}, {"r": {"config": {}}})


def test_a_resource_that_is_needed_and_not_given() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"needs needs the resource 'r', which is not among .* Did you"):
        with_resources([needs], {"rr": 1})
    with pytest.raises(InvalidDefinitionError, match="needs the resource 'warehouse'"):
        with_resources([asset(name="x", io_manager_key="warehouse")(lambda: 1)], {})
    with pytest.raises(UnknownResourceError, match="needs needs the resource 'r'"):
        Definitions.validate_loadable(Definitions([needs]))
    Definitions.validate_loadable(Definitions([needs], resources={"r": 1}))


def test_functions_over_specs() -> None:
    """They change all but the key, of definitions and specs; a selection narrows them."""
    [mapped, spec] = map_asset_specs(lambda spec: replace(spec, group_name="g"), [b, AssetSpec("s")])
    assert (mapped.spec.group, spec.group, b.spec.group) == ("g", "g", "default")
    assert mapped([1][0]) == 2
    definitions = Definitions([a, b, AssetSpec("s")], jobs=[define_asset_job("j")])
    assert {each.group for each in definitions.map_asset_specs(func=_grouped).resolve_all_asset_specs()} == {"g"}
    some = definitions.map_resolved_asset_specs(func=_grouped, selection="b")
    assert {each.asset_key.name: each.group for each in some.resolve_all_asset_specs()} == {
        "a": "default",
        "b": "g",
        "s": "default",
    }
    assert [found.name for found in some.jobs] == ["j"]
    managed = map_asset_specs(lambda spec: spec.with_io_manager_key("w"), [a])
    assert managed[0].io_manager_key == "w"  # type: ignore[union-attr]


def _grouped(spec: AssetSpec) -> AssetSpec:
    return replace(spec, group_name="g")


def test_what_functions_over_specs_may_not_do() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"changed the key .*a.* to .*x"):
        map_asset_specs(lambda spec: replace(spec, key="x"), [a])
    with pytest.raises(InvalidDefinitionError, match=r"gives an AssetSpec; for .* it gave None"):
        map_asset_specs(lambda spec: None, [a])  # type: ignore[arg-type, return-value]
    with pytest.raises(InvalidDefinitionError, match="In place of a SourceAsset, write an AssetSpec"):
        map_asset_specs(lambda spec: spec, [SourceAsset("s")])  # type: ignore[list-item]
    with pytest.raises(InvalidDefinitionError, match="map_resolved_asset_specs does"):
        Definitions([a]).map_asset_specs(func=_grouped, selection="a")


def test_what_definitions_are_asked() -> None:
    definitions = Definitions([a, b, SourceAsset("s")], metadata={"team": "x"}, schedules=[], sensors=[])
    assert definitions.resolve_assets_def("a") is a
    assert definitions.get_assets_def(AssetKey("b")) is b
    with pytest.raises(InvalidDefinitionError, match="made elsewhere"):
        definitions.resolve_assets_def("s")
    with pytest.raises(UnknownAssetError, match="There is no asset 'bb'"):
        definitions.resolve_assets_def("bb")
    assert set(definitions.resolve_all_asset_keys()) == {AssetKey("a"), AssetKey("b"), AssetKey("s")}
    assert definitions.resolve_asset_graph() is definitions.graph
    assert definitions.metadata["team"].value == "x"


def test_merging_everything() -> None:
    """Jobs, loggers, metadata and one executor; two executors are refused."""
    executor = Executor("threads")
    one = Definitions([a], jobs=[define_asset_job("one")], executor=executor, loggers={"l": 1}, metadata={"m": 1})
    two = Definitions([b, a], jobs=[define_asset_job("two")], executor=executor, metadata={"m": 1, "n": 2})
    merged = Definitions.merge(one, two)
    assert [found.name for found in merged.jobs] == ["one", "two"]
    assert merged.executor is executor
    assert (merged.loggers, set(merged.metadata)) == ({"l": 1}, {"m", "n"})
    with pytest.raises(InvalidDefinitionError, match="have an executor"):
        Definitions.merge(one, Definitions(executor=Executor("processes")))
    with pytest.raises(InvalidDefinitionError, match="Definitions are merged with Definitions"):
        Definitions.merge(one, 3)  # type: ignore[arg-type]
    assert one.with_resources({"r": 1}).resources == {"r": 1}
