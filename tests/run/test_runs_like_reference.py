"""Runs compared with the reference: the same code with only the import changed, on random graphs and on tables."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import notebook_assets

KEYS = ("2024-01-01", "2024-01-02")
BEHAVIOURS = ("returns", "returns none", "yields", "optional", "empty", "fails", "optional returns")
OPTIONAL = ("optional", "empty", "optional returns")


@pytest.fixture(autouse=True)
def quiet(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The reference logs each step."""
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# One asset of a random graph: the numbers of its inputs, and how it behaves for each of the two keys.
NODE = st.tuples(st.sets(st.integers(0, 4), max_size=2), st.tuples(*[st.sampled_from(BEHAVIOURS)] * 2))
GRAPHS = st.lists(NODE, min_size=2, max_size=5)


def pipeline(dg: ModuleType, graph: list[Any], partitions: Any) -> list[Any]:
    """Write the graph's assets, as a user of either library would."""
    return [_asset(dg, at, sorted(up for up in ups if up < at), how, partitions) for at, (ups, how) in enumerate(graph)]


def _asset(dg: ModuleType, at: int, ups: list[int], how: tuple[str, str], partitions: Any) -> Any:
    is_optional = any(word in OPTIONAL for word in how)
    yields = is_optional or "yields" in how

    def behaviour(context: Any) -> str:
        return how[KEYS.index(context.partition_key)] if context.has_partition_key else how[0]

    def value(context: Any, inputs: dict[str, Any]) -> Any:
        doing = behaviour(context)
        if doing == "fails":
            raise ValueError(f"a{at}")
        key = context.partition_key if context.has_partition_key else None
        return None if doing == "returns none" else [at, key, sorted(inputs.items(), key=str)]

    options: dict[str, Any] = {
        "name": f"a{at}",
        "ins": {f"x{up}": dg.AssetIn(f"a{up}") for up in ups},
        "partitions_def": partitions,
        "output_required": not is_optional,
    }
    if yields:

        @dg.asset(**options)
        def fn(context, **inputs):
            made = value(context, inputs)
            if behaviour(context) != "empty":
                yield dg.Output(made, metadata={"rows": 1})
    else:

        @dg.asset(**options)
        def fn(context, **inputs):
            return value(context, inputs)

    return fn


def run(dg: ModuleType, assets: list[Any], key: str | None, instance: Any) -> Any:
    return dg.materialize(assets, instance=instance, partition_key=key, raise_on_error=False)


def told_by_reference(result: Any) -> dict[str, str]:
    """Return, by asset, whether it was made, failed, yielded nothing, or did not run."""
    kinds: dict[str, set[str]] = {}
    for event in result.all_events:
        if event.step_key:
            kinds.setdefault(event.step_key, set()).add(event.event_type_value)
    found = {}
    for name, events in kinds.items():
        if "STEP_FAILURE" in events:
            found[name] = "failed"
        elif "STEP_SUCCESS" in events:
            found[name] = "materialized" if "ASSET_MATERIALIZATION" in events else "empty"
    return found


def told_by_us(result: Any) -> dict[str, str]:
    states = {key.to_python_identifier(): next(iter(by_state)) for key, by_state in result.counts.items()}
    return {name: state.value for name, state in states.items() if state.value != "skipped"}


def values(result: Any, told: dict[str, str]) -> dict[str, Any]:
    return {name: result.output_for_node(name) for name, state in told.items() if state == "materialized"}


@pytest.mark.parametrize("is_partitioned", [False, True])
@given(GRAPHS)
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_graphs_run_alike(is_partitioned: bool, graph: list[Any]) -> None:
    """The same assets are made, fail, yield nothing and are left out, with the same values and the same verdict."""
    with dagster.DagsterInstance.ephemeral() as theirs, notebook_assets.DagsterInstance.ephemeral() as ours:
        for key in KEYS if is_partitioned else (None,):
            results = []
            for dg, instance in ((dagster, theirs), (notebook_assets, ours)):
                days = dg.DailyPartitionsDefinition(KEYS[0], end_date="2024-01-03") if is_partitioned else None
                results.append(run(dg, pipeline(dg, graph, days), key, instance))
            expected = told_by_reference(results[0])
            assert told_by_us(results[1]) == expected
            assert results[1].success == results[0].success
            assert values(results[1], expected) == values(results[0], expected)


# What functions may return: each row makes the function with the library that it is given.


def _yields(*things: Any) -> Any:
    def fn():
        yield from things

    return fn


def _async(thing: Any) -> Any:
    async def fn():
        return thing

    return fn


def _async_yields(thing: Any) -> Any:
    async def fn():
        yield thing

    return fn


def _none(thing: Any) -> Any:
    def fn() -> None:
        return thing

    return fn


