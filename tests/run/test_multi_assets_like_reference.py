"""Functions that make several assets, on random graphs and selections: each asset ends as it does in the reference."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import notebook_assets
from tests.run.drawn_multi_assets import STORED, Node, Pipeline, nodes, number_of

pytestmark = pytest.mark.usefixtures("quiet_reference")


def told_by_reference(result: Any, pipeline: Pipeline, chosen: list[str] | None) -> dict[str, str]:
    """Return, by asset, whether it was made, failed or yielded nothing; of those that did not run, nothing."""
    made = {each.asset_key.to_user_string() for each in result.get_asset_materialization_events()}
    ended = {each.step_key: each.event_type_value for each in result.all_events if each.step_key}
    told = {}
    for at in range(len(pipeline.graph)):
        for name in pipeline.keys(at):
            if chosen is not None and name not in chosen:
                continue
            if name in made:
                told[name] = "materialized"
            elif ended.get(f"f{at}") == "STEP_FAILURE":
                told[name] = "failed"
            elif ended.get(f"f{at}") == "STEP_SUCCESS":
                told[name] = "empty"
    return told


def told_by_us(result: Any) -> dict[str, str]:
    states = {each.to_user_string(): [state.value for state in by_state] for each, by_state in result.counts.items()}
    return {name: "+".join(found) for name, found in states.items() if found != ["skipped"]}


def found(result: Any, left_out: set[str]) -> set[Any]:
    return {
        (each.asset_check_key.to_user_string(), each.passed, each.severity.value)
        for each in result.get_asset_check_evaluations()
        if each.asset_key.to_user_string() not in left_out
    }


def beyond_failures(pipeline: Pipeline, failed: set[int], chosen: list[str] | None) -> set[int]:
    """Return the functions that need what failed functions were to make: there they never run, here they may."""
    reached: set[int] = set()
    for at in range(len(pipeline.graph)):
        ups = {number_of(up) for up in pipeline.ups(at) if chosen is None or up in chosen}
        if ups & (failed | reached):
            reached.add(at)
    return reached


def may_be_blocked(graph: list[Node], name: str) -> bool:
    """Whether a check may have ended the function that makes an asset: there, it then counts as failed."""
    return "blocks" in graph[number_of(name)].checks


@settings(max_examples=30, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(graph=st.lists(nodes(), min_size=1, max_size=3), partition=st.sampled_from([None, "y"]), data=st.data())
def test_random_functions_of_several_assets_end_alike(
    graph: list[Node], partition: str | None, data: st.DataObject
) -> None:
    """First all goes well; then a selection is made again, with what fails, is left out, and is found by checks."""
    theirs, ours = Pipeline(dagster, graph, partition), Pipeline(notebook_assets, graph, partition)
    names = [name for at in range(len(graph)) for name in ours.keys(at)]
    drawn = data.draw(st.none() | st.lists(st.sampled_from(names), min_size=1, unique=True), label="chosen")
    chosen = None if drawn is None else ours.with_neighbours(drawn)
    with dagster.DagsterInstance.ephemeral() as instance, notebook_assets.Instance.ephemeral() as store:
        assert theirs.run(instance, None).success
        assert ours.run(store, None).success
        theirs.is_rough = ours.is_rough = True
        expected, got = theirs.run(instance, chosen), ours.run(store, chosen)
        told, mine = told_by_reference(expected, theirs, chosen), told_by_us(got)
        failed = {at for at in range(len(graph)) if f"f{at}" in _failed(expected)}
        left_out = {name for at in beyond_failures(ours, failed, chosen) for name in ours.keys(at)}
        for name in [name for name, state in told.items() if state == "failed" and may_be_blocked(graph, name)]:
            del told[name], mine[name]
        assert {name: state for name, state in mine.items() if name not in left_out} == told
        assert got.success == expected.success
        assert found(got, left_out) == found(expected, left_out)
        for name, state in told.items():
            if state == "materialized" and graph[number_of(name)].form in STORED:
                assert got.asset_value(name) == expected.asset_value(name)


def _failed(result: Any) -> set[str]:
    return {each.step_key for each in result.all_events if each.event_type_value == "STEP_FAILURE"}


def in_between(dg: ModuleType, calls: list[Any]) -> list[Any]:
    """Write a function of which one asset is made from an asset that is made from the other one."""

    @dg.multi_asset(
        outs={name: dg.AssetOut(is_required=False) for name in ("first", "last")},
        deps=["between"],
        internal_asset_deps={"first": set(), "last": {dg.AssetKey("first"), dg.AssetKey("between")}},
        can_subset=True,
    )
    def both(context):
        chosen = sorted(each.to_user_string() for each in context.selected_asset_keys)
        calls.append(chosen)
        for name in chosen:
            yield dg.Output([name], name)

    @dg.asset
    def between(first):
        calls.append(first)
        return ["between", first]

    return [both, between]


def test_a_function_is_called_before_and_after_what_lies_between_its_assets() -> None:
    told = []
    for library in (dagster, notebook_assets):
        calls: list[Any] = []
        with library.DagsterInstance.ephemeral() as instance:
            result = library.materialize(in_between(library, calls), instance=instance)
            told.append((calls, [result.asset_value(name) for name in ("first", "between", "last")]))
    assert told[0] == told[1]


@pytest.mark.parametrize("blocking", [False, True])
def test_results_of_checks_that_were_given_before_an_error_are_kept(blocking: bool) -> None:
    def outcome(dg: ModuleType) -> Any:
        checks = [dg.AssetCheckSpec("looked", asset="a", blocking=blocking)]

        @dg.multi_asset(outs={name: dg.AssetOut() for name in "ab"}, check_specs=checks)
        def several():
            yield dg.Output(1, "a")
            yield dg.AssetCheckResult(passed=False)
            raise ValueError("no")

        with dg.DagsterInstance.ephemeral() as instance:
            return found(dg.materialize([several], instance=instance, raise_on_error=False), set())

    assert outcome(notebook_assets) == outcome(dagster) == {("a:looked", False, "ERROR")}


# On purpose other than in the reference


def _success(dg: ModuleType, things: Any, **options: Any) -> bool:
    @dg.multi_asset(**options)
    def several():
        yield from things

    with dg.DagsterInstance.ephemeral() as instance:
        return bool(dg.materialize([several], instance=instance, raise_on_error=False).success)


def test_an_error_after_the_last_output_fails_all() -> None:
    """The reference keeps all of them, and fails the step."""

    def outcome(dg: ModuleType) -> Any:
        @dg.multi_asset(outs={name: dg.AssetOut() for name in "ab"})
        def several():
            yield dg.Output(1, "a")
            yield dg.Output(2, "b")
            raise ValueError("no")

        with dg.DagsterInstance.ephemeral() as instance:
            return dg.materialize([several], instance=instance, raise_on_error=False)

    assert told_by_us(outcome(notebook_assets)) == {"a": "failed", "b": "failed"}
    assert not outcome(dagster).success
    assert len(outcome(dagster).get_asset_materialization_events()) == 2


def test_outputs_may_come_in_any_order() -> None:
    """The reference fails a function that yields an asset before another one that it is made from."""
    told = []
    for library in (notebook_assets, dagster):
        outs = {name: library.AssetOut() for name in "ab"}
        inside = {"a": set(), "b": {library.AssetKey("a")}}
        things = [library.Output(2, "b"), library.Output(1, "a")]
        told.append(_success(library, things, outs=outs, internal_asset_deps=inside))
    assert told == [True, False]


def test_what_is_not_given_needs_no_result_of_its_checks() -> None:
    """The reference asks for a result of every check, also of an optional output that was not given."""
    told = []
    for library in (notebook_assets, dagster):
        outs = {"a": library.AssetOut(is_required=False), "b": library.AssetOut()}
        checks = [library.AssetCheckSpec("looked", asset="a")]
        told.append(_success(library, [library.Output(1, "b")], outs=outs, check_specs=checks))
    assert told == [True, False]
