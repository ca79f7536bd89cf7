"""Every example of the document on software-defined assets, with only the import changed.

Decorators that the document lost in copying are put back, and functions that it calls but does not show are stubs.
"""

# ruff: noqa: RUF005  (the examples are as the document has them)
from __future__ import annotations

import random
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from notebook_assets import (
    Instance,
    InvalidDefinitionError,
    load_asset_value,
    materialize,
    materialize_to_memory,
)


@pytest.fixture
def store() -> Any:
    """A store that goes with the test."""
    with Instance.ephemeral() as instance:
        yield instance


def test_a_basic_software_defined_asset() -> None:
    """The key is the function's name."""
    from notebook_assets import asset

    @asset
    def my_asset():
        return [1, 2, 3]

    assert my_asset.key.to_user_string() == "my_asset"
    assert materialize_to_memory([my_asset]).output_for_node("my_asset") == [1, 2, 3]


def test_defining_basic_dependencies() -> None:
    """A parameter names the upstream asset."""
    from notebook_assets import asset

    @asset
    def upstream_asset():
        return [1, 2, 3]

    @asset
    def downstream_asset(upstream_asset):
        return upstream_asset + [4]

    result = materialize_to_memory([upstream_asset, downstream_asset])
    assert result.output_for_node("downstream_asset") == [1, 2, 3, 4]


def test_defining_explicit_dependencies() -> None:
    """AssetIn names the upstream asset of a parameter of another name."""
    from notebook_assets import AssetIn, asset

    @asset
    def upstream_asset():
        return [1, 2, 3]

    @asset(ins={"upstream": AssetIn("upstream_asset")})
    def downstream_asset(upstream):
        return upstream + [4]

    result = materialize_to_memory([upstream_asset, downstream_asset])
    assert result.output_for_node("downstream_asset") == [1, 2, 3, 4]


def test_defining_explicit_dependencies_by_key() -> None:
    """A key is a string, or a list of segments."""
    from notebook_assets import AssetIn, asset

    @asset
    def upstream_asset():
        return [1]

    @asset(name="upstream_asset", key_prefix="some_db_schema")
    def in_schema():
        return [2]

    # If the upstream key has a single segment, you can specify it with a string:
    @asset(ins={"upstream": AssetIn(key="upstream_asset")})
    def downstream_asset(upstream):
        return upstream + [4]

    # If it has multiple segments, you can provide a list:
    @asset(ins={"upstream": AssetIn(key=["some_db_schema", "upstream_asset"])})
    def another_downstream_asset(upstream):
        return upstream + [10]

    result = materialize_to_memory([upstream_asset, in_schema, downstream_asset, another_downstream_asset])
    assert result.output_for_node("downstream_asset") == [1, 4]
    assert result.output_for_node("another_downstream_asset") == [2, 10]


def test_defining_external_asset_dependencies(store: Instance) -> None:
    """A source asset is loaded, by an IO manager, and is not made."""
    from notebook_assets import AssetKey, IOManager, SourceAsset, asset

    my_source_asset = SourceAsset(key=AssetKey("a_source_asset"))

    @asset
    def my_derived_asset(a_source_asset):
        return a_source_asset + [4]

    class Elsewhere(IOManager):
        def handle_output(self, context, obj):
            values[tuple(context.asset_key.path)] = obj

        def load_input(self, context):
            return values[tuple(context.asset_key.path)]

    values = {("a_source_asset",): [1]}
    materialize([my_derived_asset, my_source_asset], instance=store, resources={"io_manager": Elsewhere()})
    assert values["my_derived_asset",] == [1, 4]


def test_assets_of_one_repository_are_source_assets_of_another(store: Instance) -> None:
    """Both repositories know the asset; one makes it, the other loads it from the same store."""
    from notebook_assets import AssetKey, SourceAsset, asset, repository

    @asset
    def repository_a_asset():
        return 5

    @repository
    def repository_a():
        return [repository_a_asset]

    repository_a_source_asset = SourceAsset(key=AssetKey("repository_a_asset"))

    @asset
    def repository_b_asset(repository_a_asset):
        return repository_a_asset + 6

    @repository
    def repository_b():
        return [repository_b_asset, repository_a_source_asset]

    materialize(list(repository_a.assets), instance=store)
    materialize(list(repository_b.assets), instance=store)
    assert repository_b.load_asset_value("repository_b_asset", instance=store) == 11
    assert list(repository_b.source_assets_by_key) == [AssetKey("repository_a_asset")]


