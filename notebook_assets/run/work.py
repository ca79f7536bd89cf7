"""Work: one call of a function in three parts, of which the middle one can be done by anyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from notebook_assets.metadata import MetadataValue
from notebook_assets.run.outcome import Outcome
from notebook_assets.run.retries import Retry
from notebook_assets.store import EncodedValue


@dataclass(frozen=True, slots=True)
class Made:
    """What a call gave of one piece, ready to be recorded: its value encoded, if the store keeps it."""

    outcome: Outcome
    metadata: Mapping[str, MetadataValue]
    encoded: EncodedValue | None
    data_version: str | None = None
    """What changes when the value does; None where only the event stands for it."""
    is_at_hand: bool = True
    """Whether the outcome still holds the value; not where another process made it."""


@dataclass(slots=True)
class Computed:
    """What came of a call: what it made, or its error."""

    made: Any = None
    """What it gave, as the work that it belongs to understands it."""
    error: BaseException | None = None
    seconds: float = 0.0
    retries: list[Retry] = field(default_factory=list)
    """How it failed before, each time that it was tried again."""
    output: str = ""
    """What it printed and logged."""
    fatal: BaseException | None = None
    """What ends the whole run: an interrupt, or a store that takes no more."""


class Work(Protocol):
    """One call of a function: at one position, or at many.

    :meth:`begin` and :meth:`finish` are called in the notebook's own thread; :meth:`compute` in any thread, and of what
    has :meth:`portable` the middle part may be done in another process instead.
    """

    def begin(self) -> bool:
        """Note what is read; where anything is lacking, record that and return False: nothing is computed then."""

    def compute(self) -> Computed:
        """Read the inputs, call the function, encode its value or hand it to the IO manager. Records nothing."""

    def finish(self, computed: Computed) -> None:
        """Record what came of it, and keep the live statuses true.

        Raises:
            StoreError: The store takes no more.
        """


def carried_out(work: Work) -> None:
    """Do all three parts here and now.

    >>> class Printing:
    ...     def begin(self): return True
    ...     def compute(self): return Computed(made=42)
    ...     def finish(self, computed): print(computed.made)
    >>> carried_out(Printing())
    42
    """
    if work.begin():
        work.finish(work.compute())
