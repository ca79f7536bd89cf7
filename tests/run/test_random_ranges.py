"""A function that makes ranges records what one that makes each key by itself does, whatever is there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from notebook_assets import (
    AllPartitionMapping,
    AssetIn,
    AssetsDefinition,
    BackfillPolicy,
    DailyPartitionsDefinition,
    IdentityPartitionMapping,
    Instance,
    LastPartitionMapping,
    PartitionMapping,
    TimeWindowPartitionMapping,
    asset,
    materialize,
)

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-09")
KEYS = DAYS.get_partition_keys()
MAPPINGS: Mapping[str, PartitionMapping] = {
    "same": IdentityPartitionMapping(),
    "two days": TimeWindowPartitionMapping(start_offset=-1, allow_nonexistent_upstream_partitions=True),
    "next": TimeWindowPartitionMapping(start_offset=1, end_offset=1, allow_nonexistent_upstream_partitions=True),
    "all": AllPartitionMapping(),
    "last": LastPartitionMapping(),
}


@dataclass(frozen=True)
class Drawn:
    """What is there before, what is made, and how many at once."""

    there: frozenset[str]
    wanted: tuple[str, ...]
    mapping: str
    most: int | None


keys = st.frozensets(st.sampled_from(KEYS))
drawn = st.builds(
    Drawn,
    there=keys,
    wanted=keys.filter(len).map(sorted).map(tuple),
    mapping=st.sampled_from(sorted(MAPPINGS)),
    most=st.sampled_from([2, 3, None]),
)


def _needed(mapping: str, key: str, there: list[str]) -> list[str]:
    """Return the keys of those that are there that one key is made from."""
    at = KEYS.index(key)
    wanted = {
        "same": [key],
        "two days": KEYS[max(at - 1, 0) : at + 1],
        "next": KEYS[at + 1 : at + 2],
        "all": KEYS,
        "last": KEYS[-1:],
    }[mapping]
    return [each for each in wanted if each in there]


def _definitions(case: Drawn, *, in_ranges: bool) -> list[AssetsDefinition]:
    @asset(partitions_def=DAYS)
    def up(context: Any) -> int:
        return KEYS.index(context.partition_key)

    ins = {"up": AssetIn(partition_mapping=MAPPINGS[case.mapping])}

    def value(key: str, found: Mapping[str, int]) -> list[int]:
        return [found[each] for each in _needed(case.mapping, key, list(found))]

    if in_ranges:
        policy = BackfillPolicy(case.most)

        @asset(partitions_def=DAYS, ins=ins, backfill_policy=policy, code_version="1")
        def down(context: Any, up: Any) -> dict[str, list[int]]:
            return {key: value(key, up) for key in context.partition_keys}

    else:

        @asset(partitions_def=DAYS, ins=ins, code_version="1")
        def down(context: Any, up: Any) -> list[int]:
            key = context.partition_key
            given = up if isinstance(up, dict) else dict.fromkeys(context.asset_partition_keys_for_input("up"), up)
            return value(key, given)

    return [up, down]


def _rows(case: Drawn, *, in_ranges: bool) -> dict[str, list[tuple[Any, ...]]]:
    """Make what is drawn in a store of its own, and return what it records."""
    up, down = _definitions(case, in_ranges=in_ranges)
    with Instance.ephemeral() as store:
        if case.there:
            materialize([up], partitions=sorted(case.there), instance=store, progress=False)
        result = materialize(
            [up, down],
            selection="down",
            partitions=list(case.wanted),
            instance=store,
            progress=False,
            raise_on_error=False,
        )
        found = {
            "pieces": store.db.execute(
                "SELECT p.partition, p.state, p.kind, p.code, p.data_version FROM pieces p "
                "JOIN assets a ON a.id = p.asset_id WHERE a.key LIKE '%down%' ORDER BY p.partition"
            ).fetchall(),
            "reads": store.db.execute(
                "SELECT m.partition, r.subset, r.digest, r.up_to_event FROM input_reads r "
                "JOIN materializations m ON m.id = r.materialization_id ORDER BY m.partition, r.upstream_id"
            ).fetchall(),
            "skips": [(skip.partition, skip.missing, skip.nonexistent) for skip in result.skips],
            "values": [(key, store.load("down", key)) for key in KEYS if store.latest("down", key)],
        }
        again = materialize([up, down], selection="down", only="stale", instance=store, progress=False)
        assert again.planned == 0
        return found


@settings(max_examples=12, deadline=None)
@given(drawn)
def test_the_rows_are_those_of_one_call_for_each_key(case: Drawn) -> None:
    assert _rows(case, in_ranges=True) == _rows(case, in_ranges=False)
