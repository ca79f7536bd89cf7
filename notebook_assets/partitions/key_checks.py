"""What may be a partition key: texts of some length, without what tables, file names and ranges can't bear."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, UnknownPartitionError

# Control characters break tables, terminals and file names; lone surrogates are no UTF-8.
_CONTROLS = r"\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029"
_FORBIDDEN = re.compile(rf"[\n{_CONTROLS}]")
_FORBIDDEN_IN_LINES = re.compile(rf"[{_CONTROLS}]|\.\.\.")


def checked_keys(partition_keys: Iterable[Any]) -> list[str]:
    """Return the keys of any iterable as a list, once it is sure that each may be a partition key.

    Raises:
        InvalidDefinitionError: It is no list, or a key is no string, empty, or holds ``...`` or control characters.

    >>> checked_keys(key for key in ("EWR", "JFK"))
    ['EWR', 'JFK']
    """
    if isinstance(partition_keys, str | bytes) or not isinstance(partition_keys, Iterable):
        raise InvalidDefinitionError(
            f"Partition keys are a list, such as ['a', 'b']; got {partition_keys!r}."
            + (f" Write [{partition_keys!r}]." if isinstance(partition_keys, str) else "")
        )
    keys = list(partition_keys)
    if not _all_plain(keys):
        for key in keys:
            _check_key(key)
    return keys


def asked_keys(partition_keys: Any) -> list[Any]:
    """Return the keys that are asked for as a list; each may turn out not to exist.

    Raises:
        UnknownPartitionError: It is no list; one text is none.

    >>> asked_keys(("EWR", "JFK"))
    ['EWR', 'JFK']
    """
    if type(partition_keys) is list:  # the usual case, which is asked very often
        return partition_keys
    if isinstance(partition_keys, str | bytes) or not isinstance(partition_keys, Iterable):
        hint = f" Write [{partition_keys!r}]." if isinstance(partition_keys, str) else ""
        raise UnknownPartitionError(f"Partition keys are a list, such as ['a', 'b']; got {partition_keys!r}.{hint}")
    return list(partition_keys)


def check_differ(keys: list[str]) -> None:
    """Raise InvalidDefinitionError where a key is there more than once.

    >>> check_differ(["EWR", "JFK"])
    """
    if len(set(keys)) < len(keys):
        seen: set[str] = set()
        twice = sorted({key for key in keys if key in seen or seen.add(key)})  # type: ignore[func-returns-value]
        raise InvalidDefinitionError(f"Partition keys must differ; these are there more than once: {twice}.")


def _all_plain(keys: list[Any]) -> bool:
    """Whether no key is wrong; one look at all of them together, since a million are common."""
    try:
        text = "\n".join(keys)
    except TypeError:
        return False
    # As many line breaks as there are joints: none is in a key.
    return all(keys) and text.count("\n") == max(len(keys) - 1, 0) and not _FORBIDDEN_IN_LINES.search(text)


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or not key:
        raise InvalidDefinitionError(f"A partition key is a string of some length; got {key!r}.")
    if "..." in key:
        raise InvalidDefinitionError(f"A partition key can't hold '...', which stands for a range; got {key!r}.")
    if _FORBIDDEN.search(key):
        raise InvalidDefinitionError(f"A partition key can't hold control characters; got {key!r}.")
