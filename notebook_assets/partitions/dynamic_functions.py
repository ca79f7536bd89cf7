"""Functions that give the keys of dynamic partitions, and what they may give."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions.key_checks import check_differ, checked_keys


@dataclass(frozen=True)
class Partition:
    """One partition, as a ``partition_fn`` may give it.

    Args:
        value: Anything that stands for it.
        name: Its key; the value as text, if not given.

    >>> Partition(2013).name, Partition("JFK", "kennedy").name
    ('2013', 'kennedy')
    """

    value: Any
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or str(self.value))


PartitionFunction: TypeAlias = Callable[[datetime | None], Sequence[str | Partition]]
"""Gives the keys at a time, as strings or as :class:`Partition`."""


def function_name(function: PartitionFunction) -> str:
    """Return how a function is called in messages.

    >>> function_name(lambda current_time: [])
    '<lambda>'
    """
    return str(getattr(function, "__qualname__", None) or repr(function))


def function_of_time(function: Any) -> PartitionFunction:
    """Return the function; InvalidDefinitionError where it is none, or can't be called with a time.

    >>> function_of_time(lambda: ["ep1"])
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidDefinitionError: partition_fn is called with the current time, ...
    """
    if not callable(function):
        raise InvalidDefinitionError(f"partition_fn is a function of the current time; got {function!r}.")
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        raise InvalidDefinitionError(
            f"partition_fn is called with the current time, which {function_name(function)} does not take; write "
            "lambda current_time: [...]."
        ) from None
    except ValueError:  # a builtin that does not tell
        pass
    return function  # type: ignore[no-any-return]


def keys_given_by(function: PartitionFunction, moment: datetime) -> list[str]:
    """Return the keys that a function gives at a time.

    Raises:
        InvalidDefinitionError: It raised an error, or gave what are no keys, or a key twice.

    >>> keys_given_by(lambda current_time: [Partition(2013), "2014"], datetime(2014, 1, 1))
    ['2013', '2014']
    """
    try:
        found: Any = function(moment)
        if not isinstance(found, str):  # which is refused below, since it is no list of its letters
            found = [entry.name if isinstance(entry, Partition) else entry for entry in found]
    except Exception as error:
        raise InvalidDefinitionError(
            f"{function_name(function)}, the function that gives partition keys, failed: "
            f"{type(error).__name__}: {error}"
        ) from error
    keys = checked_keys(found)
    check_differ(keys)
    return keys
