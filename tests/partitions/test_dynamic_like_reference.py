"""Dynamic partitions answer as the reference does: adding, deleting, pages, keys, ranges, subsets and mappings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import notebook_assets as ours
from notebook_assets.errors import InvalidMappingError, UnknownPartitionError

pytestmark = pytest.mark.filterwarnings("ignore:.*(partition_fn|Partition).*:DeprecationWarning")
NAMES = (f"name {number}" for number in count())
KEYS = list("abcdefg")
SOME = st.lists(st.sampled_from(KEYS), unique=True, max_size=5)


@pytest.fixture(scope="module")
def stores() -> Iterator[tuple[ours.Instance, Any]]:
    """Both stores; each test uses names of its own."""
    with ours.Instance.ephemeral() as mine, dagster.DagsterInstance.ephemeral() as theirs:
        yield mine, theirs


def thorough(examples: int) -> Any:
    return settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def filled(stores: tuple[ours.Instance, Any], keys: list[str]) -> tuple[Any, Any]:
    """The same new definition on both sides, with keys."""
    name = next(NAMES)
    for store in stores:
        store.add_dynamic_partitions(name, keys)
    return ours.DynamicPartitionsDefinition(name=name), dagster.DynamicPartitionsDefinition(name=name)


@given(st.lists(st.one_of(st.tuples(st.just("add"), SOME), st.tuples(st.just("delete"), SOME)), max_size=6))
@thorough(60)
def test_any_additions_and_deletions_leave_the_same_keys_in_the_same_order(stores: Any, steps: Any) -> None:
    """Keys that are there stay in their place; one that is deleted and added again goes to the end."""
    mine, theirs = stores
    name = next(NAMES)
    for step, keys in steps:
        for store in stores:
            if step == "add":
                assert store.add_dynamic_partitions(name, keys) is None
            else:
                for key in keys:
                    assert store.delete_dynamic_partition(name, key) is None
        assert list(mine.get_dynamic_partitions(name)) == list(theirs.get_dynamic_partitions(name))
        assert [mine.has_dynamic_partition(name, key) for key in KEYS] == [
            theirs.has_dynamic_partition(name, key) for key in KEYS
        ]


@given(SOME, SOME, st.integers(1, 4), st.booleans())
@thorough(40)
def test_pages_hold_the_same_keys(stores: Any, keys: list[str], later: list[str], limit: int, ascending: bool) -> None:
    """Also where keys are added between two pages, and one is deleted."""
    definition, _ = filled(stores, keys)
    pages: list[list[tuple[Any, bool]]] = []
    cursors: list[str | None] = [None, None]
    for number in range(4):
        found = []
        for side, store in enumerate(stores):
            if number == 1:
                store.add_dynamic_partitions(definition.name, later)
                for key in keys[:1]:
                    store.delete_dynamic_partition(definition.name, key)
            page = store.get_paginated_dynamic_partitions(definition.name, limit, ascending, cursors[side])
            if page.results:
                cursors[side] = page.cursor
            found.append((list(page.results), page.has_more))
        pages.append(found)
    assert [mine for mine, _ in pages] == [theirs for _, theirs in pages]


@given(st.lists(st.sampled_from(KEYS), unique=True, min_size=1), st.data())
@thorough(40)
def test_definitions_answer_alike(stores: Any, keys: list[str], data: st.DataObject) -> None:
    mine, theirs = stores
    here, there = filled(stores, keys)
    chosen = data.draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    first, last = sorted([data.draw(st.sampled_from(keys)), data.draw(st.sampled_from(keys))], key=keys.index)
    assert list(here.get_partition_keys(dynamic_partitions_store=mine)) == list(
        there.get_partition_keys(dynamic_partitions_store=theirs)
    )
    assert [here.has_partition_key(key, dynamic_partitions_store=mine) for key in KEYS] == [
        there.has_partition_key(key, dynamic_partitions_store=theirs) for key in KEYS
    ]

    def is_valid(definition: Any, key: str, context: Any) -> bool:
        try:
            definition.validate_partition_key(key, context)
        except (UnknownPartitionError, dagster.DagsterUnknownPartitionError):
            return False
        return True

    def answers(definition: Any, library: Any, store: Any) -> list[Any]:
        with library.partition_loading_context(dynamic_partitions_store=store) as context:
            page = definition.get_paginated_partition_keys(context, 2, True)
            rest = definition.get_paginated_partition_keys(context, 9, True, page.cursor)
            subset = definition.subset_with_partition_keys(chosen)
            back = definition.deserialize_subset(subset.serialize())
            return [
                definition.get_num_partitions(),
                definition.get_first_partition_key(),
                definition.get_last_partition_key(),
                list(definition.get_partition_keys_in_range(library.PartitionKeyRange(first, last))),
                set(definition.subset_with_all_partitions().get_partition_keys()),
                set(subset.get_partition_keys()),
                len(subset),
                list(subset.get_partition_keys_not_in_subset(definition)),
                [(span.start, span.end) for span in subset.get_partition_key_ranges(definition)],
                set(back.get_partition_keys()),
                definition.can_deserialize_subset(subset.serialize(), None, type(definition).__name__),
                [(list(each.results), each.has_more) for each in (page, rest)],
                list(definition.get_paginated_partition_keys(context, 3, False).results),
                definition.filter_valid_partition_keys(set(KEYS)),
                [is_valid(definition, key, context) for key in KEYS],
                definition.get_tags_for_partition_key("a"),
                repr(definition),
                str(definition),
            ]

    assert answers(here, ours, mine) == answers(there, dagster, theirs)


def test_the_identifier_follows_the_keys(stores: Any) -> None:
    """It is another after an addition, and the former one again after a deletion."""
    for definition, store in zip(filled(stores, ["a"]), stores, strict=True):
        seen = []
        for step in ("nothing", "nothing", "add", "delete"):
            if step == "add":
                store.add_dynamic_partitions(definition.name, ["b"])
            if step == "delete":
                store.delete_dynamic_partition(definition.name, "b")
            seen.append(definition.get_serializable_unique_identifier(dynamic_partitions_store=store))
        assert [seen.index(identifier) for identifier in seen] == [0, 0, 2, 0]


def test_our_definition_reads_the_keys_of_the_reference(stores: Any) -> None:
    """Any store of two methods will do, and theirs is one."""
    _, theirs = stores
    here, _ = filled(stores, ["b", "a"])
    here.add_partitions(["c"], dynamic_partitions_store=theirs)
    assert here.get_partition_keys(dynamic_partitions_store=theirs) == ["b", "a", "c"]
    assert list(here.settled(None, theirs).subset_with_partition_keys(["c", "b"])) == ["b", "c"]


@given(st.sampled_from(["Identity", "All", "Last"]), st.booleans(), SOME, SOME, st.data())
@thorough(60)
def test_mappings_between_dynamic_definitions_are_those_of_the_reference(
    stores: Any, kind: str, same: bool, down_keys: list[str], up_keys: list[str], data: st.DataObject
) -> None:
    down_keys, up_keys = down_keys or ["a"], up_keys or ["b"]
    down = filled(stores, down_keys)
    up = down if same else filled(stores, up_keys)
    chosen = data.draw(st.lists(st.sampled_from(down_keys), min_size=1, unique=True))
    needed = data.draw(st.lists(st.sampled_from(down_keys if same else up_keys), min_size=1, unique=True))
    found = []
    for side, library in enumerate((ours, dagster)):
        mapping = getattr(library, f"{kind}PartitionMapping")()
        with library.partition_loading_context(dynamic_partitions_store=stores[side]):
            mapping.validate_partition_mapping(up[side], down[side])
            result = mapping.get_upstream_mapped_partitions_result_for_partitions(
                down[side].subset_with_partition_keys(chosen), down[side], up[side]
            )
            needing = mapping.get_downstream_partitions_for_partitions(
                up[side].subset_with_partition_keys(needed), up[side], down[side]
            )
            found.append(
                (
                    set(result.partitions_subset.get_partition_keys()),
                    set(result.required_but_nonexistent_partition_keys),
                    set(needing.get_partition_keys()),
                )
            )
    assert found[0] == found[1]


def test_the_same_key_is_refused_between_kinds_as_in_the_reference(stores: Any) -> None:
    """By name and by function are one kind; static and dynamic are not."""
    named, static = (
        filled(stores, ["a"]),
        (ours.StaticPartitionsDefinition(["a"]), dagster.StaticPartitionsDefinition(["a"])),
    )
    given = tuple(library.DynamicPartitionsDefinition(lambda current_time: ["a"]) for library in (ours, dagster))
    kinds = [named, static, given]

    def is_refused(side: int, library: Any, upstream: Any, downstream: Any) -> bool:
        try:
            library.IdentityPartitionMapping().validate_partition_mapping(upstream[side], downstream[side])
        except (InvalidMappingError, dagster.DagsterInvalidDefinitionError):
            return True
        return False

    for upstream in kinds:
        for downstream in kinds:
            assert is_refused(0, ours, upstream, downstream) == is_refused(1, dagster, upstream, downstream)


def test_specific_keys_that_do_not_exist_yet_are_named(stores: Any) -> None:
    """On purpose unlike the reference, which counts them among those that exist; for existing ones it is the same."""
    mapping, theirs = (library.SpecificPartitionsPartitionMapping(["a", "z"]) for library in (ours, dagster))
    (here, there), (down, their_down) = filled(stores, ["b", "a"]), filled(stores, ["x"])
    mapping.validate_partition_mapping(here, down)
    with ours.partition_loading_context(dynamic_partitions_store=stores[0]):
        result = mapping.get_upstream_mapped_partitions_result_for_partitions(
            down.subset_with_partition_keys(["x"]), down, here
        )
    with dagster.partition_loading_context(dynamic_partitions_store=stores[1]):
        expected = theirs.get_upstream_mapped_partitions_result_for_partitions(
            their_down.subset_with_partition_keys(["x"]), their_down, there
        )
    assert list(result.partitions_subset) == ["a"]
    assert result.required_but_nonexistent_partition_keys == ["z"]
    assert set(expected.partitions_subset.get_partition_keys()) - {"z"} == {"a"}


@pytest.mark.parametrize("moment", [datetime(2020, 1, 1), datetime(2023, 7, 1)])
def test_a_function_gives_the_keys_as_in_the_reference(moment: datetime) -> None:
    """Strings or partitions with a value and perhaps a name."""
    found = []
    for library in (ours, dagster):

        def keys(current_time: Any, library: Any = library) -> list[Any]:
            years = [library.Partition(year) for year in range(2019, current_time.year + 1)]
            return [*years, library.Partition("x", "named")]

        definition = library.DynamicPartitionsDefinition(keys)
        found.append(
            [
                list(definition.get_partition_keys(current_time=moment)),
                definition.name,
                definition.partition_fn is keys,
            ]
        )
    assert found[0] == found[1]


def test_requests_look_like_those_of_the_reference(stores: Any) -> None:
    here, there = filled(stores, [])
    for build in ("build_add_request", "build_delete_request"):
        mine, theirs = getattr(here, build)(["a", "b"]), getattr(there, build)(["a", "b"])
        assert repr(mine) == repr(theirs)
        assert (mine.partitions_def_name, mine.partition_keys) == (theirs.partitions_def_name, theirs.partition_keys)


@pytest.mark.parametrize("arguments", [{}, {"name": "a", "partition_fn": lambda current_time: []}])
def test_neither_or_both_of_name_and_function_are_refused_by_both(arguments: dict[str, Any]) -> None:
    with pytest.raises(ours.InvalidDefinitionError):
        ours.DynamicPartitionsDefinition(**arguments)
    with pytest.raises(dagster.DagsterInvalidDefinitionError):
        dagster.DynamicPartitionsDefinition(**arguments)


def test_unknown_keys_are_an_error_here_and_taken_as_they_are_there(stores: Any) -> None:
    """On purpose: silence hides slips."""
    here, there = filled(stores, ["a"])
    with dagster.partition_loading_context(dynamic_partitions_store=stores[1]):
        assert set(there.subset_with_partition_keys(["a", "x"]).get_partition_keys()) == {"a", "x"}
    with (
        ours.partition_loading_context(dynamic_partitions_store=stores[0]),
        pytest.raises(UnknownPartitionError, match="'x'"),
    ):
        here.subset_with_partition_keys(["a", "x"])