def test_non_argument_dependencies(store: Instance) -> None:
    """The order is kept, no value is handed over; ``non_argument_deps`` works and warns."""
    from notebook_assets import asset

    executed: list[str] = []
    execute_query = executed.append

    @asset
    def upstream_asset() -> None:
        execute_query("CREATE TABLE sugary_cereals AS SELECT * FROM cereals")

    with pytest.warns(DeprecationWarning, match="non_argument_deps"):

        @asset(non_argument_deps={"upstream_asset"})
        def downstream_asset() -> None:
            execute_query("CREATE TABLE shopping_list AS SELECT * FROM sugary_cereals")

    assert materialize([downstream_asset, upstream_asset], instance=store).success
    assert [query.split()[2] for query in executed] == ["sugary_cereals", "shopping_list"]


def test_asset_context(store: Instance) -> None:
    """The context gives resources."""
    from notebook_assets import asset

    @asset(required_resource_keys={"api"})
    def my_asset(context):
        # fetches contents of an asset
        return context.resources.api.fetch_table("my_asset")

    api = SimpleNamespace(fetch_table=lambda name: f"table of {name}")
    result = materialize([my_asset], instance=store, resources={"api": api})
    assert result.output_for_node("my_asset") == "table of my_asset"


def test_asset_configuration(store: Instance) -> None:
    """The configuration is at hand through the context."""
    from notebook_assets import asset

    class Requests:
        def get(self, url):
            return SimpleNamespace(json=lambda: {"from": url})

    requests = Requests()

    @asset(config_schema={"api_endpoint": str})
    def my_configurable_asset(context):
        api_endpoint = context.op_config["api_endpoint"]
        return requests.get(f"{api_endpoint}/data").json()

    config = {"ops": {"my_configurable_asset": {"config": {"api_endpoint": "http://here"}}}}
    result = materialize_to_memory([my_configurable_asset], run_config=config)
    assert result.output_for_node("my_configurable_asset") == {"from": "http://here/data"}


def test_conditional_materialization(store: Instance) -> None:
    """Nothing is stored, and nothing downstream is made, when nothing is yielded."""
    from notebook_assets import Output, asset

    @asset(output_required=False)
    def may_not_materialize():
        # to simulate an asset that may not always materialize.
        if random.randint(1, 10) < 5:
            yield Output([1, 2, 3, 4])

    @asset
    def downstream(may_not_materialize):
        # will not run when may_not_materialize doesn't materialize the asset
        return may_not_materialize + [5]

    made = {}
    for seed in range(6):
        random.seed(seed)
        will = random.randint(1, 10) < 5
        random.seed(seed)
        with Instance.ephemeral() as own:
            assert materialize([may_not_materialize, downstream], instance=own).success
            made[will] = [own.latest(name) is not None and own.latest(name).kind for name in ("may_not_materialize",)]
            assert (own.latest("downstream") is not None) == will
    assert set(made) == {True, False}


def test_a_group_of_one_asset() -> None:
    """A group is given on the asset, and is called default otherwise."""
    from notebook_assets import asset

    @asset(group_name="cereal_assets")
    def nabisco_cereals():
        return [1, 2, 3]

    @asset
    def other(): ...

    assert nabisco_cereals.spec.group == "cereal_assets"
    assert other.spec.group == "default"


def test_a_group_from_assets_in_a_sub_module() -> None:
    """All of a module get the group; one that has another already is an error that says so."""
    from notebook_assets import asset, load_assets_from_package_module

    cereal = ModuleType("cereal")

    @asset
    def nabisco_cereals(): ...

    cereal.nabisco_cereals = nabisco_cereals

    cereal_assets = load_assets_from_package_module(
        cereal,
        group_name="cereal_assets",
    )
    assert [found.spec.group for found in cereal_assets] == ["cereal_assets"]

    @asset(group_name="breakfast")
    def cereals(): ...

    cereal.cereals = cereals
    with pytest.raises(InvalidDefinitionError, match="Group name already exists on assets cereals"):
        load_assets_from_package_module(cereal, group_name="cereal_assets")


