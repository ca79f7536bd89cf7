"""What is said of a piece that a failed blocking check stopped: what helps, until it does."""

from collections.abc import Iterator

import pytest

from notebook_assets import (
    AssetCheckResult,
    Definitions,
    Instance,
    MetadataValue,
    RunResult,
    StaticPartitionsDefinition,
    asset,
    asset_check,
    explain,
    materialize,
)

PARTS = StaticPartitionsDefinition(["x", "y"])
BAD = {"values": {"y"}}


@asset(partitions_def=PARTS)
def prices(context) -> str:  # type: ignore[no-untyped-def]
    return str(context.partition_key)


@asset_check(asset=prices, blocking=True)
def sane(prices: str) -> AssetCheckResult:
    return AssetCheckResult(passed=prices not in BAD["values"], description=f"{prices} looks odd")


@asset(partitions_def=PARTS)
def basket(prices: str) -> str:
    return prices


@asset(partitions_def=PARTS)
def total(basket: str) -> str:
    return basket


DEFINITIONS = Definitions([prices, basket, total], asset_checks=[sane])


@pytest.fixture
def store() -> Iterator[Instance]:
    with Instance.ephemeral() as instance:
        yield instance


def make(store: Instance, *assets: object) -> RunResult:
    return materialize(
        [*assets, sane], instance=store, partitions="all", progress=False, raise_on_error=False, only="all"
    )


def test_the_result_says_what_helps_and_offers_no_line_that_does_not(store: Instance) -> None:
    said = repr(make(store, prices, basket, total))
    assert (
        "basket was skipped for 1 partition (y): an error was found by prices:sane; mend that, and make prices" in said
    )
    assert "--upstream" not in said


def test_the_explanation_names_the_check_and_makes_what_it_looked_at_again(store: Instance) -> None:
    make(store, prices, basket, total)
    found = explain("basket", "y", instance=store, definitions=DEFINITIONS)
    assert "the blocking check prices:sane found an error: y looks odd." in found.why[0]
    assert not any("is there now" in line for line in found.why)
    assert found.to_do == ("%materialize prices -p y", "%materialize basket -p y")
    assert found.advice == (
        "prices:sane has to pass: mend what it found in prices[y], or the check itself, and make that again first.",
    )


def test_once_it_was_made_again_and_passed_nothing_of_the_check_is_said(
    store: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(store, prices, basket)
    monkeypatch.setitem(BAD, "values", set())
    make(store, prices)
    found = explain("basket", "y", instance=store, definitions=DEFINITIONS)
    assert found.to_do == ("%materialize basket -p y",)
    assert found.advice == ()
    assert "All that it needs is there now." in found.why


def test_a_check_that_passes_when_carried_out_again_stops_nothing_more(
    store: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(store, prices, basket)
    monkeypatch.setitem(BAD, "values", set())
    materialize([sane], instance=store, progress=False)
    assert explain("basket", "y", instance=store, definitions=DEFINITIONS).to_do == ("%materialize basket -p y",)


def test_the_last_line_that_is_offered_makes_the_piece(store: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    make(store, prices, basket, total)
    found = explain("basket", "y", instance=store, definitions=DEFINITIONS)
    monkeypatch.setitem(BAD, "values", set())
    for line, thing in zip(found.to_do, (prices, basket), strict=True):
        assert thing.key.to_user_string() in line
        materialize([thing, prices, basket], selection=[thing], partition_key="y", instance=store, progress=False)
    assert store.load("basket", "y") == "y"


def test_a_blocking_check_that_raised_is_told_from_one_that_found_an_error(
    store: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(BAD, "values")
    said = " ".join(repr(make(store, prices, basket)).split())
    assert "the blocking check prices:sane raised an error; mend that, and make prices again" in said
    found = explain("basket", "y", instance=store, definitions=DEFINITIONS)
    assert "the blocking check prices:sane raised an error: KeyError: 'values'." in found.why[0]


def test_a_good_table_without_rows_stops_nothing(store: Instance) -> None:
    @asset
    def whole() -> int:
        return 1

    @asset_check(asset=whole, blocking=True)
    def no_bad_rows() -> AssetCheckResult:
        return AssetCheckResult(passed=True, metadata={"bad": MetadataValue.table([])})

    assert materialize([whole, no_bad_rows], instance=store, progress=False).success
    shown = str(explain("whole", instance=store, definitions=Definitions([whole], asset_checks=[no_bad_rows])))
    assert "bad 0 rows" in shown
