"""The declared types of an asset's inputs and outputs, and the errors for values that are of others."""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import AsyncGeneratorType, CoroutineType, GeneratorType, NoneType
from typing import Any

from notebook_assets.assets.results import MaterializeResult
from notebook_assets.assets.types import Type, TypeCheckContext
from notebook_assets.assets.types_from_annotations import annotation_name, type_from, value_words
from notebook_assets.errors import InvalidDefinitionError, TypeCheckDidNotPass

_MAY_HOLD_SEVERAL = (tuple, GeneratorType, AsyncGeneratorType, CoroutineType, MaterializeResult)
"""What a function may return that gives several outputs, at once or when it runs."""


@dataclass(frozen=True)
class DeclaredTypes:
    """The types of an asset's inputs and outputs by their names, of those only that do not let everything pass.

    >>> types = DeclaredTypes(outputs={"result": type_from(int)})
    >>> types.check_output("result", "three", "daily[2024-01-01]")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.TypeCheckDidNotPass: daily[2024-01-01]: its value is declared as int, but it is of type str: 'three'.
    """  # noqa: E501  # an error's message stands on one line

    inputs: Mapping[str, Type] = field(default_factory=dict)
    outputs: Mapping[str, Type] = field(default_factory=dict)

    def check_input(self, name: str, value: Any, piece: str, context: TypeCheckContext | None = None) -> None:
        """Check the value of an input.

        Args:
            name: The name of the parameter.
            value: What the function is to be given.
            piece: The asset and its partition, for the error.
            context: What the check may look at.

        Raises:
            TypeCheckDidNotPass: It is of another type.
        """
        declared = self.inputs.get(name)
        if declared is not None:
            _check(declared, value, f"{piece}: the input {name!r}", context)

    def check_output(self, name: str, value: Any, piece: str, context: TypeCheckContext | None = None) -> None:
        """Check the value of an output, as :meth:`check_input` checks that of an input."""
        declared = self.outputs.get(name)
        if declared is not None:
            what = "its value" if name == "result" else f"the output {name!r}"
            _check(declared, value, f"{piece}: {what}", context)


def _check(declared: Type, value: Any, what: str, context: TypeCheckContext | None) -> None:
    found = declared.type_check(context, value)
    if found.success:
        return
    why = found.description or f"it is {value_words(value)}"
    raise TypeCheckDidNotPass(f"{what} is declared as {declared.display_name}, but {why}.", found.metadata, declared)


def declared_types(
    fn: Callable[..., Any],
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    output_names: Sequence[str] = ("result",),
) -> DeclaredTypes:
    """Return the types of a function's inputs and outputs: those that are given, else those of its annotations.

    A generator's annotation says what it yields, which are events; it is not looked at. Several outputs have the types
    of the parts of a ``tuple[...]``.

    Args:
        fn: The function.
        inputs: Declared types of inputs, each in place of the parameter's annotation.
        outputs: Declared types of outputs, each in place of the annotation of what is returned.
        output_names: The names of all outputs, in order.

    >>> def daily(hourly: list[int], anything) -> float: ...
    >>> types = declared_types(daily)
    >>> types.inputs, types.outputs
    ({'hourly': Type('list[int]')}, {'result': Type('float')})
    """
    hints = annotations_of(fn)
    returned = hints.pop("return", Any)
    for_inputs = {**hints, **(inputs or {})}
    for_outputs = {**_by_output(fn, returned, output_names), **(outputs or {})}
    return DeclaredTypes(_that_check(for_inputs), _that_check(for_outputs))


def _that_check(declared: Mapping[str, Any]) -> dict[str, Type]:
    found = ((name, type_from(each)) for name, each in declared.items())
    return {name: type_ for name, type_ in found if type_ is not None}


def _by_output(fn: Callable[..., Any], returned: Any, names: Sequence[str]) -> dict[str, Any]:
    if inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn):
        return {}
    if len(names) == 1:
        return {names[0]: returned}
    parts = typing.get_args(returned) if typing.get_origin(returned) is tuple else ()
    return dict(zip(names, parts, strict=True)) if len(parts) == len(names) and Ellipsis not in parts else {}


def check_several(fn: Callable[..., Any], names: Collection[str]) -> None:
    """Raise InvalidDefinitionError if what a function is annotated to return can't be several outputs; None may be.

    Args:
        fn: The function.
        names: The names of the outputs.

    >>> def both() -> tuple[int]: ...
    >>> check_several(both, ["low", "high"])
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidDefinitionError: both gives 2 outputs (low, high), but is annotated to return a tuple of 1. Annotate it as tuple[Any, Any], or leave the annotation out.
    """  # noqa: E501  # an error's message stands on one line
    if len(names) < 2 or "return" not in getattr(fn, "__annotations__", ()):
        return
    if inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn):
        return
    found = _what_is_one(annotations_of(fn)["return"], len(names))
    if found:
        wanted = ", ".join("Any" for _ in names)
        raise InvalidDefinitionError(
            f"{getattr(fn, '__name__', fn)} gives {len(names)} outputs ({', '.join(names)}), but is annotated to "
            f"return {found}. Annotate it as tuple[{wanted}], or leave the annotation out."
        )


def _what_is_one(returned: Any, many: int) -> str:
    """Return what an annotation stands for, in words, where no value of it is as many; else an empty string."""
    kind = typing.get_origin(returned) or returned
    parts = typing.get_args(returned) if kind is tuple else ()
    if parts and Ellipsis not in parts:
        return "" if len(parts) == many else f"a tuple of {len(parts)}"
    if not isinstance(kind, type) or issubclass(kind, tuple) or kind in (Any, NoneType):
        return ""
    return "" if any(issubclass(each, kind) for each in _MAY_HOLD_SEVERAL) else annotation_name(returned)


def annotations_of(fn: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of a function, each resolved where it can be; the others as they are written.

    >>> def daily(hourly: int, other: NotImported): ...
    >>> annotations_of(daily)
    {'hourly': <class 'int'>, 'other': 'NotImported'}
    """
    try:
        return typing.get_type_hints(fn, include_extras=True)
    except Exception:  # any annotation may raise anything when evaluated
        own = dict(getattr(fn, "__annotations__", {}))
    module = sys.modules.get(getattr(fn, "__module__", ""), None)
    names = getattr(inspect.unwrap(fn), "__globals__", None) or vars(module or typing)
    return {name: _resolved(annotation, names) for name, annotation in own.items()}


def _resolved(annotation: Any, names: dict[str, Any]) -> Any:
    if not isinstance(annotation, str):
        return annotation

    def holder() -> None: ...

    holder.__annotations__ = {"it": annotation}
    try:
        return typing.get_type_hints(holder, names)["it"]
    except Exception:  # as above
        return annotation
