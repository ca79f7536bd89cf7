"""Which pieces materialize() makes: partitions, only=, upstream=, selection=; and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from notebook_assets import (
    AssetIn,
    AssetSelection,
    DailyPartitionsDefinition,
    DuplicateAssetError,
    Instance,
    InvalidInvocationError,
    InvalidPartitionRangeError,
    InvalidSelectionError,
    MissingInputError,
    Output,
    PartitionKeyRange,
    PartitionMapping,
    RunResult,
    StaticPartitionsDefinition,
    UnknownAssetError,
    UnknownPartitionError,
    asset,
    materialize,
)

DAYS = DailyPartitionsDefinition("2024-03-01", end_date="2024-03-07")
DAY = "2024-03-0{}".format


class World:
    """a → b, both daily, on a store in which every state occurs; remembers what its functions made."""

    def __init__(self, store: Instance) -> None:
        self.store = store
        self.made: list[str] = []
        self.fails: set[str] = set()
        self.version = "1"
        self.a_version = "1"

    def assets(self) -> list[Any]:
        def a(context: Any) -> Any:
            self.made.append(f"a{context.partition_key[-1]}")
            if context.partition_key in self.fails:
                raise ValueError("off")
            if context.partition_key != DAY(6):
                yield Output(1)

        def b(context: Any, a: int) -> int:
            self.made.append(f"b{context.partition_key[-1]}")
            if f"b{context.partition_key[-1]}" in self.fails:
                raise ValueError("off")
            return a

        return [
            asset(partitions_def=DAYS, code_version=self.a_version, output_required=False)(a),
            asset(partitions_def=DAYS, code_version=self.version)(b),
        ]

    def make(self, what: str, **options: Any) -> str:
        """Make something; return what ran, in order."""
        self.made.clear()
        self.result: RunResult = materialize(
            self.assets(), selection=what, instance=self.store, raise_on_error=False, progress=False, **options
        )
        return " ".join(self.made)


@pytest.fixture
def world() -> Iterator[World]:
    """Day 1 all fresh; 2: b is stale by code; 3: a failed, b skipped; 4: b failed; 5: nothing made; 6: a is empty."""
    with Instance.ephemeral() as store:
        world = World(store)
        world.make("a or b", partitions=DAY(2))
        world.version = "2"
        world.fails = {DAY(3), "b4"}
        world.make("a or b", partitions=[DAY(1), DAY(3), DAY(4), DAY(6)])
        world.fails = set()
        yield world


@pytest.mark.parametrize(
    ("only", "upstream", "ran"),
    [
        ("all", False, "b1 b2 b4"),  # 3 and 5 are skipped: their a is not there; 6: it is empty
        ("missing", False, "b4"),
        ("failed", False, "b4"),
        ("stale", False, "b2"),
        ("missing", True, "a3 a5 b3 b4 b5"),
        ("failed", True, "a3 b3 b4"),
        ("stale", True, "b2"),
        ("all", True, "a1 a2 a3 a4 a5 a6 b1 b2 b3 b4 b5"),
    ],
)
def test_only_and_upstream(world: World, only: str, upstream: bool, ran: str) -> None:
    assert world.make("b", only=only, upstream=upstream) == ran


@pytest.mark.parametrize(
    ("only", "ran"),
    [("all", "a1 a2 a3 a4 a5 a6"), ("missing", "a3 a5"), ("failed", "a3"), ("stale", "")],
)
def test_only_of_an_asset_without_upstream(world: World, only: str, ran: str) -> None:
    """An empty piece is not missing, and not made again by anything but ``all``."""
    assert world.make("a", only=only) == ran


def test_an_empty_piece_is_stale_when_its_code_changes(world: World) -> None:
    """And then it counts as missing too, since the new code may yield something."""
    world.a_version = "2"
    assert world.make("a", only="stale") == "a1 a2 a4 a6"
    world.a_version = "3"
    assert world.make("a", only="missing") == "a3 a5 a6"


@pytest.mark.parametrize(
    ("partitions", "ran"),
    [
        (DAY(2), "b2"),
        (f"{DAY(1)}...{DAY(2)}", "b1 b2"),
        (f"...{DAY(2)}", "b1 b2"),
        ("all", "b1 b2 b4"),
        ([DAY(4), DAY(1)], "b1 b4"),
        (PartitionKeyRange(DAY(1), DAY(2)), "b1 b2"),
        (DAYS.subset_with_partition_keys([DAY(1)]), "b1"),
    ],
)
def test_partitions(world: World, partitions: Any, ran: str) -> None:
    assert world.make("b", partitions=partitions) == ran


def test_a_partition_may_be_called_all(world: World) -> None:
    made = asset(name="whole", partitions_def=StaticPartitionsDefinition(["all", "some"]))(lambda context: 1)
    result = materialize([made], partition_key="all", instance=world.store, progress=False)
    assert result.planned == 1


@pytest.mark.parametrize(
    ("what", "ran", "left"), [("a", "a3 a5", 0), ("b", "b2 b4", 3), ("a or b", "a3 a5 b2 b3 b4 b5", 1)]
)
def test_by_default_what_is_missing_failed_or_stale_is_made(world: World, what: str, ran: str, left: int) -> None:
    """What is fresh, or empty, is not. What can't be made is left: 6 of b, since a is empty; of b alone 3 and 5 too."""
    assert world.make(what) == ran
    assert world.make(what) == ""
    assert world.result.planned == left


