"""What an asset's function says by its signature: its inputs, whether it takes the context or gives a value."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notebook_assets.errors import InvalidDefinitionError

_CONTEXT_NAMES = ("context", "_context", "_", "__")
_CONTEXT_TYPES = ("AssetExecutionContext", "OpExecutionContext")


@dataclass(frozen=True)
class Signature:
    """The parts of a function's signature that matter to an asset.

    ``inputs`` are the parameters that stand for upstream assets, ``context`` is the name of the parameter that takes
    the context (or None), ``frames`` are the inputs annotated as a DataFrame, ``returns_nothing`` tells ``-> None``.
    """

    inputs: tuple[str, ...]
    context: str | None
    frames: frozenset[str]
    returns_nothing: bool


def read_signature(fn: Callable[..., Any]) -> Signature:
    """Read the signature of an asset's function; string annotations count too.

    Raises:
        InvalidDefinitionError: It takes ``*args`` or ``**kwargs`` or positional-only parameters, which name no asset.

    >>> def daily(context, hourly): ...
    >>> read_signature(daily).inputs
    ('hourly',)
    """
    parameters = list(inspect.signature(fn).parameters.values())
    hints = _hints(fn)
    context = None
    if parameters and _is_context(parameters[0], hints):
        context = parameters.pop(0).name
    for parameter in parameters:
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise InvalidDefinitionError(
                f"{fn.__name__}: the parameter {parameter} names no upstream asset. Name each input; "
                "an asset's function takes no *args, **kwargs or positional-only parameters."
            )
    names = tuple(parameter.name for parameter in parameters)
    return Signature(
        inputs=names,
        context=context,
        frames=frozenset(name for name in names if _is_frame(hints.get(name))),
        returns_nothing="return" in hints and hints["return"] in (None, type(None), "None"),
    )


def _hints(fn: Callable[..., Any]) -> Mapping[str, Any]:
    """Resolved annotations where they resolve, else as written (a name that is not imported does no harm)."""
    try:
        return typing.get_type_hints(fn)
    except Exception:  # any annotation may raise anything when evaluated
        return dict(getattr(fn, "__annotations__", {}))


def _is_context(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> bool:
    annotation = hints.get(parameter.name)
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return parameter.name in _CONTEXT_NAMES or name.rpartition(".")[2] in _CONTEXT_TYPES


def _is_frame(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return annotation.rpartition(".")[2] == "DataFrame"
    module = getattr(annotation, "__module__", "") or ""
    return getattr(annotation, "__name__", "") == "DataFrame" and module.partition(".")[0] == "pandas"
