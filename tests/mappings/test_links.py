"""Links: every vectorised answer is what a loop over the rows gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets.mappings import Links
from notebook_assets.partitions import span_algebra

UPSTREAM = 12


@st.composite
def drawn_links(draw: st.DrawFn) -> tuple[list[set[int]], Links]:
    rows = draw(st.lists(st.sets(st.integers(0, UPSTREAM - 1)), max_size=6))
    spans = [span_algebra.from_positions(np.array(sorted(row), dtype=np.int64)) for row in rows]
    offsets = np.cumsum([0, *(len(starts) for starts, _ in spans)])
    empty = np.zeros(0, dtype=np.int64)
    starts = np.concatenate([empty, *(starts for starts, _ in spans)])
    stops = np.concatenate([empty, *(stops for _, stops in spans)])
    return rows, Links(offsets, starts, stops)


MASKS = st.lists(st.booleans(), min_size=UPSTREAM, max_size=UPSTREAM).map(np.array)


@given(drawn_links(), MASKS)
def test_rows_are_counted_and_masked_as_by_a_loop(case, mask) -> None:
    rows, links = case
    assert len(links) == len(rows)
    assert [set(links.upstream(row).tolist()) for row in range(len(rows))] == rows
    assert [{n for a, b in links.spans(row) for n in range(a, b)} for row in range(len(rows))] == rows
    assert links.count().tolist() == [len(row) for row in rows]
    chosen = set(np.flatnonzero(mask).tolist())
    assert links.count_of(mask).tolist() == [len(row & chosen) for row in rows]
    assert links.any_of(mask).tolist() == links.downstream_of(mask).tolist() == [bool(row & chosen) for row in rows]
    starts, stops = links.all_upstream()
    assert set(span_algebra.to_positions(starts, stops).tolist()) == set().union(*rows)


@given(drawn_links(), st.lists(st.integers(-50, 50), min_size=UPSTREAM, max_size=UPSTREAM))
def test_the_largest_value_of_each_row_is_found(case, values) -> None:
    rows, links = case
    expected = [max((values[n] for n in row), default=-99) for row in rows]
    assert links.max_of(np.array(values), -99).tolist() == expected


@given(drawn_links(), st.data())
def test_both_directions_agree(case, data) -> None:
    rows, links = case
    back = links.reversed(UPSTREAM)
    assert len(back) == UPSTREAM
    for position in range(UPSTREAM):
        assert set(back.upstream(position).tolist()) == {i for i, row in enumerate(rows) if position in row}
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), dtype=bool)
    needed = set().union(*(row for row, wanted in zip(rows, chosen, strict=True) if wanted))
    assert set(np.flatnonzero(links.upstream_of(chosen, UPSTREAM)).tolist()) == needed


def test_links_of_nothing_to_nothing_answer_everything() -> None:
    none = np.zeros(0, dtype=np.int64)
    links = Links(np.zeros(1, dtype=np.int64), none, none)
    assert len(links) == len(links.reversed(0)) == 0
    assert links.count().tolist() == links.max_of(none, 0).tolist() == []
