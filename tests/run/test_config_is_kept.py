"""With which configuration something was made is kept with its run, without secrets, and explained."""

from __future__ import annotations

import json
from typing import Any

import pytest

from notebook_assets import (
    Config,
    Definitions,
    Instance,
    RunConfig,
    StaticPartitionsDefinition,
    asset,
    explain,
    materialize,
)


class Top(Config):
    top: int = 5
    password: str = ""


@asset
def report(config: Top) -> int:
    return config.top


@asset
def copied(report: int) -> int:
    return report


def kept(store: Instance) -> Any:
    return json.loads(store.runs()[0].config or "null")


def made_of(definition: Any, store: Instance, key: str | None = None) -> list[str]:
    there = Definitions([report, copied, paged])
    said = explain(definition, key, instance=store, definitions=there).why
    return [each for each in said if "configuration" in each]


@asset(partitions_def=StaticPartitionsDefinition(["a", "b"]))
def paged(config: Top) -> int:
    return config.top


CONFIGS = {
    "a Config": RunConfig(ops={"report": Top(top=9)}),
    "a dict": {"ops": {"report": {"config": {"top": 9}}}},
    "a Config in a dict": {"ops": {"report": Top(top=9)}},
}


@pytest.mark.parametrize("given", CONFIGS.values(), ids=list(CONFIGS))
def test_the_configuration_of_a_run_is_kept_and_explained(given: Any) -> None:
    """However it is written; the next run without one says nothing of it."""
    store = Instance.ephemeral()
    materialize([report, copied], instance=store, progress=False, run_config=given, tags={"who": "me"})
    assert kept(store)["ops"]["report"]["config"]["top"] == 9
    assert store.runs()[0].tags == store.latest("report").tags == {"who": "me"}  # type: ignore[union-attr]
    (said,) = made_of(report, store)
    assert said.startswith("It was made with a configuration of its run: top=9")
    assert made_of(copied, store) == []
    materialize([report], instance=store, progress=False)
    assert (kept(store), made_of(report, store)) == (None, [])


def test_each_piece_has_that_of_its_own_run() -> None:
    store = Instance.ephemeral()
    for key, top in (("a", 2), ("b", 3)):
        config = {"ops": {"paged": {"config": {"top": top}}}}
        materialize([paged], partition_key=key, instance=store, progress=False, run_config=config)
    assert made_of(paged, store, "a") == ["It was made with a configuration of its run: top=2."]
    assert made_of(paged, store, "b") == ["It was made with a configuration of its run: top=3."]


def test_secrets_are_covered_and_long_values_are_not_kept() -> None:
    store = Instance.ephemeral()
    config = RunConfig(ops={"report": Top(password="hunter2")})
    materialize([report], instance=store, progress=False, run_config=config)
    assert "hunter2" not in (store.runs()[0].config or "")
    assert "password='••••••'" in made_of(report, store)[0]

    @asset(config_schema={"rows": [int]})
    def many(context: Any) -> int:
        return len(context.op_config["rows"])

    long = {"ops": {"many": {"config": {"rows": list(range(10_000))}}}}
    materialize([many], instance=store, progress=False, run_config=long)
    assert len(store.runs()[0].config or "") < 200
    said = explain(many, instance=store, definitions=Definitions([many])).why[-1]
    assert "characters, which are too many to be kept" in said
