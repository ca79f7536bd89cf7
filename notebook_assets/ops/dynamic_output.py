"""DynamicOutput: one of any number of values of a dynamic output."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions.arguments import check_mapping

T = TypeVar("T")
_NAME = re.compile(r"[A-Za-z0-9_]+")


def check_name(name: object, what: str) -> None:
    """Raise InvalidDefinitionError unless a name has letters, digits and underscores only.

    >>> check_name("clean_rows", "The name of an op")
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidDefinitionError(f"{what} has letters, digits and underscores only; got {name!r}.")


@dataclass(frozen=True)
class DynamicOutput(Generic[T]):
    """A value of a dynamic output, yielded (or returned in a list) by an op with a :class:`DynamicOut`.

    Args:
        value: The value.
        mapping_key: Names it among the others; letters, digits and underscores.
        output_name: The output that it belongs to.
        metadata: Names and values.

    Raises:
        InvalidDefinitionError: The mapping key is no name.

    >>> DynamicOutput([1, 2], mapping_key="first").mapping_key
    'first'
    """

    value: T
    mapping_key: str
    output_name: str = "result"
    metadata: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        check_name(self.mapping_key, "The mapping_key of a DynamicOutput")
        check_mapping(self.metadata, "DynamicOutput: metadata", '{"rows": 3}')
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata, "DynamicOutput metadata"))
