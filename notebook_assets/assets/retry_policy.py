"""RetryPolicy, and the two errors by which a function has a say in it: RetryRequested and Failure."""

from __future__ import annotations

import enum
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, NotebookAssetsError
from notebook_assets.metadata import normalize_metadata
from notebook_assets.partitions.arguments import check_mapping


class Backoff(enum.Enum):
    """How the delay grows with each retry: ``LINEAR`` by itself, ``EXPONENTIAL`` doubling.

    >>> Backoff.LINEAR.name
    'LINEAR'
    """

    LINEAR = "LINEAR"
    EXPONENTIAL = "EXPONENTIAL"


class Jitter(enum.Enum):
    """What chance does to a delay: ``FULL`` anything up to it, ``PLUS_MINUS`` up to one base delay more or less.

    >>> Jitter.FULL.name
    'FULL'
    """

    FULL = "FULL"
    PLUS_MINUS = "PLUS_MINUS"


@dataclass(frozen=True)
class RetryPolicy:
    """How often, and after how long, what failed is tried again.

    Args:
        max_retries: How many times after the first.
        delay: Seconds to wait before each; a negative one means none.
        backoff: How the delay grows.
        jitter: What chance does to it.

    Raises:
        InvalidDefinitionError: A number is no number, a backoff or jitter is none, or there is one of no delay.

    >>> policy = RetryPolicy(max_retries=3, delay=0.5, backoff=Backoff.EXPONENTIAL)
    >>> [policy.seconds(attempt, chance=lambda: 0.5) for attempt in (1, 2, 3)]
    [0.5, 1.5, 3.5]
    """

    max_retries: int = 1
    delay: float | None = None
    backoff: Backoff | None = None
    jitter: Jitter | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.max_retries, int) or isinstance(self.max_retries, bool):
            raise InvalidDefinitionError(f"RetryPolicy: max_retries is a whole number; got {self.max_retries!r}.")
        if self.delay is not None and (not isinstance(self.delay, int | float) or isinstance(self.delay, bool)):
            raise InvalidDefinitionError(f"RetryPolicy: delay is in seconds, such as 0.5; got {self.delay!r}.")
        if self.delay is not None and not math.isfinite(self.delay):
            raise InvalidDefinitionError(
                f"RetryPolicy: nobody can wait {self.delay} seconds; write a delay such as 0.5."
            )
        for name, kind in (("backoff", Backoff), ("jitter", Jitter)):
            given = getattr(self, name)
            if given is not None and not isinstance(given, kind):
                names = " or ".join(f"{kind.__name__}.{each}" for each in kind.__members__)
                raise InvalidDefinitionError(f"RetryPolicy: {name} is {names}; got {given!r}.")
        if self.delay is None and (self.backoff is not None or self.jitter is not None):
            raise InvalidDefinitionError("RetryPolicy: a backoff or jitter needs a delay; add delay=1.")

    def seconds(self, attempt: int, chance: Callable[[], float]) -> float:
        """Return how long to wait before a retry.

        Args:
            attempt: 1 for the first retry.
            chance: Gives a random number from 0 to 1.
        """
        base = self.delay or 0.0
        delay = base
        if self.backoff is Backoff.LINEAR:
            delay = base * attempt
        elif self.backoff is Backoff.EXPONENTIAL:
            delay = base * (2**attempt - 1)
        if self.jitter is Jitter.FULL:
            return delay * chance()
        if self.jitter is Jitter.PLUS_MINUS:
            return max(0.0, delay + base * (2 * chance() - 1))
        return delay

    def calculate_delay(self, attempt_num: int) -> float:
        """Return how long to wait before a retry, with the chance that the jitter takes.

        Args:
            attempt_num: 1 for the first retry.

        Raises:
            InvalidInvocationError: That is no whole number.

        >>> RetryPolicy(delay=2, backoff=Backoff.LINEAR).calculate_delay(3)
        6
        """
        if not isinstance(attempt_num, int):
            raise InvalidInvocationError(f"calculate_delay: attempt_num is 1 for the first retry; got {attempt_num!r}.")
        return self.seconds(attempt_num, random.random)


class RetryRequested(Exception):  # noqa: N818 the reference's name
    """Raised by a function that wants to be tried again.

    Args:
        max_retries: How many times after the first.
        seconds_to_wait: How long before each; a negative number means not at all.

    Raises:
        InvalidInvocationError: One of these is no number, or nobody can wait so long.

    >>> RetryRequested(max_retries=3).max_retries
    3
    """

    def __init__(self, max_retries: int = 1, seconds_to_wait: float | None = None) -> None:
        if not isinstance(max_retries, int):
            raise InvalidInvocationError(f"RetryRequested: max_retries is a whole number; got {max_retries!r}.")
        if seconds_to_wait is not None and not isinstance(seconds_to_wait, int | float):
            raise InvalidInvocationError(f"RetryRequested: seconds_to_wait is a number; got {seconds_to_wait!r}.")
        if seconds_to_wait is not None and not math.isfinite(seconds_to_wait):
            raise InvalidInvocationError(f"RetryRequested: nobody can wait {seconds_to_wait} seconds; write 0.5 or so.")
        super().__init__()  # without arguments, so that copies are made by __init__ as it is called here or anywhere
        self.max_retries = max_retries
        self.seconds_to_wait = seconds_to_wait

    def __str__(self) -> str:
        return f"retry requested (up to {self.max_retries} times)"


class Failure(Exception):  # noqa: N818 the reference's name
    """Raised by a function to fail with metadata, or without being tried again.

    Args:
        description: Why.
        metadata: Names and values.
        allow_retries: Whether a retry policy still counts.

    Raises:
        InvalidDefinitionError: The metadata can't be such.

    >>> Failure("no rows", allow_retries=False).allow_retries
    False
    """

    def __init__(
        self,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        allow_retries: bool | None = None,
    ) -> None:
        super().__init__(description)
        self.description = description
        check_mapping(metadata, "Failure: metadata", '{"rows": 3}')
        self.metadata = normalize_metadata(metadata, "Failure metadata")
        self.allow_retries = allow_retries is not False

    def __str__(self) -> str:
        return self.description or ""


def wait_before_retry(
    error: BaseException, policy: RetryPolicy | None, retries: int, chance: Callable[[], float]
) -> float | None:
    """Return how many seconds to wait before what failed is tried again; None if it is not.

    Args:
        error: Why it failed.
        policy: Its policy, if any.
        retries: How often it was tried again already.
        chance: Gives a random number from 0 to 1.

    >>> wait_before_retry(ValueError(), RetryPolicy(max_retries=1), 0, lambda: 0.0)
    0.0
    >>> wait_before_retry(ValueError(), RetryPolicy(max_retries=1), 1, lambda: 0.0) is None
    True
    """
    if isinstance(error, RetryRequested):
        return max(0.0, error.seconds_to_wait or 0.0) if retries < error.max_retries else None
    if not isinstance(error, Exception) or (isinstance(error, Failure) and not error.allow_retries):
        return None
    if isinstance(error, NotebookAssetsError):  # a wrong definition, type or call, which is wrong the next time too
        return None
    if policy is None or retries >= policy.max_retries:
        return None
    return max(0.0, policy.seconds(retries + 1, chance))
