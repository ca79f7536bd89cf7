"""What an asset's function says by its signature: its inputs, whether it takes the context or gives a value."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions.arguments import parameters_of
from notebook_assets.resources.plain_hints import plain_hints
from notebook_assets.resources.resource_params import special_parameters

_CONTEXT_NAMES = ("context", "_context", "context_", "_")
_CONTEXT_TYPES = ("AssetExecutionContext", "OpExecutionContext", "AssetCheckExecutionContext")


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
    context_is_keyword: bool = False
    """Whether the context can only be given by name."""
    takes_any_input: bool = False
    """Whether there is a ``**kwargs`` for inputs that only ``ins`` names."""
    defaults: frozenset[str] = frozenset()
    """The inputs that need not be given."""
    config_class: Any = None
    """The Config class of the parameter ``config``, if it has one."""
    resources: tuple[str, ...] = ()
    """The parameters that are resources, by their annotations."""


def read_signature(fn: Callable[..., Any]) -> Signature:
    """Read the signature of an asset's function; string annotations count too.

    The context is a parameter named ``context``, ``_context``, ``context_`` or ``_``, or annotated as an
    AssetExecutionContext; it is the first one, or can be given only by name.

    Raises:
        InvalidDefinitionError: It takes ``*args`` or positional-only inputs, which name no asset, or takes the context
            behind an input, or as something else.

    >>> def daily(context, hourly): ...
    >>> read_signature(daily).inputs
    ('hourly',)
    """
    hints = _hints(fn)
    config_class, resources = special_parameters(fn)
    inputs: list[str] = []
    context: inspect.Parameter | None = None
    takes_any_input = False
    parameters = parameters_of(fn)
    for place, parameter in enumerate(parameters.values()):
        if parameter.kind is parameter.VAR_KEYWORD:
            takes_any_input = True
        elif _is_context(parameter, hints) and (place == 0 or parameter.kind is parameter.KEYWORD_ONLY):
            context = parameter
            _check_context(fn, parameter.name, hints.get(parameter.name))
        elif parameter.name in resources or (config_class is not None and parameter.name == "config"):
            continue
        elif parameter.name == "context":
            raise InvalidDefinitionError(f"{_name(fn)}: the context is its first parameter; move it before the inputs.")
        elif parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise InvalidDefinitionError(
                f"{_name(fn)}: the parameter {parameter} names no upstream asset. Name each input; "
                "an asset's function takes no *args and no positional-only parameters."
            )
        else:
            inputs.append(parameter.name)
    return Signature(
        inputs=tuple(inputs),
        context=context.name if context else None,
        frames=frozenset(name for name in inputs if _is_frame(hints.get(name))),
        returns_nothing="return" in hints and hints["return"] in (None, type(None), "None") and not _yields(fn),
        context_is_keyword=context is not None and context.kind is context.KEYWORD_ONLY,
        takes_any_input=takes_any_input,
        defaults=frozenset(name for name, each in parameters.items() if each.default is not each.empty),
        config_class=config_class,
        resources=resources,
    )


def _yields(fn: Callable[..., Any]) -> bool:
    """Whether it is a generator, whose annotation says nothing of the values that it yields."""
    return inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn)


def _name(fn: Callable[..., Any]) -> str:
    return getattr(fn, "__name__", repr(fn))


def _hints(fn: Callable[..., Any]) -> Mapping[str, Any]:
    """Resolved annotations where they resolve, else as written (a name that is not imported does no harm)."""
    plain = plain_hints(fn)
    if plain is not None:
        return plain
    try:
        return typing.get_type_hints(fn)
    except Exception:  # any annotation may raise anything when evaluated
        return dict(getattr(fn, "__annotations__", {}))


def _is_context(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> bool:
    if parameter.kind is parameter.VAR_POSITIONAL:
        return False
    annotation = hints.get(parameter.name)
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return parameter.name in _CONTEXT_NAMES or name.rpartition(".")[2] in _CONTEXT_TYPES


def _check_context(fn: Callable[..., Any], name: str, annotation: Any) -> None:
    """Refuse a plain class: whoever wrote it means a value."""
    is_value = isinstance(annotation, type) and annotation is not object and typing.get_origin(annotation) is None
    if is_value and annotation.__name__ not in _CONTEXT_TYPES and annotation.__module__ in ("builtins", "pandas"):
        raise InvalidDefinitionError(
            f"{_name(fn)}: the parameter {name!r} is the context, not a {annotation.__name__}. Annotate it as "
            "AssetExecutionContext, or give an input another name."
        )


def _is_frame(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return annotation in ("DataFrame", "pd.DataFrame", "pandas.DataFrame")
    module = getattr(annotation, "__module__", "") or ""
    return getattr(annotation, "__name__", "") == "DataFrame" and module.partition(".")[0] == "pandas"
