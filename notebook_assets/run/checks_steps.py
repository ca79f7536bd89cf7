"""CheckSteps: the checks of one function, prepared so that it can be called for many pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notebook_assets.assets import AssetCheckKey, AssetCheckResult, AssetChecksDefinition, AssetNode, AssetSpec
from notebook_assets.diagnosis import CODE_OF, AssetStatus
from notebook_assets.diagnosis.status import input_links
from notebook_assets.errors import MissingInputError, OutputTypeError
from notebook_assets.keys import AssetKey
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.calling import call_function
from notebook_assets.run.checks_context import AssetCheckExecutionContext
from notebook_assets.run.checks_outcome import Found, fitted, results_of
from notebook_assets.run.config_checking import plain
from notebook_assets.run.inputs import InputReader
from notebook_assets.run.retries import tried
from notebook_assets.run.shared_values import SharedValues
from notebook_assets.states import PieceState

if TYPE_CHECKING:
    from notebook_assets.run.run_scope import RunScope

_NOT_MADE = (CODE_OF[PieceState.FAILED], CODE_OF[PieceState.SKIPPED])


class CheckSteps:
    """The checks of one function in a run.

    Args:
        definition: The checks.
        keys: Which of them are carried out.
        live: The statuses of all assets that it looks at.
        scope: What the steps of the run share.

    Raises:
        UnknownResourceError: A resource that it requires is not there.
    """

    def __init__(
        self,
        definition: AssetChecksDefinition,
        keys: Sequence[AssetCheckKey],
        live: Mapping[AssetKey, AssetStatus],
        scope: RunScope,
    ) -> None:
        self.definition = definition
        self.keys = tuple(keys)
        self.specs = [definition.specs_by_key[key] for key in keys]
        self.asset_keys = tuple(dict.fromkeys(spec.asset_key for spec in self.specs))
        self._live = live
        self._scope = scope
        self._told: list[AssetCheckResult] = []
        first = live[self.asset_keys[0]]
        self._first = first
        self._resources = scope.resources.ready(definition, definition.required_resource_keys, repr(definition))
        self._given = scope.config.arguments(definition, self._resources)
        node = replace(
            AssetNode(AssetSpec(first.node.key, partitions_def=first.node.spec.partitions_def)),
            settled_def=first.node.settled_def,
        )
        self._readers = {
            dependency.input_name: InputReader(
                dependency,
                node,
                input_links(node, dependency, live[dependency.key].node),
                live[dependency.key],
                scope.instance,
                scope.resources.of(live[dependency.key].node),
                SharedValues(),
                *scope.config.told(definition, dependency, live[dependency.key].node),
            )
            for dependency in definition.dependencies
            if dependency.input_name is not None
        }

    def partition(self, position: int) -> str | None:
        """Return the key of the partition at a position."""
        return self._first.keys[position]

    def event(self, key: AssetKey, position: int) -> int:
        """Return the materialization of an asset that is looked at, 0 if the store has none."""
        return int(self._live[key].event_ids[position])

    def has_value(self, position: int) -> bool:
        """Whether what is looked at is there, as far as the store can know."""
        return all(
            bool(self._live[key].value_ids[position]) or self._live[key].node.is_source for key in self.asset_keys
        )

    def results(self, position: int) -> list[Found]:
        """Call the function for one piece; return its results.

        Raises:
            MissingInputError: A value that it takes is not there.
            OutputTypeError: It gave something else than a result of each check.
            Exception: What the function raised.
        """
        self._told.clear()
        self._check_made(position)
        for reader in self._readers.values():
            lack = reader.missing(position)
            if lack is not None:
                raise MissingInputError(f"{self.definition!r} looks at {', '.join(lack.names()[:4])}, not there yet.")
        arguments = {**{name: reader.read(position) for name, reader in self._readers.items()}, **self._given}
        return tried(
            lambda retries: self._called(position, arguments, retries),
            self.definition.retry_policy or self._scope.retry_policy,
            lambda retry: piece_log().warning("%r %s", self.definition, retry.words()),
        )

    def told_before_error(self) -> list[Found]:
        """Return what the last call gave before it failed."""
        try:
            return fitted(self._told, self.specs, repr(self.definition))
        except OutputTypeError:
            return []

    def _check_made(self, position: int) -> None:
        """Raise MissingInputError where what the function only waits for failed, or was skipped."""
        for dependency in self.definition.dependencies:
            status = self._live.get(dependency.key)
            if dependency.input_name is not None or status is None:
                continue
            has_same_keys = status.node.partitions_def == self._first.node.partitions_def
            at = position if has_same_keys else 0 if status.node.partitions_def is None else None
            if at is not None and not status.value_ids[at] and status.states[at] in _NOT_MADE:
                raise MissingInputError(f"{self.definition!r} waits for {dependency.key}, which was not made.")

    def _called(self, position: int, arguments: Mapping[str, Any], retries: int) -> list[Found]:
        context = None if self.definition.signature.context is None else self._context(position, retries)
        self._told.clear()
        returned = call_function(self.definition, arguments, context)
        for result in results_of(self.definition, returned, self._scope.loop):
            self._told.append(result)  # at once, so that what was told before an error is known
        return fitted(self._told, self.specs, repr(self.definition), wanted=self.keys)

    def _context(self, position: int, retries: int) -> AssetCheckExecutionContext:
        return AssetCheckExecutionContext(
            self.specs,
            self._first.node.partitions_def,
            self.partition(position),
            resources=self._resources,
            run_id=self._scope.result.run_id,
            instance=self._scope.instance,
            run_tags=self._scope.tags,
            op_config=plain(self._scope.config.of(self.definition)),
            retry_number=retries,
            run=self._scope.resources.run,
        )
