"""The table of pairs: every pair once, in order, with what does not exist; for assets and for bare definitions."""

from __future__ import annotations

import time
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook_assets import (
    AllPartitionMapping,
    AssetIn,
    DailyPartitionsDefinition,
    Definitions,
    DimensionPartitionMapping,
    DynamicPartitionsDefinition,
    HourlyPartitionsDefinition,
    IdentityPartitionMapping,
    Instance,
    InvalidInvocationError,
    InvalidMappingError,
    LastPartitionMapping,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    PartitionMapping,
    SourceAsset,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    TimeWindowPartitionsDefinition,
    UnknownAssetError,
    UnknownPartitionError,
    asset,
    mapping_table,
    materialize,
    show_mapping,
)
from notebook_assets.mappings import Links, links_between
from notebook_assets.mappings.multi_links import rows_of
from notebook_assets.partitions import PartitionsDefinition, span_algebra
from notebook_assets.workspace.definition_keys import DefinitionKeys
from notebook_assets.workspace.link_choices import links_to_upstream

NEW_YORK = "America/New_York"
days = DailyPartitionsDefinition("2013-01-01", end_date="2014-01-01", timezone=NEW_YORK)
hours = HourlyPartitionsDefinition("2013-01-01-00:00", end_date="2014-01-01-00:00", timezone=NEW_YORK)
letters = StaticPartitionsDefinition(list("abcdef"))


def pairs(table: pd.DataFrame) -> list[tuple[str, str, bool]]:
    return list(zip(table["downstream"], table["upstream"], table["exists"], strict=True))


tables = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefxyz"), unique=True, max_size=5))


@settings(max_examples=60)
@given(tables)
def test_every_pair_of_a_mapping_is_a_row_and_no_other(table):
    """Ordered by the downstream definition, then by the upstream one; what does not exist comes last."""
    found = pairs(mapping_table(letters, letters, mapping=PartitionMapping.from_table(table)))
    wanted = [
        (down, up, up in "abcdef")
        for down in "abcdef"
        for up in [*(k for k in "abcdef" if k in table.get(down, ())), *(k for k in table.get(down, ()) if k in "xyz")]
    ]
    assert found == wanted


@settings(max_examples=60)
@given(tables, st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("abcdef"), unique=True))
def test_keys_of_either_side_choose_rows(table, keys, upstream_keys):
    """Asking for keys gives the rows of the whole table that have them."""
    mapping = PartitionMapping.from_table(table)
    whole = pairs(mapping_table(letters, letters, mapping=mapping))
    chosen = pairs(mapping_table(letters, letters, mapping=mapping, keys=keys, upstream_keys=upstream_keys))
    assert chosen == [pair for pair in whole if pair[0] in keys and pair[1] in upstream_keys]


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=4).map(
    lambda found: span_algebra.normalised(
        *(pd.Series(c, dtype="int64").to_numpy() for c in ([a for a, _ in found], [a + n for a, n in found]))
    )
)


@settings(max_examples=80)
@given(st.lists(spans, max_size=8), spans, st.lists(st.integers(0, 7), unique=True))
def test_parts_of_links_hold_what_the_whole_holds(rows, wanted, kept):
    """Rows taken out of links, and links cut to some upstream positions, agree with sets of pairs."""
    offsets = pd.Series([0, *(len(starts) for starts, _ in rows)], dtype="int64").cumsum().to_numpy()
    flat = [pd.Series([x for row in rows for x in row[at].tolist()], dtype="int64").to_numpy() for at in (0, 1)]
    links = Links(offsets, *flat, {at: (f"lost-{at}", "x") for at in range(0, len(rows), 2)})
    inside = set(span_algebra.to_positions(*wanted).tolist())
    cut = links_to_upstream(links, wanted, {"x"})
    assert [set(cut.upstream(at).tolist()) for at in range(len(rows))] == [
        set(links.upstream(at).tolist()) & inside for at in range(len(rows))
    ]
    assert cut.nonexistent == dict.fromkeys(range(0, len(rows), 2), ("x",))
    chosen = [at for at in kept if at < len(rows)]
    some = rows_of(links, pd.Series(chosen, dtype="int64").to_numpy())
    assert [some.upstream(at).tolist() for at in range(len(chosen))] == [links.upstream(at).tolist() for at in chosen]
    assert some.nonexistent == {place: links.nonexistent[at] for place, at in enumerate(chosen) if at % 2 == 0}


def test_a_day_of_twenty_three_hours_has_twenty_three_rows():
    table = mapping_table(days, hours, keys=["2013-03-10"])
    assert len(table) == 23
    assert "2013-03-10-02:00" not in set(table["upstream"])


