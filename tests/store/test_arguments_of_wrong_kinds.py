"""What the store is asked with arguments of an odd kind or size: taken where it is plain what is meant, else told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    Definitions,
    Instance,
    InvalidInvocationError,
    MultiPartitionsDefinition,
    StaticPartitionsDefinition,
    ValueNotFoundError,
    asset,
    impact,
    materialize,
    partition_status,
)
from notebook_assets.store import value_versions
from notebook_assets.store.value_rows import read_value

GRID = MultiPartitionsDefinition(
    {"d": StaticPartitionsDefinition(["1", "2"]), "day": DailyPartitionsDefinition("2024-01-01", end_date="2024-01-03")}
)


@asset(partitions_def=GRID)
def grid(context) -> str:  # type: ignore[no-untyped-def]
    return str(context.partition_key)


@asset(partitions_def=DailyPartitionsDefinition("2024-01-01", end_date="2024-01-03"))
def daily(context) -> str:  # type: ignore[no-untyped-def]
    return str(context.partition_key) * 10_000


@pytest.fixture
def store() -> Iterator[Instance]:
    with Instance.ephemeral() as store:
        materialize([grid], partitions="all", instance=store, progress=False)
        for _ in range(2):
            materialize([daily], partitions="all", instance=store, progress=False)
        yield store


def test_a_partition_is_loaded_by_a_dict_or_a_date(store: Instance) -> None:
    assert store.load("grid", {"day": "2024-01-02", "d": "1"}) == "1|2024-01-02"
    assert store.load("daily", date(2024, 1, 2)) == "2024-01-02" * 10_000


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda store: store.load("daily", 5), "A partition key is a text"),
        (lambda store: store.export(5), "The path of an archive is a text or a path; got 5"),
        (lambda store: store.import_archive(5), "The path of an archive is a text or a path; got 5"),
        (
            lambda store: partition_status(
                state=5,  # type: ignore[arg-type]
                instance=store,
                definitions=Definitions([daily]),
            ),
            "There is no state '5'",
        ),
    ],
)
def test_what_can_not_be_meant_is_told(store: Instance, ask: Callable[[Any], Any], told: str) -> None:
    with pytest.raises(InvalidInvocationError, match=told):
        ask(store)


def test_limits_of_pruning_may_be_as_far_as_one_likes(store: Instance) -> None:
    assert store.prune(keep=2**63).versions == 0
    assert store.prune(older_than=datetime.min).versions == 0
    assert store.prune(older_than=datetime.max.replace(tzinfo=UTC), dry_run=True).versions == 2


def test_a_version_that_is_pruned_while_it_is_loaded_is_told_to_be_pruned(
    store: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = store.versions("daily", "2024-01-01")[1].event_id
    read = read_value

    def pruned_before(*given: Any) -> Any:
        store.prune()
        return read(*given)

    monkeypatch.setattr(value_versions, "read_value", pruned_before)
    with pytest.raises(ValueNotFoundError, match="was pruned"):
        store.load("daily", "2024-01-01", version=older)


def test_the_impact_of_nothing_says_that_nothing_was_named(store: Instance) -> None:
    told = repr(impact("daily", [], instance=store, definitions=Definitions([daily])))
    assert "Nothing was named." in told
