"""joblib.Memory: the same steps as cached function calls. It knows calls, not assets or partitions."""

from __future__ import annotations

import tempfile
from itertools import count

from joblib import Memory
from workload import CHAIN, LOADS, PARTITIONS, seconds_each, tell


def step(run: int, number: int, before: int) -> int:
    """One step of the chain; ``run`` makes each repetition's calls new ones."""
    return before + 1


def first(run: int, key: int) -> int:
    """The first asset of a partition."""
    return key


def second(run: int, key: int, value: int) -> int:
    """The second asset of a partition."""
    return value + 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory(folder, verbose=0)
        cached_step, cached_first, cached_second = memory.cache(step), memory.cache(first), memory.cache(second)
        runs = count()

        def chain() -> None:
            """Make a new chain."""
            run, value = next(runs), 0
            for number in range(CHAIN):
                value = cached_step(run, number, value)

        def partitions() -> None:
            """Make two values for each partition."""
            run = next(runs)
            for key in range(PARTITIONS):
                cached_second(run, key, cached_first(run, key))

        def loads() -> None:
            """Ask for what is cached, again and again."""
            for number in range(LOADS):
                cached_step(0, number % CHAIN, number % CHAIN)

        def load_partitions() -> None:
            """Ask for the value of each partition."""
            for key in range(PARTITIONS):
                cached_first(0, key)

        chain()  # run 0: to be warm, and for the loads
        for key in range(PARTITIONS):
            cached_first(0, key)
        tell(
            {
                "one": seconds_each(lambda: cached_step(next(runs), 0, 0), steps=1, repetitions=21),
                "chain": seconds_each(chain, CHAIN, repetitions=5),
                "partitions": seconds_each(partitions, 2 * PARTITIONS, repetitions=5),
                "load": seconds_each(loads, LOADS, repetitions=5),
                "load_partition": seconds_each(load_partitions, PARTITIONS, repetitions=5),
            }
        )
