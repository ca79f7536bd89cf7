"""What an explanation says, word by word, and that the lines it offers put things right when they are run."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from notebook_assets import (
    AssetKey,
    Definitions,
    Instance,
    NotebookAssetsError,
    PieceState,
    StaticPartitionsDefinition,
    UnknownPartitionError,
    asset,
    explain,
    materialize,
)
from notebook_assets.diagnosis import typed_selection

DAY = "2024-03-0{}".format


def remake(pipeline: Any, what: str, day: int, value: Any) -> None:
    pipeline.values[DAY(day)] = value
    pipeline.make(what, partition_key=DAY(day))


def why(explanation: Any) -> list[str]:
    times = r"(?<=attempt, ).*?(?=, raised)|(?<=skipped ).*?(?=, for)|(?<=skipped, ).*?(?=, for)|(?<=failed, ).*?(?=:)"
    return [re.sub(times, "…", line) for line in explanation.why]


def test_materialized(made: Any) -> None:
    found = made.explain("clean", DAY(1))
    assert why(found) == ["Its value is stored, made by today's code from today's inputs."]
    assert (found.state, found.to_do) == (PieceState.MATERIALIZED, ())


def test_never_made(pipeline: Any) -> None:
    assert why(pipeline.explain("raw", DAY(1))) == ["It was never made."]
    assert why(pipeline.explain("clean", DAY(1))) == ["It was never made. Not all that it needs is there yet."]
    pipeline.make("raw", partition_key=DAY(1))
    found = pipeline.explain("clean", DAY(1))
    assert why(found) == ["It was never made. All that it needs is there."]
    assert found.to_do == ("%materialize clean -p 2024-03-01",)


def test_failed_and_what_it_stops(pipeline: Any) -> None:
    pipeline.values[DAY(2)] = ValueError("sensor off")
    pipeline.make("raw clean", partitions="all")
    found = pipeline.explain("raw", DAY(2))
    assert why(found) == ["Its latest attempt, …, raised ValueError: sensor off"]
    assert found.to_do == ("%materialize raw -p 2024-03-02",)
    assert "raise value" in found.failure.traceback
    stopped = pipeline.explain("clean", DAY(2))
    assert why(stopped) == [
        "It was skipped …, for want of 1 piece: raw[2024-03-02]",
        "raw[2024-03-02] failed, …: ValueError: sensor off",
    ]
    assert stopped.to_do == ("%materialize clean -p 2024-03-02 --upstream",)
    assert "1 failed: 2024-03-02" in repr(stopped)


def test_a_failure_says_that_the_earlier_value_is_kept(made: Any) -> None:
    remake(made, "raw", 2, ValueError("off"))
    assert why(made.explain("raw", DAY(2))) == [
        "Its latest attempt, …, raised ValueError: off",
        "An earlier value is kept and can be loaded.",
    ]


def test_empty_and_what_can_not_be_made_without_it(pipeline: Any) -> None:
    pipeline.values[DAY(2)] = None
    pipeline.make("raw clean week", partitions="all")
    assert why(pipeline.explain("raw", DAY(2))) == [
        "Its function ran and yielded no output. It is not run again until its code or inputs change."
    ]
    assert pipeline.explain("raw", DAY(2)).to_do == ()
    found = pipeline.explain("clean", DAY(2))
    assert why(found) == [
        "It was skipped …, for want of 1 piece: raw[2024-03-02]",
        "It can't be made as things are: raw[2024-03-02] yielded no output.",
        "An input given as AssetIn(wait_for=0) can do without.",
    ]
    assert found.to_do == ()
    assert why(pipeline.explain("week", DAY(3)))[1:4] == [
        "clean[2024-03-02] was skipped, …, for want of raw[2024-03-02].",
        "raw[2024-03-02] yielded no output.",
        "It can't be made as things are: clean[2024-03-02] is not there, and can't be made either.",
    ]
    assert why(pipeline.explain("week", DAY(3)))[-1] == (
        'An input given as AssetIn(wait_for="any") can do with those that are there.'
    )


def test_what_an_asset_without_partitions_lacks(made: Any) -> None:
    """It has no keys to be listed."""
    alone = asset(name="alone")(lambda total: total)
    made.extra = [alone]
    assert re.search(r"total +the whole +all there", repr(made.explain("alone")))
    made.instance.wipe("total")
    assert re.search(r"total +the whole +missing$", repr(made.explain("alone")), re.MULTILINE)


def test_stale_by_code(made: Any) -> None:
    made.versions["clean"] = "2"
    found = made.explain("clean", DAY(1))
    assert why(found) == ["clean[2024-03-01] was made by other code than today's: the code version went from 1 to 2."]
    assert found.to_do == ("%materialize clean -p 2024-03-01",)


def test_stale_by_an_updated_input(made: Any) -> None:
    remake(made, "raw", 3, 99)
    assert why(made.explain("clean", DAY(3))) == ["clean[2024-03-03] was made before raw[2024-03-03] was made again."]


def test_stale_followed_to_the_first_change(made: Any) -> None:
    remake(made, "raw", 3, 99)
    assert why(made.explain("week", DAY(4))) == [
        "week[2024-03-04] was made from clean[2024-03-03], stale itself.",
        "clean[2024-03-03] was made before raw[2024-03-03] was made again.",
    ]
    made.versions["raw"] = "2"
    assert why(made.explain("total")) == [
        "total was made from 5 of clean (2024-03-01...2024-03-05), stale themselves.",
        "clean[2024-03-01] was made from raw[2024-03-01], stale itself.",
        "raw[2024-03-01] was made by other code than today's: the code version went from 1 to 2.",
    ]


def test_stale_by_another_mapping(made: Any) -> None:
    made.offset = -2
    assert why(made.explain("week", DAY(5))) == [
        "week[2024-03-05] was made from other partitions of clean than it needs today."
    ]


def test_asset_as_a_whole(pipeline: Any) -> None:
    """Pieces grouped by what is the matter, errors by their text; a line for each that lines can mend."""
    pipeline.values = {DAY(1): ValueError("off"), DAY(2): ValueError("off"), DAY(3): KeyError("x"), DAY(4): None}
    pipeline.make("raw clean", partitions=f"{DAY(1)}...{DAY(4)}")
    found = pipeline.explain("raw")
    assert list(found.why) == [
        "2 partitions failed with ValueError: off — 2024-03-01...2024-03-02",
        "1 partition failed with KeyError: 'x' — 2024-03-03",
        "1 partition never made — 2024-03-05",
        "1 partition yielded no output — 2024-03-04",
    ]
    assert found.to_do == ("%materialize raw --only missing", "%materialize raw --only failed")
    clean = pipeline.explain("clean")
    assert why(clean) == [
        "4 partitions skipped for want of inputs — 2024-03-01...2024-03-04",
        "raw[2024-03-01] failed, …: ValueError: off",
        "1 partition never made — 2024-03-05",
        "1 partition can't be made as things are — 2024-03-04 (inputs yielded no output or do not exist; an input "
        'given as AssetIn(wait_for="any") can do with those that are there, as AssetIn(wait_for=0) with none)',
    ]
    assert clean.to_do == (
        "%materialize clean --only missing --upstream",
        "%materialize clean --only failed --upstream",
    )


def test_many_kinds_of_errors_are_cut_short(pipeline: Any) -> None:
    """The most frequent are told; a long message is cut."""
    keys = [f"k{number}" for number in range(30)]

    def noisy(context: Any) -> None:
        raise ValueError(f"{context.partition_key} " + "long " * 1000)

    one = asset(partitions_def=StaticPartitionsDefinition(keys))(noisy)
    materialize([one], partitions="all", instance=pipeline.instance, raise_on_error=False, progress=False)
    found = explain("noisy", definitions=Definitions([one]), instance=pipeline.instance)
    assert len(found.why) == 6
    assert found.why[-1] == "25 partitions failed with 25 other errors"
    assert max(map(len, found.why)) < 300


def test_everything_right(made: Any) -> None:
    assert made.explain("raw").why == ("Every partition is up to date.",)
    assert made.explain("raw").to_do == ()


def test_a_key_that_left_the_definition(made: Any) -> None:
    """A stored key that is no longer defined is told apart from one that never was."""
    raw = asset(partitions_def=StaticPartitionsDefinition([DAY(1)]), name="raw")(lambda: 1)
    gone = Definitions([raw])
    with pytest.raises(UnknownPartitionError, match="its value is stored, but its definition"):
        explain("raw", DAY(2), definitions=gone, instance=made.instance)
    with pytest.raises(UnknownPartitionError, match="no partition 'nonsense'"):
        explain("raw", "nonsense", definitions=gone, instance=made.instance)
    assert "4 stored partitions no longer in its definition" in repr(
        explain("raw", definitions=gone, instance=made.instance)
    )


# --- the lines that are offered


def change_week(pipeline: Any) -> None:
    pipeline.versions["week"] = "2"


def change_raw(pipeline: Any) -> None:
    pipeline.versions["raw"] = "2"


def renew_raw(pipeline: Any) -> None:
    remake(pipeline, "raw", 3, 99)


def break_and_mend_raw(pipeline: Any) -> None:
    remake(pipeline, "raw clean week", 3, ValueError("off"))
    pipeline.values = {}


def wipe(*names: str) -> Callable[[Any], None]:
    def forget(pipeline: Any) -> None:
        for name in names:
            pipeline.instance.wipe(name)

    return forget


def lengthen_window(pipeline: Any) -> None:
    pipeline.offset = -2


TROUBLES = [
    change_week,
    change_raw,
    renew_raw,
    break_and_mend_raw,
    wipe("week"),
    wipe("raw", "clean", "week", "total"),
    wipe("clean"),
    lengthen_window,
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__qualname__)
@pytest.mark.parametrize(("name", "key"), [("week", DAY(3)), ("week", DAY(4)), ("clean", DAY(3)), ("total", None)])
def test_the_line_for_a_piece_makes_it_materialized(
    made: Any, run_line: Any, trouble: Callable[[Any], None], name: str, key: str | None
) -> None:
    """Whatever happened, running the line that explain offers for a piece leaves the piece materialized."""
    trouble(made)
    found = made.explain(name, key)
    for line in found.to_do:
        assert run_line(made, line).success, line
    assert (made.explain(name, key).state, bool(found.to_do)) == (
        PieceState.MATERIALIZED,
        found.state is not PieceState.MATERIALIZED,
    )


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__qualname__)
@pytest.mark.parametrize("name", ["raw", "clean", "week"])
def test_the_lines_for_an_asset_make_all_of_it_materialized(
    made: Any, run_line: Any, trouble: Callable[[Any], None], name: str
) -> None:
    """The same for a whole asset: what is offered, and offered after that, ends with every piece right."""
    trouble(made)
    for _ in range(3):
        for line in made.explain(name).to_do:
            run_line(made, line)
    assert made.states(name) == "MMMMM"
    assert made.explain(name).to_do == ()


def test_blocked_pieces_do_not_hide_what_can_be_made(pipeline: Any, run_line: Any) -> None:
    """Beside pieces that no run can make, the line for the others is still offered, and works."""
    pipeline.values[DAY(2)] = None
    pipeline.make("raw", partitions="all")
    (line,) = pipeline.explain("clean").to_do
    run_line(pipeline, line)
    assert pipeline.states("clean") == "MKMMM"
    assert pipeline.explain("clean").to_do == ()


NAMES = ["daily weather", "it's", 'say "hi"', "a+b", "or", "(x", "key:x", "🌦", "-x", "a*b", "back\\slash", "x" * 4096]


@pytest.mark.parametrize("name", NAMES)
def test_lines_for_names_of_any_kind_work(name: str, run_line: Any) -> None:
    """Names and keys are quoted as the magics read them."""
    keys = ["plain", "two words", "O'Hare", '"', "-p", "🌦", "a,b", "x..y", "y" * 4096]
    with Instance.ephemeral() as store:
        definitions = Definitions([asset(key=AssetKey(name), partitions_def=StaticPartitionsDefinition(keys))(one)])
        holder = type("Holder", (), {"definitions": lambda self: definitions, "instance": store})()
        for key in keys:
            (line,) = explain(AssetKey(name), key, definitions=definitions, instance=store).to_do
            assert run_line(holder, line).counts == {AssetKey(name): {PieceState.MATERIALIZED: 1}}
        assert explain(AssetKey(name), definitions=definitions, instance=store).to_do == ()
        assert typed_selection(AssetKey(name))


def one() -> int:
    return 1


def test_a_source_that_nothing_loads(pipeline: Any) -> None:
    """What is made elsewhere and can't be loaded is told of, and no line is offered."""
    from notebook_assets import SourceAsset

    source = SourceAsset("elsewhere")
    reader = asset(name="reader")(lambda elsewhere: elsewhere)
    definitions = Definitions([source, reader])
    try:
        materialize([source, reader], instance=pipeline.instance, raise_on_error=False, progress=False)
    except NotebookAssetsError:
        return  # refused before it runs, which is as good
    found = explain("reader", definitions=definitions, instance=pipeline.instance)
    assert "elsewhere is made elsewhere, and nothing says how to load it" in found.why[-1]
    assert found.to_do == ()
