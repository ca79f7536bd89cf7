"""Calls for ranges: what they printed is kept once where they make much, and an interrupt keeps what was done."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import BackfillPolicy, Instance, StaticPartitionsDefinition, asset, materialize
from notebook_assets.run import RunInterrupted

AT_ONCE = BackfillPolicy.single_run()


def kept_characters(store: Instance) -> int:
    with store.database.read() as connection:
        return int(connection.execute("SELECT coalesce(sum(length(text)), 0) FROM step_outputs").fetchone()[0])


@pytest.mark.parametrize("printed", [300, 10_000, 1_000_000])
def test_what_a_call_for_many_pieces_printed_is_kept_once(store: Instance, make: Any, printed: int) -> None:
    many = StaticPartitionsDefinition([f"k{at}" for at in range(1000)])

    @asset(partitions_def=many, backfill_policy=AT_ONCE)
    def wordy(context: Any) -> dict[str, int]:
        print("x" * printed)
        return dict.fromkeys(context.partition_keys, 1)

    assert make(wordy, partitions="all").success
    assert store.step_output("wordy", "k0").startswith("x" * min(printed, 32_000))
    assert "step_output('wordy', 'k0')" in store.step_output("wordy", "k999")
    assert kept_characters(store) < 66_000 + 1000 * 100


def test_what_a_call_for_few_pieces_printed_is_kept_with_each(store: Instance, make: Any) -> None:
    @asset(partitions_def=StaticPartitionsDefinition(list("abc")), backfill_policy=AT_ONCE)
    def wordy(context: Any) -> dict[str, int]:
        print("read", *context.partition_keys)
        return dict.fromkeys(context.partition_keys, 1)

    make(wordy, partitions="all")
    assert [store.step_output("wordy", key) for key in "abc"] == ["read a b c\n"] * 3


@pytest.mark.parametrize("executor", ["in_process", "threads"])
def test_an_interrupt_keeps_the_calls_of_a_range_that_were_done(store: Instance, executor: str) -> None:
    letters = StaticPartitionsDefinition(list("abcde"))

    @asset(partitions_def=letters)
    def made_in_part(context: Any) -> str:
        if context.partition_key == "c":
            raise ValueError("no c")
        return str(context.partition_key)

    calls = []

    @asset(partitions_def=letters, backfill_policy=AT_ONCE)
    def upper(context: Any, made_in_part: dict[str, str]) -> dict[str, str]:
        calls.append("".join(context.partition_keys))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return {key: value.upper() for key, value in made_in_part.items()}

    with pytest.raises(RunInterrupted) as interrupted:
        materialize([made_in_part, upper], partitions="all", instance=store, progress=False, executor=executor)
    assert calls == ["ab", "de"]
    assert sorted(store.get_materialized_partitions("upper")) == ["a", "b"]
    assert interrupted.value.result.status == store.runs()[0].status == "canceled"
