"""Static tables, and mappings that a user of the reference wrote, answer and refuse as they do there."""

from __future__ import annotations

from typing import Any

import dagster
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import notebook_assets

BOTH = (dagster, notebook_assets)
UP, DOWN = list("abcdef"), list("uvwxyz")


@st.composite
def tables(draw: st.DrawFn) -> dict[str, str | list[str] | set[str]]:
    fed = st.one_of(st.sampled_from(DOWN), st.lists(st.sampled_from(DOWN)), st.sets(st.sampled_from(DOWN)))
    return {key: draw(fed) for key in draw(st.lists(st.sampled_from(UP), unique=True))}


def answers(
    library: Any, mapping: Any, down_keys: list[str], up_keys: list[str]
) -> tuple[set[str], list[str], set[str]]:
    down, up = library.StaticPartitionsDefinition(DOWN), library.StaticPartitionsDefinition(UP)
    result = mapping.get_upstream_mapped_partitions_result_for_partitions(
        down.subset_with_partition_keys(down_keys), down, up
    )
    found = mapping.get_downstream_partitions_for_partitions(up.subset_with_partition_keys(up_keys), up, down)
    return (
        set(result.partitions_subset.get_partition_keys()),
        list(result.required_but_nonexistent_partition_keys),
        set(found.get_partition_keys()),
    )


@given(tables(), st.lists(st.sampled_from(DOWN), max_size=4), st.lists(st.sampled_from(UP), max_size=4))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_static_tables_answer_both_ways_as_there(table: dict[str, Any], down: list[str], up: list[str]) -> None:
    theirs, ours = (answers(library, library.StaticPartitionMapping(table), down, up) for library in BOTH)
    assert ours == theirs


@given(tables())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_custom_tables_say_the_same_from_the_other_side(table: dict[str, Any]) -> None:
    needs: dict[str, list[str]] = {}
    for key, fed in table.items():
        for each in {fed} if isinstance(fed, str) else set(fed):
            needs.setdefault(each, []).append(key)
    mapping = notebook_assets.PartitionMapping.from_table(needs)
    theirs = dagster.StaticPartitionMapping(table)
    for down, up in zip(DOWN, UP, strict=True):
        expected = answers(dagster, theirs, [down], [up])
        assert answers(notebook_assets, mapping, [down], [up]) == expected


@pytest.mark.parametrize("table", [["a"], {"a": 1}, {1: "u"}, {"a": (key for key in DOWN)}, "a"])
def test_what_is_no_table_is_refused_when_it_is_made(table: Any) -> None:
    for library in BOTH:
        with pytest.raises(Exception, match=r"dict|Mapping|got"):
            library.StaticPartitionMapping(table)


@pytest.mark.parametrize(
    ("table", "up", "down"),
    [
        ({"z": "u"}, UP, DOWN),
        ({"a": "a"}, UP, DOWN),
        ({"a": ["u", "a"]}, UP, DOWN),
        ({"a": "u"}, None, DOWN),
        ({"a": "u"}, UP, None),
    ],
)
def test_definitions_that_lack_a_key_or_are_not_static_are_refused(table: Any, up: Any, down: Any) -> None:
    for library in BOTH:
        days = library.DailyPartitionsDefinition("2024-01-01")
        definitions = [library.StaticPartitionsDefinition(keys) if keys else days for keys in (up, down)]
        with pytest.raises(Exception, match=r"(?i)static|not in the|There is no partition"):
            library.StaticPartitionMapping(table).validate_partition_mapping(*definitions)


def mapping_written_for(library: Any) -> Any:
    """A mapping class by the reference's two methods: a letter needs the one before it."""
    letters = library.StaticPartitionsDefinition(UP)
    every = library.AllPartitionMapping().get_upstream_mapped_partitions_result_for_partitions(None, None, letters)
    upstream_result = type(every)  # which has no public name there

    class LetterBefore(library.PartitionMapping):
        def get_upstream_mapped_partitions_result_for_partitions(
            self,
            downstream_partitions_subset,
            downstream_partitions_def,
            upstream_partitions_def,
            current_time=None,
            dynamic_partitions_store=None,
        ):
            places = [DOWN.index(key) - 1 for key in downstream_partitions_subset.get_partition_keys()]
            keys = [UP[place] for place in places if place >= 0]
            return upstream_result(
                partitions_subset=upstream_partitions_def.empty_subset().with_partition_keys(keys),
                required_but_nonexistent_subset=upstream_partitions_def.empty_subset(),
            )

        def get_downstream_partitions_for_partitions(
            self,
            upstream_partitions_subset,
            upstream_partitions_def,
            downstream_partitions_def,
            current_time=None,
            dynamic_partitions_store=None,
        ):
            places = [UP.index(key) + 1 for key in upstream_partitions_subset.get_partition_keys()]
            keys = [DOWN[place] for place in places if place < len(DOWN)]
            return downstream_partitions_def.empty_subset().with_partition_keys(keys)

        def validate_partition_mapping(self, upstream_partitions_def, downstream_partitions_def):
            pass

        @property
        def description(self):
            return "The letter before."

    return LetterBefore()


@given(st.lists(st.sampled_from(DOWN), max_size=4), st.lists(st.sampled_from(UP), max_size=4))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_mapping_class_of_the_reference_works_here(down: list[str], up: list[str]) -> None:
    theirs, ours = (answers(library, mapping_written_for(library), down, up) for library in BOTH)
    assert ours == theirs
    definitions = [notebook_assets.StaticPartitionsDefinition(keys) for keys in (DOWN, UP)]
    links = mapping_written_for(notebook_assets).links(*definitions)
    assert [links.upstream(row).tolist() for row in range(6)] == [[], [0], [1], [2], [3], [4]]
