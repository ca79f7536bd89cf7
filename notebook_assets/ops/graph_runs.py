"""One run of a graph's ops in this process: each as soon as what it needs is there, once for each mapping key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from notebook_assets.assets import Output
from notebook_assets.ops.flat_graph import FlatGraph, FlatOp
from notebook_assets.ops.graph_config import checked_graph_config, root_entry
from notebook_assets.ops.hooks import HookContext, HookDefinition, failure_of_hook, hooks_after
from notebook_assets.ops.kept_outputs import KeptOutput, kept_outputs
from notebook_assets.ops.lacks import Lack, list_of
from notebook_assets.ops.node_wiring import Collected, FromInput, FromOutput, Source
from notebook_assets.ops.op_config import NOT_GIVEN, configured_input
from notebook_assets.ops.op_context import OpExecutionContext, Surroundings
from notebook_assets.ops.op_inputs import loaded_inputs, outputs_loaded
from notebook_assets.ops.op_results import OpOutcome, outcome_of_op
from notebook_assets.resources.logs import piece_log
from notebook_assets.run.config_checking import plain
from notebook_assets.run.private_loop import PrivateLoop
from notebook_assets.run.retries import Retry, tried
from notebook_assets.run.run_events import REPORTED


class StepState(Enum):
    """What became of one step: one op, of one mapping key."""

    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    """An optional output that it needs was not given."""
    NOT_RUN = "not run"
    """What it needs failed."""


@dataclass(frozen=True)
class OpEvent:
    """Something that happened in a run: ``event_type_value`` says what, as the reference calls it."""

    event_type_value: str
    node_name: str = ""
    step_key: str | None = None
    data: Any = None

    @property
    def node_handle(self) -> str:
        """The path of the node."""
        return self.node_name


StepKey = tuple[str, str | None]
"""The path of an op and, where it runs once for each value of a dynamic output, the mapping key."""


@dataclass
class GraphRun:
    """Runs the ops of a flat graph in order; afterwards ``values``, ``states`` and ``failures`` say what came of it.

    ``inputs`` are the values of the graph's own inputs. ``job_hooks`` and ``retry_policy`` hold for every op.
    """

    graph: FlatGraph
    around: Surroundings
    inputs: Mapping[str, Any] = field(default_factory=dict)
    job_hooks: frozenset[HookDefinition] = frozenset()
    retry_policy: Any = None
    entry: Mapping[str, Any] | None = None
    """What the run's configuration says of the graph; None where the run is of nothing else."""
    place: str = ""
    """Where that stands in the run's configuration, for errors."""
    prefix: str = ""
    """What stands before the name of each step, as contexts tell it: the graph of an asset, and a point."""
    configs: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What the configuration gives for inputs, by the op's path."""
    values: dict[tuple[str, str, str | None], Any] = field(default_factory=dict)
    outputs: dict[tuple[str, str, str | None], Output[Any]] = field(default_factory=dict)
    metadata: dict[tuple[str, str, str | None], dict[str, Any]] = field(default_factory=dict)
    states: dict[StepKey, StepState] = field(default_factory=dict)
    failures: dict[StepKey, BaseException] = field(default_factory=dict)
    retries: dict[StepKey, int] = field(default_factory=dict)
    events: list[OpEvent] = field(default_factory=list)
    user_events: list[tuple[str, Any]] = field(default_factory=list)
    """What ops yielded beside outputs, with the op's path."""
    loop: PrivateLoop = field(default_factory=PrivateLoop)
    default_manager: str | None = None
    """The IO manager of outputs that name none; None where these are handed on as they are."""
    handed_on: frozenset[FromOutput] = frozenset()
    """Outputs that are stored elsewhere: as assets."""
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What IO managers are told of outputs, by the op's path."""
    kept: dict[tuple[str, str, str | None], KeptOutput] = field(default_factory=dict)

    @cached_property
    def loaded(self) -> frozenset[FromOutput]:
        """The outputs that input managers load."""
        return outputs_loaded(self.graph)

    def check(self) -> None:
        """Check the configuration of every op before any of them runs.

        Raises:
            InvalidConfigError: It does not fit.
        """
        root = self.graph.graph
        if root is not None:
            entry = root_entry(root, self.around.run_config) if self.entry is None else self.entry
            found = checked_graph_config(root, entry, self.graph.ops, self.place)
            self.configs, self.given, self.told = found.configs, found.inputs, found.outputs

    def run(self) -> None:
        """Run every op that can be run; what fails stops only what needs it.

        Raises:
            KeyboardInterrupt: It was interrupted; nothing more is run.
        """
        try:
            for flat in self.graph.ops.values():
                for mapping_key in self._mapping_keys(flat):
                    self._step(flat, mapping_key)
        finally:
            self.loop.close()

    def mapping_keys(self, source: FromOutput) -> Sequence[str]:
        """Return the keys that a dynamic output was given for, in order."""
        return [key for node, output, key in self.values if (node, output) == (source.node, source.output) and key]

    def _mapping_keys(self, flat: FlatOp) -> Sequence[str | None]:
        if flat.scope is None:
            return [None]
        succeeded = self.states.get((flat.scope.node, None)) is StepState.SUCCESS
        return self.mapping_keys(flat.scope) if succeeded else []

    def _step(self, flat: FlatOp, mapping_key: str | None) -> None:
        step = (flat.path, mapping_key)
        found = {
            name: self._value(source, mapping_key)
            for name, source in flat.inputs.items()
            if not (isinstance(source, FromInput) and source.name not in self.inputs)
        }
        if any(value is Lack.FAILED for value in found.values()):
            self.states[step] = StepState.NOT_RUN
        elif any(value is Lack.ABSENT for value in found.values()):
            self.states[step] = StepState.SKIPPED
            self._tell("STEP_SKIPPED", flat, mapping_key)
        else:
            arguments = {name: value for name, value in found.items() if not flat.op.ins[name].waits_only}
            self._tell("STEP_START", flat, mapping_key)
            self._run_step(flat, mapping_key, {**self._unconnected(flat, found), **arguments})

    def _unconnected(self, flat: FlatOp, found: Mapping[str, Any]) -> dict[str, Any]:
        """Return what inputs that nothing is connected to are: configured, or else their defaults."""
        values = {}
        for name, about in flat.op.ins.items():
            if name not in found and not about.waits_only:
                value = configured_input(self.given.get(flat.path, {}), name)
                values[name] = about.default_value if value is NOT_GIVEN else value
        return values

    def _value(self, source: Source, mapping_key: str | None) -> Any:
        if isinstance(source, FromInput):
            return self.inputs[source.name]
        if isinstance(source, FromOutput):
            return self._given(source, mapping_key if self.graph.is_dynamic(source) else None)
        if isinstance(source, Collected):
            return self._collected(source.source)
        items = [self._value(each, mapping_key) for each in source.sources]
        return list_of(items)

    def _given(self, source: FromOutput, mapping_key: str | None) -> Any:
        place = (source.node, source.output, mapping_key)
        if place in self.values:
            return self.kept.get(place, self.values[place])
        by_key = mapping_key if self.graph.ops[source.node].scope is not None else None
        state = self.states.get((source.node, by_key), StepState.NOT_RUN)
        return Lack.FAILED if state in (StepState.FAILED, StepState.NOT_RUN) else Lack.ABSENT

    def _collected(self, source: FromOutput) -> Any:
        dynamic = self.graph.dynamic_source(source)
        if dynamic is None:
            return list_of([self._given(source, None)])
        state = self.states.get((dynamic.node, None))
        if state is StepState.SKIPPED:
            return Lack.ABSENT
        if state is not StepState.SUCCESS:
            return Lack.FAILED
        keys = self.mapping_keys(dynamic)
        if not keys and not self.graph.ops[dynamic.node].op.outs[dynamic.output].is_required:
            return Lack.ABSENT
        return list_of([self._given(source, key) for key in keys])

    def _run_step(self, flat: FlatOp, mapping_key: str | None, arguments: dict[str, Any]) -> None:
        step = (flat.path, mapping_key)

        def attempt(retries: int) -> tuple[OpOutcome, OpExecutionContext]:
            if retries:
                self._tell("STEP_RESTARTED", flat, mapping_key)
            name = self.prefix + step_name(*step)
            config = plain(self.configs.get(flat.path))
            context = OpExecutionContext(flat.op, self.around, name, config, mapping_key, retries, flat.tags)
            return self._called(flat, context, arguments), context

        def tell(retry: Retry) -> None:
            self.retries[step] = retry.number
            self._tell("STEP_UP_FOR_RETRY", flat, mapping_key, retry.error)
            piece_log().warning("the op %s %s", step_name(*step), retry.words())

        try:
            outcome, context = tried(attempt, flat.retry_policy or self.retry_policy, tell)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a user's function may raise anything
            self._failed(flat, step, error)
        else:
            self._succeeded(flat, step, outcome, context)

    def _called(self, flat: FlatOp, context: OpExecutionContext, arguments: dict[str, Any]) -> OpOutcome:
        signature, types = flat.op.signature, flat.op.types
        where = f"the op {context.step_key!r}"
        arguments = {**arguments, **loaded_inputs(self, flat, arguments)}
        for name, value in arguments.items():
            types.check_input(name, value, where)
        special: dict[str, Any] = {name: self.around.resources[name] for name in signature.resources}
        if signature.config_class is not None:
            special["config"] = self.configs.get(flat.path)
        if signature.context_is_keyword and signature.context is not None:
            special[signature.context] = context
        place = () if signature.context is None or signature.context_is_keyword else (context,)
        returned = flat.op.fn(*place, **special, **arguments)

        def take(event: Any) -> None:
            self.user_events.append((flat.path, event))
            self.events.append(OpEvent(REPORTED, flat.path, context.step_key, event))

        outcome = outcome_of_op(flat.op, returned, self.loop, take)
        for (name, _), value in outcome.values.items():
            types.check_output(name, value, where)
        for (name, key), kept in kept_outputs(self, flat, outcome, context).items():
            self.kept[flat.path, name, context.get_mapping_key() if key is None else key] = kept
        for event in context.events:
            take(event)
        return outcome

    def _succeeded(self, flat: FlatOp, step: StepKey, outcome: OpOutcome, context: OpExecutionContext) -> None:
        path, mapping_key = step
        self.states[step] = StepState.SUCCESS
        for (name, key), value in outcome.values.items():
            place = (path, name, mapping_key if key is None else key)
            self.values[place] = value
            output = outcome.outputs.get((name, key))
            if output is not None:
                self.outputs[place] = output
            own = dict(output.metadata or {}) if output is not None else {}
            own.update(context.added_metadata.get((name, key), {}))
            if own:
                self.metadata[place] = own
            self._tell("STEP_OUTPUT", flat, mapping_key, name)
        self._tell("STEP_SUCCESS", flat, mapping_key)
        self._call_hooks("success", flat, step, None)

    def _failed(self, flat: FlatOp, step: StepKey, error: BaseException) -> None:
        self.states[step] = StepState.FAILED
        self.failures[step] = error
        self._tell("STEP_FAILURE", flat, step[1], error)
        self._call_hooks("failure", flat, step, error)

    def _call_hooks(self, when: str, flat: FlatOp, step: StepKey, error: BaseException | None) -> None:
        """Call the hooks; one that fails is told of, and changes nothing else."""
        path, mapping_key = step
        values = {name: value for (node, name, key), value in self.values.items() if node == path}
        for hook in hooks_after(flat.hooks | self.job_hooks, when):
            context = HookContext(
                op=flat.op,
                step_key=self.prefix + step_name(*step),
                around=self.around,
                op_config=plain(self.configs.get(flat.path)),
                op_exception=error,
                op_output_values=values,
                hook_def=hook,
            )
            failed = failure_of_hook(hook, context)
            self._tell("HOOK_COMPLETED" if failed is None else "HOOK_ERRORED", flat, mapping_key, failed)

    def _tell(self, event_type: str, flat: FlatOp, mapping_key: str | None, data: Any = None) -> None:
        self.events.append(OpEvent(event_type, flat.path, step_name(flat.path, mapping_key), data))


def step_name(path: str, mapping_key: str | None) -> str:
    """Return what a step is called: the op's path, with the mapping key in brackets.

    >>> step_name("outer.clean", "k1")
    'outer.clean[k1]'
    """
    return path if mapping_key is None else f"{path}[{mapping_key}]"