def test_columns_and_types_are_the_same_for_an_empty_table():
    full, empty = (mapping_table(days, hours, keys=keys) for keys in (["2013-01-01"], []))
    assert list(full.columns) == ["downstream", "upstream", "exists"]
    assert full.dtypes.equals(empty.dtypes)
    assert str(full["exists"].dtype) == "bool"
    assert list(full.index) == list(range(24))


@pytest.mark.parametrize(("downstream", "upstream"), [(None, letters), (letters, None)])
def test_one_side_may_have_no_partitions(downstream, upstream):
    """Its key is missing; there is a row for each key of the other side."""
    table = mapping_table(downstream, upstream)
    lone = "downstream" if downstream is None else "upstream"
    assert table[lone].isna().all()
    assert len(table) == 6


def test_what_is_required_and_does_not_exist_can_be_asked_for():
    later = DailyPartitionsDefinition("2013-01-03", end_date="2014-01-01", timezone=NEW_YORK)
    assert pairs(mapping_table(days, later, upstream_keys=["2013-01-02"])) == [("2013-01-02", "2013-01-02", False)]
    text = repr(show_mapping(days, later, upstream_keys=["2013-01-02"]))
    assert "1 that does not exist, wanted by 1 of 365 days" in text
    assert "∅ 2013-01-02  →  2013-01-02" in text


def test_the_given_store_knows_the_dynamic_keys():
    store = Instance.ephemeral()
    store.add_dynamic_partitions("customers", ["a", "x"])
    customers = DynamicPartitionsDefinition(name="customers")
    mapping = PartitionMapping.from_function(lambda key: key)
    found = pairs(mapping_table(customers, letters, mapping=mapping, instance=store))
    assert found == [("a", "a", True), ("x", "x", False)]


def the_weather() -> tuple[Definitions, Instance]:
    """Three days made from two assets, of which one day and a source are stored."""
    few = DailyPartitionsDefinition("2013-01-01", end_date="2013-01-04")

    @asset(partitions_def=few)
    def readings(context):
        return context.partition_key

    stations = SourceAsset("stations", partitions_def=letters)

    @asset(
        partitions_def=few,
        ins={
            "readings": AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-1), wait_for="any"),
            "stations": AssetIn(partition_mapping=LastPartitionMapping()),
        },
    )
    def daily(readings, stations):
        return len(readings)

    store = Instance.ephemeral()
    materialize([readings], partition_key="2013-01-02", instance=store, progress=False)
    return Definitions([readings, stations, daily]), store


def test_assets_have_their_states_in_the_table():
    definitions, store = the_weather()
    table = mapping_table("daily", "readings", keys=["2013-01-02"], instance=store, definitions=definitions)
    assert table.to_dict("list") == {
        "downstream": ["2013-01-02", "2013-01-02"],
        "upstream": ["2013-01-01", "2013-01-02"],
        "exists": [True, True],
        "downstream_state": ["missing", "missing"],
        "upstream_state": ["missing", "materialized"],
    }


def test_all_upstream_assets_are_told_apart_by_a_column():
    """What is made elsewhere has no states here."""
    definitions, store = the_weather()
    table = mapping_table("daily", instance=store, definitions=definitions, keys=["2013-01-01"])
    assert table["upstream_asset"].tolist() == ["readings", "stations"]
    assert table["upstream"].tolist() == ["2013-01-01", "f"]
    assert table["upstream_state"].isna().tolist() == [False, True]


def test_upstream_keys_may_be_those_of_one_of_several_upstream_assets():
    """The other one has no such key, and is left out; a key that none has is refused."""
    definitions, store = the_weather()
    where = {"instance": store, "definitions": definitions}
    table = mapping_table("daily", upstream_keys=["2013-01-01"], **where)
    assert table[["downstream", "upstream_asset"]].values.tolist() == [
        ["2013-01-01", "readings"],
        ["2013-01-02", "readings"],
    ]
    with pytest.raises(UnknownPartitionError, match="no partition 'g'"):
        show_mapping("daily", upstream_keys=["g"], **where)


