"""Mappings from and to two dimensions answer as the reference's do, in both directions; so do the default rules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import notebook_assets as na
from notebook_assets.mappings import default_mapping, links_between

pytestmark = pytest.mark.filterwarnings("ignore:Class .* is currently in beta")

DEFINITIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "letters": ("StaticPartitionsDefinition", {"partition_keys": ["x", "y", "z"]}),
    "digits": ("StaticPartitionsDefinition", {"partition_keys": ["1", "2"]}),
    "days": ("DailyPartitionsDefinition", {"start_date": "2024-01-01", "end_date": "2024-01-12"}),
    "later days": ("DailyPartitionsDefinition", {"start_date": "2024-01-03"}),
    "weeks": ("WeeklyPartitionsDefinition", {"start_date": "2023-12-31"}),
    "hours": ("HourlyPartitionsDefinition", {"start_date": "2024-01-02-00:00", "end_date": "2024-01-03-06:00"}),
}
TIMES = ["days", "later days", "weeks", "hours"]
NOW = st.sampled_from([datetime(2024, 1, day, 12, tzinfo=UTC) for day in (4, 8, 20)])


def built(library: Any, name: str) -> Any:
    kind, arguments = DEFINITIONS[name]
    return getattr(library, kind)(**arguments)


def multi(library: Any, dimensions: dict[str, str]) -> Any:
    return library.MultiPartitionsDefinition({name: built(library, each) for name, each in dimensions.items()})


def some(data: st.DataObject, keys: list[str]) -> list[str]:
    return data.draw(st.one_of(st.just(keys), st.lists(st.sampled_from(keys), min_size=1, max_size=4, unique=True)))


def check_both_directions(
    data: st.DataObject, now: datetime, mappings: tuple[Any, Any], downs: tuple[Any, Any], ups: tuple[Any, Any]
) -> None:
    """Ask both libraries both ways for some keys; what is missing is compared on the dimension that lacks it."""
    (ours, theirs), (down, their_down), (up, their_up) = mappings, downs, ups
    down_keys, up_keys = list(down.get_partition_keys(now)), list(up.get_partition_keys(now))
    assume(down_keys and up_keys)
    chosen, given_up = some(data, down_keys), some(data, up_keys)
    with na.partition_loading_context(now):
        found = ours.get_upstream_mapped_partitions_result_for_partitions(
            down.subset_with_partition_keys(chosen), down, up
        )
        needing = ours.get_downstream_partitions_for_partitions(up.subset_with_partition_keys(given_up), up, down)
    with dagster.partition_loading_context(effective_dt=now):
        expected = theirs.get_upstream_mapped_partitions_result_for_partitions(
            their_down.subset_with_partition_keys(chosen), their_down, their_up, current_time=now
        )
        expected_down = theirs.get_downstream_partitions_for_partitions(
            their_up.subset_with_partition_keys(given_up), their_up, their_down, current_time=now
        )
    assert set(found.partitions_subset) == set(expected.partitions_subset.get_partition_keys())
    assert set(needing) == set(expected_down.get_partition_keys()) & set(down_keys)
    their_missing = set(expected.required_but_nonexistent_partition_keys)
    our_missing = set(found.required_but_nonexistent_partition_keys)
    assert not (our_missing & set(up_keys))
    # The reference names the missing keys of a dimension, not of the combinations that lack them; and leaves out a
    # window that overlaps only in part.
    assert all(any(part in missing.split("|") or part == missing for missing in our_missing) for part in their_missing)

    links = links_between(ours, down, up, current_time=now)
    by_key = {up.settled(now).key_at(at) for row in range(len(links)) for at in links.upstream(row)}
    assert by_key <= set(up_keys)
    chosen_rows = [row for row in range(len(links)) if set(given_up) & set(_keys(up.settled(now), links, row))]
    assert down.settled(now).positions(list(needing)).tolist() == chosen_rows


def _keys(up: Any, links: Any, row: int) -> list[str]:
    return [up.key_at(int(at)) for at in links.upstream(row)]


@given(
    st.sampled_from(["letters", "digits", *TIMES]),
    st.sampled_from(TIMES),
    st.sampled_from(["letters", "digits"]),
    st.booleans(),
    NOW,
    st.data(),
)
@settings(
    max_examples=100, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_multi_to_single_is_that_of_the_reference(single, time, static, upstream_is_multi, now, data) -> None:
    assume(single in (time, static) or (single in TIMES))
    dimensions = {"kind": static, "at": time}
    pairs = [(multi(library, dimensions), built(library, single)) for library in (na, dagster)]
    multis, singles = zip(*pairs, strict=True)
    ups, downs = (multis, singles) if upstream_is_multi else (singles, multis)
    mappings = (na.MultiToSingleDimensionPartitionMapping(), dagster.MultiToSingleDimensionPartitionMapping())
    check_both_directions(data, now, mappings, downs, ups)


INNER = {
    "letters": ["Identity", "All", "Last", "Specific", "Static"],
    "days": ["All", "Last", "Time"],
}


def inner(library: Any, kind: str, offset: int) -> Any:
    if kind == "Static":
        return library.StaticPartitionMapping({"x": "y", "y": ["x", "z"]})
    if kind == "Specific":
        return library.SpecificPartitionsPartitionMapping(["y", "x"])
    if kind == "Time":
        return library.TimeWindowPartitionMapping(offset, max(offset, 0))
    return getattr(library, f"{kind}PartitionMapping")()


@st.composite
def named(draw: st.DrawFn) -> list[tuple[str, str, str, int]]:
    """Which upstream dimension goes with which downstream one, by what mapping."""
    chosen = []
    if draw(st.booleans()):
        chosen.append(("letter", "other letter", draw(st.sampled_from(INNER["letters"])), 0))
    if draw(st.booleans()):
        chosen.append(("at", "day", draw(st.sampled_from(INNER["days"])), draw(st.integers(-2, 1))))
    return chosen


@given(named(), st.sampled_from(TIMES), st.sampled_from(TIMES), NOW, st.data())
@settings(
    max_examples=120, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
def test_multi_to_multi_is_that_of_the_reference(pairs, up_time, down_time, now, data: st.DataObject) -> None:
    up = {"letter": "letters", "at": up_time}
    down = {"other letter": "letters", "day": down_time}
    mappings = [
        library.MultiPartitionMapping(
            {
                name: library.DimensionPartitionMapping(to, inner(library, kind, offset))
                for name, to, kind, offset in pairs
            }
        )
        for library in (na, dagster)
    ]
    downs = (multi(na, down), multi(dagster, down))
    ups = (multi(na, up), multi(dagster, up))
    check_both_directions(data, now, tuple(mappings), downs, ups)


@given(NOW, st.data())
@settings(max_examples=20, deadline=None, derandomize=True)
def test_the_same_key_of_several_dimensions_is_that_of_the_reference(now, data: st.DataObject) -> None:
    up, down = {"a": "letters", "b": "days"}, {"a": "letters", "b": "later days"}
    mappings = (na.IdentityPartitionMapping(), dagster.IdentityPartitionMapping())
    check_both_directions(
        data, now, mappings, (multi(na, down), multi(dagster, down)), (multi(na, up), multi(dagster, up))
    )


M = {"a": "letters", "d": "days"}


def definition(library: Any, named: Any) -> Any:
    """Return a definition of several dimensions, or of one."""
    return multi(library, named) if isinstance(named, dict) else built(library, named)


def dagster_default(downstream: Any, upstream: Any) -> str:
    """Return the class of the mapping that the reference chooses between two assets."""

    @dagster.asset(partitions_def=definition(dagster, upstream))
    def up() -> int:
        return 1

    @dagster.asset(partitions_def=definition(dagster, downstream))
    def down(up: int) -> int:
        return up

    graph = dagster.Definitions([up, down]).resolve_asset_graph()
    return type(graph.get_partition_mapping(dagster.AssetKey("down"), dagster.AssetKey("up"))).__name__


@pytest.mark.parametrize(
    ("upstream", "downstream"),
    [
        (M, M),
        (M, {"b": "letters", "e": "days"}),
        (M, {"a": "digits", "d": "days"}),
        (M, {"a": "letters", "d": "later days"}),
        ("letters", M),
        (M, "letters"),
        (M, "days"),
        ("days", M),
        ("hours", M),
        (M, "hours"),
        (M, "weeks"),
        ("later days", M),
        ("letters", {"a": "letters", "b": "letters"}),
        (M, "digits"),
    ],
)
def test_the_default_rules_are_those_of_the_reference(upstream, downstream) -> None:
    ours = default_mapping(definition(na, downstream), definition(na, upstream))
    assert type(ours).__name__ == dagster_default(downstream, upstream)


def test_dimensions_that_mean_other_things_have_no_default_here() -> None:
    """There a day is matched to a digit, or to a month that starts on it: the same key."""
    assert dagster_default({"a": "letters", "q": "digits"}, M) == "IdentityPartitionMapping"
    with pytest.raises(na.InvalidMappingError, match="mean other things"):
        default_mapping(multi(na, {"a": "letters", "q": "digits"}), multi(na, M))


@pytest.mark.parametrize("library", [na, dagster])
@pytest.mark.parametrize(
    ("mapping", "upstream", "downstream"),
    [
        (lambda of: of.MultiToSingleDimensionPartitionMapping(), M, M),
        (lambda of: of.MultiToSingleDimensionPartitionMapping(), "letters", "letters"),
        (lambda of: of.MultiToSingleDimensionPartitionMapping(), "digits", M),
        (lambda of: of.MultiToSingleDimensionPartitionMapping(), "letters", {"a": "letters", "b": "letters"}),
        (lambda of: of.MultiPartitionMapping({}), M, "letters"),
        (
            lambda of: of.MultiPartitionMapping(
                {"q": of.DimensionPartitionMapping("a", of.IdentityPartitionMapping())}
            ),
            M,
            M,
        ),
        (
            lambda of: of.MultiPartitionMapping(
                {"a": of.DimensionPartitionMapping("q", of.IdentityPartitionMapping())}
            ),
            M,
            M,
        ),
        (lambda of: of.MultiPartitionMapping({"a": of.IdentityPartitionMapping()}), M, M),
    ],
)
def test_what_the_reference_refuses_is_refused(library, mapping, upstream, downstream) -> None:
    up, down = (
        multi(library, each) if isinstance(each, dict) else built(library, each) for each in (upstream, downstream)
    )
    with pytest.raises(Exception, match=r".") as caught:  # the reference's are of many kinds
        mapping(library).validate_partition_mapping(up, down)
    assert library is dagster or isinstance(caught.value, na.errors.InvalidMappingError)
