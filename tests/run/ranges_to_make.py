"""What tests of ranges share: partitions, a policy, an asset of letters, and its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from notebook_assets import (
    AssetExecutionContext,
    BackfillPolicy,
    DailyPartitionsDefinition,
    Instance,
    RunResult,
    StaticPartitionsDefinition,
    asset,
)

LETTERS = StaticPartitionsDefinition(list("abcdef"))
DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-11")
AT_ONCE = BackfillPolicy.single_run()
Make = Callable[..., RunResult]


@asset(partitions_def=LETTERS)
def letters(context: AssetExecutionContext) -> str:
    return context.partition_key


def values(store: Instance, name: str, keys: str) -> list[Any]:
    return [store.load(name, key) for key in keys]
