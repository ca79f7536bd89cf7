"""Dynamic partition keys in the store, beside the reference's.

Prints one JSON object: seconds for each measure of ``here`` and, where it is asked, of the ``reference``. A million
keys are added here and 20,000 there; what is told is the time of one key.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Callable

import dagster as dg

from notebook_assets import DynamicPartitionsDefinition, Instance

KEYS = 1_000_000
THEIR_KEYS = 20_000
ASKED = 1_000


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds that one call takes.

    >>> seconds(lambda: None) < 0.01
    True
    """
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def keys_in_order(count: int) -> list[str]:
    """Return keys as a counter gives them.

    >>> keys_in_order(2)
    ['episode-0000000', 'episode-0000001']
    """
    return [f"episode-{number:07}" for number in range(count)]


def random_keys(count: int) -> list[str]:
    """Return keys as a hash gives them, which an index likes least."""
    source = random.Random(0)
    return [f"{source.getrandbits(128):032x}" for _ in range(count)]


def here(kind: str, keys: list[str]) -> dict[str, float]:
    """Measure this library, in a store on disk, with one kind of keys."""
    asked = random.Random(1).sample(keys, ASKED)
    definition = DynamicPartitionsDefinition(name="episodes")
    with tempfile.TemporaryDirectory() as folder, Instance(folder) as instance:
        added = seconds(lambda: instance.add_dynamic_partitions("episodes", keys))
        found = seconds(lambda: [instance.has_dynamic_partition("episodes", key) for key in asked])
        read = seconds(lambda: definition.settled(None, instance))
        settled = definition.settled(None, instance)
        settled.find_position(asked[0])
        placed = seconds(lambda: [settled.find_position(key) for key in asked])
        again = seconds(lambda: [definition.settled(None, instance) for _ in range(ASKED)])
        instance.add_dynamic_partitions("episodes", ["one more"])
        grown = seconds(lambda: definition.settled(None, instance))
    return {
        f"add a key, {kind}": added / len(keys),
        f"look a key up in the store, {kind}": found / ASKED,
        f"read a million keys, {kind}": read,
        f"a key's position among those read, {kind}": placed / ASKED,
        f"settle again, nothing changed, {kind}": again / ASKED,
        f"settle after one key was added, {kind}": grown,
    }


def reference() -> dict[str, float]:
    """Measure the reference, in its store on disk."""
    keys = keys_in_order(THEIR_KEYS)
    with tempfile.TemporaryDirectory() as folder, dg.DagsterInstance.local_temp(folder) as instance:
        added = seconds(lambda: instance.add_dynamic_partitions("episodes", keys)) / THEIR_KEYS
        asked = random.Random(1).sample(keys, ASKED)
        found = seconds(lambda: [instance.has_dynamic_partition("episodes", key) for key in asked]) / ASKED
    return {"add a key, in order": added, "look a key up in the store, in order": found}


if __name__ == "__main__":
    measured = here("in order", keys_in_order(KEYS)) | here("random", random_keys(KEYS))
    print(json.dumps({"here": measured, "reference": reference()}))
