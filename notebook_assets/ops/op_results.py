"""What a call of an op's function amounts to: values by output (and mapping key), and events."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from notebook_assets.assets import (
    AssetCheckEvaluation,
    AssetCheckResult,
    AssetMaterialization,
    AssetObservation,
    MaterializeResult,
    ObserveResult,
    Output,
)
from notebook_assets.assets.types_from_annotations import is_nothing
from notebook_assets.errors import OutputTypeError, a_kind, did_you_mean
from notebook_assets.ops.dynamic_output import DynamicOutput
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.run.private_loop import PrivateLoop

OutputKey = tuple[str, str | None]
"""The name of an output and, for dynamic ones, the mapping key."""


class StepOutputNotFoundError(OutputTypeError):
    """An op gave no value for an output that is required."""


@dataclass
class OpOutcome:
    """What one call gave; an optional output that was not given is not among the values."""

    values: dict[OutputKey, Any] = field(default_factory=dict)
    outputs: dict[OutputKey, Output[Any]] = field(default_factory=dict)
    """Those that came as an :class:`Output`, with metadata."""


def outcome_of_op(
    op: OpDefinition, returned: Any, loop: PrivateLoop, on_event: Callable[[Any], None] = lambda event: None
) -> OpOutcome:
    """Return what the returned (or yielded) things amount to.

    Args:
        op: The op.
        returned: What its function gave back: values, a generator, a coroutine or an asynchronous generator.
        loop: Where coroutines run.
        on_event: Is told of each event (a materialization, ...) when it is yielded.

    Raises:
        OutputTypeError: What came does not fit the op's outputs.
        StepOutputNotFoundError: A required output did not come.
    """
    if inspect.iscoroutine(returned):
        returned = loop.run(returned)
    outcome = OpOutcome()
    if inspect.isasyncgen(returned):
        returned = (each for each in loop.collect(returned))
    if inspect.isgenerator(returned):
        for thing in returned:
            take_yielded(outcome, op, thing, on_event)
    else:
        take_returned(outcome, op, returned)
    without_value(outcome, op)
    return outcome


def take_returned(outcome: OpOutcome, op: OpDefinition, returned: Any) -> None:
    """Take what an op's function returned.

    Args:
        outcome: Where to put it.
        op: The op.
        returned: The value, or a tuple of one for each output.

    Raises:
        OutputTypeError: It does not fit the op's outputs.
    """
    if len(op.outs) == 1:
        _take(outcome, op, next(iter(op.outs)), returned)
    elif op.outs:
        _take_several(outcome, op, returned)
    elif returned is not None:
        raise OutputTypeError(f"The op {op.name!r} has no outputs, but returned {a_kind(returned)}.")


def take_yielded(
    outcome: OpOutcome, op: OpDefinition, thing: Any, on_event: Callable[[Any], None] = lambda event: None
) -> None:
    """Take one thing that an op's function yielded.

    Args:
        outcome: Where to put it.
        op: The op.
        thing: An output or an event.
        on_event: Is told of an event.

    Raises:
        OutputTypeError: It is neither, or does not fit the op's outputs.
    """
    if is_output(thing):
        _take_named(outcome, op, thing)
    elif _is_event(thing):
        on_event(thing)
    else:
        raise OutputTypeError(
            f"The op {op.name!r} yielded {a_kind(thing)}. A function that yields gives Output(value, "
            "output_name), DynamicOutput(value, mapping_key) or events; or return the value."
        )


def without_value(outcome: OpOutcome, op: OpDefinition) -> list[Output[Any]]:
    """Return the outputs of type Nothing that were not given, which are given hereby.

    Args:
        outcome: All that was given.
        op: The op.

    Raises:
        StepOutputNotFoundError: Another required output was not given.
    """
    given = {name for name, _ in outcome.values}
    found: list[Output[Any]] = []
    for name, out in op.outs.items():
        if name in given or out.is_dynamic:
            continue
        if is_nothing(out.dagster_type):
            outcome.values[name, None] = None
            found.append(Output(None, name))
        elif out.is_required:
            raise StepOutputNotFoundError(
                f"The op {op.name!r} gave no output {name!r}. If that may happen, define it with "
                f"Out(is_required=False); what needs it is then skipped."
            )
    return found


def is_output(thing: Any) -> bool:
    """Whether something that was yielded is an output.

    >>> is_output(Output(3)), is_output(3)
    (True, False)
    """
    return isinstance(thing, Output | DynamicOutput)


_EVENTS = (
    AssetCheckEvaluation,
    AssetCheckResult,
    AssetMaterialization,
    AssetObservation,
    MaterializeResult,
    ObserveResult,
)


def _is_event(thing: Any) -> bool:
    return isinstance(thing, _EVENTS)


def _take_named(outcome: OpOutcome, op: OpDefinition, thing: Output[Any] | DynamicOutput[Any]) -> None:
    name = thing.output_name
    if name not in op.outs:
        raise OutputTypeError(
            f"The op {op.name!r} gave an output called {name!r}; it has {list(op.outs)}.{did_you_mean(name, op.outs)}"
        )
    is_dynamic = op.outs[name].is_dynamic
    if is_dynamic != isinstance(thing, DynamicOutput):
        wanted = "DynamicOutput(value, mapping_key)" if is_dynamic else "Output(value)"
        raise OutputTypeError(f"The op {op.name!r} gave {a_kind(thing)} for {name!r}; give {wanted}.")
    key = (name, thing.mapping_key if isinstance(thing, DynamicOutput) else None)
    if key in outcome.values:
        which = f"the mapping key {key[1]!r}" if key[1] is not None else f"the output {name!r}"
        raise OutputTypeError(f"The op {op.name!r} gave {which} twice.")
    outcome.values[key] = thing.value
    if isinstance(thing, Output):
        outcome.outputs[key] = thing


def _take(outcome: OpOutcome, op: OpDefinition, name: str, value: Any) -> None:
    """Take what was returned for one output."""
    if op.outs[name].is_dynamic:
        if not isinstance(value, list | tuple) or not all(isinstance(each, DynamicOutput) for each in value):
            raise OutputTypeError(
                f"The op {op.name!r} returns a list of DynamicOutput(value, mapping_key) for {name!r}, or yields them; "
                f"got {a_kind(value)}."
            )
        for each in value:
            _take_named(outcome, op, each)
    elif isinstance(value, Output):
        if value.output_name not in (name, "result"):
            raise OutputTypeError(
                f"The op {op.name!r} returned the output {value.output_name!r} in the place of {name!r}; it has "
                f"the outputs {list(op.outs)}, returned in this order."
            )
        outcome.values[name, None] = value.value
        outcome.outputs[name, None] = value
    elif _is_event(value) or isinstance(value, DynamicOutput):
        raise OutputTypeError(f"The op {op.name!r} returned {a_kind(value)}; yield it.")
    else:
        outcome.values[name, None] = value


def _take_several(outcome: OpOutcome, op: OpDefinition, returned: Any) -> None:
    if returned is None and all(is_nothing(out.dagster_type) for out in op.outs.values()):
        return
    if not isinstance(returned, tuple) or len(returned) != len(op.outs):
        got = f"a tuple of {len(returned)}" if isinstance(returned, tuple) else f"{a_kind(returned)}"
        raise OutputTypeError(
            f"The op {op.name!r} has the outputs {list(op.outs)}; return a tuple with a value for each, or yield "
            f"Output(value, output_name). It returned {got}."
        )
    for name, value in zip(op.outs, returned, strict=True):
        _take(outcome, op, name, value)