def test_testing_an_asset_without_dependencies() -> None:
    """A decorated function is called as it is."""
    from notebook_assets import asset

    @asset
    def my_simple_asset():
        return [1, 2, 3]

    def test_my_simple_asset():
        result = my_simple_asset()
        assert result == [1, 2, 3]

    test_my_simple_asset()


def test_testing_an_asset_with_dependencies() -> None:
    """Values for the inputs are given by hand."""
    from notebook_assets import asset

    @asset
    def more_complex_asset(my_simple_asset):
        return my_simple_asset + [4, 5, 6]

    def test_more_complex_asset():
        result = more_complex_asset([0])
        assert result == [0, 4, 5, 6]

    test_more_complex_asset()


def test_testing_an_asset_that_uses_the_context() -> None:
    """build_op_context gives a context with resources."""
    from notebook_assets import asset, build_op_context

    @asset
    def uses_context(context):
        return context.resources.foo

    def test_uses_context():
        context = build_op_context(resources={"foo": "bar"})
        result = uses_context(context)
        assert result == "bar"

    test_uses_context()


def test_loading_asset_values_outside_of_runs() -> None:
    """A repository of the current module loads values, one or several."""
    from notebook_assets import AssetKey

    namespace: dict[str, Any] = {"__name__": "a_module"}
    exec(
        """
from notebook_assets import asset, load_assets_from_current_module, repository

@asset
def asset1():
    return 1

@asset
def asset2(asset1):
    return asset1 + 1

@repository
def repo():
    return [load_assets_from_current_module()]
""",
        namespace,
    )
    repo = namespace["repo"]
    materialize(list(repo.assets))

    asset1_value = repo.load_asset_value(AssetKey("asset1"))
    assert asset1_value == 1

    with repo.get_asset_value_loader() as loader:
        asset1_value = loader.load_asset_value(AssetKey("asset1"))
        asset2_value = loader.load_asset_value(AssetKey("asset2"))
    assert (asset1_value, asset2_value) == (1, 2)
    assert load_asset_value("asset2") == 2


def test_multi_component_asset_keys() -> None:
    """A prefix is a list, or a string with segments between slashes."""
    from notebook_assets import AssetIn, AssetKey, asset

    @asset(key_prefix=["one", "two", "three"])
    def upstream_asset():
        return [1, 2, 3]

    @asset(ins={"upstream_asset": AssetIn(key_prefix="one/two/three")})
    def downstream_asset(upstream_asset):
        return upstream_asset + [4]

    assert upstream_asset.key == AssetKey(["one", "two", "three", "upstream_asset"])
    result = materialize_to_memory([upstream_asset, downstream_asset])
    assert result.output_for_node("downstream_asset") == [1, 2, 3, 4]
    assert result.output_for_node("one__two__three__upstream_asset") == [1, 2, 3]


def test_recording_materialization_metadata(store: Instance) -> None:
    """An Output carries metadata."""
    from pandas import DataFrame

    from notebook_assets import Output, asset

    @asset
    def table1() -> Output[DataFrame]:
        df = DataFrame({"col1": [1, 2], "col2": [3, 4]})
        return Output(df, metadata={"num_rows": df.shape[0]})

    materialize([table1], instance=store)
    assert store.latest("table1").metadata["num_rows"].value == 2


def test_recording_metadata_from_an_io_manager(store: Instance) -> None:
    """What all assets that are stored in one way record is recorded by their IO manager."""
    from notebook_assets import IOManager, asset

    class Filesystem(IOManager):
        def handle_output(self, context, obj):
            context.add_output_metadata({"bytes": len(obj)})

        def load_input(self, context):
            return None

    @asset
    def text():
        return "abc"

    materialize([text], instance=store, resources={"io_manager": Filesystem()})
    assert store.latest("text").metadata["bytes"].value == 3


def test_attaching_definition_metadata() -> None:
    """A definition carries metadata."""
    from notebook_assets import asset

    @asset(metadata={"owner": "", "priority": "high"})
    def my_asset():
        return 5

    assert {name: entry.value for name, entry in my_asset.spec.metadata_values.items()} == {
        "owner": "",
        "priority": "high",
    }