def test_the_wait_policy_stands_above_the_picture():
    definitions, store = the_weather()
    picture = show_mapping("daily", "readings", instance=store, definitions=definitions)
    assert "Any one of them is enough." in repr(picture)
    assert "Any one of them is enough." in picture.svg
    alone = show_mapping(letters, letters, mapping=AllPartitionMapping().waiting_for(3))
    assert "At least 3 of them must be there." in repr(alone)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"downstream": "daily", "upstream": letters}, InvalidInvocationError, "two assets, or two partitions definit"),
        ({"downstream": "daily", "mapping": LastPartitionMapping()}, InvalidInvocationError, "mapping= goes with two"),
        ({"downstream": "readings"}, InvalidInvocationError, "made from no other asset"),
        ({"downstream": "daly"}, UnknownAssetError, "Did you mean 'daily'?"),
        ({"downstream": "daily", "upstream": "daily"}, UnknownAssetError, "daily does not need daily"),
        ({"downstream": None, "upstream": letters, "keys": ["g"]}, InvalidInvocationError, "without partitions"),
        ({"downstream": letters, "upstream": letters, "keys": ["g"]}, UnknownPartitionError, "no partition 'g'"),
        ({"downstream": letters, "upstream": letters, "upstream_keys": ["g"]}, UnknownPartitionError, "^upstream: "),
        (
            {"downstream": letters, "upstream": days, "mapping": IdentityPartitionMapping()},
            InvalidMappingError,
            "kinds",
        ),
    ],
)
@pytest.mark.parametrize("function", [mapping_table, show_mapping])
def test_what_can_not_be_asked_is_refused(function, arguments, error, words):
    definitions, store = the_weather()
    with pytest.raises(error, match=words):
        function(**arguments, instance=store, definitions=definitions)


def test_more_pairs_than_a_memory_holds_are_refused():
    many = StaticPartitionsDefinition([str(number) for number in range(5_000)])
    with pytest.raises(InvalidInvocationError, match="These are 25,000,000 pairs"):
        mapping_table(many, many, mapping=AllPartitionMapping())


def test_a_hundred_thousand_pairs_are_listed_at_once():
    """Eleven years of hours: no loop over pairs."""
    long = DailyPartitionsDefinition("2013-01-01", end_date="2024-07-01", timezone=NEW_YORK)
    fine = HourlyPartitionsDefinition("2013-01-01-00:00", end_date="2024-07-01-00:00", timezone=NEW_YORK)
    mapping_table(long, fine, keys=["2013-01-01"])
    began = time.process_time()
    table = mapping_table(long, fine)
    assert time.process_time() - began < 1.5  # 0.1 to 0.2 s where nothing else runs
    assert len(table) == int(links_between(None, long, fine).count().sum()) > 100_000
    assert set(table.groupby("downstream").size()) == {23, 24, 25}


def test_all_pairs_are_the_product_of_the_keys():
    found = pairs(mapping_table(letters, letters, mapping=AllPartitionMapping()))
    assert found == [(down, up, True) for down, up in product("abcdef", repeat=2)]


def test_one_key_of_millions_is_found_without_a_list_of_them(monkeypatch):
    """A year of minutes at fifty places, read by the hour."""
    listed = []
    whole = PartitionsDefinition.get_partition_keys
    monkeypatch.setattr(
        PartitionsDefinition, "get_partition_keys", lambda self, *now: listed.append(self) or whole(self)
    )
    places = StaticPartitionsDefinition([f"N{number}" for number in range(50)])
    day, year = {"start": "2013-01-01-00:00", "fmt": "%Y-%m-%d-%H:%M"}, "2014-01-01-00:00"
    minutes = TimeWindowPartitionsDefinition(**day, end=year, cron_schedule="* * * * *")
    fine = MultiPartitionsDefinition({"place": places, "time": minutes})
    hours = HourlyPartitionsDefinition("2013-01-01-00:00", end_date=year)
    coarse = MultiPartitionsDefinition({"place": places, "time": hours})
    same = MultiPartitionMapping(
        {
            "place": DimensionPartitionMapping("place", IdentityPartitionMapping()),
            "time": DimensionPartitionMapping("time", TimeWindowPartitionMapping()),
        }
    )
    began = time.process_time()
    table = mapping_table(coarse, fine, mapping=same, keys=["N7|2013-03-09-07:00"])
    text = str(show_mapping(coarse, fine, mapping=same, keys=["N7|2013-03-09-07:00"]))
    assert time.process_time() - began < 5  # 0.6 s where nothing else runs, and half a minute with lists
    assert table["upstream"].tolist() == [f"N7|2013-03-09-07:{minute:02}" for minute in range(60)]
    assert "1 of 438,000 keys needs 60 of 26,280,000 keys" in text
    assert not any(isinstance(definition, MultiPartitionsDefinition) for definition in listed)


def test_keys_of_very_many_are_those_of_the_list():
    days = DailyPartitionsDefinition("2013-01-01")
    keys, listed = DefinitionKeys(days, 40), days.keys_of_span(0, 40)
    assert list(keys) == listed
    assert (keys[-3], "2013-01-05" in keys) == (listed[-3], True)
    for part in (slice(None), slice(3, 9), slice(-5, None), slice(30, 4), slice(None, None, -7), slice(50, 60)):
        assert keys[part] == listed[part]
    with pytest.raises(IndexError):
        keys[40]
