"""Checks of what people give to Definitions, and merging of what several have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.partitions.arguments import check_mapping
from notebook_assets.run.executor_choice import check_executor


def check_definitions(assets: Any, resources: Any, asset_checks: Any, metadata: Any, loggers: Any = None) -> None:
    """Raise InvalidDefinitionError where an argument of Definitions is of the wrong kind.

    >>> check_definitions([], {}, [], None)
    """
    if isinstance(assets, str | Mapping) or not isinstance(assets, Iterable | None):
        raise InvalidDefinitionError(f"Definitions takes a list of assets; got {assets!r}.")
    if resources is not None and not isinstance(resources, Mapping):
        raise InvalidDefinitionError(
            f"resources maps resource keys to objects, such as {{'database': connection}}; got {resources!r}."
        )
    wrong = [key for key in resources or () if not isinstance(key, str)]
    if wrong:
        raise InvalidDefinitionError(f"resources maps texts to objects; got the key {wrong[0]!r}.")
    if isinstance(asset_checks, str | Mapping) or not isinstance(asset_checks, Iterable | None):
        raise InvalidDefinitionError(f"asset_checks is a list of checks; got {asset_checks!r}.")
    check_mapping(metadata, "metadata of Definitions", '{"team": "weather"}')
    check_mapping(loggers, "loggers of Definitions", '{"console": logger}')


def check_executor_def(given: Any, where: str) -> None:
    """Raise InvalidDefinitionError unless something is an executor, or nothing.

    >>> check_executor_def("threads", "executor")
    """
    check_executor(given, where, InvalidDefinitionError)


def listed(given: Any, what: str) -> tuple[Any, ...]:
    """Return what Definitions is given of a kind.

    Raises:
        InvalidDefinitionError: It is no list.

    >>> listed(None, "schedules")
    ()
    """
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable | None):
        raise InvalidDefinitionError(f"Definitions: {what} is a list; got {given!r}. Write {what}=[...].")
    return tuple(given or ())


def merged_mapping(what: str, mappings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one mapping of all; what is equal may be in several.

    Raises:
        InvalidDefinitionError: Two have different values of one key.

    >>> merged_mapping("resources", [{"a": 1}, {"a": 1, "b": 2}])
    {'a': 1, 'b': 2}
    """
    merged: dict[str, Any] = {}
    for mapping in mappings:
        for name, found in mapping.items():
            if name in merged and not _are_equal(merged[name], found):
                raise InvalidDefinitionError(
                    f"Two of the definitions to be merged have different {what} called {name!r}: "
                    f"{merged[name]!r} and {found!r}. Give one of them another key."
                )
            merged[name] = found
    return merged


def _are_equal(one: Any, other: Any) -> bool:
    """Whether two values are one, or equal; those that don't say so by one word, as arrays, are not."""
    try:
        return one is other or bool(one == other)
    except Exception:  # whatever an object's own comparison may raise
        return False


def merged_entry(what: str, entries: Iterable[Any]) -> Any:
    """Return the one of several that is given.

    Raises:
        InvalidDefinitionError: Two are given that are different.

    >>> merged_entry("executor", [None, "threads"])
    'threads'
    """
    given: list[Any] = []
    for entry in entries:
        if entry is not None and all(entry is not other for other in given):
            given.append(entry)
    if len(given) > 1:
        raise InvalidDefinitionError(f"Two of the definitions to be merged have an {what}: {given[0]!r}, {given[1]!r}.")
    return given[0] if given else None
