"""Definitions and jobs on random small graphs, beside the reference: what belongs to a job, and what it yields."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")


# One asset of a random graph: its inputs, what it only follows, how it behaves, its prefix and its group.
NODE = st.tuples(
    st.sets(st.integers(0, 4), max_size=2),
    st.sets(st.integers(0, 4), max_size=1),
    st.sampled_from(("returns", "returns", "returns", "empty", "fails")),
    st.sampled_from((None, "p", ("q", "r"))),
    st.sampled_from((None, "red")),
)
GRAPHS = st.lists(NODE, min_size=1, max_size=5)
SELECTIONS = st.sampled_from(
    (None, "*", "+a0", "a1+", "+a2+1", "1+a3", "key:*a*", "group:red", "roots(*)", "sinks(*)", "+a0 or a3", "not a1")
)


def keys_of(graph: list[Any]) -> list[list[str]]:
    return [
        [*((prefix,) if isinstance(prefix, str) else prefix or ()), f"a{at}"]
        for at, (*_, prefix, _) in enumerate(graph)
    ]


def written(graph: list[Any], selection: str | None) -> str | None:
    """Return the selection with whole keys in the place of names; None where it names what is not there."""
    if selection is None:
        return None
    for at, key in enumerate(keys_of(graph)):
        selection = selection.replace(f"a{at}", 'key:"' + "/".join(key) + '"')
    return selection


def definitions(dg: ModuleType, graph: list[Any], selection: str | None) -> Any:
    """Write the graph and a job, as a user of either library would."""
    keys = keys_of(graph)
    assets = [_asset(dg, at, node, keys) for at, node in enumerate(graph)]
    return dg.Definitions(assets, jobs=[dg.define_asset_job("job", selection=selection)])


def _asset(dg: ModuleType, at: int, node: Any, keys: list[list[str]]) -> Any:
    inputs, follows, how, _, group = node
    ups = sorted(up for up in inputs if up < at)

    @dg.asset(
        key=dg.AssetKey(keys[at]),
        ins={f"x{up}": dg.AssetIn(key=dg.AssetKey(keys[up])) for up in ups},
        deps=[dg.AssetKey(keys[up]) for up in sorted(follows) if up < at and up not in ups],
        group_name=group,
        output_required=how != "empty",
    )
    def fn(**values):
        if how == "fails":
            raise ValueError("no")
        if how != "empty":
            yield dg.Output([at, sorted(values.items())])

    return fn


def told(key: Any) -> str:
    return "/".join(key.path)


def specs(found: Any) -> set[Any]:
    return {
        (told(spec.key), tuple(sorted(told(dep.asset_key) for dep in spec.deps)), spec.group_name or "default")
        for spec in found.resolve_all_asset_specs()
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=GRAPHS, selection=SELECTIONS)
def test_the_assets_of_a_job_are_those_of_the_reference(graph: list[Any], selection: str | None) -> None:
    """Specs, and what a selection chooses; a job of nothing is refused here."""
    names = [f"a{at}" for at in range(5)]
    if selection is not None and any(name in selection for name in names[len(graph) :]):
        selection = "*"
    text = written(graph, selection)
    ours, theirs = definitions(notebook_assets, graph, text), definitions(dagster, graph, text)
    assert specs(ours) == specs(theirs)
    wanted = {told(key) for key in theirs.resolve_job_def("job").asset_layer.selected_asset_keys}
    if not wanted:  # the reference has a job of nothing
        with pytest.raises(notebook_assets.InvalidDefinitionError):
            ours.resolve_job_def("job")
    else:
        assert {told(key) for key in ours.resolve_job_def("job").asset_keys} == wanted


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=GRAPHS)
def test_what_a_job_made_what_failed_and_what_was_skipped(graph: list[Any]) -> None:
    """The same assets are made, with the same values, fail, and are left out."""
    ours, theirs = definitions(notebook_assets, graph, None), definitions(dagster, graph, None)
    with notebook_assets.Instance.ephemeral() as store, dagster.DagsterInstance.ephemeral() as instance:
        mine = ours.resolve_job_def("job").execute_in_process(instance=store, raise_on_error=False)
        other = theirs.resolve_job_def("job").execute_in_process(instance=instance, raise_on_error=False)
        made = {told(event.asset_key): event for event in other.get_asset_materialization_events()}
        latest = {"/".join(key): store.latest(notebook_assets.AssetKey(key)) for key in keys_of(graph)}
        assert {key for key, found in latest.items() if found and found.kind == "materialization"} == set(made)
        for key in made:
            assert mine.output_for_node(key.replace("/", "__")) == other.output_for_node(key.replace("/", "__"))
        assert {told(each.key) for each in mine.failures} == {
            step.replace("__", "/") for step in other.get_failed_step_keys()
        }
        assert mine.success == other.success
