"""What each kind of metadata takes: the checks, and the one error for all of them."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from notebook_assets.errors import InvalidDefinitionError, NotebookAssetsError
from notebook_assets.metadata.cutting import cut_text

T = TypeVar("T")

_TROUBLES = (TypeError, ValueError, OverflowError, OSError, RecursionError, NotebookAssetsError)


def taken(kind: str, wanted: str, check: Callable[[Any], T], value: Any, says_why: bool = False) -> T:
    """Return ``value`` as ``check`` gives it back, as metadata of a kind is kept.

    Args:
        kind: The kind, for the error.
        wanted: What it takes, for the error.
        check: Gives back the value as it is kept, or raises.
        value: What was given.
        says_why: Whether the error of the check belongs into the message.

    Raises:
        InvalidDefinitionError: The value is none of its kind.

    >>> taken("int", "a whole number", whole_number, True)
    1
    """
    try:
        return check(value)
    except _TROUBLES as error:
        why = f" ({error})" if says_why else ""
        raise InvalidDefinitionError(f"MetadataValue.{kind} takes {wanted}; got {shown(value)}{why}.") from None


def shown(value: Any) -> str:
    """Return a value's repr, cut; only its type where it has none."""
    try:
        return cut_text(repr(value), 200)
    except Exception:  # what a repr raises is no concern here
        return f"an object of type {type(value).__name__}"


def words(value: Any) -> str:
    """Return a text; subclasses, such as members of an enumeration, as the plain text that they are."""
    if not isinstance(value, str):
        raise TypeError
    return str.__str__(value)


def whole_number(value: Any) -> int:
    """Return a whole number, of NumPy too; no text and nothing with a fraction."""
    number = int(operator.index(value))
    str(number)  # more digits than Python writes can't be kept
    return number


def any_number(value: Any) -> float:
    """Return a number; text is none."""
    if isinstance(value, str | bytes):
        raise TypeError
    return float(value)


def truth(value: Any) -> bool:
    """Return True or False, of NumPy too."""
    plain = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
    if not isinstance(plain, bool):
        raise TypeError
    return plain


def json_copy(value: Any) -> Any:
    """Return a copy as it will be read back; numbers that JSON lacks become text."""
    return json.loads(json.dumps(value), parse_constant=str)


def seconds(value: Any) -> float:
    """Return a moment in seconds since 1970 in UTC."""
    if isinstance(value, datetime) and value.utcoffset() is None:
        raise InvalidDefinitionError(
            f"A timestamp needs a time zone; got {value!r}. Give it one by value.replace(tzinfo=...)."
        )
    found = value.timestamp() if isinstance(value, datetime) else any_number(value)
    datetime.fromtimestamp(found, UTC)  # raises for what no datetime can hold
    return found
