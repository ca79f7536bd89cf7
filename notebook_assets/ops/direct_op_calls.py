"""Ops that are called as functions, in tests: what they are given and what comes back is checked as in a run."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from typing import Any

from notebook_assets.errors import InvalidInvocationError, UnknownResourceError, did_you_mean
from notebook_assets.ops.op_definition import OpDefinition
from notebook_assets.ops.op_results import OpOutcome, is_output, take_returned, take_yielded, without_value
from notebook_assets.resources.config_types import MISSING
from notebook_assets.resources.direct_calls import arguments_of_call, is_built_context
from notebook_assets.run.build_contexts import build_op_context


def called_directly(op: OpDefinition, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Call an op's function.

    Args:
        op: The op.
        args: The context first, where the function takes one; then the inputs.
        kwargs: Inputs, the configuration and resources by name.

    Returns:
        What the function returns; a generator or a coroutine that checks what it gives, where it is one.

    Raises:
        InvalidInvocationError: Something is lacking or too much.
        InvalidConfigError: The configuration does not fit.
        TypeCheckDidNotPass: A value is not of its declared type.
        OutputTypeError: What came back does not fit the outputs.

    >>> from notebook_assets import op
    >>> @op
    ... def double(number: int) -> int: return number * 2
    >>> called_directly(double, (4,), {})
    8
    """
    if not op.is_from_decorator:
        raise InvalidInvocationError(
            f"The op {op.name!r} was made by hand, of a function that takes a dict; only what @op decorates is called. "
            f"Call {op.name}.compute_fn(context, {{...}})."
        )
    args, given = _with_context(op, args, dict(kwargs))
    built = next((each for each in (*args[:1], *given.values()) if is_built_context(each)), None)
    if built is not None:
        if built.given_config is not None and "config" in given and op.signature.config_class is not None:
            raise InvalidInvocationError(
                f"The op {op.name!r} is given its configuration by the context and by config=; leave out one."
            )
        args, given = arguments_of_call(op, f"the op {op.name!r}", args, given)
        _check_resources(op, built)
    given = {name: value for name, value in given.items() if not (name in op.ins and op.ins[name].waits_only)}
    given = _with_config(op, given, built, args)
    bound = _bound(op, args, given)
    for name in op.signature.inputs:
        if name in bound.arguments:
            op.types.check_input(name, bound.arguments[name], f"the op {op.name!r}")
    return _checked(op, op.fn(*bound.args, **bound.kwargs))


def _with_context(
    op: OpDefinition, args: tuple[Any, ...], given: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments with an empty context in the place of None."""
    name = op.signature.context
    if name is None:
        return args, given
    if name in given and given[name] is None:
        return args, {**given, name: build_op_context()}
    by_place = bool(args) and args[0] is None and name not in given and not op.signature.context_is_keyword
    return ((build_op_context(), *args[1:]) if by_place else args), given


def _check_resources(op: OpDefinition, built: Any) -> None:
    if op.signature.context is None and not op.signature.resources:
        return
    for key in sorted(op.required_resource_keys):
        if key not in built.resources and key not in op.signature.resources:
            raise UnknownResourceError(
                f"The op {op.name!r} needs the resource {key!r}, which the context does not have; build it with "
                f"resources={{{key!r}: ...}}.{did_you_mean(key, built.resources)}"
            )


def _with_config(op: OpDefinition, given: dict[str, Any], built: Any, args: tuple[Any, ...]) -> dict[str, Any]:
    """Return the arguments with the configuration, where the function takes it by a parameter of its own."""
    if op.signature.config_class is None:
        if op.schema is not None and (built is not None or op.signature.context is None):
            op.config_of(MISSING if built is None or built.given_config is None else built.given_config, "config")
        return given
    if "config" in given:
        if isinstance(given["config"], Mapping):
            return {**given, "config": op.config_of(given["config"], "config")}
        return given
    try:
        by_place = inspect.signature(op.fn).bind_partial(*args).arguments
    except TypeError:  # too many; told of when all is bound
        return given
    return given if "config" in by_place else {**given, "config": op.config_of(MISSING, "config")}


def _bound(op: OpDefinition, args: tuple[Any, ...], given: Mapping[str, Any]) -> inspect.BoundArguments:
    signature = op.signature
    first = 1 if signature.context and not signature.context_is_keyword else 0
    by_place = set(signature.inputs[: max(0, len(args) - first)])
    defaults = {
        name: op.ins[name].default_value
        for name in signature.inputs
        if name not in by_place and op.ins[name].has_default
    }
    try:
        return inspect.signature(op.fn).bind(*args, **{**defaults, **given})
    except TypeError as error:
        takes = "the context and " if signature.context else ""
        resources = f" and the resources {list(signature.resources)}" if signature.resources else ""
        raise InvalidInvocationError(
            f"The op {op.name!r} is called with {takes}the inputs {list(signature.inputs)}{resources}: {error}."
        ) from None


def _checked(op: OpDefinition, returned: Any) -> Any:
    if inspect.isgenerator(returned):
        return _checked_generator(op, returned)
    if inspect.isasyncgen(returned):
        return _checked_async_generator(op, returned)
    if inspect.iscoroutine(returned):
        return _checked_coroutine(op, returned)
    _check_returned(op, returned)
    return returned


def _check_returned(op: OpDefinition, returned: Any) -> None:
    outcome = OpOutcome()
    take_returned(outcome, op, returned)
    without_value(outcome, op)
    for (name, _), value in outcome.values.items():
        op.types.check_output(name, value, f"the op {op.name!r}")


async def _checked_coroutine(op: OpDefinition, coroutine: Coroutine[Any, Any, Any]) -> Any:
    returned = await coroutine
    _check_returned(op, returned)
    return returned


def _checked_generator(op: OpDefinition, things: Iterator[Any]) -> Iterator[Any]:
    outcome = OpOutcome()
    for thing in things:
        _check_yielded(outcome, op, thing)
        yield thing
    yield from without_value(outcome, op)


async def _checked_async_generator(op: OpDefinition, things: AsyncIterator[Any]) -> AsyncIterator[Any]:
    outcome = OpOutcome()
    async for thing in things:
        _check_yielded(outcome, op, thing)
        yield thing
    for thing in without_value(outcome, op):
        yield thing


def _check_yielded(outcome: OpOutcome, op: OpDefinition, thing: Any) -> None:
    take_yielded(outcome, op, thing)
    if is_output(thing):
        op.types.check_output(thing.output_name, thing.value, f"the op {op.name!r}")
