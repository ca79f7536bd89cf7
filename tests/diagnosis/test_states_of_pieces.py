"""The state of each piece, and the reason of a stale one, as tables.

States are written a letter a day: M materialized, S stale, E empty, . missing, F failed, K skipped;
in the order raw, clean, week, total.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notebook_assets import DailyPartitionsDefinition, Definitions, Instance, asset, materialize
from notebook_assets.diagnosis import read_subsets, statuses
from notebook_assets.diagnosis.staleness import CauseKind

DAY = "2024-03-0{}".format


def test_nothing_made(pipeline: Any) -> None:
    assert pipeline.all_states() == "..... ..... ..... ."


def test_everything_made(made: Any) -> None:
    assert made.all_states() == "MMMMM MMMMM MMMMM M"


def test_some_made(pipeline: Any) -> None:
    """A piece whose inputs are not all there is skipped; one that nobody asked for is missing."""
    pipeline.make("raw", partitions=[DAY(1), DAY(2), DAY(4)])
    pipeline.make("clean week", partitions=[DAY(1), DAY(2), DAY(3), DAY(4)])
    assert pipeline.all_states() == "MM.M. MMKM. MMKK. ."


def test_failed_and_empty(pipeline: Any) -> None:
    """What an error stops is failed, what needs it is skipped; no output is empty, what needs that is skipped."""
    pipeline.values = {DAY(2): ValueError("off"), DAY(4): None}
    pipeline.make("raw clean week", partitions="all")
    assert pipeline.all_states() == "MFMEM MKMKM MKKKK ."
    pipeline.values = {DAY(4): None}
    pipeline.make("raw clean week", only="failed")
    assert pipeline.all_states() == "MMMEM MMMKM MMMKK ."


def test_inputs_that_may_be_missing(pipeline: Any) -> None:
    """With allow_missing_partitions what is there is enough."""
    pipeline.values = {DAY(2): None}
    pipeline.allow = frozenset({"week"})
    pipeline.make("raw clean week", partitions="all")
    assert pipeline.all_states() == "MEMMM MKMMM MMMMM ."


CHANGES: list[tuple[str, Callable[[Any], Any], str]] = [
    ("another version of week", lambda p: p.versions.update(week="2"), "MMMMM MMMMM SSSSS M"),
    ("another version of clean", lambda p: p.versions.update(clean="2"), "MMMMM SSSSS SSSSS S"),
    ("another version of raw", lambda p: p.versions.update(raw="2"), "SSSSS SSSSS SSSSS S"),
    ("a day of raw made anew with other contents", lambda p: remake(p, "raw", 3, 99), "MMMMM MMSMM MMSSM S"),
    ("a day of raw made anew with the same contents", lambda p: remake(p, "raw", 3, 3), "MMMMM MMMMM MMMMM M"),
    ("a day of raw has no output any more", lambda p: remake(p, "raw", 3, None), "MMEMM MMSMM MMSSM S"),
    ("a day of raw fails now", lambda p: remake(p, "raw", 3, ValueError("x")), "MMFMM MMMMM MMMMM M"),
    ("the last day of raw and then of clean", lambda p: remake(p, "raw clean", 5, 99), "MMMMM MMMMM MMMMS S"),
    ("a longer window of week", lambda p: setattr(p, "offset", -2), "MMMMM MMMMM MMSSS M"),
    ("a shorter window of week", lambda p: setattr(p, "offset", 0), "MMMMM MMMMM MSSSS M"),
]


def remake(pipeline: Any, what: str, day: int, value: Any) -> None:
    pipeline.values[DAY(day)] = value
    pipeline.make(what, partition_key=DAY(day))


@pytest.mark.parametrize(("change", "states"), [(c, s) for _, c, s in CHANGES], ids=[name for name, _, _ in CHANGES])
def test_what_a_change_makes_stale(made: Any, change: Callable[[Any], Any], states: str) -> None:
    change(made)
    assert made.all_states() == states


def test_code_put_back_is_fresh_again(made: Any) -> None:
    made.versions["raw"] = "2"
    assert made.all_states() == "SSSSS SSSSS SSSSS S"
    made.versions["raw"] = "1"
    assert made.all_states() == "MMMMM MMMMM MMMMM M"


def test_stale_upstream_stays_a_reason_when_its_next_attempt_fails(made: Any) -> None:
    """What was made from other code's value is stale, whether the new code works or not."""
    made.versions["raw"] = "2"
    made.values[DAY(3)] = ValueError("new code, new error")
    made.make("raw", partition_key=DAY(3))
    assert made.states("raw") == "SSFSS"
    assert made.states("clean") == "SSSSS"


