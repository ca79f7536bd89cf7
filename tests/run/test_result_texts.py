"""What a result says: failures and skips in groups, the headline, what to do, in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    Instance,
    Output,
    PieceState,
    RunResult,
    SourceAsset,
    StaticPartitionsDefinition,
    TimeWindowPartitionMapping,
    asset,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import statuses
from notebook_assets.display import backticked
from notebook_assets.run import Only, RunRequest, StepFailure, StepSkip, execute, make_plan
from notebook_assets.run.result_groups import MOST_LINES, cut_at_end

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-11")
LONG = "; ".join(f"reason {number} why it can't be" for number in range(8))


def fails_on(errors: dict[str, Exception], name: str = "gust") -> Any:
    """Return a daily asset that fails on some days."""

    @asset(name=name, partitions_def=DAYS)
    def fn(context):
        if context.partition_key[-2:] in errors:
            raise errors[context.partition_key[-2:]]

    return fn


@asset(partitions_def=DAYS)
def up(context):
    return context.partition_key


@asset(partitions_def=DAYS)
def down(up):
    return up


@asset(partitions_def=DAYS)
def last(down):
    return down


# Failures


def test_failures_are_told_in_groups_with_ranges_the_most_frequent_first(make) -> None:
    errors = {"09": ValueError("rare"), **{day: KeyError("wind") for day in ("02", "03", "04", "06")}}
    told = repr(make(fails_on(errors), partitions="all"))
    assert "gust failed for 4 partitions: 2024-01-02...2024-01-04, 2024-01-06\n  KeyError: 'wind'" in told
    assert "gust failed for 1 partition: 2024-01-09\n  ValueError: rare" in told
    assert told.index("KeyError") < told.index("rare")


def test_an_asset_without_partitions_just_failed(make) -> None:
    @asset
    def alone():
        raise ValueError

    assert "\n\nalone failed\n  ValueError\n" in repr(make(alone))


def test_a_failure_names_its_place_and_the_line_that_shows_its_traceback(make) -> None:
    def helper():
        return {}["wind"]

    @asset(partitions_def=StaticPartitionsDefinition(["New York"]), key=["a b", "gust"])
    def gust():
        return helper()

    line = helper.__code__.co_firstlineno + 1
    told = f'at test_result_texts.py, line {line}, in helper; `%explain "a b/gust" "New York"` has the traceback.'
    assert told in repr(make(gust, partitions="all"))
    assert f"at test_result_texts.py, line {line}, in helper" in make(gust, partitions="all")._repr_html_()


def test_an_error_is_told_whole(make) -> None:
    result = make(fails_on({"01": ValueError(LONG)}), partitions="all")
    assert f"ValueError: {LONG} at test_result_texts.py, line" in " ".join(repr(result).split())
    assert max(map(len, repr(result).splitlines())) < 110
    assert f"ValueError: {LONG}".replace("'", "&#39;") in result._repr_html_()


def test_a_very_long_error_is_cut_at_its_end(make) -> None:
    lines = [f"line {number}" for number in range(50)]
    told = repr(make(fails_on({"01": ValueError("\n".join(lines))}), partitions="all"))
    assert f"line {MOST_LINES - 1} …\n  at test_result" in told
    assert "line 0\n  line 1\n" in told
    assert len(repr(make(fails_on({"01": ValueError("x" * 10**6)}), partitions="all"))) < 1_000


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("", 2, []),
        ("a", 1, ["a"]),
        ("a\nb", 1, ["a …"]),
        ("a\n\nb", 3, ["a", "", "b"]),
        ("aa bb cc", 2, ["aa bb cc"]),
        ("aa bb cc dd ee", 2, ["aa bb cc dd …"]),
        ("  aa", 1, ["  aa"]),
        ("aaaaaaaaaaaaaaaaaaaa", 2, ["aaaaa aaaaa …"]),
    ],
)
def test_where_long_texts_are_cut(text: str, most: int, expected: list[str]) -> None:
    assert cut_at_end(text, most, columns=5) == expected


def test_of_many_groups_the_rest_is_counted(make) -> None:
    names = StaticPartitionsDefinition([f"n{number:02}" for number in range(13)])

    @asset(partitions_def=names)
    def ways(context):
        raise ValueError(context.partition_key)

    told = repr(make(ways, partitions="all"))
    assert told.count("ways failed for 1 partition") == 10
    assert told.endswith("3 more failed, in 3 other ways; the result's failures holds them all.")


def test_of_many_ranges_the_rest_is_counted_in_partitions(make) -> None:
    errors = {day: KeyError("wind") for day in ("01", "03", "05", "06", "08", "10")}
    told = repr(make(fails_on(errors), partitions="all"))
    assert ": 2024-01-01, 2024-01-03, 2024-01-05...2024-01-06, 2024-01-08 and 1 more\n" in told


def test_what_errors_and_keys_say_is_no_markup(make) -> None:
    @asset(partitions_def=StaticPartitionsDefinition(["<b>"]))
    def odd():
        raise ValueError("<script>\x1b[31m")

    result = make(odd, partitions="all")
    assert "<script>" not in result._repr_html_()
    assert "<b>" not in result._repr_html_()
    assert "\x1b" not in repr(result)


# Skips


def test_skips_say_what_is_needed_and_what_makes_it(make) -> None:
    make(up, partitions="...2024-01-08")
    result = make(down, up, selection="down", partitions="all")
    assert repr(result).split("\n\n", 1)[1] == (
        "down was skipped for 2 partitions (2024-01-09...2024-01-10): the first needs up[2024-01-09]\n"
        "`%materialize down -p 2024-01-09...2024-01-10 --upstream` makes these first."
    )
    assert '<span class="nba-mono">%materialize down -p' in result._repr_html_()
    mended = make(down, up, selection="down", partitions="2024-01-09...2024-01-10", upstream=True)
    assert (mended.success, mended.done) == (True, 4)


def test_one_skip_of_one_piece_is_told_in_the_singular(make) -> None:
    @asset
    def total(up): ...

    result = make(down, up, selection="down", partition_key="2024-01-02")
    assert "down was skipped for 1 partition (2024-01-02): it needs up[2024-01-02]\n" in repr(result)
    assert "`%materialize down -p 2024-01-02 --upstream` makes it first." in repr(result)
    told = repr(make(total, up, selection="total"))
    assert "total was skipped: it needs up[2024-01-01] and 9 more\n`%materialize total --upstream`" in told


def test_what_to_do_for_many_ranges_is_short(make) -> None:
    make(up, partitions=[f"2024-01-{day:02}" for day in range(2, 11, 2)])
    told = repr(make(down, up, selection="down", partitions="all"))
    assert "`%materialize down --only failed --upstream` makes these first." in told
    assert make(down, up, selection="down", only="failed", upstream=True).pieces_in(PieceState.MATERIALIZED) == 10


def test_what_is_skipped_in_turn_can_be_made_as_well(make) -> None:
    told = repr(make(last, down, up, selection="down or last", partitions="2024-01-02...2024-01-03"))
    assert "`%materialize last -p 2024-01-02...2024-01-03 --upstream` makes these first." in told


def test_nothing_is_offered_where_a_run_would_fail_again(make) -> None:
    bad = fails_on({"02": ValueError("x")}, "up")
    told = repr(make(bad, down, last, partitions="all"))
    assert "down was skipped for 1 partition (2024-01-02): it needs up[2024-01-02]" in told
    assert "%materialize" not in told


def test_only_what_can_be_made_is_offered(make) -> None:
    @asset(partitions_def=DAYS)
    def both(bad_one, fine): ...

    fine, bad_one = fails_on({}, "fine"), fails_on({"02": ValueError("x")}, "bad_one")
    told = repr(make(both, fine, bad_one, selection="both or bad_one", partitions="2024-01-01...2024-01-03"))
    assert "-p 2024-01-01 -p 2024-01-03 --upstream` makes what 2 of them need first." in told


def test_what_is_made_elsewhere_is_not_offered(make) -> None:
    source = SourceAsset("elsewhere")

    @asset
    def reads(elsewhere): ...

    told = repr(make(reads, source))
    assert "reads was skipped: it needs elsewhere" in told
    assert "%materialize" not in told


def test_a_chain_of_skips_in_one_asset_ends_at_the_failure(make) -> None:
    yesterday = AssetIn(partition_mapping=TimeWindowPartitionMapping(start_offset=-1, end_offset=-1))

    @asset(partitions_def=DAYS, ins={"total": yesterday})
    def total(context, total):
        if context.partition_key == "2024-01-02":
            raise ValueError("x")
        return 1

    told = repr(make(total, partitions="all"))
    assert "total was skipped for 8 partitions (2024-01-03...2024-01-10): the first needs total[2024-01-02]" in told
    assert "%materialize" not in told


def test_excused_skips_are_no_failure(make) -> None:
    @asset(partitions_def=DAYS, output_required=False)
    def maybe(context):
        if context.partition_key > "2024-01-02":
            yield Output(1)

    @asset(partitions_def=DAYS)
    def after(maybe): ...

    told = repr(make(maybe, after, partitions="all"))
    assert told.startswith("Done: 16 materialized, 2 empty, 2 skipped of 20 pieces in ")
    assert "after was skipped for 2 partitions (2024-01-01...2024-01-02): the first needs maybe[2024-01-01]" in told
    assert "That is no failure: something upstream yielded no output." in told
    assert "%materialize" not in told


# Headlines, the table, hints


def test_only_skipped_is_not_called_failed(make) -> None:
    result = make(down, up, selection="down", partition_key="2024-01-02")
    assert result.status == "failed"
    assert result.headline().startswith("Skipped: 0 materialized, 1 skipped of 1 piece in ")
    assert "nba-error" not in result._repr_html_().rpartition("</style>")[2]


@pytest.mark.parametrize(
    ("only", "headline"),
    [
        ("", "Nothing to do: every chosen piece is as it should be."),
        ("missing", "Nothing to do: nothing is missing."),
        ("stale", "Nothing to do: nothing is stale."),
        ("failed", "Nothing to do: nothing failed or was skipped."),
    ],
)
def test_nothing_to_do_names_the_choice(store: Instance, only: str, headline: str) -> None:
    assert RunResult(run_id="", instance=store, planned=0, only=only).headline() == headline


@pytest.fixture
def carried_out(store: Instance) -> Callable[..., RunResult]:
    """Carry out a request to make all of ``up``."""

    def carry_out(**options: Any) -> RunResult:
        graph = AssetGraph([up])
        found = statuses(graph, store)
        plan = make_plan(graph, found, {AssetKey("up"): found[AssetKey("up")].value_ids == 0})
        return execute(RunRequest(graph=graph, plan=plan, statuses=found, instance=store, **options))

    return carry_out


def test_a_request_hands_over_its_choice_and_its_hint(carried_out) -> None:
    result = carried_out(only=Only.MISSING, hint="`%partitions up` shows them.")
    assert (result.only, result.done) == ("missing", 10)
    assert repr(result).endswith("\n\n`%partitions up` shows them.")
    assert '<span class="nba-mono">%partitions up</span>' in result._repr_html_()
    assert carried_out(only="missing").headline() == "Nothing to do: nothing is missing."
    assert "None" not in repr(carried_out())


def test_the_table_of_counts_is_for_several_assets(make) -> None:
    assert "<table" not in make(fails_on({"01": ValueError("x")}), partitions="all")._repr_html_()
    assert "<table" in make(up, down, partitions="all")._repr_html_()


@pytest.mark.parametrize("text", ["a ` b", "", "a `b` c `d`", "`<b>`"])
def test_backticks_stay_in_plain_text(text: str) -> None:
    assert backticked(text).text == text
    assert "<b>" not in backticked(text).html


def test_a_result_that_does_not_know_the_keys_lists_partitions_one_by_one(store: Instance) -> None:
    result = RunResult(run_id="", instance=store, planned=2, status="failed")
    result.failures.append(StepFailure(AssetKey("a"), "x", ValueError("no"), ""))
    result.skips.append(StepSkip(AssetKey("b"), "x", ("a[x]",)))
    assert "a failed for 1 partition: x\n  ValueError: no" in repr(result)
    assert "b was skipped for 1 partition (x): it needs a[x]" in repr(result)
