"""PaginatedResults: keys page by page, and the cursors that say where the next page begins."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from notebook_assets.errors import InvalidInvocationError

if TYPE_CHECKING:
    from notebook_assets.partitions.ordered_keys import OrderedKeys

Result = TypeVar("Result")


@dataclass(frozen=True)
class PaginatedResults(Generic[Result]):
    """One page.

    Args:
        results: What is on it.
        cursor: Gives the next page where it is handed in; ``""`` where there never was anything.
        has_more: Whether there is a next page now. Keys that come later are found by the same cursor.

    >>> PaginatedResults(results=["a", "b"], cursor="", has_more=False).results
    ['a', 'b']
    """

    results: Sequence[Result]
    cursor: str
    has_more: bool


def cursor_after(key: str, position: int) -> str:
    """Return the cursor of a page that ends with a key.

    The key counts as long as it exists, since positions change where keys are deleted; then its former position does.

    >>> read_cursor(cursor_after("2013-01-01", 7))
    ('2013-01-01', 7)
    """
    return base64.urlsafe_b64encode(json.dumps([key, position], ensure_ascii=False).encode()).decode()


def read_cursor(cursor: str) -> tuple[str, int]:
    """Return the last key of the page before and its position then.

    Raises:
        InvalidInvocationError: This is no cursor that a page had.

    >>> read_cursor(cursor_after("EWR", 0))
    ('EWR', 0)
    """
    try:
        key, position = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if isinstance(key, str) and isinstance(position, int) and position >= 0:
            return key, position
    except (ValueError, TypeError, AttributeError):
        pass
    raise InvalidInvocationError(f"{cursor!r} is no cursor of a page of partition keys; give a page's cursor, or none.")


def page_of_keys(
    there: OrderedKeys, count: int, limit: int, ascending: bool, cursor: str | None = None
) -> PaginatedResults[str]:
    """Return a page of the keys of a settled definition.

    Args:
        there: The definition, settled.
        count: How many keys exist.
        limit: How many keys are on the page at most.
        ascending: Whether from the first key on; else from the last one back.
        cursor: That of the page before; the first page without one.

    Raises:
        InvalidInvocationError: A limit that is no number from 0 on, or a cursor that no page had.

    >>> from notebook_assets.partitions import StaticPartitionsDefinition
    >>> letters = StaticPartitionsDefinition(["a", "b", "c"])
    >>> first = page_of_keys(letters, 3, 2, ascending=False)
    >>> first.results, page_of_keys(letters, 3, 2, False, first.cursor).results
    (['c', 'b'], ['a'])
    """
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise InvalidInvocationError(f"The limit of a page is a number of keys, such as 100; got {limit!r}.")
    start, stop = 0, count
    if cursor:
        key, former = read_cursor(cursor)
        found = there.find_position(key)
        if ascending:
            start = former if found is None else found + 1
        else:
            stop = min(former if found is None else found, count)
    page = (start, max(min(start + limit, stop), start)) if ascending else (max(stop - limit, start), stop)
    keys = there.keys_of_span(*page)
    more = page[1] < stop if ascending else page[0] > start
    if not ascending:
        keys.reverse()
    if not keys:
        return PaginatedResults(keys, cursor or "", more)
    return PaginatedResults(keys, cursor_after(keys[-1], page[1] - 1 if ascending else page[0]), more)
