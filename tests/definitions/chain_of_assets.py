"""A job over five assets, some of which fail while a test wishes, written once for either library."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import dagster

import notebook_assets

MADE: list[str] = []
FAILING: set[str] = set()


def chain(dg: ModuleType) -> Any:
    """Return the job: first → second → third → fourth, and aside of first alone."""

    def asset(name: str, *upstream: str, prefix: str | None = None) -> Any:
        ins = {up: dg.AssetIn(["deep", up] if up == "second" else [up]) for up in upstream}

        @dg.asset(name=name, ins=ins, key_prefix=prefix)
        def made(**inputs: int) -> int:
            MADE.append(name)
            if name in FAILING:
                raise ValueError(name)
            return 1 + sum(inputs.values())

        return made

    assets = [
        asset("first"),
        asset("second", "first", prefix="deep"),
        asset("third", "second"),
        asset("fourth", "third"),
        asset("aside", "first"),
    ]
    job = dg.define_asset_job("chain", executor_def=dg.in_process_executor)
    return dg.Definitions(assets, jobs=[job]).resolve_job_def("chain")


def of_reference() -> Any:
    """Return the job of the reference, which finds it by this function's name."""
    return chain(dagster)


def of_ours() -> Any:
    """Return the same job here."""
    return chain(notebook_assets)
