"""Whatever is handed to the questions about mappings: an answer or an error of the package."""

from __future__ import annotations

import pytest

from notebook_assets.errors import InvalidInvocationError, InvalidMappingError, InvalidSubsetError
from notebook_assets.mappings import (
    AllPartitionMapping,
    DimensionPartitionMapping,
    IdentityPartitionMapping,
    LastPartitionMapping,
    MultiPartitionMapping,
    MultiToSingleDimensionPartitionMapping,
    PartitionMapping,
    SpecificPartitionsPartitionMapping,
    StaticPartitionMapping,
    TimeWindowPartitionMapping,
    default_mapping,
    links_between,
    partition_mapping_from_dict,
)
from notebook_assets.partitions import DailyPartitionsDefinition, MultiPartitionsDefinition
from tests.partitions.wrong_arguments import LETTERS, NOW, raw_errors

DAYS = DailyPartitionsDefinition("2013-01-01", end_date="2013-02-01")
BOTH = MultiPartitionsDefinition({"letter": LETTERS, "day": DAYS})
CASES = [
    (TimeWindowPartitionMapping(-1, 0), DAYS, DAYS),
    (IdentityPartitionMapping(), LETTERS, LETTERS),
    (AllPartitionMapping(), DAYS, LETTERS),
    (LastPartitionMapping(), DAYS, LETTERS),
    (SpecificPartitionsPartitionMapping(["a"]), DAYS, LETTERS),
    (StaticPartitionMapping({"a": "b"}), LETTERS, LETTERS),
    (MultiToSingleDimensionPartitionMapping("letter"), LETTERS, BOTH),
    (MultiPartitionMapping({"letter": DimensionPartitionMapping("letter", IdentityPartitionMapping())}), BOTH, BOTH),
    (PartitionMapping.from_function(lambda key: key), LETTERS, LETTERS),
    (PartitionMapping.from_table({"a": "b"}), LETTERS, LETTERS),
]


@pytest.mark.parametrize(("mapping", "down", "up"), CASES, ids=[type(mapping).__name__ for mapping, *_ in CASES])
def test_a_mapping_answers_or_says_what_is_wrong(mapping, down, up) -> None:
    some = [side.subset_with_partition_keys(side.get_partition_keys(NOW)[:1]) for side in (down, up)]
    sides = {"downstream_partitions_def": down, "upstream_partitions_def": up}
    defs = {"downstream_def": down, "upstream_def": up}
    calls = [
        (
            mapping.get_upstream_mapped_partitions_result_for_partitions,
            sides | {"downstream_partitions_subset": some[0], "current_time": NOW},
        ),
        (
            mapping.get_downstream_partitions_for_partitions,
            sides | {"upstream_partitions_subset": some[1], "current_time": NOW},
        ),
        (mapping.validate_partition_mapping, sides),
        (mapping.links, defs | {"positions": None, "current_time": NOW}),
        (mapping.feeds_one, defs),
        (mapping.waiting_for, {"wait_for": "any"}),
    ]
    for call, right in calls:
        call(**right)
        assert raw_errors(call, right, list(right)) == []


MAKING = [
    (links_between, {"mapping": None, "downstream_def": DAYS, "upstream_def": DAYS, "positions": None}),
    (default_mapping, {"downstream_def": DAYS, "upstream_def": DAYS}),
    (partition_mapping_from_dict, {"content": LastPartitionMapping().to_dict()}),
    (SpecificPartitionsPartitionMapping, {"partition_keys": ["a"]}),
    (StaticPartitionMapping, {"downstream_partition_keys_by_upstream_partition_key": {"a": "b"}}),
    (MultiPartitionMapping, {"downstream_mappings_by_upstream_dimension": {}}),
    (MultiToSingleDimensionPartitionMapping, {"partition_dimension_name": "letter"}),
    (DimensionPartitionMapping, {"dimension_name": "letter", "partition_mapping": IdentityPartitionMapping()}),
    (TimeWindowPartitionMapping, {"start_offset": 0, "end_offset": 0, "allow_nonexistent_upstream_partitions": False}),
]


@pytest.mark.parametrize(("make", "right"), MAKING, ids=[make.__name__ for make, _ in MAKING])
def test_what_makes_a_mapping_says_what_is_wrong(make, right) -> None:
    make(**right)
    assert raw_errors(make, right, list(right)) == []


@pytest.mark.parametrize("written", [{1: 2, "a": 3}, {"": ["a"]}, {"a": []}])
def test_a_mapping_by_dimensions_names_them(written) -> None:
    with pytest.raises(InvalidMappingError):
        MultiPartitionMapping(written)


def test_the_errors_name_what_is_needed() -> None:
    identity = IdentityPartitionMapping()
    with pytest.raises(InvalidMappingError, match="asked about two partitions definitions; got 5"):
        identity.links(5, LETTERS)
    with pytest.raises(InvalidInvocationError, match="Positions are an array of whole numbers"):
        identity.links(LETTERS, LETTERS, ["a"])
    with pytest.raises(InvalidSubsetError, match=r"A subset is needed, such as .*; got \['a'\]"):
        identity.get_downstream_partitions_for_partitions(["a"], LETTERS, LETTERS)
    with pytest.raises(InvalidMappingError, match="A partition mapping is needed, or None for the default; got 'same'"):
        links_between("same", LETTERS, LETTERS)
