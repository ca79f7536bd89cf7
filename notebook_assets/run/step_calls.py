"""StepCalls: how the function of one asset is called for one piece, wherever that is done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from notebook_assets.assets import (
    NO_VALUE,
    AssetNode,
    AssetObservation,
    AssetsDefinition,
    RetryPolicy,
    TypeCheckContext,
)
from notebook_assets.errors import StoreError
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue
from notebook_assets.partitions import PartitionsDefinition
from notebook_assets.resources import OutputContext, Resources
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.calling import call_function
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.run.data_versions import data_version_of_value
from notebook_assets.run.handing_over import hand_over
from notebook_assets.run.input_sources import InputSource, Noted
from notebook_assets.run.io_managers import IOManagerLike, io_manager_of, manager_config, plain_metadata
from notebook_assets.run.late_calls import refuse_late
from notebook_assets.run.outcome import Outcome, outcome_of
from notebook_assets.run.pieces_not_made import piece_name
from notebook_assets.run.refusals import StoreTakesNoMore, is_about_one_piece
from notebook_assets.run.retries import Retry, tried
from notebook_assets.run.run_config import computation_name
from notebook_assets.run.run_scope import RunScope
from notebook_assets.run.type_checks import StepTypes
from notebook_assets.run.work import Computed, Made, computed_by
from notebook_assets.store.value_facts import value_facts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Task:
    """What a call is about: its partition, what its inputs take, and the partitions of these for the context."""

    partition: str | None
    inputs: Mapping[str, Noted] = field(default_factory=dict)
    partitions: Mapping[str, tuple[PartitionsDefinition | None, Sequence[str]]] = field(default_factory=dict)
    range_keys: Sequence[str] | None = None
    """The partitions that the call makes, where it is called for a range of them; ``partition`` is None then."""


class StepCalls:
    """Calls the function of one asset; records nothing.

    Args:
        definition: The asset.
        node: The same in its graph.
        scope: What all steps of the run share.
        sources: Where its inputs come from, by parameter.
        may_be_none: The inputs that may be missing, and are None then whatever their type.

    Raises:
        InvalidInvocationError: A resource or an IO manager is missing, or is none.
    """

    def __init__(
        self,
        definition: AssetsDefinition,
        node: AssetNode,
        scope: RunScope,
        sources: Mapping[str, InputSource],
        may_be_none: Collection[str] = (),
    ) -> None:
        self.definition = definition
        self.node = node
        self.key: AssetKey = node.key
        self.scope = scope
        self.sources = sources
        self.policy: RetryPolicy | None = definition.retry_policy or scope.retry_policy
        self.resources: Resources = scope.resources.checked(node)
        self.given = scope.config.arguments(definition, self.resources)
        self.manager: IOManagerLike | None = io_manager_of(node, self.resources)
        self.types = StepTypes(definition, lambda: TypeCheckContext(scope.result.run_id, self.resources), may_be_none)

    @property
    def parts(self) -> Sequence[StepCalls]:
        """The calls of each asset that the function makes: these."""
        return [self]

    @staticmethod
    def rebuilt(parts: Sequence[StepCalls]) -> StepCalls:
        """Return calls of the same parts."""
        return parts[0]

    def computed(self, task: Task) -> Computed:
        """Return what came of a call; ``made`` of it is a :class:`Made`."""
        name = partial(piece_name, self.key, task.partition)
        return computed_by(lambda note: self.made(task, telling(note, name)), self.scope.shared.step_ended)

    def made(self, task: Task, tell: Callable[[Retry], None]) -> Made:
        """Call the function, again where it fails and is to be tried again; nothing of a failed attempt is kept.

        Args:
            task: What the call is about.
            tell: Is told of each failed attempt that another one follows.

        Raises:
            Exception: What the last attempt raised.
        """
        return self.attempted(lambda retries: self._called(task, retries), tell)

    def attempted(self, call: Callable[[int], T], tell: Callable[[Retry], None]) -> T:
        """Return what a call gives, which is made again where it fails and the asset, or the run, says so.

        Args:
            call: Gets how often it was tried again already.
            tell: Is told of each failed attempt that another one follows.

        Raises:
            Exception: What the last attempt raised.
        """
        if self.definition.node is not None:  # its ops are tried again each by itself
            return call(0)
        return tried(call, self.policy, tell)

    def _called(self, task: Task, retries: int) -> Made:
        arguments = {name: source.value(task.inputs[name]) for name, source in self.sources.items()}
        self.types.check_inputs(arguments, task.partition)
        context = None if self.definition.signature.context is None else self.context(task, retries)
        returned = call_function(self.definition, {**arguments, **self.given} if self.given else arguments, context)
        outcome = outcome_of(self.definition, returned, task.partition, self.scope.loop)  # a generator's body runs here
        self.scope.checks.settle(self.definition, outcome)
        return self.stored("result", outcome, context, task.partition)

    def context(self, task: Task, retries: int, selected: Sequence[AssetKey] = ()) -> AssetExecutionContext:
        """Return the context of a call; ``selected`` are the assets that it makes, where the function makes several."""
        return AssetExecutionContext(
            self.definition,
            task.partition,
            task.partitions,
            self.resources,
            self.scope.result.run_id,
            self.scope.instance,
            self.scope.tags,
            selected=selected,
            config=self.scope.config.of(self.definition),
            run_config=self.scope.config.sections,
            retry_number=retries,
            retry_policy=self.scope.retry_policy,
            load=self.scope.load,
            range_keys=task.range_keys,
        )

    def stored(
        self, output_name: str, outcome: Outcome, context: AssetExecutionContext | None, partition: str | None
    ) -> Made:
        """Hand a value to the IO manager, or encode it for the store; add what the context was told of it."""
        metadata: Mapping[str, MetadataValue] = outcome.metadata
        if context is not None:
            metadata = {**metadata, **self._logged(context.events, outcome, partition), **context.metadata_of(self.key)}
            outcome.data_version = outcome.data_version or context.data_versions.get(self.key)
        if outcome.value is NO_VALUE:
            return Made(outcome, metadata, None, outcome.data_version)
        self.types.check_output(output_name, outcome.value, partition)
        if self.manager is not None:
            told = self.handed_over(self.manager, output_name, () if partition is None else (partition,), outcome.value)
            logged = self._logged(told.logged_events, outcome, partition)
            metadata = {**value_facts(outcome.value), **metadata, **logged, **told.added_metadata}
            return Made(outcome, metadata, None, outcome.data_version)
        return self.encoded(outcome, metadata, partition)

    def encoded(self, outcome: Outcome, metadata: Mapping[str, MetadataValue], partition: str | None) -> Made:
        """Encode a value for the store; write its file already where this is not the notebook's thread.

        Raises:
            StoreTakesNoMore: The file can't be written, whatever the piece.
        """
        encoded = self.scope.instance.encode(outcome.value, str(self.key))
        version = outcome.data_version or data_version_of_value(outcome.value, encoded)
        if not self.scope.is_apart:
            return Made(outcome, metadata, encoded, version)
        refuse_late()
        try:
            stored = self.scope.instance.store_value(self.key, partition, encoded)
        except StoreError as error:
            if is_about_one_piece(error):
                raise
            raise StoreTakesNoMore(error) from error
        if self.scope.is_elsewhere:
            outcome.value = None
        return Made(outcome, metadata, stored, version, is_at_hand=not self.scope.is_elsewhere)

    def _logged(self, events: list[Any], outcome: Outcome, partition: str | None) -> dict[str, MetadataValue]:
        """Take what was told of other pieces; return the metadata of what was told of this one.

        What was told of one that the same call is still to give is left for that one's turn.
        """
        found: dict[str, MetadataValue] = {}
        left = []
        for event in events:
            if isinstance(event, AssetObservation):
                outcome.observations.append(event)
            elif event.partition not in (None, partition) or event.asset_key not in self.definition.keys:
                outcome.others.append(event)
            elif event.asset_key == self.key:
                found.update(event.values)
                outcome.tags.update(event.tags or {})
            else:
                left.append(event)
        events[:] = left
        return found

    def handed_over(
        self, manager: IOManagerLike, output_name: str, keys: tuple[str, ...], value: Any, *, is_range: bool = False
    ) -> OutputContext:
        """Give a value to the asset's own IO manager; return the context, to which that may have attached something.

        Args:
            manager: The IO manager.
            output_name: What is stored.
            keys: The partitions that it is of; none without partitions.
            value: The value.
            is_range: Whether one call made all of a range of partitions.
        """
        context = OutputContext(
            asset_key=self.key,
            partition_keys=keys,
            asset_partitions_def=self.node.spec.partitions_def,
            asset_metadata=plain_metadata(self.node),
            resources=self.resources,
            run_id=self.scope.result.run_id,
            config=self.scope.config.of_output(self.definition, output_name),
            resource_config=manager_config(self.node, self.resources),
            name=output_name,
            step_key=computation_name(self.definition),
            asset_spec=self.node.spec,
            dagster_type=self.types.of_output(output_name),
            op_of=lambda: self.definition.node_def,
            is_range=is_range,
        )
        hand_over(manager, context, value)
        return context


def telling(note: Callable[[Retry], None], name: Callable[[], str]) -> Callable[[Retry], None]:
    """Return what notes each retry of a call, and warns of it.

    Args:
        note: Is told of each.
        name: Gives what is tried again, as people write it.
    """

    def tell(retry: Retry) -> None:
        note(retry)
        piece_log().warning("%s %s", name(), retry.words())

    return tell
