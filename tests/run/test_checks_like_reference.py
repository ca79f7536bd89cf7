"""What a run with checks makes, finds and fails is what the reference does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import dagster as reference
import pytest

import notebook_assets as here

Outcome = tuple[bool, frozenset[str], frozenset[tuple[str, bool, str]]]


def made_here(things: list[Any], **options: Any) -> Outcome:
    """Whether the run succeeded, which assets were made, and what the checks found."""
    store = here.Instance.ephemeral()
    result = here.materialize(things, instance=store, progress=False, raise_on_error=False, **options)
    made = frozenset(key.to_user_string() for key in store.counts() if store.latest(key))
    found = {
        (each.asset_check_key.to_user_string(), each.passed, each.severity.value) for each in result.check_evaluations
    }
    return result.success, made, frozenset(found)


def made_there(things: list[Any], **options: Any) -> Outcome:
    logging.disable(logging.CRITICAL)
    try:
        with reference.instance_for_test() as instance:
            result = reference.materialize(things, instance=instance, raise_on_error=False, **options)
    finally:
        logging.disable(logging.NOTSET)
    events = result.get_asset_materialization_events()
    made = frozenset(event.materialization.asset_key.to_user_string() for event in events)
    found = {
        (each.asset_check_key.to_user_string(), each.passed, each.severity.value)
        for each in result.get_asset_check_evaluations()
    }
    return result.success, made, frozenset(found)


def chain(package: Any, *checks: Callable[[Any, Any], Any]) -> list[Any]:
    @package.asset
    def a():  # type: ignore[no-untyped-def]
        return 1

    @package.asset
    def b(a):  # type: ignore[no-untyped-def]
        return a + 1

    return [a, b, *(check(package, a) for check in checks)]


def giving(passed: bool, severity: str = "ERROR", blocking: bool = False) -> Callable[[Any, Any], Any]:
    def check(package: Any, a: Any) -> Any:
        @package.asset_check(asset=a, blocking=blocking, name=f"{passed}_{severity}_{blocking}")
        def looked(a):  # type: ignore[no-untyped-def]
            return package.AssetCheckResult(passed=passed, severity=package.AssetCheckSeverity(severity))

        return looked

    return check


def raising(blocking: bool) -> Callable[[Any, Any], Any]:
    def check(package: Any, a: Any) -> Any:
        @package.asset_check(asset=a, blocking=blocking)
        def broken():  # type: ignore[no-untyped-def]
            raise ValueError("no idea")

        return broken

    return check


CHECKS = {
    f"{passed}-{severity}-{blocking}": [giving(passed, severity, blocking)]
    for passed in (True, False)
    for severity in ("ERROR", "WARN")
    for blocking in (True, False)
} | {
    "raises": [raising(False)],
    "raises, blocking": [raising(True)],
    "several": [giving(True), giving(False, "WARN", True), giving(False)],
    "several, one blocks": [giving(True), giving(False, "ERROR", True)],
}


@pytest.mark.parametrize("case", CHECKS)
def test_checks_of_a_chain_do_what_they_do_in_the_reference(case: str) -> None:
    assert made_here(chain(here, *CHECKS[case])) == made_there(chain(reference, *CHECKS[case]))


def own(package: Any, results: str) -> list[Any]:
    """An asset with two checks of its own, of which the first blocks, and one made from it."""
    specs = [package.AssetCheckSpec("c1", asset="x", blocking=True), package.AssetCheckSpec("c2", asset="x")]
    given = {
        "passed": [{"check_name": "c1", "passed": True}, {"check_name": "c2", "passed": True}],
        "blocks": [{"check_name": "c1", "passed": False}, {"check_name": "c2", "passed": True}],
        "does not block": [{"check_name": "c1", "passed": True}, {"check_name": "c2", "passed": False}],
        "one lacks": [{"check_name": "c1", "passed": True}],
        "unknown": [{"check_name": "c1", "passed": True}, {"check_name": "c3", "passed": True}],
        "unnamed": [{"passed": True}, {"check_name": "c2", "passed": True}],
        "of another asset": [
            {"check_name": "c1", "passed": True, "asset_key": "y"},
            {"check_name": "c2", "passed": True},
        ],
    }[results]

    @package.asset(check_specs=specs)
    def x():  # type: ignore[no-untyped-def]
        return package.MaterializeResult(check_results=[package.AssetCheckResult(**each) for each in given])

    @package.asset(deps=[x])
    def y():  # type: ignore[no-untyped-def]
        return 1

    return [x, y]


@pytest.mark.parametrize(
    "results", ["passed", "blocks", "does not block", "one lacks", "unknown", "unnamed", "of another asset"]
)
def test_own_checks_do_what_they_do_in_the_reference(results: str) -> None:
    ours, theirs = made_here(own(here, results)), made_there(own(reference, results))
    assert ours[:2] == theirs[:2]
    if theirs[1]:  # of a piece that failed, the reference may keep results that were given before
        assert ours[2] == theirs[2]


@pytest.mark.parametrize(
    "choose",
    [
        lambda package, check: package.AssetSelection.all().without_checks(),
        lambda package, check: package.AssetSelection.assets("a"),
        lambda package, check: package.AssetSelection.all() - package.AssetSelection.checks(check),
        lambda package, check: package.AssetSelection.assets("b") | package.AssetSelection.assets("a"),
    ],
)
def test_a_selection_runs_the_checks_that_it_runs_in_the_reference(choose: Callable[[Any, Any], Any]) -> None:
    ours, theirs = chain(here, giving(True)), chain(reference, giving(True))
    assert made_here(ours, selection=choose(here, ours[-1])) == made_there(
        theirs, selection=choose(reference, theirs[-1])
    )


@pytest.mark.parametrize("kind", ["one", "with inputs", "several", "beside others"])
def test_the_op_of_a_check_is_that_of_the_reference(kind: str) -> None:
    """Its name, what it takes and gives, and what it was told."""

    def op_in(package: Any) -> tuple[Any, ...]:
        told = {
            "description": "what is looked at",
            "config_schema": {"x": int},
            "pool": "p",
            "op_tags": {"t": "1"},
            "retry_policy": package.RetryPolicy(max_retries=2),
            "required_resource_keys": {"db"},
        }
        if kind == "several":
            specs = [package.AssetCheckSpec("a", asset=["k", "z"]), package.AssetCheckSpec("b", asset="a")]
            checks = package.multi_asset_check(name="m", specs=specs, ins={"o": package.AssetIn("a")}, **told)(
                lambda o: None
            )
        elif kind == "with inputs":
            more = {"o": package.AssetIn("a")}
            checks = package.asset_check(asset=["k", "z"], name="n", additional_ins=more, **told)(lambda z, o: None)
        else:
            deps = ["a"] if kind == "beside others" else []
            checks = package.asset_check(asset=["k", "z"], name="n", additional_deps=deps, **told)(lambda: None)
        op = checks.op
        seen = (op.pool, dict(op.tags), op.retry_policy.max_retries, op.required_resource_keys, set(checks.keys))
        return (op.name, op.description, set(op.ins), set(op.outs), *seen)

    assert op_in(here) == op_in(reference)


@pytest.mark.parametrize(
    "ops",
    [
        {},
        {"a_right": {"config": {"x": 1}}},
        {"a_right": {"config": {"x": "1"}}},
        {"a_right": {"config": {"y": 1}}},
        {"right": {"config": {"x": 1}}},
        {"a_right": {"config": {"x": 2}}, "a_loose": {"config": {"anything": 1}}},
        {"a_right": {"config": {"x": 1}, "inputs": {}}},
    ],
)
def test_configurations_of_checks_are_taken_and_refused_as_there(ops: dict[str, Any]) -> None:
    def things(package: Any) -> list[Any]:
        @package.asset
        def a() -> int:
            return 1

        @package.asset_check(asset=a, config_schema={"x": int})
        def right(context, a):  # type: ignore[no-untyped-def]
            return package.AssetCheckResult(passed=context.op_execution_context.op_config["x"] == a)

        @package.asset_check(asset=a)
        def loose():  # type: ignore[no-untyped-def]
            return package.AssetCheckResult(passed=True)

        return [a, right, loose]

    def outcome(made: Callable[..., Outcome], package: Any, refused: type[Exception]) -> Any:
        try:
            return made(things(package), run_config={"ops": ops})
        except refused:
            return "refused"

    there = outcome(made_there, reference, reference.DagsterInvalidConfigError)
    assert outcome(made_here, here, here.InvalidConfigError) == there
