"""One call makes a range of partitions: its inputs, IO managers, checks, several assets, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notebook_assets import (
    AllPartitionMapping,
    AssetCheckResult,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetIn,
    AssetOut,
    AssetSpec,
    BackfillPolicy,
    InMemoryIOManager,
    Instance,
    InvalidInvocationError,
    IOManager,
    MaterializeResult,
    MultiPartitionsDefinition,
    Output,
    OutputContext,
    OutputTypeError,
    TimeWindowPartitionMapping,
    TypeCheckDidNotPass,
    asset,
    asset_check,
    multi_asset,
)
from notebook_assets.run.range_groups import RANGE_END_TAG, RANGE_START_TAG
from notebook_assets.states import PieceState
from tests.run.ranges_to_make import AT_ONCE, DAYS, LETTERS, Make, letters, values


def test_other_mappings_give_the_union_and_what_has_no_partitions_itself(make: Make) -> None:
    seen = {}

    @asset
    def plain() -> int:
        return 7

    @asset(
        partitions_def=DAYS,
        ins={"days": AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-1))},
        backfill_policy=AT_ONCE,
    )
    def averages(context: AssetExecutionContext, days: dict[str, int], plain: int) -> None:
        seen.update(days=sorted(days), plain=plain, told=context.asset_partition_keys_for_input("days"))

    @asset(partitions_def=DAYS)
    def days() -> int:
        return 1

    make(days, partitions="all")
    assert make(days, plain, averages, selection="plain or averages", partitions="2024-01-03...2024-01-04").success
    between = ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert seen == {"days": between, "plain": 7, "told": between}


def test_everything_of_an_upstream_asset_is_read_once(make: Make, store: Instance) -> None:
    @asset(
        partitions_def=LETTERS,
        ins={"letters": AssetIn(partition_mapping=AllPartitionMapping())},
        backfill_policy=BackfillPolicy.multi_run(2),
    )
    def counts(context: AssetExecutionContext, letters: dict[str, str]) -> dict[str, int]:
        letters["a"] += "changed"  # a copy: the next call gets its own
        return dict.fromkeys(context.partition_keys, sum(map(len, letters.values())))

    assert make(letters, counts, partitions="all").success
    assert values(store, "counts", "abcdef") == [13] * 6


def test_what_a_range_is_made_from_of_itself_is_not_given(make: Make, store: Instance) -> None:
    given = []

    @asset(
        partitions_def=DAYS,
        ins={"sums": AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))},
        backfill_policy=AT_ONCE,
    )
    def sums(context: AssetExecutionContext, sums: dict[str, int]) -> dict[str, int]:
        given.append(dict(sums))
        total, found = sum(sums.values()), {}
        for key in context.partition_keys:
            total += 1
            found[key] = total
        return found

    assert make(sums, partitions="2024-01-01...2024-01-03").success
    assert make(sums, partitions="2024-01-04...2024-01-05").success
    assert given == [{}, {"2024-01-03": 3}]
    assert store.load("sums", "2024-01-05") == 5
    assert make(sums).planned == 5  # 6 to 10 are missing, nothing is stale
    assert make(sums, only="stale").planned == 0


def test_a_gap_in_a_range_that_is_made_from_itself_skips_what_comes_after(make: Make) -> None:
    yesterday = TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)

    @asset(partitions_def=DAYS)
    def days() -> int:
        return 1

    @asset(
        partitions_def=DAYS,
        ins={"sums": AssetIn(partition_mapping=yesterday)},
        backfill_policy=AT_ONCE,
    )
    def sums(context: AssetExecutionContext, sums: dict[str, int], days: dict[str, int]) -> dict[str, int]:
        return days

    make(days, partitions=["2024-01-01", "2024-01-02", "2024-01-04", "2024-01-05"])
    result = make(days, sums, selection="sums", partitions="2024-01-01...2024-01-05")
    assert result.pieces_in(PieceState.MATERIALIZED) == 2
    assert [skip.partition for skip in result.skips] == ["2024-01-03", "2024-01-04", "2024-01-05"]


class Whole(IOManager):
    """Keeps what it is given, and what it is told."""

    def __init__(self) -> None:
        self.kept: dict[Any, Any] = {}
        self.told: list[Any] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.told.append(context)
        self.kept[context.asset_key] = obj
        context.add_output_metadata({"by": "manager"})

    def load_input(self, context: Any) -> Any:
        self.told.append(context)
        return self.kept[context.asset_key]


def test_an_io_manager_is_given_the_range_once(make: Make, store: Instance) -> None:
    manager = Whole()

    @asset(partitions_def=DAYS, backfill_policy=AT_ONCE)
    def first(context: AssetExecutionContext) -> list[str]:
        return list(context.partition_keys)

    @asset(partitions_def=DAYS, backfill_policy=AT_ONCE)
    def second(first: Any) -> Any:
        return first

    keys = ("2024-01-02", "2024-01-03")
    result = make(first, second, partitions="2024-01-02...2024-01-03", resources={"io_manager": manager})
    assert result.success
    out, into, _ = manager.told
    assert out.asset_partition_keys == into.asset_partition_keys == keys
    assert (out.has_partition_key, into.has_partition_key) == (False, False)
    assert tuple(out.asset_partition_key_range) == keys
    assert out.asset_partitions_time_window == into.asset_partitions_time_window
    assert manager.kept[second.key] == list(keys)
    assert [store.latest("second", key).metadata["by"].value for key in keys] == ["manager"] * 2
    with pytest.raises(InvalidInvocationError, match="2 partitions"):
        out.get_identifier()


@pytest.mark.parametrize("is_required", [True, False])
def test_what_lacks_is_told_where_an_io_manager_keeps_each_key_by_itself(
    make: Make, store: Instance, is_required: bool
) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE, output_required=is_required)
    def most(context: AssetExecutionContext) -> dict[str, str]:
        return {key: key for key in context.partition_keys if key != "b"}

    manager = InMemoryIOManager()
    result = make(most, partitions="a...c", resources={"io_manager": manager})
    if is_required:
        assert "'b' is lacking" in str(result.failures[0].error)
        assert manager.values == {}
    else:
        assert manager.values == {("most", "a"): "a", ("most", "c"): "c"}
        assert store.latest("most", "b").kind == "empty"


def test_checks_look_at_each_key_and_a_blocking_one_stops_its_own(make: Make, store: Instance) -> None:
    @asset(
        partitions_def=LETTERS,
        backfill_policy=AT_ONCE,
        check_specs=[AssetCheckSpec("own", asset="numbers")],
    )
    def numbers(context: AssetExecutionContext) -> Iterator[Any]:
        yield Output({key: ord(key) - 97 for key in context.partition_keys})
        yield AssetCheckResult(passed=True, check_name="own")

    @asset_check(asset=numbers, blocking=True)
    def even(numbers: int) -> AssetCheckResult:
        return AssetCheckResult(passed=numbers % 2 == 0)

    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def after(numbers: dict[str, int]) -> dict[str, int]:
        return numbers

    result = make(numbers, even, after, partitions="a...d")
    found = {(each.check_name, each.partition): each.passed for each in result.check_evaluations}
    assert found == {
        **{("own", key): True for key in "abcd"},
        **{("even", key): key in "ac" for key in "abcd"},
    }
    assert [skip.partition for skip in result.skips] == ["b", "d"]
    assert values(store, "after", "ac") == [0, 2]


def test_several_assets_of_one_call(make: Make, store: Instance) -> None:
    @multi_asset(
        outs={"low": AssetOut(), "high": AssetOut(is_required=False)},
        partitions_def=LETTERS,
        backfill_policy=AT_ONCE,
    )
    def both(context: AssetExecutionContext, letters: dict[str, str]) -> Iterator[Output[dict[str, str]]]:
        yield Output(letters, "low")
        context.add_output_metadata({"n": len(letters)}, "high")
        yield Output({key: value.upper() for key, value in letters.items() if key != "b"}, "high")

    assert make(letters, both, partitions="a...c").success
    assert values(store, "low", "abc") == list("abc")
    assert values(store, "high", "ac") == list("AC")
    assert store.latest("high", "a").metadata["n"].value == 3
    assert store.latest("high", "b").kind == "empty"


def test_several_assets_that_store_themselves(make: Make, store: Instance) -> None:
    @multi_asset(
        specs=[AssetSpec("one", partitions_def=LETTERS), AssetSpec("two", partitions_def=LETTERS)],
        backfill_policy=AT_ONCE,
        can_subset=True,
    )
    def both(context: AssetExecutionContext) -> Iterator[MaterializeResult[Any]]:
        for key in context.selected_asset_keys:
            yield MaterializeResult(asset_key=key, metadata={"made": ",".join(context.partition_keys)})

    assert make(both, partitions="a...b").success
    assert make(both, selection="two", partitions="b...c").success
    assert store.latest("one", "b").metadata["made"].value == "a,b"
    assert store.latest("two", "b").metadata["made"].value == "b,c"
    assert store.latest("one", "c") is None


def test_of_several_dimensions_a_call_makes_a_rectangle(make: Make, store: Instance) -> None:
    grid = MultiPartitionsDefinition({"day": DAYS, "letter": LETTERS})
    told = []

    @asset(partitions_def=grid, backfill_policy=AT_ONCE)
    def cells(context: AssetExecutionContext) -> dict[str, str]:
        keys = context.partition_keys
        told.append((context.partition_key_range.start, context.partition_key_range.end, len(keys)))
        return {key: key.keys_by_dimension["letter"] for key in keys}  # type: ignore[attr-defined]

    assert make(cells, partitions=["2024-01-01|a...2024-01-03|b", "2024-01-02|e"]).success
    assert sorted(told) == [("2024-01-01|a", "2024-01-03|b", 6), ("2024-01-02|e", "2024-01-02|e", 1)]
    assert store.load("cells", "2024-01-03|b") == "b"


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ({"a": 1}, OutputTypeError, "'b' is lacking"),
        (5, OutputTypeError, "dict by partition key"),
        ([1, 2], OutputTypeError, "dict by partition key"),
    ],
    ids=str,
)
def test_what_the_store_can_not_take_apart_is_refused(make: Make, value: Any, kind: type, words: str) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def wrong():  # type: ignore[no-untyped-def]
        return value

    result = make(wrong, partitions="a...b")
    assert [failure.partition for failure in result.failures] == ["a", "b"]
    assert isinstance(result.failures[0].error, kind)
    assert words in str(result.failures[0].error)


def test_types_are_those_of_the_whole(make: Make) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def counted(context: AssetExecutionContext) -> dict[str, int]:
        return dict.fromkeys(context.partition_keys, "three")  # type: ignore[arg-type]

    error = make(counted, partitions="a...b").failures[0].error
    assert isinstance(error, TypeCheckDidNotPass)
    assert "counted[a...b]" in str(error)


def test_tags_name_a_range_for_one_call_whatever_the_policy(make: Make, store: Instance) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=BackfillPolicy.multi_run(2))
    def upper(letters: dict[str, str]) -> dict[str, str]:
        return {key: value.upper() for key, value in letters.items()}

    @asset(partitions_def=LETTERS)
    def same(context: AssetExecutionContext) -> dict[str, str]:
        return {key: key for key in context.partition_keys}

    tags = {RANGE_START_TAG: "b", RANGE_END_TAG: "e"}
    make(letters, partitions="all")
    result = make(letters, upper, same, selection="upper or same", tags=tags)
    assert result.success
    assert values(store, "upper", "bcde") == list("BCDE")
    assert values(store, "same", "bcde") == list("bcde")
    assert store.latest("upper", "b").tags[RANGE_START_TAG] == "b"


@pytest.mark.parametrize("option", [{"partition_key": "a"}, {"partitions": "all"}], ids=str)
def test_tags_and_an_argument_for_partitions_are_one_too_many(make: Make, option: dict[str, Any]) -> None:
    with pytest.raises(InvalidInvocationError, match=next(iter(option))):
        make(letters, tags={RANGE_START_TAG: "b", RANGE_END_TAG: "e"}, **option)
