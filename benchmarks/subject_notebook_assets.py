"""This library: everything recorded, values stored, through the public names that a notebook uses."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

from workload import CHAIN, LOADS, PARTITIONS, seconds_each, tell

from notebook_assets import AssetIn, AssetsDefinition, DailyPartitionsDefinition, Instance, asset, materialize


def chain_of(length: int) -> list[AssetsDefinition]:
    """Define the chain."""

    def link(number: int) -> AssetsDefinition:
        if number == 0:

            @asset(name="step_0")
            def made() -> int:
                return 0
        else:

            @asset(name=f"step_{number}", ins={"before": AssetIn(f"step_{number - 1}")})
            def made(before: int) -> int:
                return before + 1

        return made

    return [link(number) for number in range(length)]


def two_of(days: DailyPartitionsDefinition) -> list[AssetsDefinition]:
    """Define a chain of two assets with partitions."""

    @asset(partitions_def=days)
    def first(context) -> int:  # type: ignore[no-untyped-def]  # as people write it
        """The first asset of a partition."""
        return len(context.partition_key)

    @asset(name="second", partitions_def=days, ins={"value": AssetIn("first")})
    def second(value: int) -> int:
        """The second asset of a partition."""
        return value + 1

    return [first, second]


def loads(instance: Instance) -> None:
    """Load values through one loader."""
    with instance.loader() as loader:
        for number in range(LOADS):
            loader.load_asset_value(f"step_{number % CHAIN}")


def load_partitions(instance: Instance, keys: Sequence[str]) -> None:
    """Load the value of each partition."""
    with instance.loader() as loader:
        for key in keys:
            loader.load_asset_value("second", partition_key=key)


def writes(instance: Instance) -> None:
    """Write values as a step does, without planning, calling or reading anything."""
    run = instance.begin_run()
    for number in range(CHAIN):
        instance.record_materialization(
            "written", str(number), run_id=run, value=instance.encode(number, "written"), code="code", duration=0.0
        )
    instance.finish_run(run, "success")


def measure(instance: Instance) -> dict[str, float]:
    """Measure all. What a notebook defines is what is bound to names: at first nothing, then the chain."""
    days = DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-03-01")
    keys = days.get_partition_keys()
    if len(keys) != PARTITIONS:
        raise SystemExit(f"The workload asks for {PARTITIONS} partitions, and there are {len(keys)}.")
    chain, two = chain_of(CHAIN), two_of(days)

    def make(assets: list[AssetsDefinition], partitions: str | None = None) -> None:
        materialize(assets, instance=instance, partitions=partitions)

    make(chain[:1])  # to be warm
    measured = {"one": seconds_each(lambda: make(chain[:1]), steps=1, repetitions=101)}
    make(chain)
    return measured | {
        "chain": seconds_each(lambda: make(chain), CHAIN, repetitions=9),
        "partitions": seconds_each(lambda: make(two, "all"), 2 * PARTITIONS, repetitions=9),
        "load": seconds_each(lambda: loads(instance), LOADS, repetitions=9),
        "load_partition": seconds_each(lambda: load_partitions(instance, keys), PARTITIONS, repetitions=9),
        "write": seconds_each(lambda: writes(instance), CHAIN, repetitions=9),
        "one_of_many": one_of_many(chain, instance),
    }


def one_of_many(chain: list[AssetsDefinition], instance: Instance) -> float:
    """Return the seconds of making one asset where the notebook has bound many."""
    globals()["bound"] = chain
    return seconds_each(lambda: materialize(chain[:1], instance=instance), steps=1, repetitions=101)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, Instance(folder) as instance:
        tell(measure(instance))
