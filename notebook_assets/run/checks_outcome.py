"""Which check each result is of; what a check's function gave, and what an asset's function gave of its own checks."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from notebook_assets.assets import AssetCheckEvaluation, AssetCheckResult, AssetChecksDefinition, AssetCheckSpec
from notebook_assets.errors import OutputTypeError, a_kind, did_you_mean
from notebook_assets.run.private_loop import PrivateLoop
from notebook_assets.store import CheckFinding

Found = tuple[AssetCheckSpec, AssetCheckResult]
"""A result, and the check that it is of."""


def fitted(
    results: Iterable[AssetCheckResult], specs: Sequence[AssetCheckSpec], where: str, *, wanted: Iterable[Any] = ()
) -> list[Found]:
    """Return each result with the check that it is of.

    Args:
        results: What a function gave.
        specs: The checks that it carries out.
        where: What it is called, for errors.
        wanted: The keys of the checks of which there must be a result.

    Raises:
        OutputTypeError: A result is of no check of these, or it is not said of which; one has two results, or none.

    >>> spec = AssetCheckSpec("rows", asset="daily")
    >>> fitted([AssetCheckResult(passed=True)], [spec], "daily")[0][0].name
    'rows'
    """
    found: dict[Any, Found] = {}
    for result in results:
        spec = _spec_of(result, specs, where)
        if spec.key in found:
            raise OutputTypeError(f"{where} gave two results of the check {spec.name!r}.")
        found[spec.key] = (spec, result)
    lacking = [key for key in wanted if key not in found]
    if lacking:
        raise OutputTypeError(
            f"{where} gave no result of its check {lacking[0].name!r}; yield AssetCheckResult(passed=..., "
            f"check_name={lacking[0].name!r}) beside the output, or return MaterializeResult(check_results=[...])."
        )
    return list(found.values())


def _spec_of(result: AssetCheckResult, specs: Sequence[AssetCheckSpec], where: str) -> AssetCheckSpec:
    fits = [
        spec for spec in specs if result.asset_key in (None, spec.asset_key) and result.check_name in (None, spec.name)
    ]
    if len(fits) == 1:
        return fits[0]
    names = [spec.key.to_user_string() for spec in specs]
    if fits:
        raise OutputTypeError(
            f"{where} gave a result without saying of which check it is; it carries out {', '.join(names)}. "
            "Name it by check_name= (and asset_key=)."
        )
    asked = ":".join(str(part) for part in (result.asset_key, result.check_name) if part is not None)
    has = f"it carries out {', '.join(names)}" if names else "it has no check_specs"
    raise OutputTypeError(f"{where} gave a result of the check {asked!r}, but {has}.{did_you_mean(asked, names)}")


def results_of(definition: AssetChecksDefinition, returned: Any, loop: PrivateLoop) -> Iterator[AssetCheckResult]:
    """Yield the results that a check's function returns or yields, as they come.

    Raises:
        OutputTypeError: It gave something else.
    """
    if inspect.iscoroutine(returned):
        returned = loop.run(returned)
    given: Iterable[Any]
    if inspect.isgenerator(returned):
        given = returned
    elif inspect.isasyncgen(returned):
        given = loop.collect(returned)
    else:
        given = returned if isinstance(returned, tuple | list) else [returned]
    for each in given:
        if not isinstance(each, AssetCheckResult):
            shown = repr(each) if each is None or isinstance(each, bool) else f"{a_kind(each)}"
            raise OutputTypeError(
                f"{definition!r} gave {shown}, where an AssetCheckResult was expected; return "
                f"AssetCheckResult(passed={each if isinstance(each, bool) else '...'})."
            )
        yield each


def evaluation(found: Found, partition: str | None, event: int) -> AssetCheckEvaluation:
    """Return what came of a check.

    Args:
        found: The check and its result.
        partition: The partition that it looked at, if any.
        event: The materialization that it looked at, 0 if the store has none.
    """
    spec, result = found
    return AssetCheckEvaluation(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=result.passed,
        metadata=result.values,
        target_materialization_data=event or None,
        severity=result.severity,
        description=result.description,
        blocking=spec.blocking,
        partition=partition,
    )


def finding(evaluated: AssetCheckEvaluation) -> CheckFinding:
    """Return what the store keeps of it."""
    return CheckFinding(
        name=evaluated.check_name,
        passed=evaluated.passed,
        severity=evaluated.severity.value,
        blocking=bool(evaluated.blocking),
        event_id=evaluated.target_materialization_data or 0,
        description=evaluated.description,
        metadata=evaluated.metadata or {},
    )
