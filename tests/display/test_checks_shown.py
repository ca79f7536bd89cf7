"""What checks found, as a run's result and an explanation show it: grouped by check, in words, tables by their size."""

from __future__ import annotations

import pytest

import notebook_assets as dg

DAYS = dg.StaticPartitionsDefinition(["mo", "tu", "we", "th", "fr"])
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def store() -> dg.Instance:
    """A store of one day's length."""
    return dg.Instance.ephemeral()


def made(checks: list[dg.AssetChecksDefinition], store: dg.Instance) -> dg.RunResult:
    """Make five days, with checks."""

    @dg.asset(partitions_def=DAYS)
    def daily(context: dg.AssetExecutionContext) -> str:
        return str(context.partition_key)

    return dg.materialize([daily, *checks], partitions="all", instance=store, progress=False, raise_on_error=False)


def test_a_check_that_did_not_pass_for_many_partitions_is_told_once(store: dg.Instance) -> None:
    """Its partitions as ranges, the first few findings, and how many more there are."""

    @dg.asset_check(asset="daily")
    def is_short(daily: str) -> dg.AssetCheckResult:
        """Warn of all but Wednesday."""
        return dg.AssetCheckResult(
            passed=daily == "we",
            severity=dg.AssetCheckSeverity.WARN,
            description=f"too long: {daily}",
            metadata={"rows": dg.MetadataValue.table([{"a": 1}, {"a": 2}]), "length": 2},
        )

    shown = repr(made([is_short], store))
    assert (
        "The check daily:is_short warns for 4 partitions: mo...tu, th...fr\n"
        "mo: too long: mo (rows 2 rows, length 2)\n"
        "tu: too long: tu (rows 2 rows, length 2)\n"
        "th: too long: th (rows 2 rows, length 2)\n"
        "… and 1 more partition"
    ) in shown


def test_a_check_that_failed_for_one_partition_is_told_in_a_sentence_and_escaped(store: dg.Instance) -> None:
    """Errors stand before warnings; what a person wrote stays text."""

    @dg.multi_asset_check(specs=[dg.AssetCheckSpec("odd", asset="daily"), dg.AssetCheckSpec("bad", asset="daily")])
    def both(daily: str) -> object:
        warn = dg.AssetCheckSeverity.WARN
        yield dg.AssetCheckResult(check_name="odd", passed=daily != "mo", severity=warn)
        yield dg.AssetCheckResult(check_name="bad", passed=daily != "tu", description=HOSTILE)

    result = made([both], store)
    shown = repr(result)
    assert f"The check daily[tu]:bad failed: {HOSTILE}" in shown
    assert shown.index("bad failed") < shown.index("The check daily[mo]:odd warns")
    assert HOSTILE not in result._repr_html_()


def test_an_explanation_shows_tables_of_a_check_in_full_below_its_line(store: dg.Instance) -> None:
    """The line names the size; the table itself is folded below."""

    @dg.asset_check(asset="daily")
    def rows(daily: str) -> dg.AssetCheckResult:
        return dg.AssetCheckResult(
            passed=False, metadata={"worst": dg.MetadataValue.table([{"name": "Ann", "many": 3}])}
        )

    made([rows], store)
    definition = dg.asset(name="daily", partitions_def=DAYS)(lambda context: "")
    explanation = dg.explain("daily", "mo", instance=store, definitions=dg.Definitions([definition]))
    assert "worst 1 row" in repr(explanation)
    assert "What rows found" in repr(explanation)
    assert "<details>" in explanation._repr_html_()
    assert "Ann" in explanation._repr_html_()


def test_an_error_raised_by_this_package_is_told_by_the_line_that_called_it(store: dg.Instance) -> None:
    """The advice names a person's line, not one of this package."""

    @dg.asset(partitions_def=DAYS)
    def daily() -> dg.Output[int]:
        return dg.Output(1, metadata={"what": object()})

    dg.materialize([daily], partition_key="mo", instance=store, progress=False, raise_on_error=False)
    said = repr(dg.explain("daily", "mo", instance=store, definitions=dg.Definitions([daily])))
    assert '`return dg.Output(1, metadata={"what": object()})`' in said
    assert "change it (normalizing.py" not in said


def test_a_check_that_raised_the_same_error_for_many_partitions_is_told_once(store: dg.Instance) -> None:
    """With its partitions as ranges."""

    @dg.asset_check(asset="daily")
    def broken(daily: str) -> dg.AssetCheckResult:
        raise ValueError("no such thing")

    shown = repr(made([broken], store))
    assert "The check daily:broken raised ValueError: no such thing for 5 partitions: mo...fr" in shown


def test_an_explanation_of_all_partitions_groups_what_a_check_found(store: dg.Instance) -> None:
    """The worst first, each outcome once, with its partitions and the first finding."""

    @dg.asset_check(asset="daily", blocking=True)
    def is_early(daily: str) -> dg.AssetCheckResult:
        severity = dg.AssetCheckSeverity.ERROR if daily == "fr" else dg.AssetCheckSeverity.WARN
        return dg.AssetCheckResult(passed=daily in ("mo", "tu"), severity=severity, description=f"{daily} is late")

    made([is_early], store)
    definition = dg.asset(name="daily", partitions_def=DAYS)(lambda context: "")
    shown = repr(dg.explain("daily", instance=store, definitions=dg.Definitions([definition], asset_checks=[is_early])))
    lines = [" ".join(line.split()) for line in shown.splitlines() if line.startswith("is_early")]
    assert lines == [
        "is_early ✗ 1 failed (blocking) fr: fr is late just now",
        "is_early ◐ 2 warned we...th: we is late just now",
        "is_early ● 2 passed mo...tu just now",
    ]
