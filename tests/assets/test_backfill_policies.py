"""BackfillPolicy: a value, kept on what it is given to; the same words as in the reference."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import (
    AssetOut,
    AssetSpec,
    BackfillPolicy,
    InvalidDefinitionError,
    InvalidInvocationError,
    StaticPartitionsDefinition,
    asset,
    graph_asset,
    graph_multi_asset,
    load_assets_from_modules,
    map_asset_specs,
    multi_asset,
    op,
)

AREAS = StaticPartitionsDefinition(["a", "b"])
WEEKLY = BackfillPolicy.multi_run(7)
AT_ONCE = BackfillPolicy.single_run()


def plain() -> int:
    return 1


def both() -> tuple[int, int]:
    return 1, 2


@op
def one() -> int:
    return 1


@pytest.mark.parametrize("most", [None, 1, 5])
def test_it_reads_and_compares_as_in_the_reference(most: int | None) -> None:
    """Text, type, equality and hash."""
    ours, theirs = BackfillPolicy(most), dagster.BackfillPolicy(most)
    assert (str(ours), repr(ours)) == (str(theirs), repr(theirs))
    assert ours.policy_type.value == theirs.policy_type.value
    assert (ours == BackfillPolicy.single_run()) == (theirs == dagster.BackfillPolicy.single_run())
    assert (ours == BackfillPolicy.multi_run()) == (theirs == dagster.BackfillPolicy.multi_run())
    assert len({ours, BackfillPolicy(most)}) == 1


@pytest.mark.parametrize("make", [lambda: BackfillPolicy(0), lambda: BackfillPolicy(-1), lambda: BackfillPolicy("3"),
                                  lambda: BackfillPolicy(True), lambda: BackfillPolicy.multi_run(None),
                                  lambda: BackfillPolicy.multi_run(1.5)])  # fmt: skip
def test_a_number_of_partitions_is_one_at_least(make: Callable[[], Any]) -> None:
    with pytest.raises(InvalidDefinitionError, match=r"a number|whole number"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: asset(backfill_policy=WEEKLY, partitions_def=AREAS)(plain),
        lambda: multi_asset(outs={"x": AssetOut()}, backfill_policy=WEEKLY, partitions_def=AREAS)(plain),
        lambda: multi_asset(outs={"x": AssetOut(backfill_policy=WEEKLY)}, partitions_def=AREAS)(plain),
        lambda: multi_asset(specs=[AssetSpec("x", partitions_def=AREAS, backfill_policy=WEEKLY)])(plain),
        lambda: multi_asset(outs={"x": AssetOut.from_spec(AssetSpec("x"), backfill_policy=WEEKLY)})(plain),
        lambda: asset(partitions_def=AREAS)(plain).with_attributes(backfill_policy=WEEKLY),
        lambda: asset(partitions_def=AREAS, backfill_policy=AT_ONCE)(plain).with_attributes(backfill_policy=WEEKLY),
        lambda: map_asset_specs(lambda spec: spec.replace_attributes(backfill_policy=WEEKLY), [asset(plain)])[0],
        lambda: graph_asset(name="x", backfill_policy=WEEKLY, partitions_def=AREAS)(lambda: one()),
        lambda: graph_multi_asset(name="x", outs={"y": AssetOut()}, backfill_policy=WEEKLY, partitions_def=AREAS)(
            lambda: one()
        ),
    ],
)
def test_it_is_kept_wherever_it_is_given(make: Callable[[], Any]) -> None:
    """On the definition and on the spec of each of its assets."""
    made = make()
    assert made.backfill_policy == WEEKLY
    assert [spec.backfill_policy for spec in made.specs] == [WEEKLY]


def test_loading_gives_it_to_those_that_have_none() -> None:
    """As in the reference, where it is for all."""
    module = ModuleType("module")
    module.__dict__.update(
        first=asset(name="first", partitions_def=AREAS)(plain),
        second=asset(name="second", partitions_def=AREAS, backfill_policy=AT_ONCE)(plain),
    )
    found: Any = load_assets_from_modules([module], backfill_policy=WEEKLY)
    assert {each.key.to_user_string(): each.backfill_policy for each in found} == {"first": WEEKLY, "second": AT_ONCE}


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="is a BackfillPolicy, such as"):
        asset(backfill_policy="all")(plain)  # type: ignore[call-overload]
    with pytest.raises(InvalidDefinitionError, match="Say it in one place"):
        multi_asset(outs={"x": AssetOut(backfill_policy=AT_ONCE)}, backfill_policy=WEEKLY)(plain)
    several = multi_asset(outs={"x": AssetOut(backfill_policy=AT_ONCE), "y": AssetOut(backfill_policy=WEEKLY)})(both)
    with pytest.raises(InvalidInvocationError, match=r"get_asset_spec\(key\)"):
        _ = several.backfill_policy


@pytest.mark.parametrize("package", [dagster, notebook_assets], ids=lambda package: package.__name__)
def test_an_asset_without_partitions_has_nothing_to_spread_over_runs(package: Any) -> None:
    """One run at most makes its one piece."""
    assert package.asset(backfill_policy=package.BackfillPolicy.single_run())(plain).backfill_policy is not None
    with pytest.raises(Exception, match="artition"):
        package.asset(backfill_policy=package.BackfillPolicy.multi_run(2))(plain)
