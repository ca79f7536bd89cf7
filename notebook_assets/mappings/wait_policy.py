"""How much must be there: whether all, any or some number of the mapped upstream partitions are waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import numpy as np

    from notebook_assets.mappings.links import Links
    from notebook_assets.partitions.arrays import BoolArray, IntArray
else:
    np = lazy_module("numpy")

WaitFor: TypeAlias = Literal["all", "any"] | int
"""How many of the mapped upstream partitions must be materialized before a downstream one can be made.

``"all"``: each of them. ``"any"``: one, as 1 does. A number: so many; where fewer are mapped, each of them. 0: none, so
that all may be missing. Keys that the mapping requires and that do not exist count as mapped and not there. Where
nothing is mapped, nothing is waited for.
"""


def checked_wait_for(value: Any, where: str) -> WaitFor:
    """Return a wait policy as it was given.

    Args:
        value: What was given.
        where: What it was given to, for the error.

    Raises:
        InvalidDefinitionError: It is neither "all" nor "any" nor a whole number from 0 on.

    >>> checked_wait_for("any", "AssetIn"), checked_wait_for(3, "AssetIn")
    ('any', 3)
    """
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if is_number or (isinstance(value, str) and value in ("all", "any")):
        found: WaitFor = value
        return found
    hint = did_you_mean(value, ["all", "any"]) if isinstance(value, str) else ""
    raise InvalidDefinitionError(
        f'{where}: wait_for is "all", "any" or how many of the mapped partitions must be there, from 0 on; '
        f"got {value!r}.{hint}"
    )


def enough_of(wait_for: WaitFor, mapped: int) -> int:
    """Return how many of ``mapped`` upstream partitions must be there.

    >>> enough_of("all", 24), enough_of("any", 24), enough_of(10, 24), enough_of(10, 4), enough_of("any", 0)
    (24, 1, 10, 4, 0)
    """
    if wait_for == "all":
        return mapped
    return min(1 if wait_for == "any" else int(wait_for), mapped)


def needed_counts(wait_for: WaitFor, links: Links) -> IntArray:
    """Return how many upstream partitions must be there for each row of some links, int64 of shape ``(n,)``.

    >>> import numpy as np
    >>> from notebook_assets.mappings.links import one_span_each
    >>> links = one_span_each(np.array([0, 0]), np.array([5, 1]), {1: ("gone",)})
    >>> needed_counts("all", links).tolist(), needed_counts(3, links).tolist()
    ([5, 2], [3, 2])
    """
    mapped = links.count()
    if links.nonexistent:
        rows = np.fromiter(links.nonexistent, dtype=np.int64, count=len(links.nonexistent))
        mapped[rows] += np.fromiter(map(len, links.nonexistent.values()), dtype=np.int64, count=len(rows))
    if wait_for == "all":
        return mapped
    fewer: IntArray = np.minimum(mapped, 1 if wait_for == "any" else int(wait_for))
    return fewer


def has_enough(wait_for: WaitFor, links: Links, there: BoolArray) -> BoolArray:
    """Return which rows of some links have enough of what they need, bool of shape ``(n,)``.

    Args:
        wait_for: The policy.
        links: What each row needs.
        there: Which upstream positions are there, bool of shape ``(n_upstream,)``.

    >>> import numpy as np
    >>> from notebook_assets.mappings.links import one_span_each
    >>> links = one_span_each(np.array([0, 1]), np.array([2, 3]))
    >>> has_enough("any", links, np.array([True, False, False])).tolist()
    [True, False]
    """
    enough: BoolArray = links.count_of(there) >= needed_counts(wait_for, links)
    return enough


def wait_words(wait_for: WaitFor) -> str:
    """Return a policy in a few words for a label; nothing for "all", which is as always.

    >>> wait_words("any"), wait_words(3), wait_words(0), wait_words("all")
    ('any of', 'at least 3 of', 'none or some of', '')
    """
    if wait_for == "all":
        return ""
    if wait_for == 0:
        return "none or some of"
    return "any of" if wait_for in ("any", 1) else f"at least {wait_for} of"


def lack_words(there: int, mapped: int, needed: int) -> str:
    """Return what is there and what is needed, in words.

    >>> lack_words(2, 24, 10), lack_words(0, 24, 1)
    ('2 of 24 are there, 10 are needed', '0 of 24 are there, 1 is needed')
    """
    verb = "is" if there == 1 else "are"
    return f"{there:,} of {mapped:,} {verb} there, {needed:,} {'is' if needed == 1 else 'are'} needed"