def test_made_again_after_a_change_all_is_fresh(made: Any) -> None:
    """``only="stale"`` with upstream puts everything right, in one run."""
    made.versions["clean"] = "2"
    remake(made, "raw", 2, 77)
    assert made.make("week total", only="stale", upstream=True).success
    assert made.all_states() == "MMMMM MMMMM MMMMM M"


def define(namespace: dict[str, Any], source: str) -> Any:
    """Define the function of a source text, as a cell would; the asset is its last definition."""
    exec(compile(source, "<cell>", "exec"), namespace)
    namespace["made"].__asset_source__ = source
    return asset(namespace["made"])


@pytest.mark.parametrize(
    ("edited", "state"),
    [
        ("def made():\n    # a comment\n    return helper( 1 )", "materialized"),
        ("def made():\n    '''A docstring.'''\n\n    return helper(1)", "materialized"),
        ("def made():\n    return helper(2)", "stale"),
    ],
)
def test_comments_and_layout_change_nothing(edited: str, state: str) -> None:
    namespace: dict[str, Any] = {"helper": abs, "__name__": "__main__"}
    with Instance.ephemeral() as store:
        materialize([define(namespace, "def made():\n    return helper(1)")], instance=store, progress=False)
        found = statuses(Definitions([define(namespace, edited)]).graph, store)
        assert [status.state(0) for status in found.values()] == [state]


def test_a_changed_helper_makes_stale() -> None:
    """A function that the asset calls counts as its code."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    body = "def helper():\n    return {}\ndef made():\n    return helper()"
    with Instance.ephemeral() as store:
        materialize([define(namespace, body.format(1))], instance=store, progress=False)
        for number, state in ((2, "stale"), (1, "materialized")):
            found = statuses(Definitions([define(namespace, body.format(number))]).graph, store)
            assert [status.state(0) for status in found.values()] == [state]


def test_keys_that_left_the_definition_are_orphans(made: Any) -> None:
    """They are told of, and nothing else is disturbed."""
    later = DailyPartitionsDefinition("2024-03-03", end_date="2024-03-08")
    raw = asset(partitions_def=later, code_version="1", name="raw", output_required=False)(lambda: 1)
    status = statuses(Definitions([raw]).graph, made.instance)[raw.key]
    assert status.orphans == (DAY(1), DAY(2))
    assert [status.state(at).value for at in range(5)] == ["materialized"] * 3 + ["missing"] * 2


def test_staleness_goes_through_an_assets_own_earlier_partitions() -> None:
    """A chain of days: what changed on one day is followed through all later ones."""
    from notebook_assets import AssetIn, TimeWindowPartitionMapping

    days = DailyPartitionsDefinition("2024-03-01", end_date="2024-03-06")
    before = TimeWindowPartitionMapping(start_offset=-1, end_offset=-1, allow_nonexistent_upstream_partitions=True)
    start = {"value": 1}

    def level(context: Any, level: Any) -> int:
        return (level or 0) + (start["value"] if context.partition_key == DAY(2) else 1)

    metadata = {"allow_missing_partitions": True}
    one = asset(
        partitions_def=days, ins={"level": AssetIn(partition_mapping=before, metadata=metadata)}, code_version="1"
    )(level)
    with Instance.ephemeral() as store:
        assert materialize([one], partitions="all", instance=store, progress=False).success
        start["value"] = 5
        materialize([one], partition_key=DAY(2), instance=store, progress=False)
        status = statuses(Definitions([one]).graph, store)[one.key]
        assert status.outdated.tolist() == [False, False, True, True, True]
        assert [[cause.kind for cause in status.staleness.causes(at)] for at in (2, 3)] == [
            [CauseKind.UPDATED],
            [CauseKind.INHERITED],
        ]


def test_what_a_run_records_of_its_reads_is_what_is_compared(made: Any) -> None:
    """The text that a run keeps of the partitions that it read is that of read_subsets."""
    definitions = made.definitions()
    for name in ("clean", "week", "total"):
        status = made.status(name)
        upstream = statuses(definitions.graph, made.instance)[status.node.dependencies[0].key]
        expected = read_subsets(status.links[0], upstream.keys)
        reads = made.instance.input_reads(name)
        assert [reads[event][0].subset for event in status.event_ids.tolist()] == expected


def test_input_made_again_while_it_was_read(pipeline: Any) -> None:
    """Who reads an input while another process makes it anew has read the old one, and is stale."""

    def slow(raw: Any) -> int:
        remake(pipeline, "raw", 1, 50)  # stands for the other process
        return int(raw)

    pipeline.make("raw", partitions="all")
    pipeline.extra = [asset(partitions_def=pipeline.definitions().assets[0].partitions_def, code_version="1")(slow)]
    pipeline.make("slow", partition_key=DAY(1))
    assert pipeline.states("slow") == "S...."
    pipeline.make("slow", partition_key=DAY(2))
    assert pipeline.states("slow") == "SM..."  # that one read day 2, of which nothing changed
