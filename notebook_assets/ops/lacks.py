"""What stands in the place of a value that an op needs and that is not there."""

from __future__ import annotations

from enum import Enum
from typing import Any


class Lack(Enum):
    """Why there is no value where one is needed."""

    FAILED = "failed"
    ABSENT = "absent"


def list_of(items: list[Any]) -> Any:
    """Return those of some values that are there; a lack if one failed, or none of them is there.

    >>> list_of([1, Lack.ABSENT, 3])
    [1, 3]
    """
    if any(item is Lack.FAILED for item in items):
        return Lack.FAILED
    there = [item for item in items if item is not Lack.ABSENT]
    return Lack.ABSENT if items and not there else there
