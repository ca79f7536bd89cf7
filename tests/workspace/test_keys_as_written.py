"""Keys as people write them: texts, dicts by dimension, dates; and mappings that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from notebook_assets import (
    AssetIn,
    DailyPartitionsDefinition,
    Definitions,
    IdentityPartitionMapping,
    Instance,
    InvalidDefinitionError,
    InvalidInvocationError,
    InvalidMappingError,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionMapping,
    StaticPartitionsDefinition,
    UnknownPartitionError,
    asset,
    explain,
    load_asset_value,
    mapping_table,
    materialize,
    show_mapping,
)

DAYS = DailyPartitionsDefinition("2013-01-01", end_date="2013-01-11")
FLIGHTS = MultiPartitionsDefinition({"airport": StaticPartitionsDefinition(["JFK", "LGA"]), "day": DAYS})
DAY = date(2013, 1, 1)


@asset(partitions_def=DAYS)
def daily(context: Any) -> str:
    return str(context.partition_key)


@asset(partitions_def=FLIGHTS)
def flights(context: Any) -> str:
    return str(context.partition_key)


@pytest.fixture
def store() -> Iterator[Instance]:
    with Instance.ephemeral() as instance:
        materialize([daily, flights], selection="daily", partitions="all", instance=instance, progress=False)
        materialize([daily, flights], selection="flights", partitions="all", instance=instance, progress=False)
        yield instance


@pytest.mark.parametrize(
    "day", [DAY, datetime(2013, 1, 1, 13), pd.Timestamp("2013-01-01"), np.datetime64("2013-01-01")]
)
def test_a_moment_is_the_window_that_it_lies_in(store: Instance, day: Any) -> None:
    where = {"instance": store}
    assert explain(daily, day, definitions=Definitions([daily]), **where).partition == "2013-01-01"
    assert load_asset_value("daily", day, **where) == "2013-01-01"
    assert mapping_table(DAYS, DAYS, keys=[day])["upstream"].tolist() == ["2013-01-01"]
    assert mapping_table(DAYS, DAYS, upstream_keys=day)["downstream"].tolist() == ["2013-01-01"]
    assert load_asset_value("flights", {"airport": "LGA", "day": day}, **where) == "LGA|2013-01-01"
    assert "2013-01-01" in str(show_mapping(DAYS, DAYS, keys=day))
    made = materialize([flights], partition_key={"airport": "LGA", "day": day}, progress=False, **where)
    assert made.asset_value("flights") == "LGA|2013-01-01"


def test_dates_of_any_kind_of_list(store: Instance) -> None:
    days = pd.date_range("2013-01-01", periods=2)
    listed = ["2013-01-01", "2013-01-02"]
    assert list(load_asset_value("daily", partitions=days, instance=store)) == listed
    between = PartitionKeyRange(DAY, date(2013, 1, 2))  # type: ignore[arg-type]  # as people write them
    assert list(load_asset_value("daily", partitions=between, instance=store)) == listed
    assert materialize([daily], partitions=days, instance=store, progress=False).done == 2
    assert len(load_asset_value("flights", partitions={"airport": "LGA", "day": days}, instance=store)) == 2


def test_a_dict_is_one_key_only_with_all_dimensions(store: Instance) -> None:
    where: dict[str, Any] = {"instance": store, "definitions": Definitions([flights])}
    assert explain(flights, {"airport": "JFK", "day": "2013-01-01"}, **where).partition == "JFK|2013-01-01"
    with pytest.raises(UnknownPartitionError, match=r"has none for 'day'.* use partitions=\{'airport': 'JFK'\}"):
        explain(flights, {"airport": "JFK"}, **where)
    with pytest.raises(UnknownPartitionError, match="has none for 'day'"):
        materialize([flights], partition_key={"airport": "JFK"}, instance=store, progress=False)
    with pytest.raises(InvalidInvocationError, match=r"A partition key of flights is a string, or a dict.*; got 3"):
        explain(flights, 3, **where)  # type: ignore[arg-type]
    found = mapping_table(FLIGHTS, FLIGHTS, upstream_keys=[{"airport": "LGA", "day": "2013-01-03"}])
    assert found["downstream"].tolist() == ["LGA|2013-01-03"]


@pytest.mark.parametrize("written", ["LGA", '{"airport": "LGA"}', ["LGA"]])
def test_one_part_of_a_key_suggests_the_rectangle(store: Instance, written: Any) -> None:
    says = r"write LGA\|2013-01-01...LGA\|2013-01-10, or materialize\(..., partitions=\{'airport': 'LGA'\}\)"
    with pytest.raises(UnknownPartitionError, match=says):
        materialize([flights], partitions=written, instance=store, progress=False)


def _same(key: str) -> str:
    return key


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("x", r"got str: 'x'\. A function becomes one by PartitionMapping.from_function\(\.\.\.\)"),
        ({"a": "b"}, r"got a dict\. For a table write PartitionMapping.from_table"),
        (_same, r"got the function _same\. Write PartitionMapping.from_function\(_same\)"),
        (IdentityPartitionMapping, r"got the class IdentityPartitionMapping\. Write IdentityPartitionMapping\("),
    ],
)
def test_what_is_no_mapping(given: Any, says: str) -> None:
    calls: list[tuple[type[Exception], Callable[[], Any]]] = [
        (InvalidInvocationError, lambda: show_mapping(DAYS, DAYS, mapping=given)),
        (InvalidInvocationError, lambda: mapping_table(DAYS, DAYS, mapping=given)),
        (InvalidDefinitionError, lambda: AssetIn(partition_mapping=given)),
    ]
    for error, call in calls:
        with pytest.raises(error, match=says):
            call()


def test_nothing_to_map_is_told() -> None:
    with pytest.raises(InvalidInvocationError, match=r"Give an asset.* or two partitions definitions"):
        show_mapping(None, None)


def test_a_mapping_that_fails_is_named_with_the_key() -> None:
    def by_ten(key: str) -> str:
        return key if key != "2013-01-05" else str(1 // 0)

    mapping = PartitionMapping.from_function(by_ten)
    for show in (show_mapping, mapping_table):
        with pytest.raises(InvalidMappingError, match=r"by_ten.* raised ZeroDivisionError.*of '2013-01-05'"):
            show(DAYS, DAYS, mapping=mapping)


def test_other_time_zones_are_not_cured_by_all_partitions() -> None:
    elsewhere = DailyPartitionsDefinition("2013-01-01", end_date="2013-01-11", timezone="America/New_York")
    trend = asset(name="trend", partitions_def=elsewhere)(lambda daily: daily)
    with pytest.raises(InvalidMappingError, match=r"Give both the same timezone=.*from_function") as caught:
        explain(trend, instance=Instance.ephemeral(), definitions=Definitions([daily, trend]))
    assert "AllPartitionMapping" not in str(caught.value)


def test_an_orphaned_key_is_loaded_as_the_loader_says(store: Instance) -> None:
    later = DailyPartitionsDefinition("2013-01-03", end_date="2013-01-11")
    shorter = asset(name="daily", partitions_def=later)(lambda: 1)
    with pytest.raises(UnknownPartitionError, match=r"instance.load\('daily', '2013-01-01'\) gives it"):
        explain("daily", "2013-01-01", instance=store, definitions=Definitions([shorter]))
    assert store.load("daily", "2013-01-01") == "2013-01-01"
