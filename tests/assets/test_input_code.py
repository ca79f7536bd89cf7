"""Which asset a parameter stands for is a part of what makes a piece stale; where it is called so, nothing is added."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    AssetsDefinition,
    Definitions,
    Instance,
    MaterializeResult,
    asset,
    explain,
    materialize,
    rename_asset,
)
from notebook_assets.assets.fingerprint import fingerprint_changes

SOURCES = [asset(name=name)(lambda: 1) for name in "xyz"]


def less(p: int, q: int) -> int:
    return p - q


def difference(**ins: Any) -> AssetsDefinition:
    return asset(
        name="a", ins={name: each if isinstance(each, AssetIn) else AssetIn(each) for name, each in ins.items()}
    )(less)


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ({"p": "y", "q": "x"}, "the input `p` is another asset now: y; the input `q` is another asset now: x"),
        ({"p": "x", "q": "z"}, "the input `q` is another asset now: z"),
        ({"p": "x", "q": AssetIn("y", metadata={"sheet": 2})}, "the metadata of input q changed"),
    ],
)
def test_other_inputs_make_a_piece_stale(later: dict[str, Any], said: str) -> None:
    store = Instance.ephemeral()
    before = difference(p="x", q="y")
    materialize([*SOURCES, before], instance=store, progress=False)
    assert said in str(explain("a", instance=store, definitions=Definitions([*SOURCES, difference(**later)])))
    same = str(explain("a", instance=store, definitions=Definitions([*SOURCES, difference(p="x", q="y")])))
    assert said not in same
    assert "stale" not in same


def test_a_parameter_that_is_called_as_its_asset_adds_nothing() -> None:
    def total(x: int) -> int:
        return x

    plain = asset(total)
    assert asset(ins={"x": AssetIn("x")})(total).code == plain.code == plain.fingerprint().digest
    assert asset(ins={"x": AssetIn(metadata={"allow_missing_partitions": True})})(total).code == plain.code
    prefixed = asset(key_prefix="w", ins={"x": AssetIn(key_prefix="w")})(total)
    assert prefixed.code == plain.code
    assert asset(ins={"x": AssetIn(key_prefix="w")})(total).code != plain.code


def test_a_code_version_stands_for_the_inputs_too() -> None:
    one, other = (asset(name="a", code_version="1", ins={"p": AssetIn(of)})(lambda p: p) for of in "xy")
    assert one.code == other.code


def test_an_input_that_was_renamed_in_the_store_is_the_same_asset() -> None:
    store = Instance.ephemeral()
    materialize([*SOURCES, difference(p="x", q="y")], instance=store, progress=False)
    rename_asset("x", "u", instance=store)
    rename_asset("u", "w", instance=store)
    sources = [asset(name=name)(lambda: 1) for name in "wyz"]
    for ins, is_stale in (({"p": "w", "q": "y"}, False), ({"p": "z", "q": "y"}, True), ({"p": "y", "q": "w"}, True)):
        said = str(explain("a", instance=store, definitions=Definitions([*sources, difference(**ins)])))
        assert ("stale" in said) == is_stale


def test_metadata_that_can_not_be_taken_apart_counts_by_its_names() -> None:
    class Opaque:
        def __reduce_ex__(self, protocol: Any) -> Any:
            raise TypeError

    one, other = (asset(name="a", ins={"x": AssetIn(metadata={"by": Opaque()})})(lambda x: x) for _ in range(2))
    assert one.code == other.code


def test_inputs_that_were_others_are_told() -> None:
    assert fingerprint_changes({"input p": "input:x"}, {}) == ["the input `p` is another asset now"]


@pytest.mark.parametrize("copied", ["deep", "pickled"])
def test_a_copied_result_has_no_value_either(copied: str) -> None:
    change = copy.deepcopy if copied == "deep" else lambda given: pickle.loads(pickle.dumps(given))
    store = Instance.ephemeral()
    made = asset(name="made")(lambda: change(MaterializeResult(metadata={"rows": 1})))
    materialize([made], instance=store, progress=False)
    assert store.latest(AssetKey("made")).format is None
