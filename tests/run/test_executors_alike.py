"""Whoever makes the pieces, the same comes of it: states, values, what was read, counts."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from notebook_assets import (
    AllPartitionMapping,
    AssetIn,
    AssetKey,
    AssetOut,
    Failure,
    IdentityPartitionMapping,
    Instance,
    LastPartitionMapping,
    Output,
    RetryPolicy,
    RetryRequested,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    materialize,
    multi_asset,
)
from notebook_assets.assets import AssetCheckResult
from notebook_assets.run import RunResult

KEYS = ["a", "b", "c", "d", "e"]
LETTERS = StaticPartitionsDefinition(KEYS)
APART = ["threads", "processes"]


@dataclass(frozen=True)
class Drawn:
    """One drawn asset: what it is made from, and at which keys it fails or yields nothing."""

    ups: tuple[int, ...]
    mappings: tuple[str, ...]
    has_keys: bool
    fails_at: str | None
    empty_at: str | None


@st.composite
def drawn_graphs(draw: st.DrawFn) -> list[Drawn]:
    found: list[Drawn] = []
    for number in range(draw(st.integers(1, 6))):
        ups = tuple(sorted(draw(st.sets(st.integers(0, number - 1), max_size=2)))) if number else ()
        found.append(
            Drawn(
                ups,
                tuple(draw(st.sampled_from(["same", "all", "last"])) for _ in ups),
                draw(st.booleans()),
                draw(st.none() | st.sampled_from(KEYS)),
                draw(st.none() | st.sampled_from(KEYS)),
            )
        )
    return found


def built(graph: list[Drawn]) -> list[Any]:
    return [one(number, drawn, graph) for number, drawn in enumerate(graph)]


def one(number: int, drawn: Drawn, graph: list[Drawn]) -> Any:
    ins = {}
    for up, kind in zip(drawn.ups, drawn.mappings, strict=True):
        mapping = None
        if graph[up].has_keys:
            mapping = AllPartitionMapping() if kind == "all" or not drawn.has_keys else IdentityPartitionMapping()
            if kind == "last":
                mapping = LastPartitionMapping()
        ins[f"up{up}"] = AssetIn(key=f"n{up}", partition_mapping=mapping)
    fails_at, empty_at, has_keys = drawn.fails_at, drawn.empty_at, drawn.has_keys

    def make(context: Any, **inputs: Any) -> Any:
        key = context.partition_key if has_keys else None
        if has_keys and key == fails_at:
            raise ValueError(f"no {key}")
        if has_keys and key == empty_at:
            return
        yield Output([number, key, sorted(map(repr, inputs.items()))], metadata={"inputs": len(inputs)})

    parameters = ", ".join(["context", *ins])
    space: dict[str, Any] = {"make": make}
    exec(f"def n{number}({parameters}):\n    yield from make(context, {', '.join(f'{i}={i}' for i in ins)})", space)
    return asset(ins=ins, partitions_def=LETTERS if has_keys else None, output_required=False)(space[f"n{number}"])


def told(result: RunResult, store: Instance) -> dict[str, Any]:
    """Return all that must not depend on who made the pieces."""
    found: dict[str, Any] = {"status": result.status, "counts": result.counts}
    found["failures"] = sorted((str(each.key), each.partition, each.error_text) for each in result.failures)
    found["skips"] = sorted((str(each.key), each.partition, each.missing, each.is_excused) for each in result.skips)
    for key in result.planned_by_asset:
        table = store.pieces(key)
        rows = sorted(zip(map(str, table.partitions), table.states, strict=True))
        found[str(key)] = rows
        reads = store.input_reads(key)
        found[f"reads of {key}"] = sorted((str(read.upstream), read.subset) for each in reads.values() for read in each)
        for partition, state in rows:
            if state == "materialized":
                where = None if partition == "None" else partition
                found[f"{key}[{partition}]"] = repr(store.load(key, where))
                made = store.latest(key, where)
                assert made is not None
                found[f"{key}[{partition}] metadata"] = made.metadata
                found[f"{key}[{partition}] version"] = made.data_version
    return found


def made_by(executor: str | None, assets: list[Any], **options: Any) -> dict[str, Any]:
    with Instance.ephemeral() as store:
        more = {} if executor is None else {"executor": executor, "max_workers": 2}
        options = {"only": "all", "partitions": "all", **options}
        if not any(getattr(each, "partitions_def", None) for each in assets):
            del options["partitions"]
        result = materialize(assets, instance=store, progress=False, raise_on_error=False, **options, **more)
        return told(result, store)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn_graphs(), st.sampled_from(["oldest", "newest"]))
def test_threads_do_what_this_process_does(graph: list[Drawn], order: str) -> None:
    assets = built(graph)
    assert made_by("threads", assets, order=order) == made_by(None, assets)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn_graphs())
def test_processes_do_what_this_process_does(graph: list[Drawn]) -> None:
    assets = built(graph)
    assert made_by("processes", assets) == made_by(None, assets)


def all_kinds() -> list[Any]:
    """Return assets of every kind that a call may be of."""

    @asset
    async def waits() -> int:
        await asyncio.sleep(0.001)
        return 1

    @multi_asset(outs={"left": AssetOut(), "right": AssetOut(is_required=False)})
    def pair(waits: int) -> Any:
        yield Output(waits + 1, "left", metadata={"side": "left"})

    @asset(retry_policy=RetryPolicy(max_retries=2))
    def again(context: Any, waits: int) -> int:
        if context.retry_number < 2:
            raise OSError("not yet")
        return context.retry_number + waits

    @asset
    def asks(context: Any) -> int:
        if context.retry_number == 0:
            raise RetryRequested(max_retries=1)
        return 7

    @asset
    def gives_up(waits: int) -> int:
        raise Failure("no use", metadata={"code": 3})

    @asset
    def after(gives_up: int) -> int:
        return gives_up

    @asset
    def large() -> bytes:
        return b"x" * 100_000

    @asset
    def takes_large(large: bytes) -> int:
        return len(large)

    @asset_check(asset=large)
    def is_large(large: bytes) -> AssetCheckResult:
        return AssetCheckResult(passed=len(large) > 10)

    return [waits, pair, again, asks, gives_up, after, large, takes_large, is_large]


@pytest.mark.parametrize("executor", APART)
def test_every_kind_of_call_can_be_made_elsewhere(executor: str) -> None:
    assets = all_kinds()
    assert made_by(executor, assets) == made_by(None, assets)


@pytest.mark.parametrize("executor", APART)
def test_a_blocking_check_of_a_whole_asset_is_heeded_before_anything_after_it(executor: str) -> None:
    @asset(partitions_def=LETTERS)
    def letter(context: Any) -> str:
        return str(context.partition_key)

    @asset
    def other(letter: dict[str, str]) -> int:
        return 3

    @asset(partitions_def=LETTERS, ins={"letter": AssetIn()})
    def doubled(letter: str) -> str:
        return letter * 2

    @asset_check(asset=letter, additional_ins={"other": AssetIn()}, blocking=True)
    def is_early(letter: dict[str, str], other: int) -> AssetCheckResult:
        return AssetCheckResult(passed=False)

    assets = [letter, other, doubled, is_early]
    assert made_by(executor, assets) == made_by(None, assets)


@pytest.mark.parametrize("executor", APART)
def test_frames_that_several_take_are_each_ones_own(executor: str) -> None:
    import pandas as pd

    @asset
    def table() -> Any:
        return pd.DataFrame({"n": range(1_000)})

    @asset(partitions_def=LETTERS)
    def changed(context: Any, table: Any) -> int:
        table["n"] += ord(context.partition_key)
        return int(table["n"].sum())

    assert made_by(executor, [table, changed]) == made_by(None, [table, changed])


def test_a_key_begins_as_soon_as_its_own_upstream_keys_are_there() -> None:
    order: list[str] = []

    @asset(partitions_def=LETTERS)
    def first(context: Any) -> str:
        order.append(f"first {context.partition_key}")
        return str(context.partition_key)

    @asset(partitions_def=LETTERS)
    def second(context: Any, first: str) -> str:
        order.append(f"second {context.partition_key}")
        return first

    with Instance.ephemeral() as store:
        options: dict[str, Any] = {"partitions": "all", "instance": store, "progress": False}
        materialize([first, second], executor="threads", max_workers=1, **options)
    assert order.index("second a") < order.index("first e")
    assert sorted(order) == sorted(f"{name} {key}" for name in ("first", "second") for key in KEYS)


@pytest.mark.parametrize("executor", [None, "threads"])
def test_newest_first(executor: str | None) -> None:
    order: list[str] = []

    @asset(partitions_def=LETTERS)
    def letter(context: Any) -> str:
        order.append(context.partition_key)
        return "x"

    with Instance.ephemeral() as store:
        more: dict[str, Any] = {} if executor is None else {"executor": executor, "max_workers": 1}
        materialize([letter], instance=store, partitions="all", progress=False, order="newest", **more)
    assert order == KEYS[::-1]


def test_what_several_threads_take_is_shared_without_harm() -> None:
    chance = random.Random(3)

    @asset
    def base() -> list[int]:
        return list(range(50))

    def taker(number: int) -> Any:
        @asset(name=f"taker{number}")
        def taker(base: list[int]) -> int:
            base.append(number)
            return len(base) + chance.randrange(1)

        return taker

    assets = [base, *(taker(number) for number in range(20))]
    with Instance.ephemeral() as store:
        materialize(assets, instance=store, progress=False, executor="threads", max_workers=8)
        assert {store.load(AssetKey(f"taker{number}")) for number in range(20)} == {51}
