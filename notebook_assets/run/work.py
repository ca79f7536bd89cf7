"""Work: one call of a function in three parts, of which the middle one can be done by anyone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from notebook_assets.metadata import MetadataValue
from notebook_assets.run.outcome import Outcome
from notebook_assets.run.refusals import StoreTakesNoMore
from notebook_assets.run.retries import Retry
from notebook_assets.run.step_output import captured
from notebook_assets.store import EncodedValue
from notebook_assets.store.recording import StoredValue


@dataclass(frozen=True, slots=True)
class Made:
    """What a call gave of one piece, ready to be recorded: its value encoded or in its file, if the store keeps it."""

    outcome: Outcome
    metadata: Mapping[str, MetadataValue]
    encoded: EncodedValue | StoredValue | None
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
    dropped: int = 0
    """How many characters of that were too many."""
    fatal: BaseException | None = None
    """What ends the whole run: an interrupt, or a store that takes no more. What was made before it counts."""


def computed_by(call: Callable[[Callable[[Retry], None]], Any], ended: Callable[[], None]) -> Computed:
    """Call a function and return what came of it: what it gave or its error, how long it took, what it printed.

    Args:
        call: What is called; it is given what notes retries.
        ended: Called at the end, whatever came of it.

    Raises:
        KeyboardInterrupt: It was interrupted.

    >>> found = computed_by(lambda note: 1 / 0, lambda: None)
    >>> found.error
    ZeroDivisionError('division by zero')
    """
    found = Computed()
    began = time.perf_counter()
    with captured() as output:
        try:
            found.made = call(found.retries.append)
        except KeyboardInterrupt:
            raise
        except StoreTakesNoMore as refused:
            found.fatal = refused.error
        except BaseException as error:  # a user's function may raise anything
            found.error = error
        finally:
            ended()
    found.seconds = time.perf_counter() - began
    found.output, found.dropped = output.text, output.dropped
    return found


class CallsApart(Protocol):
    """Calls a function, without recording anything; another process can build the like from its parts."""

    @property
    def parts(self) -> Sequence[Any]:
        """The calls of each asset that the function makes."""

    def computed(self, task: Any) -> Computed:
        """Return what came of a call."""


class Work(Protocol):
    """One call of a function: at one position, or at many.

    :meth:`begin` and :meth:`finish` are called in the notebook's own thread, :meth:`compute` in any thread. Work that
    another process may compute has ``calls`` (:class:`CallsApart`) and ``task``, what ``calls.computed`` takes.
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

    Raises:
        KeyboardInterrupt: It was interrupted.
        StoreError: The store takes no more.

    >>> class Printing:
    ...     def begin(self): return True
    ...     def compute(self): return Computed(made=42)
    ...     def finish(self, computed): print(computed.made)
    >>> carried_out(Printing())
    42
    """
    if work.begin():
        computed = work.compute()
        work.finish(computed)
        if computed.fatal is not None:  # after a part of it was done
            raise computed.fatal
