"""The code of a custom mapping is code of the asset; what such a mapping does wrong is known when it is defined."""

from __future__ import annotations

import re
from typing import Any

import pytest

from notebook_assets import (
    AllPartitionMapping,
    AssetDep,
    AssetIn,
    AssetKey,
    DailyPartitionsDefinition,
    Definitions,
    Instance,
    LastPartitionMapping,
    PartitionMapping,
    StaticPartitionsDefinition,
    asset,
    explain,
    materialize,
)
from notebook_assets.assets import AssetGraph
from notebook_assets.assets.fingerprint import fingerprint_changes
from notebook_assets.diagnosis import statuses
from notebook_assets.errors import InvalidMappingError

LETTERS = StaticPartitionsDefinition(["a", "b"])
CODES = {
    "same": "def needs(key):\n    return key",
    "same with a comment": "def needs(key):\n    # the same\n    return key",
    "same otherwise": "def needs(key):\n    return str(key)",
    "by a helper": "def helper(key):\n    return key\ndef needs(key):\n    return helper(key)",
    "by another helper": "def helper(key):\n    return key[:1]\ndef needs(key):\n    return helper(key)",
    "by a constant": "TABLE = {'a': 'a', 'b': 'b'}\ndef needs(key):\n    return TABLE[key]",
    "by another constant": "TABLE = {'a': 'b', 'b': 'b'}\ndef needs(key):\n    return TABLE[key]",
    "by a class": "class Needs(PartitionMapping):\n    def upstream(self, key):\n        return key",
    "by another class": "class Needs(PartitionMapping):\n    def upstream(self, key):\n        return str(key)",
    "the other way": "def needs(key):\n    return key",
}


def mapping_of(source: str) -> PartitionMapping:
    """The mapping that a cell of a notebook would define."""
    space: dict[str, Any] = {"__name__": "__main__", "PartitionMapping": PartitionMapping}
    code = CODES[source]
    exec(code, space)
    if "Needs" in space:
        space["Needs"].upstream.__asset_source__ = re.sub(r"(?m)^ {4}", "", code.partition("\n")[2])
        return space["Needs"]()
    for name in ("needs", "helper"):
        if name in space:
            space[name].__asset_source__ = f"def {name}" + code.partition(f"def {name}")[2].partition("\ndef ")[0]
    if source == "the other way":
        return PartitionMapping.from_function(downstream=space["needs"], one=True)
    return PartitionMapping.from_function(space["needs"], one=True)


def total_with(mapping: PartitionMapping | None, **options: Any) -> Any:
    def total(letter):
        return letter

    return asset(partitions_def=LETTERS, ins={"letter": AssetIn(partition_mapping=mapping)}, **options)(total)


@asset(partitions_def=LETTERS)
def letter(context):
    return context.partition_key


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("same", "same", True),
        ("same", "same with a comment", True),
        ("same", "same otherwise", False),
        ("same", "by a helper", False),
        ("by a helper", "by a helper", True),
        ("by a helper", "by another helper", False),
        ("by a constant", "by a constant", True),
        ("by a constant", "by another constant", False),
        ("by a class", "by a class", True),
        ("by a class", "by another class", False),
    ],
)
def test_a_mappings_code_helpers_and_constants_are_code_of_the_asset(one: str, other: str, is_same: bool) -> None:
    assert (total_with(mapping_of(one)).code == total_with(mapping_of(other)).code) is is_same


@pytest.mark.parametrize(
    "mapping", [None, AllPartitionMapping(), LastPartitionMapping(), PartitionMapping.from_table({"a": "b"})]
)
def test_built_in_mappings_and_tables_are_no_code(mapping) -> None:
    """What they change is noticed as other partitions that are needed."""
    assert total_with(mapping).code == total_with(None).code


def test_a_mappings_code_does_not_count_where_a_code_version_is_given() -> None:
    one, other = (total_with(mapping_of(source), code_version="1") for source in ("same", "same otherwise"))
    assert one.code == other.code == "1"


def test_the_mappings_part_of_the_fingerprint_is_named() -> None:
    one, other = (total_with(mapping_of(source)).fingerprint() for source in ("same", "same otherwise"))
    assert fingerprint_changes(one.parts, other.parts) == ["code of the partition mapping of letter changed"]


