"""Keys that a mapping names may come later: those of days to come, and dynamic ones, alone or in a combination."""

from __future__ import annotations

from datetime import datetime

import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    DynamicPartitionsDefinition,
    Instance,
    InvalidMappingError,
    MultiPartitionsDefinition,
    SpecificPartitionsPartitionMapping,
    StaticPartitionsDefinition,
    partition_loading_context,
)

NOW = datetime(2013, 1, 3)
DAYS = DailyPartitionsDefinition("2013-01-01")
PLACES = StaticPartitionsDefinition(["EWR", "JFK"])
PEOPLE = DynamicPartitionsDefinition(name="people")
BY_DAY = MultiPartitionsDefinition({"day": DAYS, "place": PLACES})
BY_PERSON = MultiPartitionsDefinition({"person": PEOPLE, "place": PLACES})
NOT_ADA = MultiPartitionsDefinition({"person": PEOPLE, "place": PLACES}, filter=lambda at: at["person"] != "Ada")


def people(*names: str) -> Instance:
    store = Instance.ephemeral()
    store.add_dynamic_partitions("people", names)
    return store


@pytest.mark.parametrize(
    ("upstream", "key"),
    [
        (DAYS, "2013-01-09"),
        (BY_DAY, "2013-01-09|EWR"),
        (PEOPLE, "Ada"),
        (BY_PERSON, "Ada|EWR"),
        (NOT_ADA, "Ada|EWR"),
    ],
)
def test_a_key_that_may_come_is_required_and_does_not_exist(upstream, key):
    mapping, store = SpecificPartitionsPartitionMapping([key]), people("Emmy")
    mapping.validate_partition_mapping(upstream, None)
    links = mapping.links(None, upstream, None, NOW, store)
    assert (links.count().tolist(), dict(links.nonexistent)) == ([0], {0: (key,)})
    with partition_loading_context(NOW, store):
        assert mapping.links(None, upstream).nonexistent == {0: (key,)}


def test_a_key_that_came_is_found_by_the_store_that_is_given():
    mapping = SpecificPartitionsPartitionMapping(["Ada|JFK"])
    links = mapping.links(None, BY_PERSON, None, NOW, people("Emmy", "Ada"))
    assert (links.spans(0), dict(links.nonexistent)) == ([(3, 4)], {})


@pytest.mark.parametrize(
    ("upstream", "key", "words"),
    [
        (DAYS, "2012-01-01", "2012-01-01"),
        (BY_DAY, "2013-01-02|PHL", "on the dimension 'place'"),
        (BY_DAY, "2012-01-02|EWR", "on the dimension 'day'"),
        (BY_DAY, "2013-01-02", "2013-01-02"),
        (BY_PERSON, "Ada|PHL", "on the dimension 'place'"),
        (
            MultiPartitionsDefinition(BY_DAY.dimensions, filter=lambda at: at["place"] != "JFK"),
            "2013-01-02|JFK",
            "filter",
        ),
    ],
)
def test_a_key_that_never_comes_is_refused(upstream, key, words):
    with partition_loading_context(NOW, people()), pytest.raises(InvalidMappingError, match=words):
        SpecificPartitionsPartitionMapping([key]).validate_partition_mapping(upstream, None)
