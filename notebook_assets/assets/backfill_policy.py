"""BackfillPolicy: how many partitions one call of a function makes of what is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from notebook_assets.errors import InvalidDefinitionError


class BackfillPolicyType(Enum):
    """Whether all that is asked for is made by one call, or by several.

    >>> BackfillPolicy.single_run().policy_type
    <BackfillPolicyType.SINGLE_RUN: 'SINGLE_RUN'>
    """

    SINGLE_RUN = "SINGLE_RUN"
    MULTI_RUN = "MULTI_RUN"


@dataclass(frozen=True)
class BackfillPolicy:
    """How many partitions one call of a function makes, of those that are asked for.

    Each call makes a range: all partitions from a first to a last. A function with a policy of more than one is given
    its inputs as dicts by partition key, and gives a dict by partition key; also where there is but one to be made.

    Args:
        max_partitions_per_run: The most that one call makes; None for all of them.

    Raises:
        InvalidDefinitionError: It is no whole number from 1 on.

    >>> BackfillPolicy.single_run() == BackfillPolicy(None)
    True
    >>> print(BackfillPolicy.multi_run(7))
    BackfillPolicy.multi_run(max_partitions_per_run=7)
    """

    max_partitions_per_run: int | None = 1

    def __post_init__(self) -> None:
        most: Any = self.max_partitions_per_run
        if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 1):
            raise InvalidDefinitionError(
                "BackfillPolicy: max_partitions_per_run is a whole number from 1 on, or None for all at once; got "
                f"{most!r}."
            )

    @staticmethod
    def single_run() -> BackfillPolicy:
        """Return the policy that one call makes all of them: each range of them, where there are gaps.

        >>> BackfillPolicy.single_run().max_partitions_per_run is None
        True
        """
        return BackfillPolicy(None)

    @staticmethod
    def multi_run(max_partitions_per_run: int = 1) -> BackfillPolicy:
        """Return the policy that each call makes some of them; one, by default.

        Args:
            max_partitions_per_run: The most that one call makes.

        Raises:
            InvalidDefinitionError: It is no whole number from 1 on.

        >>> BackfillPolicy.multi_run().max_partitions_per_run
        1
        """
        given: Any = max_partitions_per_run
        if given is None:
            raise InvalidDefinitionError("BackfillPolicy.multi_run takes a number; all at once is single_run().")
        return BackfillPolicy(max_partitions_per_run)

    @property
    def policy_type(self) -> BackfillPolicyType:
        """Whether one call makes all of them, or several calls do."""
        all_at_once = self.max_partitions_per_run is None
        return BackfillPolicyType.SINGLE_RUN if all_at_once else BackfillPolicyType.MULTI_RUN

    def __str__(self) -> str:
        if self.max_partitions_per_run is None:
            return "BackfillPolicy.single_run()"
        return f"BackfillPolicy.multi_run(max_partitions_per_run={self.max_partitions_per_run})"
