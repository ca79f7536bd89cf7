"""The reference: Dagster, in process, with its files and its SQLite in a scratch folder, quiet on the console.

It is slow enough that the partitions and the loads are a few instead of all, and the repetitions one; what is told is
the time of one step all the same.
"""

from __future__ import annotations

import os
import tempfile
import warnings

import dagster as dg
from workload import CHAIN, seconds_each, tell

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
FEW_PARTITIONS = 8
FEW_LOADS = 20


def chain_of(length: int) -> list[dg.AssetsDefinition]:
    """Define the chain."""

    def link(number: int) -> dg.AssetsDefinition:
        if number == 0:

            @dg.asset(name="step_0")
            def made() -> int:
                return 0
        else:

            @dg.asset(name=f"step_{number}", ins={"before": dg.AssetIn(f"step_{number - 1}")})
            def made(before: int) -> int:
                return before + 1

        return made

    return [link(number) for number in range(length)]


days = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-03-01")


@dg.asset(partitions_def=days)
def first(context) -> int:  # type: ignore[no-untyped-def]  # it refuses a postponed annotation
    """The first asset of a partition."""
    return len(context.partition_key)


@dg.asset(name="second", partitions_def=days, ins={"value": dg.AssetIn("first")})
def second(value: int) -> int:
    """The second asset of a partition."""
    return value + 1


def partitions(instance: dg.DagsterInstance) -> None:
    """Make two assets for each of a few partitions, one partition after the other."""
    for key in days.get_partition_keys()[:FEW_PARTITIONS]:
        dg.materialize([first, second], partition_key=key, instance=instance, run_config=QUIET)


def loads(instance: dg.DagsterInstance, assets: list[dg.AssetsDefinition]) -> None:
    """Load a few values through one loader."""
    with dg.Definitions(assets=assets).get_asset_value_loader(instance=instance) as loader:
        for number in range(FEW_LOADS):
            loader.load_asset_value(f"step_{number}")


def load_partitions(instance: dg.DagsterInstance) -> None:
    """Load the values of a few partitions."""
    with dg.Definitions(assets=[first, second]).get_asset_value_loader(instance=instance) as loader:
        for key in days.get_partition_keys()[:FEW_PARTITIONS]:
            loader.load_asset_value("second", partition_key=key)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as home:
        os.environ["DAGSTER_HOME"] = home
        os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
        with dg.DagsterInstance.get() as instance:
            chain = chain_of(CHAIN)

            def make(assets: list[dg.AssetsDefinition]) -> None:
                """Materialize assets without partitions."""
                dg.materialize(assets, instance=instance, run_config=QUIET)

            def make_one_of_many() -> None:
                """Materialize one of many assets."""
                dg.materialize(chain, selection=chain[:1], instance=instance, run_config=QUIET)

            make(chain[:1])  # to be warm
            tell(
                {
                    "one": seconds_each(lambda: make(chain[:1]), steps=1, repetitions=3),
                    "one_of_many": seconds_each(make_one_of_many, steps=1, repetitions=3),
                    "chain": seconds_each(lambda: make(chain), CHAIN, repetitions=1),
                    "partitions": seconds_each(lambda: partitions(instance), 2 * FEW_PARTITIONS, repetitions=1),
                    "load": seconds_each(lambda: loads(instance, chain), FEW_LOADS, repetitions=1),
                    "load_partition": seconds_each(lambda: load_partitions(instance), FEW_PARTITIONS, repetitions=1),
                }
            )
