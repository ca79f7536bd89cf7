"""Every kind of mapping, built-in and custom: what it gives upstream and what it gives downstream are one relation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from notebook_assets.errors import InvalidMappingError
from notebook_assets.mappings import (
    AllPartitionMapping,
    DimensionPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
    PartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    TimeWindowPartitionMapping,
    links_between,
)
from notebook_assets.mappings.forms import _KINDS
from notebook_assets.partitions import (
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    HourlyPartitionsDefinition,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionsDefinition,
    StaticPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from notebook_assets.partitions.dynamic_keys import DynamicKeys

START = datetime(2013, 3, 28)
NOW = datetime(2013, 4, 9, 12, tzinfo=UTC)
ZONES = ["UTC", "America/New_York", "Europe/Berlin"]
keys_of_letters = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)


@st.composite
def windows(draw: st.DrawFn, zones: list[str] | None = None) -> PartitionsDefinition:
    kind = draw(st.sampled_from([HourlyPartitionsDefinition, DailyPartitionsDefinition, WeeklyPartitionsDefinition]))
    start = START + timedelta(days=draw(st.integers(0, 4)))
    end = draw(st.sampled_from([None, start + timedelta(days=8)]))
    return kind(
        start, end, timezone=draw(st.sampled_from(zones or ZONES)), end_offset=draw(st.sampled_from([0, 0, -1]))
    )


@st.composite
def listed(draw: st.DrawFn) -> PartitionsDefinition:
    keys = draw(keys_of_letters)
    if draw(st.booleans()):
        return StaticPartitionsDefinition(keys)
    return DynamicPartitionsDefinition(name="letters").with_keys(DynamicKeys.of(keys))


singles = st.one_of(windows(), listed())


@st.composite
def multis(draw: st.DrawFn) -> PartitionsDefinition:
    return MultiPartitionsDefinition({"one": draw(listed()), "two": draw(singles)}).settled(NOW)


definitions = st.one_of(singles, multis())


def keys(definition: PartitionsDefinition) -> list[str]:
    return list(definition.get_partition_keys(NOW))


@st.composite
def tables(draw: st.DrawFn, down: PartitionsDefinition, up: PartitionsDefinition) -> dict[str, Any]:
    """Upstream keys, ranges and nonexistent keys by downstream key."""
    there = keys(up)[:30]
    item = st.sampled_from([*there, "nowhere"])
    return {key: draw(st.lists(item, max_size=3)) for key in draw(st.permutations(keys(down)[:40]))}


@st.composite
def custom(draw: st.DrawFn, down: PartitionsDefinition, up: PartitionsDefinition) -> PartitionMapping:
    table = draw(tables(down, up))
    back: dict[str, list[str]] = {}
    for key, needed in table.items():
        for each in needed:
            back.setdefault(each, []).append(key)

    class ByTable(PartitionMapping):
        one = False

        def upstream(self, key):
            return table.get(key)

    forms = [
        ByTable(),
        PartitionMapping.from_function(table.get, one=False),
        PartitionMapping.from_function(downstream=back.get),
        PartitionMapping.from_function(table.get, downstream=back.get, one=False),
        PartitionMapping.from_function(lambda key, context: table.get(key), one=False, allow_nonexistent=True),
        PartitionMapping.from_table(table),
    ]
    there = keys(up)
    if there:
        first, last = sorted(draw(st.lists(st.integers(0, len(there) - 1), min_size=2, max_size=2)))
        forms.append(PartitionMapping.from_function(lambda key: PartitionKeyRange(there[first], there[last])))
    return draw(st.sampled_from(forms))


Case = tuple[PartitionMapping, PartitionsDefinition, PartitionsDefinition]
"""A mapping, and the downstream and the upstream definition that it serves."""


def simple() -> st.SearchStrategy[PartitionMapping]:
    return st.sampled_from([IdentityPartitionMapping(), AllPartitionMapping(), LastPartitionMapping()])


@st.composite
def identities(draw: st.DrawFn) -> Case:
    source = draw(st.sampled_from([listed(), windows()]))
    down = draw(source)
    up = draw(source.filter(lambda up: isinstance(up, type(down)) or isinstance(down, DailyPartitionsDefinition)))
    return IdentityPartitionMapping(), down, draw(st.sampled_from([down, up]))


@st.composite
def time_windows(draw: st.DrawFn) -> Case:
    offset = draw(st.integers(-2, 1))
    mapping = TimeWindowPartitionMapping(offset, draw(st.integers(offset, 2)), draw(st.booleans()))
    zone = draw(st.sampled_from(ZONES))
    return mapping, draw(windows([zone])), draw(windows([zone]))


@st.composite
def static_tables(draw: st.DrawFn) -> Case:
    down, up = (StaticPartitionsDefinition(draw(keys_of_letters)) for _ in range(2))
    feeds = st.one_of(st.sampled_from(keys(down)), st.lists(st.sampled_from(keys(down)), min_size=1, max_size=3))
    return StaticPartitionMapping({key: draw(feeds) for key in draw(st.permutations(keys(up)))}), down, up


@st.composite
def specific_keys(draw: st.DrawFn) -> Case:
    up = draw(definitions.filter(keys))
    mapping = SpecificPartitionsPartitionMapping(draw(st.lists(st.sampled_from(keys(up)), min_size=1)))
    return mapping, draw(definitions), up


@st.composite
def single_dimensions(draw: st.DrawFn) -> Case:
    multi = draw(multis())
    name = draw(st.sampled_from(["one", "two"]))
    pair = [multi, multi.dimensions[name]]
    if draw(st.booleans()):
        pair.reverse()
    return MultiToSingleDimensionPartitionMapping(name), pair[0], pair[1]


@st.composite
def dimension_by_dimension(draw: st.DrawFn) -> Case:
    down, up = draw(multis()), draw(multis())
    inner = draw(st.one_of(simple(), custom(down.dimensions["one"], up.dimensions["one"])))
    named = {"one": DimensionPartitionMapping("one", inner), "two": DimensionPartitionMapping("two", draw(simple()))}
    chosen = draw(st.lists(st.sampled_from(["one", "two"]), unique=True))
    return MultiPartitionMapping({name: named[name] for name in chosen}), down, up


@st.composite
def written_by_users(draw: st.DrawFn, kind: str = "") -> Case:
    down, up = draw(definitions), draw(definitions)
    mapping = draw(custom(down, up).filter(lambda drawn: not kind or type(drawn).__name__ == kind))
    return mapping, down, up


CASES: dict[str, st.SearchStrategy[Case]] = {
    "AllPartitionMapping": st.tuples(st.just(AllPartitionMapping()), definitions, definitions),
    "LastPartitionMapping": st.tuples(st.just(LastPartitionMapping()), definitions, definitions),
    "IdentityPartitionMapping": identities(),
    "TimeWindowPartitionMapping": time_windows(),
    "StaticPartitionMapping": static_tables(),
    "SpecificPartitionsPartitionMapping": specific_keys(),
    "MultiToSingleDimensionPartitionMapping": single_dimensions(),
    "MultiPartitionMapping": dimension_by_dimension(),
    "FunctionPartitionMapping": written_by_users("FunctionPartitionMapping"),
    "TablePartitionMapping": written_by_users("TablePartitionMapping"),
    "a class of a user": written_by_users(),
}


def test_every_built_in_kind_of_mapping_is_drawn() -> None:
    assert set(_KINDS) <= set(CASES)


@pytest.mark.parametrize("kind", CASES)
@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_both_directions_are_one_relation(kind: str, data: st.DataObject) -> None:
    """A downstream key needs an upstream key just where that one feeds it: by key, by subset and in bulk."""
    mapping, down, up = data.draw(CASES[kind])
    try:
        links = links_between(mapping, down, up, current_time=NOW)
    except InvalidMappingError:  # two drawn definitions of different kinds have no same keys
        assert kind in ("IdentityPartitionMapping", "MultiPartitionMapping")
        assume(False)
    down_keys, up_keys = keys(down), keys(up)
    needs = {key: {up_keys[at] for at in links.upstream(row)} for row, key in enumerate(down_keys)}

    some_down = data.draw(st.lists(st.sampled_from(down_keys), max_size=4)) if down_keys else []
    result = mapping.get_upstream_mapped_partitions_result_for_partitions(
        down.subset_with_partition_keys(some_down), down, up, NOW
    )
    assert set(result.partitions_subset) == set().union(*(needs[key] for key in some_down))
    assert not set(result.required_but_nonexistent_partition_keys) & set(up_keys)

    some_up = data.draw(st.lists(st.sampled_from(up_keys), max_size=4)) if up_keys else []
    subset = up.subset_with_partition_keys(some_up)
    found = mapping.get_downstream_partitions_for_partitions(subset, up, down, NOW)
    assert set(found) == {key for key in down_keys if needs[key] & set(some_up)}

    reverse = links.reversed(len(up_keys))
    assert all(at in reverse.upstream(int(place)) for at in range(len(links)) for place in links.upstream(at)[:3])
    one = mapping.feeds_one(down, up)
    assert not one or int(links.count().max(initial=0)) <= 1
    rows = np.array(
        data.draw(st.lists(st.integers(0, len(links) - 1), max_size=4)) if len(links) else [], dtype=np.int64
    )
    some = links_between(mapping, down, up, rows, NOW)
    assert [some.spans(at) for at in range(len(rows))] == [links.spans(row) for row in rows.tolist()]
    assert [some.nonexistent.get(at) for at in range(len(rows))] == [
        links.nonexistent.get(row) for row in rows.tolist()
    ]
