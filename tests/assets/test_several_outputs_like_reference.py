"""What a function of several outputs may be annotated to return, and tags that are no texts: beside the reference."""

import json
import typing
from collections.abc import Callable, Iterator
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets.assets import fingerprint_source

PACKAGES = (notebook_assets, dagster)


def refused(make: Callable[[Any], Any], package: Any) -> bool:
    """Whether a package refuses what a function defines with it."""
    try:
        make(package)
    except (dagster.DagsterError, notebook_assets.NotebookAssetsError):
        return True
    return False


def annotated(returned: Any, is_generator: bool = False) -> Callable[[], Any]:
    """A function that is annotated to return something."""

    def both() -> Any:
        return 1, 2

    def yields() -> Any:
        yield 1

    found = yields if is_generator else both
    found.__annotations__["return"] = returned
    return found


WAYS: dict[str, Callable[[Any, Callable[[], Any]], Any]] = {
    "multi_asset of outs": lambda package, fn: package.multi_asset(
        outs={"a": package.AssetOut(), "b": package.AssetOut()}
    )(fn),
    "multi_asset of specs": lambda package, fn: package.multi_asset(
        specs=[package.AssetSpec("a"), package.AssetSpec("b")]
    )(fn),
    "op": lambda package, fn: package.op(out={"a": package.Out(), "b": package.Out()})(fn),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "returned",
    [int, str, list[int], dict, tuple[int], tuple[int, str, float], tuple[int, str], typing.Tuple[int, str], "int"],  # noqa: UP006
    ids=str,
)
def test_one_thing_or_another_number_is_refused_for_two_outputs(way: str, returned: Any) -> None:
    ours, theirs = (refused(lambda each: WAYS[way](each, annotated(returned)), package) for package in PACKAGES)
    assert ours == theirs


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("returned", [int, tuple[int], Iterator[int]], ids=str)
def test_what_a_generator_is_annotated_with_is_not_looked_at(way: str, returned: Any) -> None:
    ours, theirs = (refused(lambda each: WAYS[way](each, annotated(returned, True)), package) for package in PACKAGES)
    assert (ours, theirs) == (False, False)


@pytest.mark.parametrize("returned", [Any, object, tuple, tuple[int, ...], None, Iterator[int], "NotImported"], ids=str)
def test_what_may_hold_two_passes_here(returned: Any) -> None:
    assert not refused(lambda each: WAYS["multi_asset of outs"](each, annotated(returned)), notebook_assets)


def test_the_error_says_what_to_write() -> None:
    with pytest.raises(notebook_assets.InvalidDefinitionError, match=r"both gives 2 outputs \(a, b\).*tuple\[Any, Any"):
        WAYS["op"](notebook_assets, annotated(int))


TAGS = [3, 1.5, True, None, {"b": 1, "a": [2, None]}, [1, "x"], "text", (1, 2), {1: 2}, {1, 2}, object(), 1j]


@pytest.mark.parametrize("value", TAGS, ids=lambda value: type(value).__name__)
def test_a_tag_of_an_op_that_is_no_text_is_json(value: Any) -> None:
    def tags(package: Any) -> Any:
        @package.op(tags={"tag": value})
        def one() -> None: ...

        return one.tags

    is_refused = refused(tags, notebook_assets)
    assert is_refused == refused(tags, dagster)
    assert is_refused or tags(notebook_assets) == tags(dagster)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_tags_of_graphs_nodes_and_jobs_are_json_too(package: Any) -> None:
    @package.op
    def one() -> None: ...

    @package.graph(tags={"graph": {"x": 1}})
    def both() -> None:
        one.tag({"node": {"k": 1}})()

    job = both.to_job(tags={"job": [1]})
    assert job.tags == {"graph": '{"x": 1}', "job": "[1]"}
    assert json.loads(job.nodes[0].tags["node"] if package is dagster else job.nodes[0].options.tags["node"]) == {
        "k": 1
    }


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_several_observed_sources_say_what_they_are(package: Any) -> None:
    @package.multi_observable_source_asset(
        specs=[package.AssetSpec("a", group_name="g", deps=["z"]), package.AssetSpec("b")],
        can_subset=True,
        required_resource_keys={"r"},
        check_specs=[package.AssetCheckSpec("c", asset="a")],
    )
    def look(context):  # type: ignore[no-untyped-def]  # the reference takes no other annotation
        ...

    key = package.AssetKey
    assert look.can_subset
    assert {name: set(found) for name, found in look.asset_deps.items()} == {key("a"): {key("z")}, key("b"): set()}
    assert set(look.required_resource_keys) - {"io_manager"} == {"r"}
    assert set(look.check_keys) == {package.AssetCheckKey(key("a"), "c")}
    assert look.group_names_by_key == {key("a"): "g", key("b"): "default"}
    assert set(look.dependency_keys) == {key("z")}


def test_a_group_for_all_sources_beside_one_of_a_spec_is_refused() -> None:
    def make(package: Any) -> Any:
        def look(): ...  # type: ignore[no-untyped-def]  # the reference takes no other annotation

        specs = [package.AssetSpec("a", group_name="g"), package.AssetSpec("b")]
        return package.multi_observable_source_asset(specs=specs, group_name="h")(look)

    for package in PACKAGES:
        with pytest.raises(Exception, match="group_name"):
            make(package)


def test_a_source_that_the_parser_refuses_once_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    real, failing = fingerprint_source.ast.parse, [SystemError("AST constructor recursion depth mismatch")]

    def parse(text: str) -> Any:
        if failing:
            raise failing.pop()
        return real(text)

    monkeypatch.setattr(fingerprint_source.ast, "parse", parse)
    assert fingerprint_source.parsed("x = 1").body
    assert not failing


def test_a_source_that_the_parser_always_refuses_is_said_to_be_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(text: str) -> Any:
        raise SystemError("AST constructor recursion depth mismatch")

    monkeypatch.setattr(fingerprint_source.ast, "parse", parse)

    def one() -> int:
        return 1

    one.__dict__["__asset_source__"] = "def one(): return 1"
    assert "compiled code counts" in fingerprint_source.function_syntax(one).note