def test_the_word_for_the_default_is_needed(world: World) -> None:
    assert world.make("b", only="needed", upstream=True) == "a3 a5 b2 b3 b4 b5"


def test_without_partitions_it_is_made_anew_among_others_too(world: World) -> None:
    """What is named and has no partitions is made in any case; ``only`` narrows that as well."""
    ran: list[str] = []
    alone = asset(name="alone")(lambda: ran.append("alone"))
    listed = [*world.assets(), alone]
    for only, expected in ((None, 1), (None, 2), ("needed", 2), ("all", 3)):
        selection = "a or alone" if only is None else "alone"
        materialize(listed, selection=selection, only=only, instance=world.store, raise_on_error=False, progress=False)
        assert len(ran) == expected


def test_what_stays_stale_since_its_inputs_are_is_said(world: World) -> None:
    """A piece made from a stale one is stale; the result says how many, and how to make both."""
    world.a_version = "2"
    world.make("b", only="stale")
    assert world.result.hint == "2 were made from stale a and stay stale; add `--upstream` to make those first."
    assert world.result.hint in repr(world.result)
    assert world.make("b", only="stale", upstream=True) == "a1 a2 b1 b2"
    assert world.result.hint == ""


def test_what_was_not_made_does_not_stay_stale(world: World) -> None:
    """Only what was made from stale inputs is counted."""
    definition = StaticPartitionsDefinition(["x"])

    def both(version: str) -> list[Any]:
        @asset(partitions_def=definition, code_version=version)
        def d() -> int:
            return 1

        @asset(partitions_def=definition, code_version=version)
        def fails(d: int) -> int:
            if version == "2":
                raise ValueError
            return d

        return [d, fails]

    materialize(both("1"), partitions="all", instance=world.store, progress=False)
    options: dict[str, Any] = {"instance": world.store, "progress": False, "raise_on_error": False}
    result = materialize(both("2"), selection="fails", partitions="x", **options)
    assert (result.hint, len(result.failures)) == ("", 1)


def test_what_is_no_partition_is_called_so(world: World) -> None:
    """A skipped piece that needs a key which does not exist can't be helped by any run."""
    lost = AssetIn(partition_mapping=PartitionMapping.from_function(lambda key: "2013-99-99"))

    @asset(partitions_def=DailyPartitionsDefinition("2013-01-01", end_date="2013-01-03"))
    def d() -> int:
        return 1

    @asset(partitions_def=d.partitions_def, ins={"d": lost})
    def e(d: int) -> int:
        return d

    options: dict[str, Any] = {"instance": world.store, "progress": False, "partitions": "2013-01-01"}
    result = materialize([d, e], raise_on_error=False, **options)
    assert "it needs d[2013-99-99], but there is no such partition" in repr(result)
    with pytest.raises(MissingInputError, match=r"that is not there: .* No run can make d\[2013-99-99\]: there is no"):
        materialize([d, e], **options)


