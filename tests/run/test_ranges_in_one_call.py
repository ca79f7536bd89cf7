"""One call makes a range of partitions: what it is given, what is recorded, what it fails and skips."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    AssetExecutionContext,
    AssetMaterialization,
    AssetObservation,
    BackfillPolicy,
    DataVersion,
    Instance,
    InvalidInvocationError,
    Output,
    RetryPolicy,
    asset,
    materialize,
)
from notebook_assets.states import PieceState
from tests.run.ranges_to_make import AT_ONCE, LETTERS, Make, letters, values


def test_one_call_makes_all_and_each_has_its_own_row(make: Make, store: Instance) -> None:
    calls = []

    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def upper(context: AssetExecutionContext, letters: dict[str, str]) -> dict[str, str]:
        calls.append(letters)
        return {key: letters[key].upper() for key in context.partition_keys}

    @asset(partitions_def=LETTERS)
    def twice(upper: str) -> str:
        return upper * 2

    result = make(letters, upper, twice, partitions="b...d")
    assert result.success
    assert calls == [{"b": "b", "c": "c", "d": "d"}]
    assert values(store, "twice", "bcd") == ["BB", "CC", "DD"]
    latest = [store.latest("upper", key) for key in "bcd"]
    assert len({event.duration for event in latest}) == 1
    assert latest[0].duration * 3 == pytest.approx(sum(event.duration for event in latest))
    assert len({event.code for event in latest}) == 1
    assert make(letters, upper, partitions="b...d", only="needed").planned == 0  # nothing is stale


@pytest.mark.parametrize(
    ("policy", "calls"),
    [(AT_ONCE, ["abc", "ef"]), (BackfillPolicy.multi_run(2), ["ab", "c", "ef"]), (None, list("abcef"))],
    ids=str,
)
def test_ranges_are_consecutive_and_as_long_as_the_policy_says(
    make: Make, policy: BackfillPolicy | None, calls: list[str]
) -> None:
    told = []

    @asset(partitions_def=LETTERS, backfill_policy=policy)
    def seen(context: AssetExecutionContext) -> None:
        told.append("".join(context.partition_keys))

    assert make(seen, partitions=["a...c", "e...f"]).pieces_in(PieceState.MATERIALIZED) == 5
    assert told == calls


def test_a_range_of_one_is_called_as_any_range(make: Make, store: Instance) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def alone(context: AssetExecutionContext, letters: dict[str, str]) -> dict[str, str]:
        assert (context.has_partition_key, context.has_partition_key_range) == (False, True)
        return {context.partition_key: letters[context.partition_key]}

    assert make(letters, alone, partition_key="c").success
    assert store.load("alone", "c") == "c"


@pytest.mark.parametrize("executor", ["in_process", "threads", "processes"])
def test_whoever_makes_them_the_same_comes_of_it(tmp_path: Any, executor: str) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=BackfillPolicy.multi_run(2))
    def upper(context: AssetExecutionContext, letters: dict[str, str]) -> dict[str, str]:
        print("made", *context.partition_keys)
        assert context.asset_partition_keys_for_input("letters") == context.partition_keys
        if "e" in letters:
            raise ValueError("no e")
        return {key: value.upper() for key, value in letters.items()}

    with Instance(str(tmp_path)) as store:
        result = materialize(
            [letters, upper],
            partitions="all",
            instance=store,
            executor=executor,
            max_workers=None if executor == "in_process" else 2,
            progress=False,
            raise_on_error=False,
        )
        assert [(failure.partition, str(failure.error)) for failure in result.failures] == [
            ("e", "no e"),
            ("f", "no e"),
        ]
        assert values(store, "upper", "abcd") == list("ABCD")
        assert [store.step_output("upper", key) for key in "adf"] == ["made a b\n", "made c d\n", "made e f\n"]


def test_what_is_lacking_skips_its_own_key_and_splits_the_range(make: Make, store: Instance) -> None:
    told = []

    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def upper(context: AssetExecutionContext, letters: dict[str, str]) -> dict[str, str]:
        told.append("".join(letters))
        return {key: value.upper() for key, value in letters.items()}

    make(letters, partitions=["a", "b", "d", "e"])
    result = make(letters, upper, selection="upper", partitions="a...e")
    assert told == ["ab", "de"]
    assert [(skip.partition, skip.missing) for skip in result.skips] == [("c", ("letters[c]",))]
    assert values(store, "upper", "abde") == list("ABDE")


def test_a_failing_call_fails_all_its_keys_and_no_others(make: Make, store: Instance) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=BackfillPolicy.multi_run(3))
    def picky(context: AssetExecutionContext) -> dict[str, int]:
        if "b" in context.partition_keys:
            raise ValueError("no b")
        return dict.fromkeys(context.partition_keys, 1)

    result = make(picky, partitions="all")
    assert [failure.partition for failure in result.failures] == list("abc")
    assert len({id(failure.error) for failure in result.failures}) == 1
    assert values(store, "picky", "def") == [1, 1, 1]
    failure = store.failure("picky", "a")
    assert failure is not None
    assert failure.message == "no b"


def test_a_range_is_tried_again_as_a_whole(make: Make, store: Instance) -> None:
    numbers = []

    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE, retry_policy=RetryPolicy(max_retries=2))
    def late(context: AssetExecutionContext) -> dict[str, int]:
        numbers.append(context.retry_number)
        if context.retry_number < 2:
            raise ValueError("not yet")
        return dict.fromkeys(context.partition_keys, context.retry_number)

    result = make(late, partitions="a...b")
    assert result.success
    assert numbers == [0, 1, 2]
    assert values(store, "late", "ab") == [2, 2]
    assert result.retries == {(late.key, "a"): 2, (late.key, "b"): 2}


def test_metadata_of_one_key_and_of_all(make: Make, store: Instance) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def told(context: AssetExecutionContext) -> Iterator[Any]:
        context.add_output_metadata({"all": 1})
        context.add_asset_metadata({"one": 2}, partition_key="b")
        context.log_event(AssetMaterialization("told", metadata={"logged": 3}))
        yield AssetMaterialization("told", partition="b", metadata={"event": 4}, tags={"t": "b"})
        yield AssetMaterialization("elsewhere", metadata={"n": 5})
        yield AssetObservation("letters", partition="a", metadata={"n": 6})
        yield Output({"a": Output(1, metadata={"own": 7}), "b": 2}, data_version=DataVersion("v"))

    assert make(told, letters, selection="told", partitions="a...b").success
    a, b = store.latest("told", "a"), store.latest("told", "b")
    assert {name: each.value for name, each in a.metadata.items()} == {"own": 7, "logged": 3, "all": 1}
    assert {name: each.value for name, each in b.metadata.items()} == {"event": 4, "logged": 3, "all": 1, "one": 2}
    assert (a.data_version, b.data_version) == ("v", "v")
    assert b.tags["t"] == "b"
    assert "t" not in a.tags
    assert store.latest("elsewhere").metadata["n"].value == 5


def test_metadata_of_a_key_that_is_not_made_is_refused(make: Make) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def told(context: AssetExecutionContext) -> None:
        context.add_asset_metadata({"one": 2}, partition_key="f")

    error = make(told, partitions="a...b").failures[0].error
    assert isinstance(error, InvalidInvocationError)
    assert "told[a...b]" in str(error)


def test_parts_may_be_yielded_one_by_one(make: Make, store: Instance) -> None:
    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def parts(context: AssetExecutionContext) -> Iterator[Output[dict[str, str]]]:
        for key in context.partition_keys:
            yield Output({key: key * 2}, metadata={"length": 2})

    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    async def later(context: AssetExecutionContext) -> AsyncIterator[Output[dict[str, str]]]:
        for key in context.partition_keys:
            await asyncio.sleep(0)
            yield Output({key: key * 3})

    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    async def awaited(context: AssetExecutionContext) -> dict[str, str]:
        await asyncio.sleep(0)
        return {key: key * 4 for key in context.partition_keys}

    assert make(parts, later, awaited, partitions="a...b").success
    assert values(store, "parts", "ab") == ["aa", "bb"]
    assert values(store, "later", "ab") == ["aaa", "bbb"]
    assert values(store, "awaited", "ab") == ["aaaa", "bbbb"]
    assert store.latest("parts", "b").metadata["length"].value == 2


def test_frames_come_as_one_and_go_as_one(make: Make, store: Instance) -> None:
    @asset(partitions_def=LETTERS)
    def rows(context: AssetExecutionContext) -> pd.DataFrame:
        return pd.DataFrame({"n": [ord(context.partition_key)] * 2})

    @asset(partitions_def=LETTERS, backfill_policy=AT_ONCE)
    def doubled(rows: pd.DataFrame) -> pd.DataFrame:
        assert rows.index.names[0] == "partition"
        return rows * 2

    assert make(rows, doubled, partitions="a...c").success
    assert store.load("doubled", "b").n.tolist() == [196, 196]
    pd.testing.assert_frame_equal(store.load("doubled", "c"), store.load("rows", "c") * 2)