RETURNED: dict[str, Any] = {
    "a value": lambda dg: lambda: 1,
    "None": lambda dg: lambda: None,
    "a tuple": lambda dg: lambda: (1, 2),
    "an output": lambda dg: lambda: dg.Output(1),
    "an output of another name": lambda dg: lambda: dg.Output(1, output_name="other"),
    "a result": lambda dg: lambda: dg.MaterializeResult(value=7),
    "a result that is None": lambda dg: lambda: dg.MaterializeResult(value=None),
    "a result of another asset": lambda dg: lambda: dg.MaterializeResult(asset_key="zzz"),
    "an event": lambda dg: lambda: dg.AssetMaterialization("a"),
    "a generator of outputs": lambda dg: lambda: (dg.Output(number) for number in range(1)),
    "a generator of values": lambda dg: lambda: (number for number in range(1)),
    "yields an output": lambda dg: _yields(dg.Output(1)),
    "yields a result": lambda dg: _yields(dg.MaterializeResult(value=7)),
    "yields an event and an output": lambda dg: _yields(dg.AssetMaterialization("a"), dg.Output(1)),
    "yields an event only": lambda dg: _yields(dg.AssetMaterialization("a")),
    "yields two outputs": lambda dg: _yields(dg.Output(1), dg.Output(2)),
    "yields a value": lambda dg: _yields(5),
    "yields nothing": lambda dg: _yields(),
    "a coroutine": lambda dg: _async(4),
    "a coroutine of an output": lambda dg: _async(dg.Output(4)),
    "an asynchronous generator": lambda dg: _async_yields(dg.Output(4)),
    "annotated None, a value": lambda dg: _none(3),
    "annotated None, a result": lambda dg: _none(dg.MaterializeResult(value=3)),
}


def _outcome(dg: ModuleType, name: str, is_optional: bool, told: Any) -> tuple[dict[str, str], dict[str, Any]]:
    made = dg.asset(name="a", output_required=not is_optional)(RETURNED[name](dg))

    @dg.asset(ins={"x": dg.AssetIn("a")})
    def after(x):
        return ["after", x]

    with dg.DagsterInstance.ephemeral() as instance:
        result = run(dg, [made, after], None, instance)
        states = told(result)
        return states, values(result, states)


@pytest.mark.parametrize("name", RETURNED)
def test_what_functions_return_is_taken_alike(name: str) -> None:
    expected = _outcome(dagster, name, False, told_by_reference)
    assert _outcome(notebook_assets, name, False, told_by_us) == expected


@pytest.mark.parametrize("name", ["None", "a value", "an event", "yields nothing", "yields an output"])
def test_optional_outputs_are_taken_alike(name: str) -> None:
    expected = _outcome(dagster, name, True, told_by_reference)
    assert _outcome(notebook_assets, name, True, told_by_us) == expected


@pytest.mark.parametrize(
    ("library", "told"), [(dagster, told_by_reference), (notebook_assets, told_by_us)], ids=["reference", "ours"]
)
def test_nothing_is_handed_to_what_needs_a_value_that_nobody_stored(library: ModuleType, told: Any) -> None:
    """Both make the asset that is annotated to give nothing, and fail what needs its value."""

    @library.asset
    def a() -> None: ...

    @library.asset
    def b(a): ...

    with library.DagsterInstance.ephemeral() as instance:
        assert told(run(library, [a, b], None, instance)) == {"a": "materialized", "b": "failed"}


# On purpose other than in the reference


def test_an_event_of_an_optional_output_is_no_output() -> None:
    """The reference counts the event as a materialization, though nothing was yielded."""
    told = []
    for library, read in ((dagster, told_by_reference), (notebook_assets, told_by_us)):
        fn = RETURNED["yields an event only"](library)
        a = library.asset(name="a", output_required=False)(fn)
        with library.DagsterInstance.ephemeral() as instance:
            told.append(read(run(library, [a], None, instance)))
    assert told == [{"a": "materialized"}, {"a": "empty"}]


def test_what_only_deps_names_must_be_there() -> None:
    """The reference makes an asset whose ``deps`` were never made; here it is skipped, which names them."""
    told = []
    for library, read in ((dagster, told_by_reference), (notebook_assets, told_by_us)):

        @library.asset
        def up(): ...

        @library.asset(deps=[up])
        def down(): ...

        with library.DagsterInstance.ephemeral() as instance:
            options = {"selection": "down", "instance": instance, "raise_on_error": False}
            told.append(read(library.materialize([up, down], **options)))
    assert told == [{"down": "materialized"}, {}]


def test_an_output_of_another_type_than_its_annotation_fails() -> None:
    """The reference fails a function annotated ``-> int`` that gives None."""
    told = []
    for library, read in ((dagster, told_by_reference), (notebook_assets, told_by_us)):

        def fn() -> int:
            return None  # type: ignore[return-value]

        with library.DagsterInstance.ephemeral() as instance:
            told.append(read(run(library, [library.asset(name="a")(fn)], None, instance)))
    assert told == [{"a": "failed"}, {"a": "failed"}]


def test_what_was_yielded_before_an_error_is_not_kept() -> None:
    """The reference keeps it, and fails the step."""

    def outcome(library: ModuleType) -> Any:
        @library.asset
        def a():
            yield library.Output(1)
            raise ValueError("no")

        with library.DagsterInstance.ephemeral() as instance:
            result = run(library, [a], None, instance)
            return result.success, instance.get_latest_materialization_event(library.AssetKey("a")) is not None

    assert [outcome(library) for library in (dagster, notebook_assets)] == [(False, True), (False, False)]
