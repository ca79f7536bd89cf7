"""What a call that loads values asks for: one or several, in which shape, and what is told to IO managers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypeAlias, get_origin

from notebook_assets.errors import InvalidInvocationError

Shape: TypeAlias = Literal["auto", "dict", "frame", "lazy"]
Missing: TypeAlias = Literal["raise", "skip", "none"]
_SHAPES = ("auto", "dict", "frame", "lazy")
_MISSING = ("raise", "skip", "none")


class HasKey(Protocol):
    """An asset's definition, as far as loading needs it: it has a key."""

    @property
    def key(self) -> Any:
        """The key."""


def check_choices(as_: str, missing: str) -> None:
    """Raise InvalidInvocationError for a shape, or a rule for what is missing, that there is not."""
    if as_ not in _SHAPES:
        raise InvalidInvocationError(f"as_ is one of {', '.join(map(repr, _SHAPES))}; got {as_!r}.")
    if missing not in _MISSING:
        raise InvalidInvocationError(f"missing is one of {', '.join(map(repr, _MISSING))}; got {missing!r}.")


def several_asked(partition_key: Any, partition_key_range: Any, partitions: Any) -> Any:
    """Return what names several partitions, ``None`` where one value is asked for."""
    given = {"partition_key": partition_key, "partition_key_range": partition_key_range, "partitions": partitions}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise InvalidInvocationError(f"Give one of {' and '.join(named)}, not both.")
    if partition_key is not None and not isinstance(partition_key, str):
        raise InvalidInvocationError(
            f"partition_key is one key, a string; got {partition_key!r}. Several go into partitions=."
        )
    return partition_key_range if partition_key_range is not None else partitions


def fallback_options(
    python_type: Any,
    input_definition_metadata: Mapping[str, Any] | None,
    metadata: Mapping[str, Any] | None,
    resource_config: Any,
) -> dict[str, Any]:
    """Return what the fallback gets beside the piece: only what was given."""
    merged = {**(input_definition_metadata or {}), **(metadata or {})}
    options = {"python_type": python_type, "metadata": merged or None, "resource_config": resource_config}
    return {name: value for name, value in options.items() if value is not None}


def shape_asked(as_: Shape, python_type: Any) -> Shape:
    """Return the shape of several values: as asked for, or as the type asks for.

    >>> shape_asked("auto", dict), shape_asked("auto", None)
    ('dict', 'auto')
    """
    if as_ != "auto" or python_type is None:
        return as_
    if python_type is dict or get_origin(python_type) is dict:
        return "dict"
    return "frame" if getattr(python_type, "__name__", "") == "DataFrame" else "auto"


def check_version_alone(several: Any) -> None:
    """Raise InvalidInvocationError where a version of several partitions is asked for.

    >>> check_version_alone("all")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidInvocationError: version= is one event of one piece; got several partitions, 'all'.
    """
    if several is not None:
        raise InvalidInvocationError(f"version= is one event of one piece; got several partitions, {several!r}.")
