"""impact names everything downstream that would become stale, in order: that becomes stale, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    AllPartitionMapping,
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    Definitions,
    Instance,
    TimeWindowPartitionMapping,
    UnknownPartitionError,
    asset,
    impact,
    materialize,
    partition_status,
)

DAYS = DailyPartitionsDefinition("2024-03-01", end_date="2024-03-06")
KEYS = list(DAYS.get_partition_keys())
YESTERDAY = TimeWindowPartitionMapping(-1, -1, allow_nonexistent_upstream_partitions=True)
WEEK = TimeWindowPartitionMapping(-2, 0, allow_nonexistent_upstream_partitions=True)
MAPPINGS: dict[str, Any] = {"same": None, "before": YESTERDAY, "week": WEEK}


class Graph:
    """Assets of days; each is made from earlier ones by a mapping; the last one is made from all days of some."""

    def __init__(self, edges: list[dict[int, str]], report: list[int]) -> None:
        self.counts: dict[tuple[str, str | None], int] = {}
        assets = [self._asset(f"a{at}", ups) for at, ups in enumerate(edges)]
        ins = {f"a{at}": AssetIn(partition_mapping=AllPartitionMapping()) for at in sorted(set(report))}
        self.assets = [*assets, asset(name="report", ins=ins, code_version="1")(self._function("report", list(ins)))]
        self.definitions = Definitions(self.assets)

    def _asset(self, name: str, ups: dict[int, str]) -> Any:
        ins = {f"a{at}": AssetIn(partition_mapping=MAPPINGS[how]) for at, how in ups.items()}
        return asset(name=name, ins=ins, partitions_def=DAYS, code_version="1")(self._function(name, list(ins)))

    def _function(self, name: str, names: list[str]) -> Any:
        space: dict[str, Any] = {"graph": self}
        exec(f"def made(context, {', '.join(names)}):\n    return graph.next_value({name!r}, context)", space)
        return space["made"]

    def next_value(self, name: str, context: Any) -> int:
        """Another value each time."""
        piece = (name, context.partition_key if context.has_partition_key else None)
        self.counts[piece] = self.counts.get(piece, 0) + 1
        return self.counts[piece]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.dictionaries(st.integers(0, 3), st.sampled_from(sorted(MAPPINGS)), max_size=2), min_size=1, max_size=4),
    st.lists(st.integers(0, 3), min_size=1, max_size=2),
    st.data(),
)
def test_what_is_named_becomes_stale_and_nothing_else(edges: Any, report: list[int], data: st.DataObject) -> None:
    edges = [{up: how for up, how in ups.items() if up < at} for at, ups in enumerate(edges)]
    graph = Graph(edges, [at % len(edges) for at in report])
    changed = data.draw(st.sampled_from([f"a{at}" for at in range(len(edges))]))
    key = data.draw(st.sampled_from(KEYS))
    with Instance.ephemeral() as store:
        where: dict[str, Any] = {"instance": store, "definitions": graph.definitions}
        materialize(graph.assets, partitions="all", instance=store, progress=False)
        found = impact(changed, key, **where)
        assert not any(each.stale_already or each.not_made for each in found.assets)
        materialize(graph.assets, selection=changed, partition_key=key, instance=store, progress=False)
        stale = partition_status("*", state="stale", **where)
        assert _rows(found.to_frame()) == _rows(stale[["asset", "partition"]])
        order = [str(each) for each in graph.definitions.graph.order]
        assert [each.to_user_string() for each in found.keys] == sorted(
            {name for name, _ in _rows(stale[["asset", "partition"]])}, key=order.index
        )


def _rows(frame: Any) -> list[tuple[str, str | None]]:
    rows = frame.astype(object).values.tolist()
    return sorted(((name, key if isinstance(key, str) else None) for name, key in rows), key=str)


def three() -> Graph:
    """a0 → a1 (the day before too) → report."""
    return Graph([{}, {0: "week"}], [1])


def test_the_display_has_counts_and_ranges() -> None:
    graph = three()
    with Instance.ephemeral() as store:
        materialize(graph.assets, partitions="all", instance=store, progress=False)
        found = impact("a0", "2024-03-02", instance=store, definitions=graph.definitions)
    text = repr(found)
    assert "If a0[2024-03-02] changed" in text
    assert "4 pieces of 2 assets would be stale" in text
    assert "3 of 5" in text
    assert "2024-03-02...2024-03-04" in text
    assert "<table" in found._repr_html_()
    assert found.count == 4
    assert {key.to_user_string(): list(subset) for key, subset in found.subsets.items()} == {"a1": KEYS[1:4]}


def test_what_was_never_made_can_not_become_stale_and_is_counted() -> None:
    graph = three()
    with Instance.ephemeral() as store:
        materialize(graph.assets, selection="a0", partitions="all", instance=store, progress=False)
        materialize(graph.assets, selection="a1", partition_key=KEYS[2], instance=store, progress=False)
        found = impact("a0", "2024-03-03", instance=store, definitions=graph.definitions)
        assert [(each.key, each.count, each.not_made) for each in found.assets] == [
            (AssetKey("a1"), 1, 2),
            (AssetKey("report"), 0, 1),
        ]
        assert found.to_frame().astype(object).values.tolist() == [["a1", "2024-03-03"]]


def test_what_is_stale_already_is_counted() -> None:
    graph = three()
    with Instance.ephemeral() as store:
        materialize(graph.assets, partitions="all", instance=store, progress=False)
        materialize(graph.assets, selection="a0", partition_key=KEYS[4], instance=store, progress=False)
        found = impact("a0", instance=store, definitions=graph.definitions)
        assert [(each.count, each.stale_already) for each in found.assets] == [(5, 1), (1, 1)]


def test_its_own_earlier_days_reach_all_later_ones() -> None:
    own = AssetIn(partition_mapping=YESTERDAY, metadata={"allow_missing_partitions": True})
    chain = asset(name="chain", ins={"chain": own}, partitions_def=DAYS)(lambda chain: 1)
    with Instance.ephemeral() as store:
        definitions = Definitions([chain])
        materialize([chain], partitions="all", instance=store, progress=False)
        found = impact("chain", "2024-03-03", instance=store, definitions=definitions)
        assert list(found.assets[0].partitions) == KEYS[3:]


def test_nothing_downstream_and_unknown_keys() -> None:
    graph = three()
    with Instance.ephemeral() as store:
        where: dict[str, Any] = {"instance": store, "definitions": graph.definitions}
        assert "Nothing is made from it." in repr(impact("report", **where))
        assert impact("a0", **where).count == 0
        assert "nothing that is made would be stale" in repr(impact("a0", **where))
        with pytest.raises(UnknownPartitionError, match="2024-04-01"):
            impact("a0", "2024-04-01", **where)
