"""Keys come page by page, and a cursor stays good when keys come or go."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import dagster
import pytest

import notebook_assets.partitions as ours
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.partitions.pages import PaginatedResults, page_of_keys

NOW = datetime(2013, 1, 8, tzinfo=UTC)
KINDS = {
    "days": lambda side: side.DailyPartitionsDefinition("2013-01-01"),
    "letters": lambda side: side.StaticPartitionsDefinition(list("abcdefg")),
}


def pages(side: Any, definition: Any, limit: int, ascending: bool) -> list[list[str]]:
    found, cursor = [], None
    with side.partition_loading_context(NOW) as context:
        for _ in range(20):
            page = definition.get_paginated_partition_keys(context, limit, ascending, cursor)
            found.append(list(page.results))
            cursor = page.cursor
            if not page.has_more:
                break
    return [page for page in found if page]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_the_pages_are_those_of_the_reference(kind: str, ascending: bool, limit: int) -> None:
    mine, theirs = (pages(side, KINDS[kind](side), limit, ascending) for side in (ours, dagster))
    assert mine == theirs
    assert sum(map(len, mine)) == 7


def test_a_full_last_page_says_that_there_is_no_more() -> None:
    found = {}
    for side in (ours, dagster):
        with side.partition_loading_context(NOW) as context:
            days = side.DailyPartitionsDefinition("2013-01-01")
            found[side] = days.get_paginated_partition_keys(context, 7, True).has_more
    assert found == {ours: False, dagster: True}


def test_a_cursor_finds_the_keys_that_time_has_brought() -> None:
    days = ours.DailyPartitionsDefinition("2013-01-01")
    contexts = [ours.PartitionLoadingContext(datetime(2013, 1, day, tzinfo=UTC)) for day in (4, 6)]
    first = days.get_paginated_partition_keys(contexts[0], 10, True)
    assert (first.results[-1], first.has_more) == ("2013-01-03", False)
    assert days.get_paginated_partition_keys(contexts[1], 10, True, first.cursor).results == [
        "2013-01-04",
        "2013-01-05",
    ]
    back = days.get_paginated_partition_keys(contexts[0], 1, False)
    assert days.get_paginated_partition_keys(contexts[1], 1, False, back.cursor).results == ["2013-01-02"]


@pytest.mark.parametrize(("ascending", "rest"), [(True, ["d"]), (False, ["a"])])
def test_a_cursor_survives_its_own_key(ascending: bool, rest: list[str]) -> None:
    before, after = ours.StaticPartitionsDefinition(list("abcd")), ours.StaticPartitionsDefinition(list("ad"))
    page = page_of_keys(before, 4, 3, ascending)
    assert page_of_keys(ours.StaticPartitionsDefinition(["a", "b", "d"]), 3, 3, ascending, page.cursor).results == rest
    assert after.get_num_partitions() == 2


def test_an_empty_definition_has_an_empty_page() -> None:
    page = ours.StaticPartitionsDefinition([]).get_paginated_partition_keys(None, 5, True)
    assert page == PaginatedResults(results=[], cursor="", has_more=False)


def test_pages_of_ten_million_take_no_list_of_them() -> None:
    minutes = ours.TimeWindowPartitionsDefinition(
        "2000-01-01-00:00", "%Y-%m-%d-%H:%M", "2019-01-05-10:40", cron_schedule="* * * * *"
    )
    first = minutes.get_paginated_partition_keys(None, 2, False)
    assert first.results == ["2019-01-05-10:39", "2019-01-05-10:38"]
    assert minutes.get_paginated_partition_keys(None, 1, False, first.cursor).results == ["2019-01-05-10:37"]


@pytest.mark.parametrize("cursor", ["garbage", "2013-01-01", "W10=", "WyIiLCAtMV0=", "é"])
def test_a_text_that_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInvocationError, match="is no cursor of a page"):
        KINDS["days"](ours).get_paginated_partition_keys(None, 3, True, cursor)


@pytest.mark.parametrize("limit", [-1, 1.5, "3", None, True])
def test_a_limit_is_a_number(limit: Any) -> None:
    with pytest.raises(InvalidInvocationError, match="limit of a page"):
        KINDS["days"](ours).get_paginated_partition_keys(None, limit, True)


def test_pages_have_no_key_twice() -> None:
    listed = [key for page in pages(ours, KINDS["days"](ours), 2, True) for key in page]
    assert all(first < second for first, second in pairwise(listed))
