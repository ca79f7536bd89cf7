"""Checks run with what they look at; what they find is kept; a blocking one that fails stops what comes after."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    AssetCheckExecutionContext,
    AssetCheckFailedError,
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetIn,
    AssetSelection,
    Definitions,
    Instance,
    MaterializeResult,
    Output,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    materialize,
    multi_asset_check,
    run_checks,
)
from notebook_assets.errors import InvalidInvocationError, OutputTypeError, UnknownUpstreamError
from notebook_assets.run import RunResult
from notebook_assets.store import CheckRecord

AIRPORTS = StaticPartitionsDefinition(["EWR", "JFK", "LGA"])


@asset(partitions_def=AIRPORTS)
def flights(context: Any) -> int:
    return len(context.partition_key) if context.partition_key != "JFK" else 0


@asset(partitions_def=AIRPORTS)
def delays(flights: int) -> int:
    return flights


@asset(deps=[delays])
def report() -> str:
    return "done"


@asset_check(asset=flights, blocking=True)
def some(flights: int) -> AssetCheckResult:
    """There are flights."""
    return AssetCheckResult(passed=flights > 0, metadata={"flights": flights}, description="counted")


def run(store: Instance, *things: Any, **options: Any) -> RunResult:
    return materialize([*things], instance=store, progress=False, raise_on_error=False, **options)


def outcomes(store: Instance, name: str) -> dict[tuple[str, str | None], str]:
    return {(record.name, record.partition): record.outcome for record in store.latest_checks(name)}


@pytest.fixture
def store() -> Instance:
    return Instance.ephemeral()


def test_a_blocking_check_stops_only_the_pieces_that_need_the_one_it_failed_on(store: Instance) -> None:
    result = run(store, flights, delays, report, some, partitions="all")
    assert not result.success
    assert outcomes(store, "flights") == {
        ("some", "EWR"): "passed",
        ("some", "JFK"): "failed",
        ("some", "LGA"): "passed",
    }
    assert sorted(store.get_materialized_partitions("flights")) == ["EWR", "JFK", "LGA"]
    assert sorted(store.get_materialized_partitions("delays")) == ["EWR", "LGA"]
    assert [skip.piece for skip in result.skips] == ["delays[JFK]", "report"]
    assert result.skips[0].shortage == "an error was found by flights:some; mend that, and make flights again"
    assert "The check flights[JFK]:some failed: counted (flights 0)" in str(result)
    assert result.headline().endswith("2 checks passed, 1 check failed.")


def test_a_result_names_the_materialization_that_was_looked_at(store: Instance) -> None:
    run(store, flights, some, partitions=["EWR"])
    (record,) = store.latest_checks("flights")
    latest = store.latest("flights", "EWR")
    assert latest is not None
    assert record.finding.event_id == latest.event_id
    assert record.finding.blocking
    assert record.finding.metadata["flights"].value == 3


def test_blocked_pieces_are_kept_and_their_error_raised(store: Instance) -> None:
    with pytest.raises(AssetCheckFailedError, match=r"1 blocking check found an error.*flights\[JFK\]: some"):
        materialize([flights, delays, some], partitions=["JFK"], instance=store, progress=False)
    assert store.load("flights", "JFK") == 0


@pytest.mark.parametrize(
    ("blocking", "severity", "made"),
    [(True, "WARN", True), (False, "ERROR", True), (False, "WARN", True), (True, "ERROR", False)],
)
def test_only_errors_of_blocking_checks_stop(store: Instance, blocking: bool, severity: str, made: bool) -> None:
    @asset
    def up() -> int:
        return 1

    @asset
    def down(up: int) -> int:
        return up

    @asset_check(asset=up, blocking=blocking)
    def wrong() -> AssetCheckResult:
        return AssetCheckResult(passed=False, severity=AssetCheckSeverity(severity))

    result = run(store, up, down, wrong)
    assert result.success is made
    assert (store.latest("down") is not None) is made
    assert [each.severity.value for each in result.get_asset_check_evaluations()] == [severity]


def test_a_check_that_raises_fails_the_run_and_is_kept(store: Instance) -> None:
    @asset
    def up() -> int:
        return 1

    @asset_check(asset=up)
    def broken(up: int) -> AssetCheckResult:
        raise ValueError("no idea")

    result = run(store, up, broken)
    assert not result.success
    assert outcomes(store, "up") == {("broken", None): "error"}
    assert "The check up:broken raised ValueError: no idea" in str(result)
    with pytest.raises(ValueError, match="no idea"):
        materialize([up, broken], instance=store, progress=False)


@pytest.mark.parametrize("given", [True, None, 3])
def test_what_is_no_result_is_told_so(store: Instance, given: Any) -> None:
    @asset
    def up() -> int:
        return 1

    @asset_check(asset=up)
    def odd() -> Any:
        return given

    (failure,) = run(store, up, odd).check_failures
    assert isinstance(failure.error, OutputTypeError)
    assert "where an AssetCheckResult was expected" in str(failure.error)


def test_an_assets_function_gives_the_results_of_its_own_checks(store: Instance) -> None:
    specs = [AssetCheckSpec("rows", asset="table"), AssetCheckSpec("nulls", asset="table")]

    @asset(check_specs=specs)
    def table():  # type: ignore[no-untyped-def]
        rows = AssetCheckResult(passed=True, check_name="rows")
        nulls = AssetCheckResult(passed=False, check_name="nulls", severity=AssetCheckSeverity.WARN)
        return MaterializeResult(check_results=[rows, nulls])

    assert run(store, table).success
    assert outcomes(store, "table") == {("rows", None): "passed", ("nulls", None): "warned"}


def test_yielded_results_are_kept_with_the_value(store: Instance) -> None:
    @asset(check_specs=[AssetCheckSpec("rows", asset="table")])
    def table():  # type: ignore[no-untyped-def]
        yield AssetCheckResult(passed=True)
        yield Output([1])

    assert run(store, table).success
    assert store.load("table") == [1]
    assert outcomes(store, "table") == {("rows", None): "passed"}


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([], r"gave no result of its check 'rows'"),
        ([AssetCheckResult(passed=True, check_name="row")], r"of the check 'row', but it carries out table:rows"),
        ([AssetCheckResult(passed=True), AssetCheckResult(passed=True)], r"two results of the check 'rows'"),
        ([AssetCheckResult(passed=True, asset_key="other")], r"but it carries out table:rows"),
    ],
)
def test_results_that_do_not_fit_fail_the_piece(store: Instance, results: list[AssetCheckResult], said: str) -> None:
    @asset(check_specs=[AssetCheckSpec("rows", asset="table")])
    def table():  # type: ignore[no-untyped-def]
        return MaterializeResult(check_results=results)

    with pytest.raises(OutputTypeError, match=said):
        materialize([table], instance=store, progress=False)
    assert store.latest("table") is None


def test_checks_run_by_themselves_on_what_is_there(store: Instance) -> None:
    run(store, flights, partitions=["EWR", "JFK"])
    definitions = Definitions([flights], asset_checks=[some])
    result = run_checks(definitions=definitions, instance=store)
    assert outcomes(store, "flights") == {("some", "EWR"): "passed", ("some", "JFK"): "failed"}
    assert not result.success
    assert result.headline().startswith("1 check passed, 1 check failed")
    assert run_checks(some, definitions=definitions, instance=store, partitions=["EWR"]).success
    assert [each.outcome for each in store.check_history("flights", "some", "EWR")] == ["passed", "passed"]


def test_a_selection_of_checks_makes_nothing(store: Instance) -> None:
    run(store, flights, partitions=["EWR"])
    before = store.last_event_id()
    assert run(store, flights, some, selection=AssetSelection.checks(some)).success
    assert store.last_event_id() == before
    assert outcomes(store, "flights") == {("some", "EWR"): "passed"}


def test_a_selection_without_checks_runs_none(store: Instance) -> None:
    run(store, flights, some, partitions=["EWR"], selection=AssetSelection.all().without_checks())
    assert store.latest_checks("flights") == []
    assert store.latest("flights", "EWR") is not None


def test_a_check_waits_for_the_other_assets_that_it_looks_at(store: Instance) -> None:
    @asset
    def first() -> int:
        return 2

    @asset
    def second(first: int) -> int:
        return first * 3

    @asset_check(asset=first, additional_ins={"other": AssetIn("second")})
    def fits(first: int, other: int) -> AssetCheckResult:
        return AssetCheckResult(passed=other == 3 * first)

    assert run(store, first, second, fits).success
    assert outcomes(store, "first") == {("fits", None): "passed"}


def test_one_function_checks_several_assets(store: Instance) -> None:
    @multi_asset_check(
        specs=[AssetCheckSpec("many", asset="flights"), AssetCheckSpec("late", asset="delays")],
        ins={"flights": "flights", "late": AssetIn("delays")},
    )
    def both(context: AssetCheckExecutionContext, flights: int, late: int):  # type: ignore[no-untyped-def]
        assert context.partition_key in ("EWR", "LGA")
        yield AssetCheckResult(passed=flights > 0, check_name="many")
        yield AssetCheckResult(passed=late == flights, asset_key="delays")

    run(store, flights, delays, both, partitions=["EWR", "LGA"])
    assert set(outcomes(store, "flights").values()) == set(outcomes(store, "delays").values()) == {"passed"}
    assert len(outcomes(store, "delays")) == 2


def test_a_check_uses_resources_and_knows_where_it_runs(store: Instance) -> None:
    seen: dict[str, Any] = {}

    @asset_check(asset=flights, required_resource_keys={"limit"}, resource_defs={"limit": 1})
    def enough(context: AssetCheckExecutionContext) -> AssetCheckResult:
        seen.update(
            limit=context.resources.limit, key=context.check_key.name, run=context.run_id, asset=context.asset_key
        )
        return AssetCheckResult(passed=True)

    result = run(store, flights, enough, partitions=["EWR"])
    assert seen == {"limit": 1, "key": "enough", "run": result.run_id, "asset": flights.key}


def test_checks_that_do_not_fit_the_assets_are_refused() -> None:
    @asset_check(asset="flihgts")
    def typo() -> None: ...

    with pytest.raises(UnknownUpstreamError, match=r"flihgts:typo is of the asset 'flihgts'.*'flights'"):
        _ = Definitions([flights], asset_checks=[typo]).graph

    @asset_check(asset=flights, name="some")
    def other() -> None: ...

    with pytest.raises(Exception, match=r"two checks called 'some'"):
        Definitions([flights], asset_checks=[some, other])


def test_own_checks_can_not_be_run_without_their_asset(store: Instance) -> None:
    @asset(check_specs=[AssetCheckSpec("rows", asset="table")])
    def table():  # type: ignore[no-untyped-def]
        yield AssetCheckResult(passed=True)
        yield Output([1])

    run(store, table)
    with pytest.raises(InvalidInvocationError, match=r"carried out by the function of table"):
        run_checks(AssetSelection.all_asset_checks(), definitions=Definitions([table]), instance=store)


def test_a_check_record_says_what_came_of_it(store: Instance) -> None:
    run(store, flights, some, partitions=["EWR"])
    (record,) = store.latest_checks("flights")
    assert isinstance(record, CheckRecord)
    assert (record.name, record.passed, record.partition) == ("some", True, "EWR")
