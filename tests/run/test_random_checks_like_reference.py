"""Checks on random graphs: what is found, what is blocked and whether the run succeeds is as in the reference."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import notebook_assets

LETTERS = ("x", "y")

pytestmark = [
    pytest.mark.usefixtures("quiet_reference"),
    pytest.mark.filterwarnings("ignore:.*partitions_def.*is currently in"),
]


@dataclass(frozen=True)
class Check:
    """One check: what it finds, whether it blocks, how it gets at the asset, and of which asset beside its own."""

    finds: str
    blocks: bool
    reads: str
    beside: int | None


CHECKS = st.builds(
    Check,
    st.sampled_from(("passes", "passes", "warns", "errs", "raises")),
    st.booleans(),
    st.sampled_from(("nothing", "value", "own", "together", "parts")),
    st.none() | st.integers(0, 3),
)
# One asset: what it is made from, whether it fails, and its checks.
NODES = st.tuples(
    st.sets(st.integers(0, 3), max_size=2), st.sampled_from((False, False, False, True)), st.lists(CHECKS, max_size=3)
)
CHOSEN = st.sampled_from(("all", "all", "no checks", "some", "some and all checks", "checks of some"))


class Pipeline:
    """The graph's assets and checks, as a user of either library would write them."""

    def __init__(self, dg: ModuleType, graph: list[Any], has_partitions: bool) -> None:
        self.dg, self.graph = dg, graph
        self.partitions = dg.StaticPartitionsDefinition(LETTERS) if has_partitions else None
        self.key = LETTERS[0] if has_partitions else None
        self.is_rough = False
        self.things: list[Any] = []
        for at, (ups, fails, checks) in enumerate(graph):
            self._asset(at, sorted(up for up in ups if up < at), fails, checks)
            for number, check in enumerate(checks):
                if check.reads in ("nothing", "value"):
                    self._check(at, number, check)
            self._several(at, checks, "together")
            self._several(at, checks, "parts")

    def _asset(self, at: int, ups: list[int], fails: bool, checks: list[Check]) -> None:
        dg = self.dg
        own = {number: check for number, check in enumerate(checks) if check.reads == "own"}
        specs = [dg.AssetCheckSpec(f"c{number}", asset=f"a{at}", blocking=each.blocks) for number, each in own.items()]

        @dg.asset(
            name=f"a{at}",
            ins={f"x{up}": dg.AssetIn(f"a{up}") for up in ups},
            check_specs=specs,
            partitions_def=self.partitions,
        )
        def made(**inputs):
            if self.is_rough and (fails or any(each.finds == "raises" for each in own.values())):
                raise ValueError("no")
            yield dg.Output([at, sorted(inputs.items())])
            for number, each in own.items():
                yield self._result(each, check_name=f"c{number}")

        self.things.append(made)

    def _result(self, check: Check, **names: Any) -> Any:
        if self.is_rough and check.finds == "raises":
            raise ValueError("no idea")
        severity = self.dg.AssetCheckSeverity.WARN if check.finds == "warns" else self.dg.AssetCheckSeverity.ERROR
        passed = not self.is_rough or check.finds == "passes"
        return self.dg.AssetCheckResult(passed=passed, severity=severity, metadata={"n": 1}, **names)

    def _beside(self, at: int, check: Check) -> int | None:
        """Return the other asset that a check looks at: an earlier one, so that nothing goes in a circle."""
        return check.beside if check.beside is not None and check.beside < at else None

    def _check(self, at: int, number: int, check: Check) -> None:
        dg, beside = self.dg, self._beside(at, check)
        options: dict[str, Any] = {
            "asset": f"a{at}",
            "name": f"c{number}",
            "blocking": check.blocks,
            "partitions_def": self.partitions,
        }
        if check.reads == "value" and beside is not None:

            @dg.asset_check(**options, additional_ins={"other": dg.AssetIn(f"a{beside}")})
            def looked(value, other):
                assert (value[0], other[0]) == (at, beside)
                return self._result(check)
        elif check.reads == "value":

            @dg.asset_check(**options)
            def looked(value):
                assert value[0] == at
                return self._result(check)
        else:

            @dg.asset_check(**options, additional_deps=[] if beside is None else [f"a{beside}"])
            def looked():
                return self._result(check)

        self.things.append(looked)

    def _several(self, at: int, checks: list[Check], how: str) -> None:
        dg = self.dg
        chosen = {f"c{number}": check for number, check in enumerate(checks) if check.reads == how}
        if not chosen:
            return
        specs = [dg.AssetCheckSpec(name, asset=f"a{at}", blocking=check.blocks) for name, check in chosen.items()]

        @dg.multi_asset_check(name=f"{how}{at}", specs=specs, can_subset=how == "parts")
        def looked(context):
            for name, check in chosen.items():
                yield self._result(check, check_name=name, asset_key=f"a{at}")

        self.things.append(looked)

    def selection(self, chosen: str, some: list[str]) -> Any:
        of = self.dg.AssetSelection
        assets = of.assets(*some)
        return {
            "all": None,
            "no checks": of.all().without_checks(),
            "some": assets,
            "some and all checks": assets | of.all_asset_checks(),
            "checks of some": of.checks_for_assets(*some),
        }[chosen]

    def run(self, instance: Any, chosen: str, some: list[str]) -> Any:
        more = {} if self.dg is dagster else {"progress": False}
        result = self.dg.materialize(
            self.things,
            instance=instance,
            partition_key=self.key,
            selection=self.selection(chosen, some),
            raise_on_error=False,
            **more,
        )
        found = {
            (each.asset_check_key.to_user_string(), each.passed, each.severity.value)
            for each in result.get_asset_check_evaluations()
        }
        return result, result.success, found


