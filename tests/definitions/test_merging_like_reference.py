"""Definitions merged at random, and keys that come from names and prefixes: the same whole, or refused, as there."""

from __future__ import annotations

from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import notebook_assets

REFUSED = "refused"


def things(dg: Any) -> dict[str, dict[str, Any]]:
    """Return what definitions may hold; whatever is drawn twice is one and the same object."""

    def looked(a):  # type: ignore[no-untyped-def]
        return dg.AssetCheckResult(passed=True)

    a, b, again, from_a = (dg.asset(name=name)(fn) for name, fn in NAMED)
    return {
        "assets": {"a": a, "b": b, "another a": again, "made from a": from_a, "spec": dg.AssetSpec("s")},
        "asset_checks": {
            "check": dg.asset_check(asset="a")(looked),
            "other": dg.asset_check(asset="a", name="o")(looked),
        },
        "jobs": {
            "job": dg.define_asset_job("j", selection="a"),
            "another job": dg.define_asset_job("j", selection="a"),
            "other job": dg.define_asset_job("k", selection="a"),
        },
        "resources": {"db": ("db", "first"), "same db": ("db", "first"), "another db": ("db", "second"), "x": ("x", 3)},
    }


NAMED = [("a", lambda: 1), ("b", lambda: 2), ("a", lambda: 3), ("c", lambda a: a)]
WORDS = {name: sorted(held) for name, held in things(notebook_assets).items()}
PART = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(words), max_size=2, unique=True) for name, words in WORDS.items()}
)


def merged(dg: Any, parts: list[dict[str, list[str]]]) -> Any:
    """Return what the merged definitions hold; or that they were refused, at once or when they are resolved."""
    known = things(dg)
    try:
        each = [
            dg.Definitions(
                **{
                    name: dict(known[name][word] for word in words)
                    if name == "resources"
                    else [known[name][word] for word in words]
                    for name, words in part.items()
                }
            )
            for part in parts
        ]
        whole = dg.Definitions.merge(*each)
        dg.Definitions.validate_loadable(whole)
        if {word for part in parts for word in part.get("assets", ())} - {"spec"}:
            whole.resolve_implicit_global_asset_job_def()
    except Exception:  # the libraries have errors of their own
        return REFUSED
    return {
        "assets": sorted(spec.key.to_user_string() for spec in whole.resolve_all_asset_specs()),
        "checks": sorted({each.check_key.to_user_string() for each in whole.asset_checks or ()}),
        "jobs": sorted({each.name for each in whole.jobs or ()}),
        "resources": {name: str(value) for name, value in (whole.resources or {}).items()},
    }


@settings(max_examples=60, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(PART, min_size=1, max_size=3))
def test_what_is_merged_holds_the_same(parts: list[dict[str, list[str]]]) -> None:
    # A check of what is no asset, and a job of nothing, are refused only here.
    if any(part.get("asset_checks") or part.get("jobs") for part in parts):
        parts = [{"assets": ["a"]}, *parts]
    assert merged(notebook_assets, parts) == merged(dagster, parts)


def keys(definition: Any) -> list[Any]:
    return sorted(key.path for key in definition.keys) + sorted(key.path for key in definition.dependency_keys)


def fn():  # type: ignore[no-untyped-def]  # the reference reads annotations
    return 1


PREFIXED: dict[str, Any] = {
    "asset": lambda dg: dg.asset(name="a", key_prefix="p")(lambda: 1),
    "asset, list": lambda dg: dg.asset(name="a", key_prefix=["p", "q"])(lambda: 1),
    "asset, key": lambda dg: dg.asset(key=["p", "a"])(lambda: 1),
    "asset, key and prefix": lambda dg: dg.asset(key="a", key_prefix="p")(lambda: 1),
    "asset, empty prefix": lambda dg: dg.asset(name="a", key_prefix=[])(lambda: 1),
    "an input keeps its own prefix": lambda dg: dg.asset(name="a", key_prefix="p")(lambda b: 1),
    "AssetIn": lambda dg: dg.asset(name="a", ins={"b": dg.AssetIn(key_prefix="q")})(lambda b: 1),
    "AssetIn, key": lambda dg: dg.asset(name="a", ins={"b": dg.AssetIn(key=["q", "c"])})(lambda b: 1),
    "AssetIn, both": lambda dg: dg.asset(name="a", ins={"b": dg.AssetIn(key="c", key_prefix="q")})(lambda b: 1),
    "AssetIn, text": lambda dg: dg.asset(name="a", ins={"b": dg.AssetIn("c")})(lambda b: 1),
    "AssetOut": lambda dg: dg.multi_asset(name="m", outs={"a": dg.AssetOut(key_prefix="p"), "b": dg.AssetOut()})(fn),
    "AssetOut, key": lambda dg: dg.multi_asset(name="m", outs={"a": dg.AssetOut(key=["p", "x"])})(fn),
    "AssetOut, both": lambda dg: dg.multi_asset(name="m", outs={"a": dg.AssetOut(key="x", key_prefix="p")})(fn),
    "specs": lambda dg: dg.multi_asset(name="m", specs=[dg.AssetSpec(["p", "a"], deps=["b"])])(lambda: 1),
    "deps": lambda dg: dg.asset(name="a", deps=["b", dg.AssetKey(["q", "c"]), ["r", "d"]])(lambda: 1),
    "graph asset": lambda dg: dg.graph_asset(name="a", key_prefix=["p", "q"])(lambda: dg.op(name="o")(fn)()),
    "graph asset, key": lambda dg: dg.graph_asset(key=["p", "a"])(lambda: dg.op(name="o")(fn)()),
    "source": lambda dg: _Keyed(dg.SourceAsset(["p", "a"]).key),
    "observable": lambda dg: _Keyed(
        dg.observable_source_asset(name="a", key_prefix="p")(lambda: dg.DataVersion("1")).key
    ),
    "a name with a dot": lambda dg: dg.asset(name="a.b")(lambda: 1),
    "a check": lambda dg: _Keyed(dg.asset_check(asset=["p", "a"])(looked_at(dg)).check_key.asset_key),
    "a check of a definition": lambda dg: _Keyed(
        dg.asset_check(asset=dg.asset(name="a", key_prefix="p")(lambda: 1))(looked_at(dg)).check_key.asset_key
    ),
}


class _Keyed:
    """Anything that has a key, as definitions have several."""

    dependency_keys: tuple[Any, ...] = ()

    def __init__(self, key: Any) -> None:
        self.keys = {key}


def looked_at(dg: Any) -> Any:
    def looked() -> Any:
        return dg.AssetCheckResult(passed=True)

    looked.__annotations__ = {}
    return looked


def keys_or_refused(dg: Any, case: str) -> Any:
    try:
        return keys(PREFIXED[case](dg))
    except Exception:
        return REFUSED


@pytest.mark.filterwarnings("ignore:.*SourceAsset.* is deprecated", "ignore:.*is currently in beta")
@pytest.mark.parametrize("case", PREFIXED)
def test_names_and_prefixes_give_the_same_keys(case: str) -> None:
    assert keys_or_refused(notebook_assets, case) == keys_or_refused(dagster, case)
