"""Inputs that were read and are needed no more count at once; those newly needed count when they are there."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
import pytest

from notebook_assets import (
    AssetIn,
    DailyPartitionsDefinition,
    Definitions,
    HourlyPartitionsDefinition,
    Instance,
    PieceState,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    asset,
    explain,
    materialize,
)
from notebook_assets.diagnosis import CauseKind, statuses
from notebook_assets.diagnosis.read_before import ReadBefore
from notebook_assets.diagnosis.read_subsets import key_sums, read_subset
from notebook_assets.keys import AssetKey
from notebook_assets.partitions import PartitionsDefinition


def _days(first: str, end: str) -> Any:
    @asset(partitions_def=DailyPartitionsDefinition(first, end_date=end), code_version="1")
    def d() -> int:
        return 1

    return d


def _letters(keys: str) -> Any:
    @asset(partitions_def=StaticPartitionsDefinition(list(keys)), code_version="1")
    def d(context: Any) -> str:
        return str(context.partition_key)

    return d


@asset(code_version="1")
def total(d: Any) -> list[str]:
    return sorted(d)


def _make(assets: list[Any], store: Instance, **chosen: Any) -> None:
    materialize(assets, instance=store, progress=False, **chosen)


def _kinds(assets: list[Any], store: Instance, name: str = "total", position: int = 0) -> list[CauseKind]:
    found = statuses(Definitions(assets).graph, store)[AssetKey(name)]
    return [cause.kind for cause in found.staleness.causes(position)]


def test_windows_that_were_read_are_gone_and_others_are_missing() -> None:
    store = Instance.ephemeral()
    _make([_days("2013-01-01", "2013-01-11"), total], store, upstream=True)
    explanation = explain(total, instance=store, definitions=Definitions([_days("2013-01-03", "2013-01-12"), total]))
    assert explanation.state is PieceState.STALE
    assert explanation.why == ("total was made from other partitions of d than it needs today.",)
    assert explanation.needs[0].without_value == 1
    longer = [_days("2013-01-01", "2013-01-14"), total]
    assert _kinds(longer, store) == []  # three more are needed, and not there yet
    _make(longer, store, selection="d", partitions="2013-01-12")
    assert _kinds(longer, store) == [CauseKind.REMAPPED]  # one of them is


@pytest.mark.parametrize(
    ("later", "kinds"),
    [
        ("abcdez", []),
        ("abzcde", []),
        ("zabcde", []),
        ("abdez", [CauseKind.REMAPPED]),
        ("abcdz", [CauseKind.REMAPPED]),
        ("bcdez", [CauseKind.REMAPPED]),
        ("abcdexz", [CauseKind.REMAPPED]),
    ],
)
def test_keys_of_a_list(later: str, kinds: list[CauseKind]) -> None:
    """x is made and was not read; y and z were never made."""
    store = Instance.ephemeral()
    _make([_letters("abcdex")], store, partitions="all")
    _make([_letters("abcde"), total], store, selection="total")
    assert _kinds([_letters(later), total], store) == kinds


def test_the_same_contents_made_again_while_others_are_missing() -> None:
    """The digest is of what was read then, without what is newly needed."""
    store = Instance.ephemeral()
    _make([_letters("abcde"), total], store, upstream=True)
    more = [_letters("abczde"), total]
    _make(more, store, selection="d", partitions="b")
    assert _kinds(more, store) == []


def test_an_upstream_without_partitions_got_some() -> None:
    @asset(code_version="1")
    def d() -> int:
        return 1

    store = Instance.ephemeral()
    _make([d, counting], store, upstream=True)
    assert _kinds([_letters("ab"), counting], store, "counting") == [CauseKind.REMAPPED]


@asset(code_version="1")
def counting(d: Any) -> int:
    return 1


def _trend(offset: int) -> Any:
    window = TimeWindowPartitionMapping(start_offset=-offset)

    @asset(
        partitions_def=DailyPartitionsDefinition("2013-01-01", end_date="2013-01-11"),
        ins={"d": AssetIn(partition_mapping=window)},
        code_version="1",
    )
    def trend(d: Any) -> int:
        return 1

    return trend


def test_a_key_that_was_there_all_along_was_not_made_again() -> None:
    store = Instance.ephemeral()
    days = _days("2013-01-01", "2013-01-11")
    _make([days, _trend(1)], store, partitions="all")
    _make([days], store, partitions="2013-01-01")
    _make([_trend(1)], store, partitions="all")
    explanation = explain(_trend(2), "2013-01-03", instance=store, definitions=Definitions([days, _trend(2)]))
    assert explanation.why == ("trend[2013-01-03] was made from other partitions of d than it needs today.",)


def test_any_keys_read_and_needed_in_any_order_of_events() -> None:
    """What is found from the text is what sets say, for definitions with and without gaps."""
    chance = random.Random(7)
    for _ in range(400):
        names = [f"k{number:02}" for number in range(16)]
        is_there = np.array([chance.random() < 0.6 for _ in names])
        definition: PartitionsDefinition = StaticPartitionsDefinition(names)
        needed = sorted(chance.sample(range(16), chance.randint(1, 16)))
        lacking = [at for at in needed if not is_there[at]]
        read = sorted(set(needed) - set(chance.sample(lacking, chance.randint(0, len(lacking)))))
        if chance.random() < 0.3:
            read = sorted({*read, chance.randrange(16)} - {chance.choice(needed)})
        # The keys as they were then: only those that were read, in one run.
        old = StaticPartitionsDefinition([names[at] for at in read] or ["none"])
        keys = old.get_partition_keys() if read else []
        text = read_subset([(0, len(keys))] if keys else [], keys, key_sums(old, keys, 3) if keys else None)
        spans = [(at, at + 1) for at in needed]
        found = ReadBefore(names, definition, is_there).among(text, spans)
        expected = set(read) <= set(needed) and not any(is_there[at] for at in set(needed) - set(read))
        assert (found is not None) == expected
        if found is not None:
            assert [at for start, stop in found for at in range(start, stop)] == read


def test_a_hundred_thousand_pieces_that_lack_one_each_are_compared_quickly() -> None:
    """Every text is read then; half a second where nothing else runs."""
    days = HourlyPartitionsDefinition("2010-01-01-00:00", end_date="2021-05-30-00:00")
    keys = days.get_partition_keys()
    assert len(keys) == 100_008
    is_there = np.arange(len(keys)) % 3 > 0
    texts = [read_subset([(at, at + 2)], keys) for at in range(len(keys) - 2)]
    began = time.process_time()
    before = ReadBefore(keys, days, is_there)
    found = [before.among(text, [(at, at + 3)]) for at, text in enumerate(texts)]
    assert time.process_time() - began < 3
    assert found[:2] == [None, [(1, 3)]]
