"""What is said to people who hand over something else where a partition mapping goes."""

from __future__ import annotations

from collections.abc import Mapping

from notebook_assets.errors import InvalidDefinitionError, a_kind
from notebook_assets.mappings import PartitionMapping


def check_partition_mapping(mapping: object, where: str, kind: type[Exception] = InvalidDefinitionError) -> None:
    """Raise an error unless it is a partition mapping, or None.

    Args:
        mapping: What was given.
        where: What it was given as, for the error.
        kind: Which error to raise.

    Raises:
        InvalidDefinitionError: It is something else; for a function, a table and a class the error says what to write.

    >>> check_partition_mapping(lambda key: key, "mapping=")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidDefinitionError: mapping= is a PartitionMapping, such as \
TimeWindowPartitionMapping(start_offset=-1); got the function <lambda>. Write PartitionMapping.from_function(<lambda>).
    """
    if mapping is not None and not isinstance(mapping, PartitionMapping):
        example = "TimeWindowPartitionMapping(start_offset=-1)"
        raise kind(f"{where} is a PartitionMapping, such as {example}; got {_what(mapping)}")


def _what(given: object) -> str:
    if isinstance(given, type):
        if issubclass(given, PartitionMapping):
            return f"the class {given.__name__}. Write {given.__name__}(...), with parentheses."
        return f"the class {given.__name__}."
    if isinstance(given, Mapping):
        return f"{a_kind(given)}. For a table write PartitionMapping.from_table({{...}})."
    if callable(given):
        name = getattr(given, "__name__", "...")
        return f"the function {name}. Write PartitionMapping.from_function({name})."
    return (
        f"{type(given).__name__}: {given!r}. A function becomes one by PartitionMapping.from_function(...), "
        "a dict by PartitionMapping.from_table({...})."
    )
