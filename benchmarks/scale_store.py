"""A store of three assets of 100,008 hours each, written as fast as SQLite takes rows: what scale is measured on."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any

from notebook_assets import (
    AssetIn,
    AssetKey,
    Definitions,
    HourlyPartitionsDefinition,
    Instance,
    TimeWindowPartitionMapping,
    asset,
)
from notebook_assets.diagnosis import inputs_digest, read_subsets
from notebook_assets.mappings import links_between

KEYS = 100_008
_MATERIALIZATIONS = (
    "INSERT INTO materializations (id, asset_id, partition, kind, run, time, duration, code, data_version, format, "
    "type, size, digest) VALUES (?, ?, ?, 'materialization', ?, ?, 0.001, ?, ?, 'json', 'int', 3, ?)"
)
_PIECES = (
    "INSERT INTO pieces (asset_id, partition, state, kind, event_id, value_event_id, run, time, duration, size, code, "
    "data_version) VALUES (?, ?, 'materialized', 'materialization', ?, ?, ?, ?, 0.001, 3, ?, ?)"
)
_READS = "INSERT INTO input_reads VALUES (?, ?, ?, ?, ?)"


def three_assets() -> Definitions:
    """Return a ← b ← c of 100,008 hours each; c needs the six hours that end with its own."""
    hours = HourlyPartitionsDefinition("2010-01-01-00:00", end_date="2021-05-30-00:00")
    window = AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-5))
    return Definitions(
        [
            asset(partitions_def=hours, name="a")(lambda: 1),
            asset(partitions_def=hours, name="b")(lambda a: 1),
            asset(partitions_def=hours, name="c", ins={"b": window})(lambda b: 1),
        ]
    )


def fill(instance: Instance, definitions: Definitions, versions: int = 1) -> None:
    """Record every piece of every asset as made, upstream first, this often: the last version counts."""
    graph = definitions.graph
    instance.describe_assets(definitions.descriptions(None))
    run = instance.begin_run(selection="all", planned=KEYS * len(graph.order) * versions)
    with instance.database.read() as connection:
        (number,) = connection.execute("SELECT number FROM runs WHERE id = ?", (run,)).fetchone()
        ids = dict(connection.execute("SELECT key, id FROM assets").fetchall())
    first = instance.last_event_id() + 1
    digests: dict[AssetKey, list[str]] = {}
    with instance.database.write() as connection:
        for version in range(versions):
            is_last = version == versions - 1
            for key in graph.order:
                node = graph.nodes[key]
                keys = [str(name) for name in node.partitions_def.get_partition_keys()]  # type: ignore[union-attr]
                events = range(first, first + len(keys))
                digests[key] = [_digest(f"{key}{version}{name}") for name in keys]
                now, mine = time.time(), ids[key.to_escaped_user_string()]
                columns = zip(events, keys, digests[key], strict=True)
                rows = [(event, mine, name, number, now, node.code, seen, seen) for event, name, seen in columns]
                connection.executemany(_MATERIALIZATIONS, rows)
                connection.executemany(_READS, _reads(graph, node, events, digests, ids, first - 1))
                if is_last:
                    connection.executemany(
                        _PIECES, [(mine, row[2], row[0], row[0], number, now, node.code, row[6]) for row in rows]
                    )
                first += len(keys)
    instance.finish_run(run, "success")


def _reads(
    graph: Any, node: Any, events: range, digests: dict[AssetKey, list[str]], ids: dict[str, int], up_to: int
) -> Iterator[tuple[int, int, str, int, str]]:
    for dependency in node.dependencies:
        other = graph.nodes[dependency.key].partitions_def
        links = links_between(dependency.mapping, node.partitions_def, other)
        seen, upstream = digests[dependency.key], ids[dependency.key.to_escaped_user_string()]
        for row, subset in enumerate(read_subsets(links, other.get_partition_keys())):
            spans = links.spans(row)
            digest = inputs_digest(version for start, stop in spans for version in seen[start:stop])
            yield events[row], upstream, subset, up_to, digest


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
