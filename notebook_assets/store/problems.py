"""One thing that is wrong with a store."""

from __future__ import annotations

from dataclasses import dataclass

from notebook_assets.keys import AssetKey


@dataclass(frozen=True, slots=True)
class StoreProblem:
    """One thing that is wrong with a store.

    Args:
        key: The asset that it concerns, None where it is the database as a whole.
        partition: The partition.
        event_id: The event, None where it is not one.
        what: What is wrong, in a sentence.

    >>> StoreProblem(None, None, None, "The database is damaged.").key is None
    True
    """

    key: AssetKey | None
    partition: str | None
    event_id: int | None
    what: str
