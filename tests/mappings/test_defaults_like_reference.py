"""The default mapping between any two kinds of definition: the same keys, both ways, as in the reference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster
import pytest

import notebook_assets as na
from notebook_assets.mappings import default_mapping

pytestmark = pytest.mark.filterwarnings("ignore:Class .* is currently in beta")

NOW = datetime(2024, 1, 16, 12, tzinfo=UTC)
SINGLE: dict[str, tuple[str, dict[str, Any]]] = {
    "letters": ("StaticPartitionsDefinition", {"partition_keys": ["x", "y", "z"]}),
    "fewer letters": ("StaticPartitionsDefinition", {"partition_keys": ["z", "x"]}),
    "dates by hand": ("StaticPartitionsDefinition", {"partition_keys": ["2024-01-02", "2024-01-09", "x"]}),
    "days": ("DailyPartitionsDefinition", {"start_date": "2024-01-01", "end_date": "2024-01-10"}),
    "later days": ("DailyPartitionsDefinition", {"start_date": "2024-01-05"}),
    "days to come": ("DailyPartitionsDefinition", {"start_date": "2024-01-12", "end_offset": 2}),
    "days of Berlin": ("DailyPartitionsDefinition", {"start_date": "2024-01-03", "timezone": "Europe/Berlin"}),
    "weeks": ("WeeklyPartitionsDefinition", {"start_date": "2023-12-31"}),
    "months": ("MonthlyPartitionsDefinition", {"start_date": "2023-12-01"}),
    "hours": ("HourlyPartitionsDefinition", {"start_date": "2024-01-02-00:00", "end_date": "2024-01-03-06:00"}),
    "workdays": (
        "TimeWindowPartitionsDefinition",
        {"cron_schedule": "0 9 * * 1-5", "start": "2024-01-01", "fmt": "%Y-%m-%d"},
    ),
    "words": ("DynamicPartitionsDefinition", {"name": "words"}),
    "other words": ("DynamicPartitionsDefinition", {"name": "other_words"}),
}
MULTI: dict[str, dict[str, str]] = {
    "letters by days": {"a": "letters", "d": "days"},
    "letters by days, other names": {"b": "letters", "e": "days"},
    "letters by later days": {"a": "letters", "d": "later days"},
    "letters by letters": {"a": "letters", "b": "letters"},
    "letters by words": {"a": "letters", "w": "words"},
    "fewer letters by words": {"a": "fewer letters", "w": "words"},
}
ALL = ["none", *SINGLE, *MULTI]
ADDED = {"words": ["x", "new", "2024-01-02"], "other_words": ["y", "x"]}


def built(library: Any, name: str) -> Any:
    if name == "none":
        return None
    if name in MULTI:
        return library.MultiPartitionsDefinition({part: built(library, each) for part, each in MULTI[name].items()})
    kind, arguments = SINGLE[name]
    return getattr(library, kind)(**arguments)


@pytest.fixture(scope="module")
def stores() -> Iterator[tuple[Any, Any]]:
    with na.Instance.ephemeral() as ours, dagster.DagsterInstance.ephemeral() as theirs:
        for name, keys in ADDED.items():
            ours.add_dynamic_partitions(name, keys)
            theirs.add_dynamic_partitions(name, keys)
        yield ours, theirs


def their_mapping(downstream: Any, upstream: Any) -> Any:
    @dagster.asset(partitions_def=upstream)
    def up() -> int:
        return 1

    @dagster.asset(partitions_def=downstream)
    def down(up: int) -> int:
        return up

    graph = dagster.Definitions([up, down]).resolve_asset_graph()
    return graph.get_partition_mapping(dagster.AssetKey("down"), dagster.AssetKey("up"))


def needed(mapping: Any, down: Any, up: Any, key: str | None, store: Any) -> tuple[set[str], set[str]]:
    """Return the upstream keys that one key needs, and those that do not exist."""
    found = mapping.get_upstream_mapped_partitions_result_for_partitions(
        None if down is None else down.subset_with_partition_keys([key]),
        down,
        up,
        current_time=NOW,
        dynamic_partitions_store=store,
    )
    return set(found.partitions_subset.get_partition_keys()), set(found.required_but_nonexistent_partition_keys)


def needing(mapping: Any, down: Any, up: Any, key: str, store: Any) -> set[str]:
    """Return the downstream keys that need one key."""
    found = mapping.get_downstream_partitions_for_partitions(
        up.subset_with_partition_keys([key]), up, down, current_time=NOW, dynamic_partitions_store=store
    )
    return set(found.get_partition_keys())


def chosen(choose: Any, down: Any, up: Any, store: Any) -> Any:
    """Return the default mapping of a library; None where it has none, or the mapping can't serve."""
    try:
        mapping = choose(down, up)
        mapping.validate_partition_mapping(up, down)
        if up is not None:
            needed(mapping, down, up, keys(down, store)[0], store)
    except Exception:  # of each library's own
        return None
    return mapping


def keys(definition: Any, store: Any) -> list[Any]:
    return [None] if definition is None else list(definition.get_partition_keys(NOW, store))


def means_other_things(*names: str) -> bool:
    """Whether the dimensions of both are of other kinds: there, they are paired by the key alone."""
    kinds = [[SINGLE[each][0] for each in MULTI.get(name, {}).values()] for name in names]
    return all(kinds) and kinds[0] != kinds[1]


def are_missing(named: set[str], missing: set[str]) -> bool:
    """Whether all that the reference names is missing: it names keys of a dimension, not combinations; not each."""
    return named <= {part for key in missing for part in (key, *key.split("|"))}


@pytest.mark.parametrize("downstream", ALL)
def test_the_default_mapping_to_each_kind_gives_the_same_keys(downstream: str, stores: tuple[Any, Any]) -> None:
    """From each kind in turn; where one library refuses a pair, so does the other."""
    with na.partition_loading_context(NOW, stores[0]), dagster.partition_loading_context(NOW, stores[1]):
        for upstream in ALL:
            downs, ups = ([built(library, name) for library in (na, dagster)] for name in (downstream, upstream))
            ours = chosen(default_mapping, downs[0], ups[0], stores[0])
            theirs = chosen(their_mapping, downs[1], ups[1], stores[1])
            if ours is None or theirs is None or ups[0] is None:
                assert (ours is None) == (theirs is None or means_other_things(upstream, downstream)), upstream
                continue
            for key in keys(downs[0], stores[0]):
                found, missing = needed(ours, downs[0], ups[0], key, stores[0])
                expected, named = needed(theirs, downs[1], ups[1], key, stores[1])
                assert found == expected, (upstream, key)
                # There, existing windows count as missing where a window goes past both borders.
                assert are_missing(named - {*keys(ups[0], stores[0])}, missing), (upstream, key)
            for key in keys(ups[0], stores[0]) if downs[0] is not None else []:
                mine_down = needing(ours, downs[0], ups[0], key, stores[0])
                assert mine_down == needing(theirs, downs[1], ups[1], key, stores[1]), (upstream, key)
