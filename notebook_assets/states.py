"""The states that one piece of an asset (the asset, or one partition of it) can be in."""

from __future__ import annotations

from enum import StrEnum


class PieceState(StrEnum):
    """The state of one (asset, partition key), the same list everywhere.

    >>> PieceState("stale").is_there
    True
    """

    MATERIALIZED = "materialized"
    """Its value is stored, and made by today's code from today's inputs."""
    STALE = "stale"
    """Its value is stored, but its code or something upstream changed since."""
    EMPTY = "empty"
    """Its function ran and yielded no output; it is not run again until its code or inputs change."""
    MISSING = "missing"
    """It was never made, or was wiped."""
    FAILED = "failed"
    """Its latest attempt raised an error."""
    SKIPPED = "skipped"
    """Its latest attempt did not start, since something that it needs was not there."""
    RUNNING = "running"
    """It is being made now."""
    NONEXISTENT = "nonexistent"
    """A mapping asks for it, but its definition does not have it."""

    @property
    def is_there(self) -> bool:
        """Whether a value can be loaded."""
        return self in (PieceState.MATERIALIZED, PieceState.STALE)
