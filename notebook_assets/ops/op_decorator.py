"""@op: a function becomes an op."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, overload

from notebook_assets.assets import RetryPolicy
from notebook_assets.assets.signature import Signature, read_signature
from notebook_assets.assets.types_from_annotations import type_from
from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.ops.dynamic_output import check_name
from notebook_assets.ops.ins_of_functions import returned_type, settled_in
from notebook_assets.ops.ins_outs import NO_DEFAULT, In, Out
from notebook_assets.ops.op_definition import DecoratedFunction, OpDefinition
from notebook_assets.partitions.arguments import check_mapping, check_text, check_texts


@overload
def op(compute_fn: Callable[..., Any], /) -> OpDefinition: ...
@overload
def op(
    compute_fn: None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    version: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
) -> Callable[[Callable[..., Any]], OpDefinition]: ...
def op(
    compute_fn: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config_schema: Any = None,
    required_resource_keys: AbstractSet[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    version: str | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
) -> OpDefinition | Callable[[Callable[..., Any]], OpDefinition]:
    """Make a function an op: a step that graphs, jobs and graph-backed assets are wired from.

    Args:
        compute_fn: The function, when the decorator is used without parentheses.
        name: By default the function's.
        description: For people to read; by default the function's docstring.
        ins: More about inputs, by parameter name; inputs of type ``Nothing`` are no parameters.
        out: More about the output, or about several by name.
        config_schema: What ``context.op_config`` holds.
        required_resource_keys: Resources that the function uses by ``context.resources``.
        tags: Names and values.
        version: An older name of ``code_version``.
        retry_policy: How often what failed is tried again.
        code_version: Names the version of the code.
        pool: Kept for code that gives it.

    Raises:
        InvalidDefinitionError: These don't fit together, or don't fit the function.

    >>> @op(out={"half": Out(), "rest": Out()})
    ... def divided(number: int):
    ...     return number // 2, number % 2
    >>> divided(7)
    (3, 1)
    """
    check_text(name, "@op: name", '"clean"')
    check_mapping(ins, "@op: ins", '{"rows": In(int)}')
    check_mapping(tags, "@op: tags", '{"team": "sales"}')
    check_texts(required_resource_keys, "@op: required_resource_keys", '{"database"}')
    check_text(code_version or version, "@op: code_version", '"1"')

    def define(fn: Callable[..., Any]) -> OpDefinition:
        if not callable(fn) or isinstance(fn, type | OpDefinition):
            raise InvalidDefinitionError(f"@op decorates a function; got {fn!r}. Options are named: @op(...).")
        op_name = name or str(getattr(fn, "__name__", ""))
        check_name(op_name, "The name of an op")
        signature = read_signature(fn)
        return OpDefinition(
            DecoratedFunction(fn, signature),
            op_name,
            ins=_ins(op_name, fn, signature, ins or {}),
            outs=_outs(op_name, fn, out),
            description=description or inspect.getdoc(fn),
            config_schema=config_schema,
            required_resource_keys=required_resource_keys or frozenset(),
            tags=tags or {},
            version=version,
            code_version=code_version,
            retry_policy=retry_policy,
            pool=pool,
        )

    return define if compute_fn is None else define(compute_fn)


def _ins(name: str, fn: Callable[..., Any], signature: Signature, given: Mapping[str, In]) -> dict[str, In]:
    for each, about in given.items():
        if not isinstance(about, In):
            raise InvalidDefinitionError(f"The op {name!r}: ins[{each!r}] is an In; got {about!r}.")
        is_parameter = each in signature.inputs or signature.takes_any_input
        if about.waits_only and each in signature.inputs:
            raise InvalidDefinitionError(
                f"The op {name!r}: the input {each!r} only waits (Nothing), so it is no parameter; remove it from the "
                "function."
            )
        if not is_parameter and not about.waits_only:
            raise InvalidDefinitionError(
                f"The op {name!r}: ins names {each!r}, which is no parameter of the function; it has "
                f"{list(signature.inputs)}.{did_you_mean(each, signature.inputs)}"
            )
    found = {}
    for each in signature.inputs:
        found[each] = settled_in(fn, each, given.get(each, In()))
        _check_default(name, each, given.get(each, In()))
    return {**found, **{each: about for each, about in given.items() if each not in found}}


def _check_default(name: str, each: str, about: In) -> None:
    """Raise InvalidDefinitionError if a default that ``ins`` gives is not of the type that ``ins`` gives."""
    if not about.has_default or about.default_value is None or about.dagster_type is NO_DEFAULT:
        return
    declared = type_from(about.dagster_type)
    if declared is not None and not declared.type_check(None, about.default_value).success:
        raise InvalidDefinitionError(
            f"The op {name!r}: the default of the input {each!r} is {about.default_value!r}, which is no "
            f"{declared.display_name}."
        )


def _outs(name: str, fn: Callable[..., Any], out: Out | Mapping[str, Out] | None) -> dict[str, Out]:
    declared = returned_type(fn)
    if out is None:
        return {"result": Out(declared)}
    if isinstance(out, Out):
        typed = declared if out.dagster_type is NO_DEFAULT and not out.is_dynamic else out.dagster_type
        return {"result": replace(out, dagster_type=typed)}
    if not isinstance(out, Mapping) or not all(isinstance(each, Out) for each in out.values()):
        raise InvalidDefinitionError(f"The op {name!r}: out is an Out, or a dict of them by name; got {out!r}.")
    for each in out:
        check_name(each, f"An output of the op {name!r}")
    return dict(out)
