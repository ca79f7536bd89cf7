"""One call makes several assets: what it may give, what is recorded of each, what one's failure does to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from notebook_assets import (
    AssetKey,
    AssetMaterialization,
    AssetOut,
    AssetSpec,
    Instance,
    MaterializeResult,
    Output,
    StaticPartitionsDefinition,
    asset,
    materialize,
    multi_asset,
)
from notebook_assets.errors import EmptyPieceError, NotebookAssetsError, OutputTypeError, ValueNotFoundError
from notebook_assets.run import RunResult

TWO = {"a": AssetOut(), "b": AssetOut()}
OPTIONAL = {"a": AssetOut(is_required=False), "b": AssetOut(is_required=False)}
SPECS = [AssetSpec("a"), AssetSpec("b")]
LETTERS = StaticPartitionsDefinition(["x", "y"])


def run(*assets: Any, **options: Any) -> RunResult:
    options.setdefault("instance", Instance.ephemeral())
    return materialize(list(assets), progress=False, **options)


def values(result: RunResult) -> dict[str, object]:
    """The value of each asset; the name of the error where there is none."""
    found: dict[str, object] = {}
    for key in result.planned_by_asset:
        try:
            found[key.name] = result.asset_value(key)
        except NotebookAssetsError as error:
            found[key.name] = type(error)
    return found


def returning(value: Callable[[], Any]) -> Callable[[], Any]:
    def made() -> Any:
        return value()

    return made


def yielding(*things: Callable[[], Any]) -> Callable[[], Any]:
    def made() -> Any:
        for thing in things:
            yield thing()

    return made


@pytest.mark.parametrize(
    ("makes", "fn", "expected"),
    [
        ({"outs": TWO}, returning(lambda: (1, 2)), {"a": 1, "b": 2}),
        ({"outs": TWO}, returning(lambda: (Output(1), 2)), {"a": 1, "b": 2}),
        ({"outs": TWO}, yielding(lambda: Output(2, "b"), lambda: Output(1, "a")), {"a": 1, "b": 2}),
        ({"outs": TWO}, returning(lambda: (MaterializeResult("b", value=2), MaterializeResult("a", value=1))),
         {"a": 1, "b": 2}),
        ({"outs": OPTIONAL}, yielding(lambda: Output(1, "a")), {"a": 1, "b": EmptyPieceError}),
        ({"outs": {"a": AssetOut()}}, returning(lambda: (7,)), {"a": (7,)}),
        ({"specs": SPECS}, returning(lambda: None), {"a": ValueNotFoundError, "b": ValueNotFoundError}),
        ({"specs": SPECS}, yielding(lambda: MaterializeResult("a", value=1)), {"a": 1, "b": ValueNotFoundError}),
        ({"specs": [AssetSpec("a", skippable=True)]}, yielding(), {"a": EmptyPieceError}),
    ],
)  # fmt: skip
def test_what_a_call_may_give(makes: dict[str, Any], fn: Callable[[], Any], expected: dict[str, object]) -> None:
    assert values(run(multi_asset(**makes)(fn))) == expected


@pytest.mark.parametrize(
    ("makes", "fn", "words"),
    [
        ({"outs": TWO}, returning(lambda: {"a": 1, "b": 2}), "returned a dict, but makes several assets"),
        ({"outs": TWO}, returning(lambda: (1,)), "returned a tuple of 1, but is to give 2 outputs: a, b"),
        ({"outs": TWO}, returning(lambda: (Output(1, "b"), 2)), "returned the output 'b' where 'a' is expected"),
        ({"outs": TWO}, yielding(lambda: Output(1, "aa")), r"an output called 'aa'; it has a, b"),
        ({"outs": TWO}, yielding(lambda: Output(1, "a")), "did not give 'b'"),
        ({"outs": TWO}, yielding(lambda: Output(1, "a"), lambda: Output(1, "a")), "gave a twice"),
        ({"outs": TWO}, yielding(lambda: 5), "yielded an int"),
        ({"outs": TWO}, yielding(lambda: MaterializeResult("z")), "of z, which it does not make"),
        ({"outs": TWO}, yielding(lambda: MaterializeResult()), "without saying of which asset"),
        ({"outs": TWO}, yielding(lambda: Output(Output(1), "a")), "was given an Output as its value"),
        ({"specs": SPECS}, returning(lambda: (1, 2)), "returned values, but its assets are defined by specs"),
        ({"specs": [AssetSpec("a", skippable=True), AssetSpec("b")]}, returning(lambda: None), "Say what was"),
    ],
)
def test_what_a_call_may_not_give(makes: dict[str, Any], fn: Callable[[], Any], words: str) -> None:
    with pytest.raises(OutputTypeError, match=words):
        run(multi_asset(**makes)(fn))


def test_what_was_recorded_before_a_failure_stays_and_the_rest_has_failed() -> None:
    @multi_asset(outs=TWO)
    def both() -> Any:
        yield Output(1, "a")
        raise ValueError("no more")

    store = Instance.ephemeral()
    result = run(both, instance=store, raise_on_error=False)
    assert not result.success
    assert [failure.key.name for failure in result.failures] == ["b"]
    assert store.load("a") == 1


def test_an_error_after_all_outputs_is_not_lost() -> None:
    @multi_asset(outs=TWO)
    def both() -> Any:
        yield Output(1, "a")
        yield Output(2, "b")
        raise ValueError("late")

    with pytest.raises(ValueError, match="late"):
        run(both)


def test_metadata_and_data_versions_belong_to_one_output() -> None:
    @multi_asset(outs=TWO)
    def both(context: Any) -> Any:
        context.add_output_metadata({"rows": 1}, output_name="a")
        context.add_asset_metadata({"rows": 2}, asset_key="b")
        yield AssetMaterialization("b", metadata={"told": True})
        yield Output(1, "a", metadata={"more": 3})
        yield Output(2, "b")

    store = Instance.ephemeral()
    run(both, instance=store)
    first, second = store.latest("a"), store.latest("b")
    assert first is not None
    assert second is not None
    assert {name: each.value for name, each in first.metadata.items()} == {"rows": 1, "more": 3}
    assert {name: each.value for name, each in second.metadata.items()} == {"rows": 2, "told": True}


def test_one_of_several_is_made_with_the_others_unless_it_can_be_made_alone() -> None:
    calls: list[set[str]] = []

    def fn(context: Any) -> Any:
        calls.append({key.name for key in context.selected_asset_keys})
        for key in context.selected_asset_keys:
            yield MaterializeResult(key)

    result = run(multi_asset(specs=SPECS)(fn), selection=["a"])
    assert result.hint == "b is made together with a, by one call."
    run(multi_asset(specs=SPECS, can_subset=True)(fn), selection=["a"])
    assert calls == [{"a", "b"}, {"a"}]


def test_what_is_made_in_parts_is_called_once_for_each_part_that_must_wait() -> None:
    calls: list[list[str]] = []

    @multi_asset(specs=[AssetSpec("a"), AssetSpec("b", deps=["between"]), AssetSpec("c")], can_subset=True)
    def parts(context: Any) -> Any:
        calls.append(sorted(key.name for key in context.selected_asset_keys))
        for key in context.selected_asset_keys:
            yield MaterializeResult(key)

    @asset(deps=["a"])
    def between() -> int:
        calls.append(["between"])
        return 1

    assert run(parts, between).success
    assert calls == [["a", "c"], ["between"], ["b"]]


def test_what_one_is_made_from_inside_the_call_is_recorded_and_makes_nothing_stale() -> None:
    @asset
    def raw() -> int:
        return 1

    @multi_asset(outs=TWO, internal_asset_deps={"a": {AssetKey("raw")}, "b": {AssetKey("a")}})
    def both(raw: int) -> Any:
        yield Output(raw + 1, "b")  # before what it is made from
        yield Output(raw, "a")

    store = Instance.ephemeral()
    run(raw, both, instance=store)
    assert run(raw, both, instance=store, only="needed").planned == 0
    run(raw, instance=store)
    assert run(raw, both, instance=store, only="needed").planned == 0  # the same value as before


def test_every_partition_is_one_call_and_a_part_may_lack_its_input() -> None:
    @asset(partitions_def=LETTERS)
    def letters(context: Any) -> str:
        if context.partition_key == "y":
            raise ValueError("no y")
        return str(context.partition_key)

    @multi_asset(outs=TWO, partitions_def=LETTERS)
    def both(letters: str) -> tuple[str, str]:
        return letters, letters.upper()

    store = Instance.ephemeral()
    result = run(letters, both, partitions="all", raise_on_error=False, instance=store)
    assert store.load("b", "x") == "X"
    assert sorted(skip.piece for skip in result.skips) == ["a[y]", "b[y]"]
