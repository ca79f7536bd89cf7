"""What is tried again, on random small graphs: how often, what it gives each time, how it ends; as in the reference."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import notebook_assets

pytestmark = [
    pytest.mark.usefixtures("quiet_reference"),
    pytest.mark.filterwarnings("ignore"),
]
ENDS = ["well", "well", "error", "error", "asked", "forbidden", "wrong type"]


@dataclass(frozen=True)
class Attempt:
    """One attempt of a function: which outputs it gives, and how it ends."""

    gives: tuple[int, ...]
    ends: str


@dataclass(frozen=True)
class Function:
    """One function of a random graph, which makes ``size`` assets; those of ``optional`` need not be given.

    The attempts after the last one are like that.
    """

    size: int
    optional: frozenset[int]
    attempts: tuple[Attempt, ...]
    max_retries: int | None
    can_subset: bool
    form: str
    inputs: tuple[int, ...]


@st.composite
def functions(draw: st.DrawFn, earlier: int) -> Function:
    size = draw(st.integers(1, 3))
    gives = st.lists(st.integers(0, size - 1), unique=True, max_size=size).map(tuple) | st.just(tuple(range(size)))
    attempts = st.builds(Attempt, gives, st.sampled_from(ENDS))
    return Function(
        size=size,
        optional=draw(st.frozensets(st.integers(0, size - 1))),
        attempts=tuple(draw(st.lists(attempts, min_size=1, max_size=4))),
        max_retries=draw(st.sampled_from([None, 1, 2, 3])),
        can_subset=draw(st.booleans()),
        form=draw(st.sampled_from(["outputs", "results"])),
        inputs=tuple(draw(st.lists(st.integers(0, earlier - 1), unique=True, max_size=2))) if earlier else (),
    )


@st.composite
def graphs(draw: st.DrawFn) -> list[Function]:
    return [draw(functions(earlier)) for earlier in range(draw(st.integers(1, 3)))]


class Pipeline:
    """A graph, written for one of the libraries; ``seen`` is what each call of a function was told and given."""

    def __init__(self, dg: ModuleType, graph: list[Function], partition: str | None) -> None:
        self.dg = dg
        self.graph = graph
        self.partition = partition
        self.partitions = dg.StaticPartitionsDefinition(["x", "y"]) if partition else None
        self.seen: dict[int, list[Any]] = {at: [] for at in range(len(graph))}
        self.assets = [self._multi_asset(at, fn) for at, fn in enumerate(graph)]

    def names(self, at: int) -> list[str]:
        return [f"f{at}_{number}" for number in range(self.graph[at].size)]

    def _multi_asset(self, at: int, fn: Function) -> Any:
        dg, names, seen = self.dg, self.names(at), self.seen[at]
        policy = None if fn.max_retries is None else dg.RetryPolicy(max_retries=fn.max_retries)

        @dg.multi_asset(
            name=f"f{at}",
            outs={
                name: dg.AssetOut(is_required=not fn.can_subset and number not in fn.optional, dagster_type=int)
                for number, name in enumerate(names)
            },
            ins={f"of{other}": dg.AssetIn(f"f{other}_0") for other in fn.inputs},
            partitions_def=self.partitions,
            can_subset=fn.can_subset,
            retry_policy=policy,
        )
        def made(context, **inputs):
            asked = context.selected_output_names
            retries = context.op_execution_context.retry_number
            key = context.partition_key if self.partition else None
            seen.append((retries, sorted(asked), key, sorted(inputs.items())))
            attempt = fn.attempts[min(retries, len(fn.attempts) - 1)]
            for number in attempt.gives:
                name, value = names[number], retries
                if name in asked and fn.form == "outputs":
                    yield dg.Output(value, name)
                elif name in asked:
                    yield dg.MaterializeResult(asset_key=name, value=value)
            if attempt.ends == "error":
                raise ValueError(at)
            if attempt.ends == "asked":
                raise dg.RetryRequested(max_retries=2)
            if attempt.ends == "forbidden":
                raise dg.Failure("no", allow_retries=False)
            if attempt.ends == "wrong type" and names[-1] in asked and fn.size - 1 not in attempt.gives:
                yield dg.Output("a text", names[-1])

        return made

    def run(self, instance: Any, chosen: list[str] | None) -> Any:
        options: dict[str, Any] = {"instance": instance, "raise_on_error": False, "partition_key": self.partition}
        selection = None if chosen is None else self.dg.AssetSelection.assets(*chosen)
        return self.dg.materialize(self.assets, selection=selection, **options)


def failed_functions(result: Any) -> set[int]:
    return {int(each.step_key[1:]) for each in result.all_events if each.event_type_value == "STEP_FAILURE"}


def materialized(result: Any) -> set[str]:
    events = (each for each in result.all_events if each.event_type_value == "ASSET_MATERIALIZATION")
    return {each.asset_key.to_user_string() for each in events}


def beyond(graph: list[Function], failed: set[int]) -> set[int]:
    """Return the functions that need what failed ones make: there they never run, here they may."""
    reached: set[int] = set()
    for at, fn in enumerate(graph):
        if set(fn.inputs) & (failed | reached):
            reached.add(at)
    return reached


@settings(max_examples=40, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(graph=graphs(), partition=st.sampled_from([None, "y"]), data=st.data())
def test_random_functions_are_tried_again_alike(
    graph: list[Function], partition: str | None, data: st.DataObject
) -> None:
    theirs, ours = Pipeline(dagster, graph, partition), Pipeline(notebook_assets, graph, partition)
    whole = [at for at, fn in enumerate(graph) if not fn.can_subset]
    parts = [name for at, fn in enumerate(graph) if fn.can_subset for name in ours.names(at)]
    left_out = set(data.draw(st.lists(st.sampled_from(parts), unique=True), label="left out")) if parts else set()
    needed = {f"f{other}_0" for fn in graph for other in fn.inputs}
    chosen = [name for at in whole for name in ours.names(at)] + sorted(set(parts) - (left_out - needed))
    with dagster.DagsterInstance.ephemeral() as instance, notebook_assets.Instance.ephemeral() as store:
        if not chosen:
            return
        expected, got = theirs.run(instance, chosen), ours.run(store, chosen)
        failed = failed_functions(expected)
        comparable = set(range(len(graph))) - beyond(graph, failed)
        for at in comparable:
            assert ours.seen[at] == theirs.seen[at]
        told = {name for at in comparable for name in ours.names(at)} & materialized(expected)
        assert {name for at in comparable for name in ours.names(at)} & materialized(got) == told
        assert got.success == expected.success
        for at in comparable - failed:
            for name in set(ours.names(at)) & told:
                assert store.load(name, partition) == expected.asset_value(name)
