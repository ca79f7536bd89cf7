"""Two dimensions, here and in the reference: 1,000 days to the 5,000 keys of five letters by these days, and back.

Definitions are made anew for each repetition, so that nothing is remembered. Prints one JSON object: the seconds that
each question took (the median of its repetitions), by library.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dagster as dg

import notebook_assets as na

REPETITIONS = 7
MADE = itertools.count()
NOW = datetime(2024, 1, 1, tzinfo=UTC)
Question = Callable[[], object]


def definitions(library: Any) -> tuple[Any, Any]:
    """Return 1,000 days, and five letters by these days."""
    days = library.DailyPartitionsDefinition("2020-01-01", end_date="2022-09-27")
    made = next(MADE)  # others each time: the reference remembers the keys of equal definitions
    letters = library.StaticPartitionsDefinition([f"{letter}{made}" for letter in "abcde"])
    return days, library.MultiPartitionsDefinition({"letter": letters, "day": days})


def list_keys(library: Any) -> Question:
    """List the 5,000 keys."""
    _, both = definitions(library)
    return lambda: both.get_partition_keys(NOW)


def days_to_keys(library: Any) -> Question:
    """Map all days to their keys, and list these."""
    days, both = definitions(library)
    subset = days.subset_with_partition_keys(days.get_partition_keys(NOW))
    mapping = library.MultiToSingleDimensionPartitionMapping()
    return lambda: list(mapping.get_downstream_partitions_for_partitions(subset, days, both, NOW).get_partition_keys())


def half_of_the_days(library: Any) -> Question:
    """Map every other day to its keys, and list these."""
    days, both = definitions(library)
    subset = days.subset_with_partition_keys(list(days.get_partition_keys(NOW))[::2])
    mapping = library.MultiToSingleDimensionPartitionMapping()
    return lambda: list(mapping.get_downstream_partitions_for_partitions(subset, days, both, NOW).get_partition_keys())


def keys_needed_by_days(library: Any) -> Question:
    """The keys that all days need, where the days are made from the two-dimensional asset; listed."""
    days, both = definitions(library)
    subset = days.subset_with_partition_keys(days.get_partition_keys(NOW))
    mapping = library.MultiToSingleDimensionPartitionMapping()
    return lambda: list(
        mapping.get_upstream_mapped_partitions_result_for_partitions(
            subset, days, both, NOW
        ).partitions_subset.get_partition_keys()
    )


def random_keys_to_days(library: Any) -> Question:
    """The days of 1,000 random keys."""
    days, both = definitions(library)
    chosen = random.Random(0).sample(list(both.get_partition_keys(NOW)), 1_000)
    subset = both.subset_with_partition_keys(chosen)
    mapping = library.MultiToSingleDimensionPartitionMapping()
    return lambda: list(mapping.get_downstream_partitions_for_partitions(subset, both, days, NOW).get_partition_keys())


def key_by_key(library: Any) -> Question:
    """All keys from the day before by the same letter, dimension by dimension; listed."""
    _, both = definitions(library)
    subset = both.subset_with_partition_keys(both.get_partition_keys(NOW))
    mapping = library.MultiPartitionMapping(
        {
            "letter": library.DimensionPartitionMapping("letter", library.IdentityPartitionMapping()),
            "day": library.DimensionPartitionMapping("day", library.TimeWindowPartitionMapping(-1, -1)),
        }
    )
    return lambda: list(
        mapping.get_upstream_mapped_partitions_result_for_partitions(
            subset, both, both, NOW
        ).partitions_subset.get_partition_keys()
    )


QUESTIONS = {
    "list 5,000 keys": list_keys,
    "1,000 days to 5,000 keys": days_to_keys,
    "500 days, every other, to 2,500 keys": half_of_the_days,
    "5,000 keys needed by 1,000 days": keys_needed_by_days,
    "1,000 random keys to their days": random_keys_to_days,
    "5,000 keys from the day before": key_by_key,
}


def seconds(question: Callable[[Any], Question], library: Any) -> float:
    """Return the seconds that a question takes: the median of its repetitions.

    >>> seconds(lambda library: lambda: None, None) < 0.01
    True
    """
    taken = []
    for _ in range(REPETITIONS):
        ask = question(library)
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(
        json.dumps(
            {
                name: {what: seconds(question, library) for what, question in QUESTIONS.items()}
                for name, library in (("here", na), ("reference", dg))
            }
        )
    )
