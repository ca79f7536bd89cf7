"""This library: everything recorded, values stored, through the public names that a notebook uses."""

from __future__ import annotations

import tempfile

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


days = DailyPartitionsDefinition(start_date="2024-01-01", end_date="2024-03-01")


@asset(partitions_def=days)
def first(context) -> int:  # type: ignore[no-untyped-def]  # as people write it
    """The first asset of a partition."""
    return len(context.partition_key)


@asset(name="second", partitions_def=days, ins={"value": AssetIn("first")})
def second(value: int) -> int:
    """The second asset of a partition."""
    return value + 1


def loads(instance: Instance) -> None:
    """Load values through one loader."""
    with instance.loader() as loader:
        for number in range(LOADS):
            loader.load_asset_value(f"step_{number % CHAIN}")


def writes(instance: Instance) -> None:
    """Write values as a step does, without planning, calling or reading anything."""
    run = instance.begin_run()
    for number in range(CHAIN):
        instance.record_materialization(
            "written", str(number), run_id=run, value=instance.encode(number, "written"), code="code", duration=0.0
        )
    instance.finish_run(run, "success")


if __name__ == "__main__":
    if days.get_num_partitions() != PARTITIONS:
        raise SystemExit(f"The workload asks for {PARTITIONS} partitions, and there are {days.get_num_partitions()}.")
    chain = chain_of(CHAIN)
    with tempfile.TemporaryDirectory() as folder, Instance(folder) as instance:
        materialize(chain, instance=instance)  # to be warm
        tell(
            {
                "one": seconds_each(lambda: materialize(chain[:1], instance=instance), steps=1, repetitions=21),
                "chain": seconds_each(lambda: materialize(chain, instance=instance), CHAIN, repetitions=9),
                "partitions": seconds_each(
                    lambda: materialize([first, second], instance=instance, partitions="all"),
                    2 * PARTITIONS,
                    repetitions=9,
                ),
                "load": seconds_each(lambda: loads(instance), LOADS, repetitions=9),
                "write": seconds_each(lambda: writes(instance), CHAIN, repetitions=9),
            }
        )