def test_partitions_and_only_together(world: World) -> None:
    assert world.make("b", partitions=f"{DAY(1)}...{DAY(4)}", only="missing", upstream=True) == "a3 b3 b4"


@pytest.mark.parametrize(
    ("what", "ran"),
    [("a", "a1"), ("a+", "a1 b1"), ("+b", "a1 b1"), ("b and a", None), ("*", "a1 b1"), ("* and not b", "a1")],
)
def test_selection(world: World, what: str, ran: str | None) -> None:
    if ran is None:
        with pytest.raises(InvalidInvocationError, match="chooses no asset"):
            world.make(what, partition_key=DAY(1))
    else:
        assert world.make(what, partition_key=DAY(1)) == ran


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        (
            {"partition_key": DAY(1), "partitions": "all"},
            InvalidInvocationError,
            "partition_key or partitions, not both",
        ),
        ({"partition_key": "all"}, UnknownPartitionError, "b: partition_key= names one.*use partitions='all'"),
        ({"partition_key": f"{DAY(1)}..."}, UnknownPartitionError, r"use partitions='2024-03-01\.\.\.'"),
        ({"partition_key": 7}, InvalidInvocationError, "partition_key is a string"),
        ({"partition_key": "2024-04-01"}, UnknownPartitionError, "b: .*2024-04-01"),
        ({"partitions": "2024-03-0"}, UnknownPartitionError, "2024-03-0"),
        ({"partitions": f"{DAY(3)}...{DAY(1)}"}, InvalidPartitionRangeError, "runs backwards.*2024-03-01...2024-03-03"),
        ({"partitions": "a...b...c"}, InvalidPartitionRangeError, "FIRST...LAST"),
        ({"only": "mising"}, InvalidInvocationError, "got 'mising'. Did you mean"),
    ],
)
def test_refused_before_anything_runs(world: World, options: dict[str, Any], error: type[Exception], says: str) -> None:
    runs = len(world.store.runs()) if hasattr(world.store, "runs") else None
    with pytest.raises(error, match=says):
        world.make("b", **options)
    assert world.made == []
    if runs is not None:
        assert len(world.store.runs()) == runs


def test_unknown_names_and_selections(world: World) -> None:
    with pytest.raises(UnknownAssetError, match="no asset 'nope'"):
        world.make("nope")
    with pytest.raises(InvalidSelectionError):
        world.make("a or")
    with pytest.raises(InvalidInvocationError, match="Expected assets"):
        materialize(12, instance=world.store)
    with pytest.raises(UnknownAssetError, match="no asset 'nope'"):
        materialize([*world.assets(), "nope"], instance=world.store)


def test_two_assets_with_one_key(world: World) -> None:
    twice = [asset(name="same")(lambda: 1), asset(name="same")(lambda: 2)]
    with pytest.raises(DuplicateAssetError, match="Two assets have the key 'same'"):
        materialize(twice, instance=world.store)


def test_partitions_of_what_has_none(world: World) -> None:
    alone = asset(name="alone")(lambda: 1)
    with pytest.raises(InvalidInvocationError, match="alone: without partitions"):
        materialize([alone], partitions="all", instance=world.store)


def test_an_asset_selection_object(world: World) -> None:
    result = materialize(
        world.assets(), selection=AssetSelection.assets("a"), partition_key=DAY(1), instance=world.store, progress=False
    )
    assert [str(key) for key in result.counts] == ["a"]


def test_first_error_is_raised_when_all_is_done(world: World) -> None:
    """The person's own error comes out, with a note that names the piece; the other pieces were made."""
    world.fails = {DAY(3), DAY(4)}
    with pytest.raises(ValueError, match="off") as caught:
        materialize(world.assets()[:1], partitions="all", instance=world.store, progress=False)
    assert caught.value.__notes__ == [
        "raised while materializing a[2024-03-03]. 1 more failed; raise_on_error=False returns all of them."
    ]
    assert len(world.made) >= 6
    files = [entry.path.name for entry in caught.traceback]
    assert "steps.py" not in [str(name) for name in files]
