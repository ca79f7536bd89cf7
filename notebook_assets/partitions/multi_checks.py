"""What may be a dimension of a multi-dimensional definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions.definition import PartitionsDefinition
from notebook_assets.partitions.multi_key import RESERVED, SEPARATOR
from notebook_assets.partitions.multi_queries import MultiQueries
from notebook_assets.partitions.static import StaticPartitionsDefinition
from notebook_assets.partitions.time_windows import TimeWindowPartitionsDefinition


def checked_dimensions(dimensions: Any) -> dict[str, PartitionsDefinition]:
    """Return the dimensions in order of their names.

    Raises:
        InvalidDefinitionError: Fewer than two, one that is multi-dimensional, or a key with a reserved character.

    >>> list(checked_dimensions({"y": StaticPartitionsDefinition(["1"]), "x": StaticPartitionsDefinition(["a"])}))
    ['x', 'y']
    """
    if not isinstance(dimensions, Mapping):
        raise InvalidDefinitionError(
            "The dimensions are a dict of a definition by name, such as {'airport': …, 'day': …}; "
            f"got {type(dimensions).__name__}."
        )
    if len(dimensions) < 2:
        raise InvalidDefinitionError(
            f"A multi-dimensional definition has two dimensions or more; got {list(dimensions)}. "
            "For one, use its definition itself."
        )
    for name, definition in dimensions.items():
        _check_dimension(name, definition)
    return {name: dimensions[name] for name in sorted(dimensions)}


def _check_dimension(name: Any, definition: Any) -> None:
    if not isinstance(name, str) or not name:
        raise InvalidDefinitionError(f"A dimension has a name of some length; got {name!r}.")
    if isinstance(definition, MultiQueries):
        raise InvalidDefinitionError(
            f"The dimension {name!r} is itself multi-dimensional; put its dimensions "
            f"{definition.partition_dimension_names} beside the others, there may be any number of them."
        )
    if not isinstance(definition, PartitionsDefinition):
        raise InvalidDefinitionError(
            f"The dimension {name!r} is no partitions definition, such as StaticPartitionsDefinition(['a', 'b']); "
            f"got {definition!r}."
        )
    keys, reserved = _known_texts(definition)
    for key in keys:
        if any(sign in key for sign in reserved):
            raise InvalidDefinitionError(
                f"A key of one of several dimensions can't hold any of {' '.join(reserved)}, which separate keys; "
                f"got {key!r} on the dimension {name!r}."
            )


def _known_texts(definition: PartitionsDefinition) -> tuple[Sequence[str], Sequence[str]]:
    """What is known of the keys, and what these can't hold; the reference is as lenient with times."""
    if isinstance(definition, StaticPartitionsDefinition):
        return definition.get_partition_keys(), RESERVED
    return [definition.fmt] if isinstance(definition, TimeWindowPartitionsDefinition) else [], [SEPARATOR]
