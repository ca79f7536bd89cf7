"""Assets of every kind on random graphs, with and without partitions: made, loaded and stored as in the reference."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import notebook_assets

POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD
DAYS = ("2024-01-01", "2024-01-02")

pytestmark = [
    pytest.mark.usefixtures("quiet_reference"),
    pytest.mark.filterwarnings("ignore:Class `SourceAsset` is deprecated"),
]


@dataclass(frozen=True)
class Node:
    """One asset: of what kind, by days or not, what it needs of which earlier ones and how, what it does at last."""

    kind: str
    by_day: bool
    needs: tuple[tuple[int, str], ...]
    at_last: str
    mapping: str


VALUELESS = ("external", "nothing")
KINDS = ("asset", "asset", "asset", "graph", "source", "external", "nothing")
NODES = st.builds(
    Node,
    st.sampled_from(KINDS),
    st.booleans(),
    st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(("value", "value", "nothing", "deps"))),
        max_size=3,
        unique_by=lambda need: need[0],
    ).map(tuple),
    st.sampled_from(("returns", "returns", "fails", "empty")),
    st.sampled_from(("default", "default", "all", "last", "before")),
)


def a_manager(dg: ModuleType, calls: list[Any], kept: dict[Any, Any]) -> Any:
    """Return an IO manager that keeps values in a dict, and notes what it is asked."""

    class Manager(dg.IOManager):  # type: ignore[misc]
        def handle_output(self, context: Any, value: Any) -> None:
            key = context.asset_partition_key if context.has_asset_partitions else None
            calls.append(("store", context.asset_key.to_user_string(), key))
            kept[context.asset_key.to_user_string(), key] = value

        def load_input(self, context: Any) -> Any:
            name = context.asset_key.to_user_string()
            keys = list(context.asset_partition_keys) if context.has_asset_partitions else None
            calls.append(("load", name, tuple(keys or ()), context.has_asset_partitions))
            if name.startswith("s"):
                return [name, keys]
            return {key: kept[name, key] for key in keys} if keys is not None else kept[name, None]

    return Manager()


class Pipeline:
    """The graph's assets, written as a user of either library would; everything goes well until ``is_rough``."""

    def __init__(self, dg: ModuleType, graph: list[Node]) -> None:
        self.dg, self.graph, self.is_rough = dg, graph, False
        self.calls: list[Any] = []
        self.kept: dict[Any, Any] = {}
        self.names = [("s" if node.kind in ("source", "external") else "a") + str(at) for at, node in enumerate(graph)]
        self.manager = a_manager(dg, self.calls, self.kept)
        self.assets = [self._asset(at, node) for at, node in enumerate(graph)]

    def _days(self, node: Node) -> Any:
        return self.dg.DailyPartitionsDefinition(DAYS[0], end_date="2024-01-03") if node.by_day else None

    def _mapping(self, node: Node, up: Node) -> Any:
        if not (node.by_day and up.by_day):
            return None
        made = {
            "default": lambda: None,
            "all": self.dg.AllPartitionMapping,
            "last": self.dg.LastPartitionMapping,
            "before": lambda: self.dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=0),
        }
        return made[node.mapping]()

    def _asset(self, at: int, node: Node) -> Any:
        dg, name = self.dg, self.names[at]
        if node.kind == "external":
            return dg.AssetSpec(name, partitions_def=self._days(node))
        if node.kind == "source":
            return dg.SourceAsset(name, partitions_def=self._days(node), io_manager_key="manager")
        needs = [(up, how) for up, how in node.needs if up < at]
        deps, ins = [], {}
        for up, how in sorted(needs):
            key, mapping = self.names[up], self._mapping(node, self.graph[up])
            if how == "deps" or (how == "value" and self.graph[up].kind in VALUELESS):
                deps.append(dg.AssetDep(key, partition_mapping=mapping))
            elif how == "nothing":
                ins[f"x{up}"] = dg.AssetIn(key, dagster_type=dg.Nothing, partition_mapping=mapping)
            else:
                ins[f"x{up}"] = dg.AssetIn(key, partition_mapping=mapping)
        options = {"name": name, "partitions_def": self._days(node)}
        if node.kind == "graph":
            return self._graph(at, [up for up, _ in sorted(needs) if self.graph[up].kind not in VALUELESS], options)
        return self._plain(node, name, {**options, "ins": ins, "deps": deps, "io_manager_key": "manager"})

    def _plain(self, node: Node, name: str, options: dict[str, Any]) -> Any:
        if node.at_last == "empty":

            @self.dg.asset(**options, output_required=False)
            def made(context, **inputs):
                if not self.is_rough:
                    yield self.dg.Output(self._value(context, node, name, inputs))

        else:

            @self.dg.asset(**options)
            def made(context, **inputs):
                if self.is_rough and node.at_last == "fails":
                    raise ValueError(name)
                return self._value(context, node, name, inputs) if node.kind != "nothing" else None

            if node.kind == "nothing":
                made = self.dg.asset(**options)(_without_a_value(self, node, name))
        return made

    def _value(self, context: Any, node: Node, name: str, inputs: dict[str, Any]) -> Any:
        return [name, context.partition_key if node.by_day else None, sorted(inputs.items())]

    def _graph(self, at: int, ups: list[int], options: dict[str, Any]) -> Any:
        dg, node, name = self.dg, self.graph[at], self.names[at]

        @dg.op(name=f"first{at}", ins={f"x{up}": dg.In() for up in ups})
        def first(context, **inputs):
            if self.is_rough and node.at_last == "fails":
                raise ValueError(name)
            return self._value(context, node, name, inputs)

        @dg.op(name=f"then{at}", out=dg.Out(is_required=False, io_manager_key="manager"))
        def then(value):
            if not (self.is_rough and node.at_last == "empty"):
                yield dg.Output(["then", value])

        def composed(*given, **named):
            return then(first(**{**dict(zip(ins, given, strict=False)), **named}))

        ins = {
            f"x{up}": dg.AssetIn(self.names[up], partition_mapping=self._mapping(node, self.graph[up])) for up in ups
        }
        composed.__signature__ = inspect.Signature([inspect.Parameter(each, POSITIONAL) for each in ins])
        return dg.graph_asset(ins=ins, **options)(composed)

    def run(self, instance: Any, names: list[str], key: str | None) -> Any:
        more = {} if self.dg is dagster else {"progress": False}
        return self.dg.materialize(
            self.assets,
            instance=instance,
            partition_key=key,
            selection=self.dg.AssetSelection.assets(*names),
            resources={"manager": self.manager},
            raise_on_error=False,
            **more,
        )


