"""When what is wrong is refused: where it is written, put together, resolved or run, as in the reference or earlier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dagster
import pytest

import notebook_assets

pytestmark = [
    pytest.mark.usefixtures("quiet_reference"),
    pytest.mark.filterwarnings("ignore:Parameter .* is currently in beta"),
]
MOMENTS = ("written", "put together", "resolved", "run", "never")


def moment(dg: Any, write: Callable[[Any], Any]) -> str:
    """Return when what a function writes is refused. It returns assets, or the arguments of Definitions."""
    try:
        written = write(dg)
    except Exception:  # the libraries have errors of their own
        return "written"
    arguments = written if isinstance(written, dict) else {"assets": written}
    try:
        definitions = dg.Definitions(**arguments)
    except Exception:
        return "put together"
    try:
        dg.Definitions.validate_loadable(definitions)
        job = definitions.resolve_implicit_global_asset_job_def()
    except Exception:
        return "resolved"
    with dg.DagsterInstance.ephemeral() as instance:
        try:
            success = job.execute_in_process(instance=instance, raise_on_error=False).success
        except Exception:
            return "run"
    return "never" if success else "run"


def named(dg: Any, name: str, **options: Any) -> Any:
    return dg.asset(name=name, **options)(lambda: 1)


def made_from(dg: Any, name: str, *ups: str, **options: Any) -> Any:
    def fn(**inputs):  # type: ignore[no-untyped-def]
        return 1

    return dg.asset(name=name, ins={f"x{up}": dg.AssetIn(up) for up in ups}, **options)(fn)


def wrong_input(dg: Any) -> Any:
    @dg.asset(ins={"other": dg.AssetIn("a")})
    def b(x): ...  # type: ignore[no-untyped-def]

    return [b]


def with_default(dg: Any) -> Any:
    @dg.asset
    def b(x=3): ...  # type: ignore[no-untyped-def]

    return [b]


def both_in_and_dep(dg: Any) -> Any:
    @dg.asset(deps=["a"])
    def b(a): ...  # type: ignore[no-untyped-def]

    return [named(dg, "a"), b]


def starred(dg: Any) -> Any:
    @dg.asset
    def b(*args): ...  # type: ignore[no-untyped-def]

    return [b]


def several(dg: Any, **options: Any) -> Any:
    @dg.multi_asset(**options)
    def m():  # type: ignore[no-untyped-def]
        return 1, 2

    return [m]


def named_check(dg: Any, asset: Any, **options: Any) -> Any:
    def looked():  # type: ignore[no-untyped-def]
        return dg.AssetCheckResult(passed=True)

    return dg.asset_check(asset=asset, **options)(looked)


def job(dg: Any, **options: Any) -> Any:
    return dg.define_asset_job("j", **options)


CASES: dict[str, Callable[[Any], Any]] = {
    "fine": lambda dg: [named(dg, "a"), made_from(dg, "b", "a")],
    "a name with a space": lambda dg: [named(dg, "a b")],
    "an empty name": lambda dg: [named(dg, "")],
    "a key and a name": lambda dg: [named(dg, "a", key="b")],
    "a group with a space": lambda dg: [named(dg, "a", group_name="x y")],
    "an owner that is none": lambda dg: [named(dg, "a", owners=["me"])],
    "partitions that are none": lambda dg: [named(dg, "a", partitions_def="days")],
    "metadata that is no dict": lambda dg: [named(dg, "a", metadata=[1])],
    "an input that is no parameter": wrong_input,
    "a parameter with a default": with_default,
    "an input that is also in deps": both_in_and_dep,
    "stars": starred,
    "deps twice": lambda dg: [named(dg, "a"), named(dg, "b", deps=["a", "a"])],
    "deps on itself": lambda dg: [named(dg, "a", deps=["a"])],
    "an input from itself": lambda dg: [made_from(dg, "a", "a")],
    "a dep that is no asset": lambda dg: [named(dg, "a", deps=["zzz"])],
    "a dep of a wrong kind": lambda dg: [named(dg, "a", deps=[3])],
    "an unknown resource": lambda dg: [named(dg, "a", required_resource_keys={"db"})],
    "an unknown IO manager": lambda dg: [named(dg, "a", io_manager_key="warehouse")],
    "an IO manager twice": lambda dg: [
        named(dg, "a", io_manager_key="x", io_manager_def=dg.mem_io_manager, resource_defs={"x": 3})
    ],
    "a retry policy of a wrong kind": lambda dg: [named(dg, "a", retry_policy=3)],
    "a negative retry policy": lambda dg: [named(dg, "a", retry_policy=dg.RetryPolicy(max_retries=-1))],
    "backoff without delay": lambda dg: dg.RetryPolicy(backoff=dg.Backoff.LINEAR),
    "a wrong config schema": lambda dg: [named(dg, "a", config_schema=object())],
    "a wrong config schema of a check": lambda dg: [named_check(dg, "a", config_schema={"n": object()})],
    "a wrong config schema of several": lambda dg: several(dg, outs={"a": dg.AssetOut()}, config_schema=3),
    "a wrong config schema of an op": lambda dg: dg.op(name="a", config_schema=[int, str])(lambda: 1),
    "outs and specs": lambda dg: several(dg, outs={"a": dg.AssetOut()}, specs=[dg.AssetSpec("b")]),
    "no outs": lambda dg: several(dg, outs={}),
    "neither outs nor specs": lambda dg: several(dg),
    "two outs of one key": lambda dg: several(dg, outs={"a": dg.AssetOut(key="k"), "b": dg.AssetOut(key="k")}),
    "two specs of one key": lambda dg: several(dg, specs=[dg.AssetSpec("a"), dg.AssetSpec("a")]),
    "inside of what is no out": lambda dg: several(
        dg, outs={"a": dg.AssetOut(), "b": dg.AssetOut()}, internal_asset_deps={"c": set()}
    ),
    "inside from what is no input": lambda dg: several(
        dg, outs={"a": dg.AssetOut(), "b": dg.AssetOut()}, internal_asset_deps={"a": {dg.AssetKey("zzz")}}
    ),
    "a check spec of another asset": lambda dg: [
        named(dg, "a", check_specs=[dg.AssetCheckSpec("c", asset="b")]),
        named(dg, "b"),
    ],
    "two check specs of one name": lambda dg: [
        named(dg, "a", check_specs=[dg.AssetCheckSpec("c", asset="a"), dg.AssetCheckSpec("c", asset="a")])
    ],
    "a check without its asset": lambda dg: {"asset_checks": [named_check(dg, "a")]},
    "two checks of one name": lambda dg: {
        "assets": [named(dg, "a")],
        "asset_checks": [named_check(dg, "a"), named_check(dg, "a")],
    },
    "a check of two inputs": lambda dg: {
        "assets": [named(dg, "a")],
        "asset_checks": [dg.asset_check(asset="a")(lambda a, b: dg.AssetCheckResult(passed=True))],
    },
    "a check with a wrong retry policy": lambda dg: {
        "assets": [named(dg, "a")],
        "asset_checks": [named_check(dg, "a", retry_policy=3)],
    },
    "two assets of one key": lambda dg: [named(dg, "a"), named(dg, "a")],
    "one asset twice": lambda dg: [(one := named(dg, "a")), one],
    "a circle": lambda dg: [made_from(dg, "a", "b"), made_from(dg, "b", "a")],
    "something that is no asset": lambda dg: [3],
    "a function that is no asset": lambda dg: [lambda: 1],
    "partitions that can't be mapped": lambda dg: [
        named(dg, "a", partitions_def=dg.DailyPartitionsDefinition("2024-01-01")),
        made_from(dg, "b", "a", partitions_def=dg.StaticPartitionsDefinition(["x"])),
    ],
    "a mapping for an asset without partitions": lambda dg: [
        named(dg, "a"),
        dg.asset(
            name="b",
            ins={"a": dg.AssetIn(partition_mapping=dg.TimeWindowPartitionMapping(start_offset=-1))},
            partitions_def=dg.StaticPartitionsDefinition(["x"]),
        )(lambda a: 1),
    ],
    "two jobs of one name": lambda dg: {"assets": [named(dg, "a")], "jobs": [job(dg), job(dg)]},
    "one job twice": lambda dg: {"assets": [named(dg, "a")], "jobs": [(one := job(dg)), one]},
    "a job of what is no asset": lambda dg: {"assets": [named(dg, "a")], "jobs": [job(dg, selection=["zzz"])]},
    "a selection that can't be read": lambda dg: {"assets": [named(dg, "a")], "jobs": [job(dg, selection="a and")]},
    "a job without a name": lambda dg: {"assets": [named(dg, "a")], "jobs": [dg.define_asset_job("")]},
    "a job with a space": lambda dg: {"assets": [named(dg, "a")], "jobs": [dg.define_asset_job("a b")]},
    "a job's wrong config": lambda dg: {
        "assets": [named(dg, "a", config_schema={"n": int})],
        "jobs": [job(dg, config={"ops": {"a": {"config": {"n": "x"}}}})],
    },
    "a resource with a strange name": lambda dg: {"assets": [named(dg, "a")], "resources": {"a b": 3}},
    "resources that are no dict": lambda dg: {"assets": [named(dg, "a")], "resources": [3]},
    "a graph asset of no op": lambda dg: [dg.graph_asset(name="a")(lambda: 3)],
    "a wrong partition mapping": lambda dg: [
        dg.asset(name="b", ins={"a": dg.AssetIn(partition_mapping="last")})(lambda a: 1)
    ],
    "ins of a wrong kind": lambda dg: [dg.asset(name="b", ins={"a": "a"})(lambda a: 1)],
    "kinds, too many": lambda dg: [named(dg, "a", kinds={"a", "b", "c", "d"})],
    "a wrong type": lambda dg: [named(dg, "a", dagster_type=3)],
}


LATER = {
    "a name with a space": "never",
    "a job with a space": "never",
    "a resource with a strange name": "never",
    "deps on itself": "put together",
    "an input from itself": "put together",
}
"""What differs on purpose: names may be of any characters; circles are looked for in the whole."""

EARLIER = {
    "no outs",
    "neither outs nor specs",
    "two specs of one key",
    "a check without its asset",
    "two checks of one name",
    "two assets of one key",
    "a circle",
    "partitions that can't be mapped",
    "a mapping for an asset without partitions",
    "two jobs of one name",
    "a job without a name",
}
"""What is refused here before it is there."""


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_refused_at_the_same_moment_or_before(case: str) -> None:
    ours, theirs = moment(notebook_assets, CASES[case]), moment(dagster, CASES[case])
    if case in LATER:
        assert ours == LATER[case]
    elif case in EARLIER:
        assert MOMENTS.index(ours) < MOMENTS.index(theirs)
    else:
        assert ours == theirs
