"""Custom mappings: from a class, a function, a table or the reference's own methods; both ways, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from notebook_assets import (
    DailyPartitionsDefinition,
    DimensionPartitionMapping,
    DynamicPartitionsDefinition,
    MappingContext,
    MultiPartitionKey,
    MultiPartitionMapping,
    MultiPartitionsDefinition,
    PartitionKeyRange,
    PartitionMapping,
    StaticPartitionsDefinition,
    partition_mapping,
)
from notebook_assets.errors import InvalidDefinitionError, InvalidMappingError
from notebook_assets.mappings import UpstreamPartitionsResult, partition_mapping_from_dict
from notebook_assets.partitions.dynamic_keys import DynamicKeys

DAYS = DailyPartitionsDefinition("2013-01-01", end_date="2013-02-01")
LETTERS = StaticPartitionsDefinition(["a", "b", "c", "d"])
WEEKDAYS = StaticPartitionsDefinition(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
EPISODES = DynamicPartitionsDefinition(name="episodes").with_keys(DynamicKeys.of(["ep1", "ep2", "ep3"]))
CUTS = DynamicPartitionsDefinition(name="cuts").with_keys(DynamicKeys.of(["ep1-long", "ep1-short", "ep3-long"]))


def day_before(key: str) -> str:
    """The day before.

    More of it.
    """
    return str(date.fromisoformat(key) - timedelta(days=1))


def day_after(key: str) -> str:
    return str(date.fromisoformat(key) + timedelta(days=1))


def weekday(key):
    return date.fromisoformat(key).strftime("%a")


class DayBefore(PartitionMapping):
    """The day before, as a class."""

    def upstream(self, key):
        return day_before(key)


class DayBeforeFromBelow(PartitionMapping):
    one = True

    def downstream(self, key):
        return [day_after(key)]


class BothWays(DayBefore):
    def downstream(self, key):
        return day_after(key)


class AsInTheReference(PartitionMapping):
    """What a user of the reference wrote."""

    def get_upstream_mapped_partitions_result_for_partitions(
        self,
        downstream_partitions_subset,
        downstream_partitions_def,
        upstream_partitions_def,
        current_time=None,
        dynamic_partitions_store=None,
    ):
        keys = [day_before(key) for key in downstream_partitions_subset.get_partition_keys()]
        there = [key for key in keys if upstream_partitions_def.has_partition_key(key, current_time=current_time)]
        missing = upstream_partitions_def.empty_subset()
        return UpstreamPartitionsResult(upstream_partitions_def.subset_with_partition_keys(there), missing)

    def get_downstream_partitions_for_partitions(
        self,
        upstream_partitions_subset,
        upstream_partitions_def,
        downstream_partitions_def,
        current_time=None,
        dynamic_partitions_store=None,
    ):
        keys = [day_after(key) for key in upstream_partitions_subset.get_partition_keys()]
        there = [key for key in keys if downstream_partitions_def.has_partition_key(key, current_time=current_time)]
        return downstream_partitions_def.subset_with_partition_keys(there)

    @property
    def description(self):
        return "The day before."


FORMS = {
    "class": DayBefore(),
    "class, the other way": DayBeforeFromBelow(),
    "class, both ways": BothWays(),
    "reference": AsInTheReference(),
    "function": PartitionMapping.from_function(day_before),
    "function, the other way": PartitionMapping.from_function(downstream=day_after, one=True),
    "functions": PartitionMapping.from_function(day_before, downstream=day_after),
    "decorated": partition_mapping(day_before),
    "decorated with arguments": partition_mapping(one=True, label="yesterday")(day_before),
    "table": PartitionMapping.from_table({key: day_before(key) for key in DAYS.get_partition_keys()}),
}


def upstream(mapping, down, up, keys, now=None):
    subset = None if down is None else down.subset_with_partition_keys(keys)
    result = mapping.get_upstream_mapped_partitions_result_for_partitions(subset, down, up, now)
    return result.partitions_subset.get_partition_keys(), list(result.required_but_nonexistent_partition_keys)


def downstream(mapping, down, up, keys, now=None):
    subset = up.subset_with_partition_keys(keys)
    return mapping.get_downstream_partitions_for_partitions(subset, up, down, now).get_partition_keys()


@pytest.mark.parametrize("form", FORMS)
def test_each_way_of_writing_it_answers_both_ways(form: str) -> None:
    mapping = FORMS[form]
    assert upstream(mapping, DAYS, DAYS, ["2013-01-10", "2013-01-12"])[0] == ["2013-01-09", "2013-01-11"]
    assert downstream(mapping, DAYS, DAYS, ["2013-01-09", "2013-01-31"]) == ["2013-01-10"]


@pytest.mark.parametrize(
    "form", [form for form in FORMS if form not in ("reference", "class, the other way", "function, the other way")]
)
def test_keys_that_do_not_exist_upstream_are_required(form: str) -> None:
    assert upstream(FORMS[form], DAYS, DAYS, ["2013-01-01"]) == ([], ["2012-12-31"])


def test_keys_that_do_not_exist_may_be_left_out() -> None:
    mapping = PartitionMapping.from_function(day_before, allow_nonexistent=True)
    assert upstream(mapping, DAYS, DAYS, ["2013-01-01"]) == ([], [])
    table = PartitionMapping.from_table({"a": ["a", "gone"]}, allow_nonexistent=True)
    assert upstream(table, LETTERS, LETTERS, ["a"]) == (["a"], [])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, []),
        ((), []),
        ("b", ["b"]),
        (["d", "b", "b"], ["b", "d"]),
        ({"c", "a"}, ["a", "c"]),
        (PartitionKeyRange("b", "d"), ["b", "c", "d"]),
        (["a", PartitionKeyRange("c", "d")], ["a", "c", "d"]),
        (LETTERS.subset_with_partition_keys(["b", "c"]), ["b", "c"]),
    ],
)
def test_what_a_function_may_return(answer, expected: list[str]) -> None:
    mapping = PartitionMapping.from_function(lambda key: answer)
    assert upstream(mapping, LETTERS, LETTERS, ["a"]) == (expected, [])


def test_a_generator_may_give_the_keys() -> None:
    @partition_mapping
    def all_before(key):
        yield from "abcd"[: "abcd".index(key)]

    assert upstream(all_before, LETTERS, LETTERS, ["c"]) == (["a", "b"], [])
    assert downstream(all_before, LETTERS, LETTERS, ["b"]) == ["c", "d"]
    assert not all_before.feeds_one(LETTERS, LETTERS)


def test_a_range_of_windows_may_begin_before_the_first() -> None:
    trailing = PartitionMapping.from_function(
        lambda key: PartitionKeyRange(str(date.fromisoformat(key) - timedelta(days=2)), key)
    )
    assert upstream(trailing, DAYS, DAYS, ["2013-01-02"]) == (["2013-01-01", "2013-01-02"], ["2012-12-31"])
    assert upstream(trailing, DAYS, DAYS, ["2013-01-05"]) == (["2013-01-03", "2013-01-04", "2013-01-05"], [])
    assert downstream(trailing, DAYS, DAYS, ["2013-01-30"]) == ["2013-01-30", "2013-01-31"]


@pytest.mark.parametrize(
    ("mapping", "down", "up", "key", "needs", "back"),
    [
        (partition_mapping(weekday), DAYS, WEEKDAYS, "2013-01-10", ["Thu"], 5),
        (
            PartitionMapping.from_function(lambda key: {"2013-01-01": "ep1", "2013-01-08": "ep2"}.get(key)),
            DAYS,
            EPISODES,
            "2013-01-08",
            ["ep2"],
            1,
        ),
        (PartitionMapping.from_table({"a": "ep1", "b": ["ep2", "ep3"]}), LETTERS, EPISODES, "b", ["ep2", "ep3"], 1),
        (PartitionMapping.from_function(lambda cut: cut.split("-")[0]), CUTS, EPISODES, "ep1-short", ["ep1"], 2),
    ],
    ids=["time to static", "time to dynamic", "static to dynamic", "dynamic to dynamic"],
)
def test_kinds_that_no_built_in_mapping_connects(mapping, down, up, key: str, needs: list[str], back: int) -> None:
    assert upstream(mapping, down, up, [key]) == (needs, [])
    assert len(downstream(mapping, down, up, needs[:1])) == back
    assert key in downstream(mapping, down, up, needs[:1])


def test_a_downstream_asset_without_partitions_is_asked_for_by_none() -> None:
    @partition_mapping
    def chosen(key):
        return ["a", "c"] if key is None else key

    assert upstream(chosen, None, LETTERS, None) == (["a", "c"], [])
    assert upstream(PartitionMapping.from_table({None: "b"}), None, LETTERS, None) == (["b"], [])
    assert chosen.links(LETTERS, None).count().tolist() == [1, 1, 1, 1]
    with pytest.raises(InvalidMappingError, match=r"downstream asset has no partitions; write upstream\(key\)"):
        PartitionMapping.from_function(downstream=day_after).links(None, DAYS)


def test_a_function_with_a_second_parameter_is_told_the_time_and_the_definitions() -> None:
    seen = []

    @partition_mapping
    def up_to_now(key, context: MappingContext):
        seen.append(context)
        return [day for day in context.upstream_def.get_partition_keys(context.now) if day <= key]

    now = datetime(2013, 1, 4, 12, tzinfo=UTC)
    assert upstream(up_to_now, DAYS, DAYS, ["2013-01-03"], now)[0] == ["2013-01-01", "2013-01-02", "2013-01-03"]
    assert seen[0].now == now
    assert seen[0].downstream_window("2013-01-03").end == datetime(2013, 1, 4, tzinfo=UTC)
    assert seen[0].upstream_window("2013-01-03").start == datetime(2013, 1, 3, tzinfo=UTC)
    assert downstream(up_to_now, DAYS, DAYS, ["2013-01-02"], now) == ["2013-01-02", "2013-01-03"]
    with pytest.raises(InvalidMappingError, match="Only keys of time windows have a window; upstream is Static"):
        MappingContext(DAYS, LETTERS, now).upstream_window("a")


def test_the_mapping_of_one_dimension_may_be_custom_and_is_told_the_time() -> None:
    told = []

    @partition_mapping
    def last_day(key: str, context: MappingContext) -> str | None:
        told.append(context.now)
        return context.upstream_def.get_last_partition_key(context.now)

    both = MultiPartitionsDefinition({"day": DAYS, "letter": LETTERS})
    named = {"day": DimensionPartitionMapping("day", last_day)}
    named["letter"] = DimensionPartitionMapping("letter", PartitionMapping.from_function(lambda key: "abcd"[-1]))
    mapping = MultiPartitionMapping(named)
    now = datetime(2013, 1, 4, 12, tzinfo=UTC)
    assert upstream(mapping, both, both, ["2013-01-01|a"], now) == (["2013-01-03|d"], [])
    assert len(downstream(mapping, both, both, ["2013-01-03|d"], now)) == 12
    assert set(told) == {now}
    assert mapping.feeds_one(both, both)
    assert len(mapping.code_functions()) == 2


def test_keys_of_several_dimensions_come_and_go_as_such() -> None:
    both = MultiPartitionsDefinition({"day": DAYS, "letter": LETTERS})

    @partition_mapping
    def day_before_by_letter(key: MultiPartitionKey) -> MultiPartitionKey:
        parts = key.keys_by_dimension
        return MultiPartitionKey({**parts, "day": day_before(parts["day"])})

    mapping = day_before_by_letter
    assert upstream(mapping, both, both, ["2013-01-02|b"]) == (["2013-01-01|b"], [])
    assert upstream(mapping, both, both, ["2013-01-01|b"]) == ([], ["2012-12-31|b"])
    assert downstream(mapping, both, both, ["2013-01-30|c"]) == ["2013-01-31|c"]
    assert mapping.feeds_one(both, both)


def one(key: str) -> str | None: ...
def several(key: str) -> list[str]: ...
def unknown_name(key: str) -> NoSuchName: ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (partition_mapping(one), True),
        (partition_mapping(several), False),
        (partition_mapping(unknown_name), False),
        (partition_mapping(one=False)(one), False),
        (partition_mapping(one=True)(several), True),
        (PartitionMapping.from_function(lambda key: key), True),
        (PartitionMapping.from_function(lambda key: [key]), False),
        (PartitionMapping.from_function(lambda key: key if key > "b" else None), True),
        (PartitionMapping.from_function(lambda key: key if key > "b" else [key]), False),
        (PartitionMapping.from_function(lambda key: None), False),
        (PartitionMapping.from_function(downstream=lambda key: key), False),
        (PartitionMapping.from_function(downstream=lambda key: key, one=True), True),
        (PartitionMapping.from_table({"a": "b", "c": None}), True),
        (PartitionMapping.from_table({"a": "b", "c": ["d"]}), False),
        (DayBefore(), True),
        (DayBeforeFromBelow(), True),
    ],
)
def test_the_shape_of_the_input_is_decided_by_the_mapping(mapping, expected: bool) -> None:
    definition = DAYS if isinstance(mapping, DayBefore | DayBeforeFromBelow) else LETTERS
    assert mapping.feeds_one(definition, definition) is expected
    assert mapping.feeds_one(definition, None) is True


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (
            PartitionMapping.from_function(lambda key: 3),
            r"gave 3 as the upstream keys of 'a'\. Give a key \(a string\)",
        ),
        (PartitionMapping.from_function(lambda key: ["b", 4]), r"gave \['b', 4\] as the upstream keys of 'a'"),
        (PartitionMapping.from_function(lambda key: b"a"), "gave b'a' as the upstream keys of 'a'"),
        (PartitionMapping.from_function(lambda key: {"a": "b"}), "gave {'a': 'b'} as the upstream keys of 'a'"),
        (PartitionMapping.from_function(lambda key: PartitionKeyRange("a", 3)), "as the upstream keys of 'a'"),
        (
            PartitionMapping.from_function(lambda key: "a...c"),
            r"gave 'a\.\.\.c' as the upstream key of 'a', which is no key; .* give PartitionKeyRange\('a', 'c'\)",
        ),
        (PartitionMapping.from_function(lambda key: PartitionKeyRange("a", "z")), "of 'a': There is no partition 'z'"),
        (
            PartitionMapping.from_function(lambda key: PartitionKeyRange("c", "a")),
            "of 'a': The range .* runs backwards",
        ),
        (
            partition_mapping(one=True)(lambda key: ["a", "b"]),
            "says that each downstream key needs one upstream key, but 'a' needs 2: 'a', 'b'",
        ),
        (
            PartitionMapping.from_function(downstream=lambda key: "c", one=True),
            "needs one upstream key, but 'c' needs 4: 'a', 'b', 'c', 'd'",
        ),
        (
            PartitionMapping.from_function(lambda key: key, downstream=lambda key: None if key == "c" else key),
            r"do not agree: upstream\('c'\) names 'c', but downstream\('c'\) does not name 'c'",
        ),
        (
            PartitionMapping.from_function(lambda key: None, downstream=lambda key: "b" if key == "d" else None),
            r"do not agree: downstream\('d'\) names 'b', but upstream\('b'\) does not name 'd'",
        ),
        (PartitionMapping.from_table({"a": "b", "x": "b"}), "The downstream key 'x' of the table: There is no"),
        (
            type("Empty", (PartitionMapping,), {})(),
            r"Empty does not say which keys need which: write upstream\(self, key\)",
        ),
    ],
)
def test_what_a_mapping_can_not_say(mapping, message: str) -> None:
    with pytest.raises(InvalidMappingError, match=message):
        mapping.links(LETTERS, LETTERS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PartitionMapping.from_function(), "A mapping from functions needs one"),
        (
            lambda: PartitionMapping.from_function({"a": "b"}),
            r"a function of a key; got .* write PartitionMapping.from_table",
        ),
        (lambda: PartitionMapping.from_function(len, one="yes"), "one is True, False or None; got 'yes'"),
        (lambda: PartitionMapping.from_table(["a"]), r"gives upstream keys by downstream key, .* got \['a'\]"),
        (lambda: PartitionMapping.from_table({1: "a"}), "downstream keys, which are strings; got 1"),
        (lambda: PartitionMapping.from_table({"a": 1}), "gives 1 for the downstream key 'a'"),
        (lambda: partition_mapping("a"), "a function of a key; got 'a'"),
    ],
)
def test_what_is_refused_when_it_is_made(make, message: str) -> None:
    with pytest.raises(InvalidMappingError, match=message):
        make()


def test_what_a_function_raises_is_told_with_the_key() -> None:
    mapping = PartitionMapping.from_function(lambda key: {"a": "b"}[key], label="by hand")
    with pytest.raises(KeyError) as raised:
        mapping.links(LETTERS, LETTERS)
    assert raised.value.__notes__ == ["The mapping 'by hand' was asked for the upstream keys of 'b'."]


@pytest.mark.parametrize(
    ("mapping", "label", "description"),
    [
        (partition_mapping(day_before), "day before", "The day before."),
        (
            PartitionMapping.from_function(weekday),
            "weekday",
            "Each downstream partition needs the upstream partitions that weekday() gives.",
        ),
        (
            PartitionMapping.from_function(downstream=day_after),
            "day after",
            "Each upstream partition feeds the downstream partitions that day_after() gives.",
        ),
        (PartitionMapping.from_function(day_before, label="x", description="y"), "x", "y"),
        (DayBefore(), "day before", "The day before, as a class."),
        (
            DayBeforeFromBelow(),
            "day before from below",
            "Each downstream partition needs the upstream partitions that DayBeforeFromBelow gives.",
        ),
        (
            PartitionMapping.from_table({"a": ["b", PartitionKeyRange("c", "d")], "b": None}),
            "by a table",
            "Each downstream partition needs the upstream partitions of a table: a needs b, c to d; b needs none.",
        ),
    ],
)
def test_what_a_mapping_says_of_itself(mapping, label: str, description: str) -> None:
    assert (mapping.label, mapping.description) == (label, description)


def test_mappings_are_equal_by_function_and_arguments() -> None:
    assert PartitionMapping.from_function(day_before) == partition_mapping(day_before)
    assert hash(PartitionMapping.from_function(day_before)) == hash(partition_mapping(day_before))
    assert PartitionMapping.from_function(day_before) != PartitionMapping.from_function(day_before, one=True)
    assert PartitionMapping.from_function(day_before) != PartitionMapping.from_function(day_after)
    assert PartitionMapping.from_table({"a": ["b"]}) == PartitionMapping.from_table({"a": ("b",)})
    assert len({PartitionMapping.from_table({"a": ["b"]}), PartitionMapping.from_table({"a": ("b",)})}) == 1


def test_a_custom_mapping_can_not_be_read_back_and_takes_no_built_in_ones_place() -> None:
    class LastPartitionMapping(PartitionMapping):
        def upstream(self, key):
            return key

    assert type(partition_mapping_from_dict({"type": "LastPartitionMapping"})) is not LastPartitionMapping
    for mapping in (DayBefore(), partition_mapping(day_before)):
        with pytest.raises(
            InvalidDefinitionError, match="A custom mapping is code, which its description does not hold"
        ):
            partition_mapping_from_dict(mapping.to_dict())