def _without_a_value(pipeline: Pipeline, node: Node, name: str) -> Any:
    def fn(**inputs) -> None:
        if pipeline.is_rough and node.at_last == "fails":
            raise ValueError(name)

    return fn


def told_by_reference(result: Any, pipeline: Pipeline) -> dict[str, str]:
    made = {each.asset_key.to_user_string() for each in result.get_asset_materialization_events()}
    ended: dict[str, set[str]] = {}
    for event in result.all_events:
        if event.step_key:
            ended.setdefault(event.step_key.split(".")[0], set()).add(event.event_type_value)
    told = {}
    for name in pipeline.names:
        kinds = ended.get(name, set())
        if name in made:
            told[name] = "materialized"
        elif "STEP_FAILURE" in kinds:
            told[name] = "failed"
        elif "STEP_SUCCESS" in kinds:
            told[name] = "empty"
    return told


def told_by_us(result: Any) -> dict[str, str]:
    states = {each.to_user_string(): [state.value for state in by_state] for each, by_state in result.counts.items()}
    return {name: "+".join(found) for name, found in states.items() if found != ["skipped"]}


@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(NODES, min_size=2, max_size=5))
def test_random_graphs_of_all_kinds_are_made_alike(graph: list[Node]) -> None:
    """First all goes well, day by day; then everything is made for one day, and some fail or give nothing."""
    theirs, ours = Pipeline(dagster, graph), Pipeline(notebook_assets, graph)
    made = [name for name in ours.names if name.startswith("a")]
    by_day = [name for name, node in zip(ours.names, graph, strict=True) if node.by_day and name in made]
    with dagster.DagsterInstance.ephemeral() as instance, notebook_assets.Instance.ephemeral() as store:
        for name, key in [(each, key) for each in made for key in (DAYS if each in by_day else [None])]:
            results = theirs.run(instance, [name], key), ours.run(store, [name], key)
            assert told_by_us(results[1]) == told_by_reference(results[0], theirs), (name, key)
        theirs.is_rough = ours.is_rough = True
        if made:
            key = DAYS[1] if by_day else None
            expected, got = theirs.run(instance, made, key), ours.run(store, made, key)
            assert told_by_us(got) == told_by_reference(expected, theirs)
            assert got.success == expected.success
    assert ours.kept == theirs.kept
    assert sorted(ours.calls, key=str) == sorted(theirs.calls, key=str)


def test_only_an_asset_with_partitions_has_a_partition_key() -> None:
    """In the reference, the key of a run is also that of the assets in it that have no partitions."""
    told = []
    for library in (notebook_assets, dagster):
        days = library.DailyPartitionsDefinition(DAYS[0], end_date="2024-01-03")

        @library.asset(partitions_def=days)
        def daily(context):
            return context.has_partition_key

        @library.asset
        def whole(context):
            return context.has_partition_key

        with library.DagsterInstance.ephemeral() as instance:
            result = library.materialize([daily, whole], instance=instance, partition_key=DAYS[0])
            told.append([result.output_for_node(name) for name in ("daily", "whole")])
    assert told == [[True, False], [True, True]]
