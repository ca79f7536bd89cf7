"""What a call of an asset's function amounts to: a value, no output, or an error; with metadata."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import (
    NO_VALUE,
    AssetMaterialization,
    AssetsDefinition,
    MaterializeResult,
    Output,
)
from notebook_assets.errors import OutputTypeError
from notebook_assets.metadata import MetadataValue


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
    """Materializations of other assets that the function reported."""


def outcome_of(definition: AssetsDefinition, returned: Any) -> Outcome:
    """Return what the returned (or yielded) things amount to.

    Raises:
        OutputTypeError: A generator yielded something that is no Output, MaterializeResult or AssetMaterialization,
            or two outputs, or none where one is required; or ``-> None`` gave a value.
    """
    outcome = Outcome()
    if inspect.isgenerator(returned):
        for thing in returned:
            if not isinstance(thing, Output | MaterializeResult | AssetMaterialization):
                raise OutputTypeError(
                    f"{definition.key} yielded a {type(thing).__name__}. A function that yields gives "
                    "Output(value), MaterializeResult(...) or AssetMaterialization(...); or return the value."
                )
            _take(outcome, definition, thing)
    else:
        if inspect.iscoroutine(returned):
            returned = _awaited(returned)
        _take(outcome, definition, returned)
    if not outcome.is_made and definition.output_required:
        raise OutputTypeError(
            f"{definition.key} yielded no output. If that may happen, define it with output_required=False; "
            "the piece is then recorded as empty."
        )
    return outcome


def _take(outcome: Outcome, definition: AssetsDefinition, thing: Any) -> None:
    if isinstance(thing, AssetMaterialization):
        if thing.asset_key == definition.key:
            outcome.metadata.update(thing.values)
            outcome.tags.update(thing.tags or {})
        else:
            outcome.others.append(thing)
        return
    if outcome.is_made:
        raise OutputTypeError(
            f"{definition.key} gave more than one output; one asset has one value for each partition."
        )
    outcome.is_made = True
    if isinstance(thing, Output | MaterializeResult):
        _describe(outcome, thing.metadata or {}, thing.tags or {})
        outcome.data_version = thing.data_version.value if thing.data_version else None
    if isinstance(thing, MaterializeResult):
        if thing.asset_key not in (None, definition.key):
            raise OutputTypeError(f"{definition.key} gave a MaterializeResult of another asset: {thing.asset_key}.")
        outcome.value = thing.value
    else:
        outcome.value = thing.value if isinstance(thing, Output) else thing
    if definition.signature.returns_nothing:
        if outcome.value is not None and outcome.value is not NO_VALUE:
            raise OutputTypeError(
                f"{definition.key} is annotated to return None, but gave a {type(outcome.value).__name__}. "
                "Remove the annotation to have the value stored."
            )
        outcome.value = NO_VALUE


def _describe(outcome: Outcome, metadata: Mapping[str, MetadataValue], tags: Mapping[str, str]) -> None:
    outcome.metadata.update(metadata)
    outcome.tags.update(tags)


def _awaited(coroutine: Any) -> Any:
    """Run a coroutine to its end in a loop of its own; the notebook's loop is running already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
