"""What a function's signature says of inputs and outputs, beside what is given for them."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from notebook_assets.assets import Output
from notebook_assets.ops.ins_outs import NO_DEFAULT, In
from notebook_assets.ops.op_annotations import annotations_of


def settled_in(fn: Callable[..., Any], name: str, given: In) -> In:
    """Return what is known of an input: what was given, else what its parameter says.

    Args:
        fn: The function.
        name: The parameter.
        given: What was said of the input.

    >>> def double(number: int = 3): ...
    >>> settled_in(double, "number", In(description="any")).default_value
    3
    """
    declared = annotations_of(fn).get(name, NO_DEFAULT) if given.dagster_type is NO_DEFAULT else given.dagster_type
    parameter = inspect.signature(fn).parameters.get(name)
    default = given.default_value
    if not given.has_default and parameter is not None and parameter.default is not parameter.empty:
        default = parameter.default
    return replace(given, dagster_type=declared, default_value=default)


def returned_type(fn: Callable[..., Any]) -> Any:
    """Return the type that a function is annotated to return, inside of an Output; NO_DEFAULT if there is none.

    >>> def half(number) -> Output[float]: ...
    >>> returned_type(half)
    <class 'float'>
    """
    declared = annotations_of(fn).get("return", NO_DEFAULT)
    return typing.get_args(declared)[0] if typing.get_origin(declared) is Output else declared