@pytest.mark.parametrize(("source", "states"), [("same", "materialized"), ("same otherwise", "stale")])
def test_other_mapping_code_makes_the_pieces_stale_and_is_told_as_the_cause(source: str, states: str) -> None:
    with Instance.ephemeral() as instance:
        first = [letter, total_with(mapping_of("same"))]
        materialize(first, instance=instance, partitions="all", progress=False)
        definitions = Definitions([letter, total_with(mapping_of(source))])
        status = statuses(definitions.graph, instance)[AssetKey("total")]
        assert [state.value for state in status.all_states()] == [states] * 2
        piece = explain("total", "a", definitions=definitions, instance=instance)
        whole = explain("total", definitions=definitions, instance=instance)
    if states == "stale":
        assert piece.why == ("total[a] was made when the code of its partition mapping was other than today's.",)
        assert whole.why == ("2 partitions stale: the code of its partition mapping changed — a...b",)


def test_a_change_of_the_function_itself_is_told_as_such() -> None:
    def total(letter):
        return letter * 2

    with Instance.ephemeral() as instance:
        materialize([letter, total_with(mapping_of("same"))], instance=instance, partitions="all", progress=False)
        mapping = mapping_of("same otherwise")
        changed = asset(partitions_def=LETTERS, ins={"letter": AssetIn(partition_mapping=mapping)})(total)
        definitions = Definitions([letter, changed])
        piece = explain("total", "a", definitions=definitions, instance=instance)
    changes = "the body changed; code of the partition mapping of letter changed"
    assert piece.why == (f"total[a] was made by other code than today's: {changes}.",)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (PartitionMapping.from_function(lambda key: 3), "gave 3 as the upstream keys of 'a'"),
        (
            PartitionMapping.from_function(lambda key: {"a": "a"}[key]),
            "The mapping's function raised KeyError: 'b'. .* was asked for the upstream keys of 'b'",
        ),
        (
            PartitionMapping.from_function(lambda key: key, downstream=lambda key: "a"),
            r"do not agree: downstream\('b'\) names 'a', but upstream\('a'\) does not name 'b'",
        ),
        (PartitionMapping.from_table({"z": "a"}), "The downstream key 'z' of the table"),
        (type("Empty", (PartitionMapping,), {})(), "Empty does not say which keys need which"),
    ],
)
def test_what_a_mapping_does_wrong_is_told_at_definition_time_with_asset_and_dependency(mapping, message) -> None:
    def report(): ...

    with pytest.raises(InvalidMappingError, match=f"^total from letter: .*{message}"):
        AssetGraph([letter, total_with(mapping)])
    with pytest.raises(InvalidMappingError, match=f"^report from letter: .*{message}"):
        AssetGraph([letter, asset(partitions_def=LETTERS, deps=[AssetDep(letter, partition_mapping=mapping)])(report)])
    sound = AssetGraph.sound([letter, total_with(mapping)])
    assert list(sound.problems) == [AssetKey("total")]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda key: 3, r"gave 3 as the upstream keys of '2019-01-01'"),
        (lambda key: {}[key], r"The mapping's function raised KeyError: '2019-01-01'\. .* of '2019-01-01'\."),
    ],
)
def test_a_mapping_of_large_definitions_is_asked_only_when_links_are(answer, message: str) -> None:
    days = DailyPartitionsDefinition("2013-01-01", end_date="2020-01-01")
    asked = []

    class Needs:
        def __call__(self, key):
            asked.append(key)
            return answer(key) if key == "2019-01-01" else key

    @asset(partitions_def=days)
    def day(): ...

    @asset(partitions_def=days, ins={"day": AssetIn(partition_mapping=PartitionMapping.from_function(Needs()))})
    def total(day): ...

    graph = AssetGraph([day, total])
    assert asked == []
    with (
        Instance.ephemeral() as instance,
        pytest.raises(InvalidMappingError, match=f"^total from day: .*{message}") as it,
    ):
        statuses(graph, instance)
    assert it.value.at_fault == (AssetKey("total"),)
