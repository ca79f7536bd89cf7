"""How a run tells others how far it is; the notebook and the terminal listen."""

from __future__ import annotations

from typing import Protocol

from notebook_assets.keys import AssetKey
from notebook_assets.run.result import RunResult


class ProgressListener(Protocol):
    """Is told of a run's beginning, of each piece, and of its end. Must be quick: it is called for every piece."""

    def started(self, result: RunResult) -> None:
        """The run begins; ``result.planned`` pieces are to be made."""

    def advanced(self, result: RunResult, key: AssetKey, partition: str | None) -> None:
        """One more piece is dealt with; the counts of ``result`` include it."""

    def finished(self, result: RunResult) -> None:
        """The run is over; ``result.status`` says how."""


class StepListener(ProgressListener, Protocol):
    """A listener that is told besides when each piece is begun; who makes pieces asks whether it has this method."""

    def begun(self, result: RunResult, key: AssetKey, partition: str | None) -> None:
        """A piece is being made, or waits for the next free worker."""


class Silent:
    """A listener that shows nothing."""

    def started(self, result: RunResult) -> None:
        """Show nothing."""

    def advanced(self, result: RunResult, key: AssetKey, partition: str | None) -> None:
        """Show nothing."""

    def finished(self, result: RunResult) -> None:
        """Show nothing."""
