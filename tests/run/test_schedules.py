"""Schedules: each call comes after all that it waits for, none is lost, and none waits for longer than it must."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import AssetKey
from notebook_assets.mappings import Links
from notebook_assets.mappings.links import one_span_each, same_for_all
from notebook_assets.run.schedule import Call, Need, Schedule, Unit

SIZE = 6


def key(number: int) -> AssetKey:
    return AssetKey(f"n{number}")


@st.composite
def drawn_links(draw: st.DrawFn) -> Links:
    rows = [sorted(draw(st.sets(st.integers(0, SIZE - 1), max_size=3))) for _ in range(SIZE)]
    starts = np.array([at for row in rows for at in row], dtype=np.int64)
    offsets = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    return Links(offsets, starts, starts + 1)


@st.composite
def drawn_units(draw: st.DrawFn) -> list[Unit]:
    units = []
    for number in range(draw(st.integers(1, 4))):
        planned = np.array(sorted(draw(st.sets(st.integers(0, SIZE - 1), min_size=1))), dtype=np.int64)
        ups = draw(st.sets(st.integers(0, number), max_size=3))  # its own earlier positions, too
        needs = tuple(Need(key(up), draw(drawn_links())) for up in sorted(ups))
        groups = None
        if draw(st.booleans()):
            cut = draw(st.integers(0, len(planned)))
            groups = [part for part in (planned[:cut], planned[cut:]) if len(part)]
        units.append(Unit(((key(number), planned),), needs, groups))
    return units


def waits_for(units: list[Unit], schedule: Schedule, call: Call) -> set[tuple[AssetKey, int]]:
    """Return the pieces that a call waits for, the slow way."""
    planned = {made: set(at.tolist()) for unit in units for made, at in unit.made}
    own = {made for made, _ in units[call[0]].made}
    first = int(schedule.positions(call)[0])
    return {
        (need.key, at)
        for need in units[call[0]].needs
        for row in schedule.positions(call).tolist()
        for at in need.links.upstream(row).tolist()
        if at in planned[need.key] and (need.key not in own or at < first)
    }


@settings(max_examples=300, deadline=None)
@given(drawn_units(), st.booleans(), st.integers(0, 2**32), st.sets(st.integers(0, 2), max_size=2))
def test_calls_begin_as_soon_as_they_can_and_not_before(
    units: list[Unit], newest: bool, seed: int, barriers: set[int]
) -> None:
    chance = random.Random(seed)
    barriers = {at for at in barriers if at < len(units)}
    sizes = {made: SIZE for unit in units for made, _ in unit.made}
    schedule = Schedule(units, sizes, newest=newest, barriers=barriers)
    done: set[tuple[AssetKey, int]] = set()
    under_way: list[Call] = []
    calls = [(number, at) for number, unit in enumerate(units) for at in range(len(unit.groups or unit.made[0][1]))]
    left = set(calls)
    while left or under_way:
        while (call := schedule.next()) is not None:
            assert call in left
            assert waits_for(units, schedule, call) <= done
            left.discard(call)
            under_way.append(call)
        open_units = {number for number, _ in [*left, *under_way]}
        limit = min((at for at in barriers if any(number <= at for number in open_units)), default=len(units))
        can_begin = {call for call in left if call[0] <= limit and waits_for(units, schedule, call) <= done}
        assert not can_begin
        ending = under_way.pop(chance.randrange(len(under_way)))
        done |= {(made, at) for made, _ in units[ending[0]].made for at in schedule.positions(ending).tolist()}
        is_last = schedule.ended(ending)
        assert is_last == (ending[0] not in {number for number, _ in [*left, *under_way]})
        schedule.lift()


def all_of(units: list[Unit], sizes: dict[AssetKey, int], **options: Any) -> int:
    schedule, count = Schedule(units, sizes, **options), 0
    while (call := schedule.next()) is not None:
        count += 1
        schedule.ended(call)
    return count


def test_a_hundred_thousand_keys_that_need_all_of_a_hundred_thousand_take_no_square_of_time() -> None:
    count = 100_000
    every = np.arange(count, dtype=np.int64)
    all_links = same_for_all(count, np.array([0]), np.array([count]))
    own_links = one_span_each(every, every + 1)
    units = [
        Unit(((key(0), every),)),
        Unit(((key(1), every),), (Need(key(0), own_links),)),
        Unit(((key(2), every),), (Need(key(1), all_links),)),
    ]
    for newest in (False, True):
        began = time.process_time()
        assert all_of(units, {key(number): count for number in range(3)}, newest=newest) == 3 * count
        assert time.process_time() - began < 60
