"""What a call of an asset's function amounts to: a value, no output, or an error; with metadata."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import (
    NO_VALUE,
    AssetCheckResult,
    AssetMaterialization,
    AssetObservation,
    AssetsDefinition,
    MaterializeResult,
    Output,
)
from notebook_assets.errors import OutputTypeError, TypeCheckDidNotPass, a_kind
from notebook_assets.metadata import MetadataValue
from notebook_assets.run.private_loop import PrivateLoop


@dataclass
class Outcome:
    """What one call gave: ``value`` is NO_VALUE where there is nothing to store."""

    value: Any = NO_VALUE
    is_made: bool = False
    """Whether the piece counts as materialized; False: the function yielded nothing."""
    metadata: dict[str, MetadataValue] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    data_version: str | None = None
    others: list[AssetMaterialization] = field(default_factory=list)
    """Materializations of other pieces that the function reported."""
    observations: list[AssetObservation] = field(default_factory=list)
    """What it reported to have seen of any pieces."""
    checked: list[AssetCheckResult] = field(default_factory=list)
    """The results of its own checks."""


def outcome_of(definition: AssetsDefinition, returned: Any, partition: str | None, loop: PrivateLoop) -> Outcome:
    """Return what the returned (or yielded) things amount to.

    Args:
        definition: The asset.
        returned: What its function gave back: a value, a generator, a coroutine or an asynchronous generator.
        partition: The partition that is being made, if any.
        loop: Where coroutines run.

    Raises:
        OutputTypeError: A generator yielded something that is no Output, MaterializeResult or AssetMaterialization,
            or two outputs, or none where one is required; an AssetMaterialization was returned, not yielded; or the
            output is of another name or asset.
        TypeCheckDidNotPass: ``-> None`` gave a value.
    """
    if inspect.iscoroutine(returned):
        returned = loop.run(returned)
    outcome = Outcome()
    if inspect.isgenerator(returned):
        _take_yielded(outcome, definition, returned, partition)
    elif inspect.isasyncgen(returned):
        _take_yielded(outcome, definition, loop.collect(returned), partition)
    elif isinstance(returned, AssetMaterialization):
        raise OutputTypeError(
            f"{definition.key} returned an AssetMaterialization, which is an event and no value. Yield it before "
            "Output(value), or return MaterializeResult(metadata=...)."
        )
    else:
        _take_output(outcome, definition, returned)
    if not outcome.is_made and definition.output_required:
        raise OutputTypeError(
            f"{definition.key} yielded no output. If that may happen, define it with output_required=False; "
            "the piece is then recorded as empty."
        )
    return outcome


def _take_yielded(outcome: Outcome, definition: AssetsDefinition, things: Iterable[Any], partition: str | None) -> None:
    for thing in things:
        if isinstance(thing, AssetMaterialization):
            _take_event(outcome, definition, thing, partition)
        elif isinstance(thing, AssetObservation):
            outcome.observations.append(thing)
        elif isinstance(thing, AssetCheckResult):
            outcome.checked.append(thing)
        elif not isinstance(thing, Output | MaterializeResult):
            raise OutputTypeError(
                f"{definition.key} yielded {a_kind(thing)}. A function that yields gives "
                "Output(value), MaterializeResult(...) or AssetMaterialization(...); or return the value."
            )
        elif outcome.is_made:
            raise OutputTypeError(
                f"{definition.key} gave more than one output; one asset has one value for each partition."
            )
        else:
            _take_output(outcome, definition, thing)


def _take_event(
    outcome: Outcome, definition: AssetsDefinition, event: AssetMaterialization, partition: str | None
) -> None:
    """Add the metadata of the piece that is being made; keep the materialization of any other piece."""
    if event.asset_key == definition.key and event.partition in (None, partition):
        outcome.metadata.update(event.values)
        outcome.tags.update(event.tags or {})
    else:
        outcome.others.append(event)


def _check_no_outputs(definition: AssetsDefinition, value: Any) -> None:
    """Refuse outputs inside the value, which were meant as outputs and would be stored as they are."""
    events = (Output, MaterializeResult, AssetMaterialization)
    several = type(value) in (list, tuple, set, frozenset) and any(isinstance(each, events) for each in value)
    if several:
        raise OutputTypeError(
            f"{definition.key} returned {a_kind(value)} with an Output (or another event) in it; one asset "
            "has one value for each partition. Return one Output, or the values themselves."
        )
    if isinstance(value, events):
        raise OutputTypeError(
            f"{definition.key} gave {a_kind(value)} as the value of another; return the inner one by itself."
        )


def _take_output(outcome: Outcome, definition: AssetsDefinition, thing: Any) -> None:
    outcome.is_made = True
    outcome.value = thing
    if isinstance(thing, Output | MaterializeResult):
        _check_whose(definition, thing)
        outcome.value = thing.value
        outcome.metadata.update(thing.values)
        outcome.tags.update(thing.tags or {})
        outcome.data_version = thing.data_version.value if thing.data_version else None
    if isinstance(thing, MaterializeResult):
        outcome.checked += thing.check_results or ()
    _check_no_outputs(definition, outcome.value)
    if definition.signature.returns_nothing:
        if outcome.value is not None and outcome.value is not NO_VALUE:
            raise TypeCheckDidNotPass(
                f"{definition.key} is annotated to return None, but gave {a_kind(outcome.value)}. "
                "Remove the annotation to have the value stored."
            )
        outcome.value = NO_VALUE


def _check_whose(definition: AssetsDefinition, thing: Output[Any] | MaterializeResult[Any]) -> None:
    if isinstance(thing, Output):
        if thing.output_name != "result":
            raise OutputTypeError(
                f"{definition.key} gave an output called {thing.output_name!r}; an asset has one, called 'result'. "
                "Leave out output_name."
            )
    elif thing.asset_key not in (None, definition.key):
        raise OutputTypeError(f"{definition.key} gave a MaterializeResult of another asset: {thing.asset_key}.")