def made_there(result: Any) -> set[str]:
    return {each.asset_key.to_user_string() for each in result.get_asset_materialization_events()}


def made_here(result: Any) -> set[str]:
    made = notebook_assets.PieceState.MATERIALIZED
    return {key.to_user_string() for key, by_state in result.counts.items() if made in by_state}


def can_be_chosen(graph: Any, chosen: str, some: list[str]) -> bool:
    """Whether there are such checks, and an asset's own checks are chosen with it: there, they can't be left out."""
    of_some = [check for at, node in enumerate(graph) for check in node[2] if f"a{at}" in some]
    of_others = [check for at, node in enumerate(graph) for check in node[2] if f"a{at}" not in some]
    if chosen == "checks of some":
        return bool(of_some) and all(check.reads != "own" for check in of_some)
    if chosen == "no checks":
        return all(check.reads != "own" for check in [*of_some, *of_others])
    return chosen != "some and all checks" or all(check.reads != "own" for check in of_others)


@settings(max_examples=25, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(NODES, min_size=1, max_size=4), st.booleans(), CHOSEN, st.sets(st.integers(0, 3), min_size=1))
def test_random_checks_find_and_block_alike(graph: Any, has_partitions: bool, chosen: str, some: set[int]) -> None:
    """First all goes well; then a selection is made again, and checks find, raise and block."""
    pipelines = Pipeline(dagster, graph, has_partitions), Pipeline(notebook_assets, graph, has_partitions)
    names = sorted({f"a{at % len(graph)}" for at in some})
    if not can_be_chosen(graph, chosen, names):
        chosen = "some"
    with dagster.DagsterInstance.ephemeral() as instance, notebook_assets.Instance.ephemeral() as store:
        stores = (instance, store)
        first = [each.run(at, "all", [])[1:] for each, at in zip(pipelines, stores, strict=True)]
        assert first[0] == first[1]
        for each in pipelines:
            each.is_rough = True
        expected, got = (each.run(at, chosen, names) for each, at in zip(pipelines, stores, strict=True))
    assert made_here(got[0]) == made_there(expected[0])
    assert got[1:] == expected[1:]


def test_a_check_is_not_carried_out_where_what_it_waits_for_failed() -> None:
    def outcome(dg: ModuleType) -> Any:
        calls = []

        @dg.asset
        def a():
            raise ValueError("no")

        @dg.asset
        def b():
            return 1

        @dg.asset_check(asset=b, additional_deps=[a], blocking=True)
        def looked():
            calls.append(1)
            return dg.AssetCheckResult(passed=True)

        @dg.asset
        def c(b):
            return b

        with dg.DagsterInstance.ephemeral() as instance:
            result = dg.materialize([a, b, looked, c], instance=instance, raise_on_error=False)
            return result.success, calls, made_there(result) if dg is dagster else made_here(result)

    assert outcome(notebook_assets) == outcome(dagster) == (False, [], {"b"})


def test_what_a_function_of_several_checks_gave_before_an_error_is_kept() -> None:
    def outcome(dg: ModuleType) -> Any:
        @dg.asset
        def a():
            return 1

        @dg.multi_asset_check(specs=[dg.AssetCheckSpec(name, asset="a") for name in ("first", "second")])
        def looked():
            yield dg.AssetCheckResult(passed=True, check_name="first", asset_key="a")
            raise ValueError("no")

        with dg.DagsterInstance.ephemeral() as instance:
            result = dg.materialize([a, looked], instance=instance, raise_on_error=False)
            return result.success, [each.check_name for each in result.get_asset_check_evaluations()]

    assert outcome(notebook_assets) == outcome(dagster) == (False, ["first"])
