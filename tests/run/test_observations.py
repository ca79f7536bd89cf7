"""Sources are observed; a changed data version makes what was made from it stale, partition by partition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from notebook_assets import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetObservation,
    AssetSelection,
    AssetSpec,
    DataVersion,
    DataVersionsByPartition,
    Definitions,
    Instance,
    IOManager,
    ObserveResult,
    Output,
    SourceAsset,
    StaticPartitionsDefinition,
    asset,
    explain,
    materialize,
    multi_observable_source_asset,
    observable_source_asset,
    observe,
)
from notebook_assets.diagnosis import statuses
from notebook_assets.errors import (
    InvalidDefinitionError,
    InvalidInvocationError,
    OutputTypeError,
    UnknownPartitionError,
    UnknownResourceError,
)
from notebook_assets.keys import AssetKey
from notebook_assets.states import PieceState

AIRPORTS = StaticPartitionsDefinition(["EWR", "JFK", "LGA"])


class Constant(IOManager):
    def load_input(self, context: Any) -> int:
        return 7

    def handle_output(self, context: Any, obj: Any) -> None:
        raise AssertionError


@pytest.fixture
def store() -> Instance:
    return Instance.ephemeral()


class World:
    """A file that changes, and what is made from it."""

    def __init__(self) -> None:
        self.version = "1"

        @observable_source_asset(io_manager_def=Constant())
        def file() -> DataVersion:
            return DataVersion(self.version)

        @asset
        def rows(file: int) -> int:
            return file

        @asset(deps=[file])
        def beside() -> int:
            return 1

        @asset
        def total(rows: int) -> int:
            return rows

        self.file, self.made = file, [rows, beside, total]
        self.definitions = Definitions([file, *self.made])

    def state(self, store: Instance, name: str) -> PieceState:
        return statuses(self.definitions.graph, store)[AssetKey(name)].state(0)

    def states(self, store: Instance) -> set[PieceState]:
        return {self.state(store, name) for name in ("rows", "beside", "total")}

    def make(self, store: Instance) -> None:
        materialize([*self.made, self.file], instance=store, progress=False)


def test_a_changed_version_makes_stale_and_making_again_makes_fresh(store: Instance) -> None:
    world = World()
    assert observe(definitions=world.definitions, instance=store).pieces[0].is_new
    world.make(store)
    assert world.states(store) == {PieceState.MATERIALIZED}
    same = observe(definitions=world.definitions, instance=store)
    assert (same.changed, same.headline().split(" in ")[0]) == ([], "Observed 1 source: nothing changed")
    assert world.states(store) == {PieceState.MATERIALIZED}
    world.version = "2"
    assert [piece.before for piece in observe(definitions=world.definitions, instance=store).changed] == ["1"]
    assert world.states(store) == {PieceState.STALE}
    why = explain("total", definitions=world.definitions, instance=store).why
    assert why == (
        "total was made from rows, stale itself.",
        "rows was made before the source file changed.",
    )
    world.make(store)
    assert world.states(store) == {PieceState.MATERIALIZED}


def test_what_was_made_before_the_first_observation_is_stale_after_it(store: Instance) -> None:
    world = World()
    world.make(store)
    assert world.states(store) == {PieceState.MATERIALIZED}
    observe(definitions=world.definitions, instance=store)
    assert world.states(store) == {PieceState.STALE}


def test_a_version_that_comes_back_makes_fresh_again(store: Instance) -> None:
    world = World()
    for version in ("1", "2", "1"):
        world.version = version
        observe(definitions=world.definitions, instance=store)
        if version == "1" and world.state(store, "rows") is PieceState.MISSING:
            world.make(store)
    assert world.states(store) == {PieceState.MATERIALIZED}


def test_only_the_partitions_whose_version_changed_make_stale(store: Instance) -> None:
    versions = {"EWR": "1", "JFK": "1", "LGA": "1"}

    @observable_source_asset(partitions_def=AIRPORTS, io_manager_def=Constant())
    def raw() -> DataVersionsByPartition:
        return DataVersionsByPartition(versions)

    @asset(partitions_def=AIRPORTS)
    def clean(raw: int) -> int:
        return raw

    definitions = Definitions([raw, clean])
    observe(raw, definitions=definitions, instance=store)
    materialize([clean, raw], partitions="all", instance=store, progress=False)
    versions["JFK"] = "2"
    observe(raw, definitions=definitions, instance=store)
    found = statuses(definitions.graph, store)[clean.key].all_states()
    assert found == [PieceState.MATERIALIZED, PieceState.STALE, PieceState.MATERIALIZED]
    why = explain(clean, "JFK", definitions=definitions, instance=store).why
    assert why == ("clean[JFK] was made before the source raw[JFK] changed.",)


def test_materialize_observes_a_source_that_is_named_alone(store: Instance) -> None:
    world = World()
    result = materialize([world.file], instance=store, progress=False)
    assert result.success
    assert result.headline().startswith("Observed 1 source: 1 seen for the first time")
    assert [record.data_version for record in store.observations("file")] == ["1"]


def test_one_function_observes_several_sources(store: Instance) -> None:
    specs = [AssetSpec("asset1"), AssetSpec("asset2")]

    @multi_observable_source_asset(specs=specs, check_specs=[AssetCheckSpec("rows", asset="asset2")])
    def my_function() -> Iterator[ObserveResult]:
        yield ObserveResult(asset_key="asset1", metadata={"foo": "bar"}, data_version=DataVersion("a"))
        found = AssetCheckResult(passed=False)
        yield ObserveResult(asset_key="asset2", metadata={"baz": "qux"}, tags={"by": "me"}, check_results=[found])

    result = observe([my_function], instance=store)
    assert result.success
    assert store.observations("asset1")[0].metadata["foo"].value == "bar"
    assert store.observations("asset2")[0].tags == {"by": "me"}
    assert [record.outcome for record in store.latest_checks("asset2")] == ["failed"]


def test_an_observation_uses_resources_and_its_context(store: Instance) -> None:
    @observable_source_asset(required_resource_keys={"prefix"}, key_prefix="raw")
    def file(context: Any) -> ObserveResult:
        context.log.debug("looking")
        name = f"{context.resources.prefix}-{context.asset_key.to_user_string()}"
        return ObserveResult(data_version=DataVersion(name))

    with pytest.raises(UnknownResourceError, match=r"observation of raw/file needs the resource 'prefix'"):
        observe(file, instance=store)
    observe(file, instance=store, resources={"prefix": "v1"})
    assert store.observations(file.key)[0].data_version == "v1-raw/file"


def test_a_coroutine_observes_too(store: Instance) -> None:
    @observable_source_asset
    async def file() -> DataVersion:
        return DataVersion("later")

    assert observe(file, instance=store).pieces[0].seen.data_version == "later"


def test_a_function_that_fails_does_not_stop_the_others(store: Instance) -> None:
    @observable_source_asset
    def broken() -> DataVersion:
        raise ValueError("gone")

    @observable_source_asset
    def fine() -> DataVersion:
        return DataVersion("1")

    result = observe([broken, fine], instance=store, raise_on_error=False)
    assert (result.success, [piece.key.to_user_string() for piece in result.pieces]) == (False, ["fine"])
    assert "The observation of broken raised ValueError: gone" in str(result)
    with pytest.raises(ValueError, match="gone"):
        observe([broken], instance=store)


@pytest.mark.parametrize(
    ("given", "partitioned", "error", "said"),
    [
        ("v1", False, OutputTypeError, r"gave 'v1'; it gives a DataVersion, a DataVersionsByPartition"),
        (None, False, OutputTypeError, r"gave None"),
        (DataVersionsByPartition({"EWR": "1"}), False, OutputTypeError, r"has no partitions; .* returns a DataVersion"),
        (DataVersion("1"), True, OutputTypeError, r"has partitions: .*DataVersionsByPartition"),
        (DataVersionsByPartition({"ERW": "1"}), True, UnknownPartitionError, r"'ERW', which is no partition of it"),
        (ObserveResult(asset_key="other"), False, OutputTypeError, r"ObserveResult of other, which it does not"),
    ],
)
def test_what_an_observation_can_not_mean_is_refused(
    store: Instance, given: Any, partitioned: bool, error: type[Exception], said: str
) -> None:
    @observable_source_asset(partitions_def=AIRPORTS if partitioned else None)
    def file() -> Any:
        return given

    with pytest.raises(error, match=said):
        observe(file, instance=store)
    assert store.observations("file") == []


def test_one_partition_can_be_observed(store: Instance) -> None:
    @observable_source_asset(partitions_def=AIRPORTS)
    def file(context: Any) -> DataVersion:
        return DataVersion(f"of {context.partition_key}")

    observe(file, instance=store, partition_key="JFK")
    assert store.observed_columns(file.key).partitions == ["JFK"]


def test_sources_without_a_function_can_not_be_observed(store: Instance) -> None:
    plain = SourceAsset("plain")
    assert not plain.is_observable
    with pytest.raises(InvalidInvocationError, match=r"no source here that can be observed"):
        observe([plain], instance=store)
    with pytest.raises(InvalidInvocationError, match=r"plain has no observation function"):
        plain()
    with pytest.raises(InvalidDefinitionError, match=r"how often to observe it, but not how"):
        SourceAsset("plain", auto_observe_interval_minutes=5)


def test_a_source_takes_its_function_by_name() -> None:
    source = SourceAsset("file", observe_fn=lambda: DataVersion("1"), auto_observe_interval_minutes=5)
    assert (source.is_observable, source.auto_observe_interval_minutes, source()) == (True, 5, DataVersion("1"))
    with pytest.raises(InvalidDefinitionError, match=r"takes 'rows'; it can take the context only"):
        SourceAsset("file", observe_fn=lambda rows: DataVersion("1"))


def test_an_assets_function_may_report_what_it_saw(store: Instance) -> None:
    tags: Mapping[str, str] = {"notebook_assets/data_version": "v7"}

    @asset
    def table() -> Iterator[Any]:
        yield AssetObservation("file", description="read", metadata={"rows": 3}, tags=tags)
        yield Output(1)

    materialize([table], instance=store, progress=False)
    (record,) = store.observations("file")
    assert (record.description, record.data_version, record.metadata["rows"].value) == ("read", "v7", 3)
    assert store.load("table") == 1


def test_the_context_takes_observations_too(store: Instance) -> None:
    @asset
    def table(context: Any) -> int:
        context.log_event(AssetObservation("file", partition="EWR", metadata={"rows": 3}))
        return 1

    @asset
    def wrong(context: Any) -> int:
        context.log_event("file was seen")
        return 1

    materialize([table], instance=store, progress=False)
    assert [record.partition for record in store.observations("file")] == ["EWR"]
    with pytest.raises(InvalidInvocationError, match=r"log_event takes an AssetObservation or an .*; got a str"):
        materialize([wrong], instance=store, progress=False)


def test_an_explanation_says_when_a_source_was_observed(store: Instance) -> None:
    world = World()
    before = explain("file", definitions=world.definitions, instance=store)
    assert before.why[-1] == "It was never observed; `%materialize file` does."
    observe(definitions=world.definitions, instance=store)
    after = explain("file", definitions=world.definitions, instance=store)
    assert after.why[-1] == "It was last observed just now, as data version 1."


def test_a_selection_of_several_assets_does_not_observe(store: Instance) -> None:
    world = World()
    materialize([world.file, *world.made], selection=AssetSelection.assets("rows"), instance=store, progress=False)
    assert store.observations("file") == []
