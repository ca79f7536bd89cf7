"""The types of one asset in a run: its inputs and outputs are checked as they come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from notebook_assets.assets import AssetsDefinition, DeclaredTypes, Type, TypeCheckContext, declared_types

# Reading annotations takes longer than a step, and those of a definition stay what they are.
_DECLARED: WeakKeyDictionary[AssetsDefinition, DeclaredTypes] = WeakKeyDictionary()

ANYTHING = Type(lambda _, __: True, name="Any")
"""The type of what is not declared to have one."""


class StepTypes:
    """The declared types of an asset's inputs and outputs, prepared so that a step without any costs nothing.

    Args:
        definition: The asset.
        context: Gives what checks may look at, once the run is under way.
        may_be_none: The inputs that may be missing, and are None then whatever their type.

    >>> from notebook_assets import asset
    >>> @asset
    ... def daily(hourly: list[int]) -> int: ...
    >>> StepTypes(daily).check_inputs({"hourly": 3}, "2024-01-01")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.TypeCheckDidNotPass: daily[2024-01-01]: the input 'hourly' is declared as list[int], but it is of type int: 3.
    """  # noqa: E501  # an error's message stands on one line

    def __init__(
        self,
        definition: AssetsDefinition,
        context: Callable[[], TypeCheckContext] = TypeCheckContext,
        may_be_none: Collection[str] = (),
    ) -> None:
        if definition not in _DECLARED:
            _DECLARED[definition] = _declared_by(definition)
        self._types = _DECLARED[definition]
        self._names = {name: key.to_user_string() for name, key in definition.outputs.items()}
        self._context = context
        self.may_be_none = may_be_none

    def of_input(self, name: str | None) -> Type:
        """Return the declared type of an input; one that lets everything pass where there is none."""
        return self._types.inputs.get(name or "", ANYTHING)

    def of_output(self, name: str) -> Type:
        """Return the declared type of an output; one that lets everything pass where there is none."""
        return self._types.outputs.get(name, ANYTHING)

    def check_inputs(self, arguments: Mapping[str, Any], partition: str | None) -> None:
        """Check the values that the function is to be given.

        Raises:
            TypeCheckDidNotPass: One is of another type than is declared.
        """
        if not self._types.inputs:
            return
        piece = self._piece(next(iter(self._names)) if len(self._names) == 1 else "", partition)
        for name, value in arguments.items():
            if value is not None or name not in self.may_be_none:
                self._types.check_input(name, value, piece, self._context())

    def check_output(self, name: str, value: Any, partition: str | None) -> None:
        """Check the value of an output.

        Args:
            name: The name of the output; ``"result"`` where there is one.
            value: What is to be stored.
            partition: The partition that is being made, if any.

        Raises:
            TypeCheckDidNotPass: It is of another type than is declared.
        """
        if self._types.outputs:
            self._types.check_output(name, value, self._piece(name, partition), self._context())

    def _piece(self, name: str, partition: str | None) -> str:
        asset = self._names.get(name) or ", ".join(self._names.values())
        return asset if partition is None else f"{asset}[{partition}]"


def _declared_by(definition: AssetsDefinition) -> DeclaredTypes:
    inputs = [each for each in definition.dependencies if each.type is not None]
    given = {each.input_name: each.type for each in inputs if each.input_name is not None}
    found = declared_types(definition.fn, given, definition.types, tuple(definition.outputs))
    if definition.node is None:
        return found
    return DeclaredTypes(outputs=found.outputs if definition.types else {})  # ops check what they are given themselves
