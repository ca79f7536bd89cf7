"""Trying again what failed: one loop for the functions of assets and for the ops of graphs."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from notebook_assets.assets import RetryPolicy, RetryRequested, wait_before_retry
from notebook_assets.display import duration
from notebook_assets.run.late_calls import pause, refuse_late
from notebook_assets.run.tracebacks import message_of

T = TypeVar("T")


@dataclass(frozen=True)
class Retry:
    """Something failed and is about to be tried again.

    Args:
        number: 1 for the first retry.
        most: How many there may be.
        error: Why it failed.
        seconds: How long is waited before.
    """

    number: int
    most: int
    error: BaseException
    seconds: float

    def words(self) -> str:
        """Return what is told of it, as a sentence goes on.

        >>> Retry(1, 3, ValueError("no rows"), 0.0).words()
        'failed (ValueError: no rows); it is tried again, 1 of at most 3 times'
        """
        after = f" in {duration(self.seconds)}" if self.seconds else ""
        said = (message_of(self.error).strip().splitlines() or [""])[0]
        error = f"{type(self.error).__name__}: {said}" if said else type(self.error).__name__
        return f"failed ({error}); it is tried again{after}, {self.number} of at most {self.most} times"


def tried(work: Callable[[int], T], policy: RetryPolicy | None, tell: Callable[[Retry], None]) -> T:
    """Return what ``work`` returns, which is called again as long as it fails and a policy or its error says so.

    An interrupt, or that the run is canceled, ends the wait, as anything else that is no Exception ends it all.

    Args:
        work: Gets how often it was tried again already: 0 at first.
        policy: How often, and after how long, it is tried again; None: only where it raises RetryRequested.
        tell: Called before each wait.

    Raises:
        Exception: The last one that ``work`` raised.

    >>> def work(retries):
    ...     return retries if retries == 2 else 1 / 0
    >>> tried(work, RetryPolicy(max_retries=3), lambda retry: print(retry.words()))
    failed (ZeroDivisionError: division by zero); it is tried again, 1 of at most 3 times
    failed (ZeroDivisionError: division by zero); it is tried again, 2 of at most 3 times
    2
    """
    retries = 0
    while True:
        refuse_late()
        try:
            return work(retries)
        except Exception as error:
            seconds = wait_before_retry(error, policy, retries, random.random)
            if seconds is None:
                raise
            retries += 1
            tell(Retry(retries, _most(error, policy), error, seconds))
        if seconds:
            pause(seconds)  # outside of the handler: the error and its frames are let go of before


def _most(error: Exception, policy: RetryPolicy | None) -> int:
    """Return how often something may be tried again, by who says so."""
    if isinstance(error, RetryRequested):
        return error.max_retries
    return policy.max_retries if policy is not None else 0
