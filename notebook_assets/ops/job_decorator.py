"""@job: a composition function becomes a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, overload

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.ops.graph_decorator import compose
from notebook_assets.ops.hooks import HookDefinition
from notebook_assets.ops.job_definition import JobDefinition
from notebook_assets.partitions import PartitionsDefinition


@overload
def job(compose_fn: Callable[..., Any], /) -> JobDefinition: ...
@overload
def job(
    compose_fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, object] | None = None,
    config: Any = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Any = None,
    executor_def: Any = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    op_retry_policy: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    input_values: Mapping[str, object] | None = None,
    owners: Sequence[str] | None = None,
) -> Callable[[Callable[..., Any]], JobDefinition]: ...
def job(
    compose_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, object] | None = None,
    config: Any = None,
    tags: Mapping[str, Any] | None = None,
    run_tags: Mapping[str, Any] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Any = None,
    executor_def: Any = None,
    hooks: AbstractSet[HookDefinition] | None = None,
    op_retry_policy: Any = None,
    partitions_def: PartitionsDefinition | None = None,
    input_values: Mapping[str, object] | None = None,
    owners: Sequence[str] | None = None,
) -> JobDefinition | Callable[[Callable[..., Any]], JobDefinition]:
    """Make a job of a function that calls ops; it runs once, now, and its calls become nodes.

    Args:
        compose_fn: The function, when the decorator is used without parentheses.
        name: By default the function's.
        description: For people to read; by default the function's docstring.
        resource_defs: Resources by name.
        config: The run configuration: a dict, a ``RunConfig`` or a ``PartitionedConfig``.
        tags: Names and values.
        run_tags: Names and values of its runs, in place of ``tags``.
        metadata: Names and values.
        logger_defs: Kept for code that gives it.
        executor_def: Likewise; runs happen in this process.
        hooks: Called after every op.
        op_retry_policy: The retry policy of ops that have none.
        partitions_def: The partitions that it can be run for.
        input_values: Values of its inputs.
        owners: E-mail addresses, or ``team:name``.

    Raises:
        InvalidDefinitionError: An input goes nowhere, or the ops can't be wired so.

    >>> from notebook_assets import op
    >>> @op
    ... def one(): return 1
    >>> @op
    ... def double(number): return number * 2
    >>> @job
    ... def doubling():
    ...     double(one())
    >>> doubling.execute_in_process().output_for_node("double")
    2
    """

    def define(fn: Callable[..., Any]) -> JobDefinition:
        if not callable(fn) or isinstance(fn, type):
            raise InvalidDefinitionError(f"@job decorates a function; got {fn!r}. Options are named: @job(...).")
        return JobDefinition(
            graph_def=compose(fn, name or str(getattr(fn, "__name__", "")), description=description),
            resource_defs=resource_defs,
            config=config,
            partitions_def=partitions_def,
            tags=tags,
            run_tags=run_tags,
            metadata=metadata,
            hook_defs=hooks,
            op_retry_policy=op_retry_policy,
            input_values=input_values,
            owners=owners,
            executor_def=executor_def,
        )

    return define if compose_fn is None else define(compose_fn)
